import { useEffect, useRef, useState } from 'preact/hooks';
import type { Host } from '../../host/host';
import { text } from '../../text';

/** How long the button says that it did it. */
const SAID_FOR = 5_000;

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
  const [word, phrase] = WORDS[state];
  return (
    <>
      <button type="button" class="view-small" aria-label={text(phrase, what)} onClick={copy}>{text(word)}</button>
      <span class="visually-hidden" role="status">{state === 'idle' ? '' : text(phrase, what)}</span>
    </>
  );
}

/** What the button says to the eye and to the ear. */
const WORDS = {
  idle: ['view_copy', 'view_copy_what'],
  copied: ['view_copied', 'view_copied_what'],
  failed: ['view_copy_failed', 'view_copy_failed_what'],
} as const;
