import { useEffect, useState } from 'preact/hooks';

const MINUTE = 60_000;

/** The present moment, to the minute: a page that is not looked at does not count. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && setNow(new Date());
    const timer = setInterval(look, MINUTE);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return now;
}
