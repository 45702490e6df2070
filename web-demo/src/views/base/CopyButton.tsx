import { useEffect, useRef, useState } from 'preact/hooks';
import type { Host } from '../../host/host';
import { text } from '../../text';

/** How long the button says that it did it. */
const SAID_FOR = 3_000;

interface Props {
  host: Host;
  text: string;
  /** What is copied, for those who hear the button alone. */
  what: string;
  onCopied?: (() => void) | undefined;
}

/** Copies a text, and says so. */
export function CopyButton({ host, text: copied, what, onCopied }: Props) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const say = (said: 'copied' | 'failed') => {
    setState(said);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setState('idle'), SAID_FOR);
  };
  const copy = () => {
    host.copy(copied).then(
      () => {
        say('copied');
        onCopied?.();
      },
      () => say('failed'),
    );
  };
  return (
    <>
      <button type="button" class="view-small" aria-label={text('view_copy_what', what)} onClick={copy}>
        {text(state === 'idle' ? 'view_copy' : state === 'copied' ? 'view_copied' : 'view_copy_failed')}
      </button>
      <span class="visually-hidden" role="status">{state === 'copied' ? text('view_copied_what', what) : state === 'failed' ? text('view_copy_failed') : ''}</span>
    </>
  );
}
