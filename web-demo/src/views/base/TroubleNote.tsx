import { useEffect, useRef } from 'preact/hooks';
import { text } from '../../text';
import { Marked } from './Marked';
import { printable } from './foreign';
import { troubleOf } from './trouble';
import { useOnline } from './online';

interface Props {
  error: unknown;
  /** Tries the same again. */
  onRetry?: (() => void) | undefined;
  /** Forgets the session, so that somebody can sign in. */
  onSignIn?: (() => void) | undefined;
  /** Whether what to do next is said elsewhere, in words that fit the place better. */
  isHintKnown?: boolean;
}

/** What happened, what to do next, the code to look it up by, and a button where one helps. Read out at once. */
export function TroubleNote({ error, onRetry, onSignIn, isHintKnown = false }: Props) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.scrollIntoView({ block: 'nearest' }), [error]);
  const { code, message, hint, requestId, remedy } = troubleOf(error);
  const isOnline = useOnline();
  // The hint names the command line's way in, and the button is this one's.
  const canSignIn = remedy === 'sign_in' && onSignIn !== undefined;
  return (
    <div class="view-trouble" role="alert" ref={note}>
      <p class="view-trouble-what">
        {code === undefined ? text('view_trouble_unknown', printable(message)) : <Marked text={printable(message)} />}
      </p>
      {hint && !isHintKnown && !canSignIn && <p class="hint"><Marked text={printable(hint)} /></p>}
      {!isOnline && <p class="hint">{text('view_offline')}</p>}
      <div class="row">
        {canSignIn && <button type="button" onClick={onSignIn}>{text('view_sign_in_again')}</button>}
        {remedy === 'retry' && onRetry && <button type="button" onClick={onRetry}>{text('view_retry')}</button>}
        <span class="spacer" />
        {code && <code>{code}</code>}
        {requestId && <code class="view-foreign">{printable(requestId)}</code>}
      </div>
    </div>
  );
}
