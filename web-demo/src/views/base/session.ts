import { useEffect, useState } from 'preact/hooks';
import type { Host, Session } from '../../host/host';

/** Whether somebody is signed in, in whichever window they were. */
export function useSession(host: Host): 'unknown' | 'none' | 'there' {
  const [state, setState] = useState<'unknown' | 'none' | 'there'>('unknown');
  useEffect(() => {
    let isOver = false;
    const look = (session: Session | undefined) => !isOver && setState(session === undefined ? 'none' : 'there');
    const end = host.onSession(look);
    host.session().then(look, () => look(undefined));
    return () => {
      isOver = true;
      end();
    };
  }, [host]);
  return state;
}
