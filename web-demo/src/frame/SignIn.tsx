import { useEffect, useId, useState } from 'preact/hooks';
import type { DeviceCode, Host, SignIn as Way } from '../host/host';
import { text } from '../text';
import { Foreign } from '../views/base/Foreign';
import { Marked } from '../views/base/Marked';
import { isStop } from '../views/base/trouble';
import { useTask } from '../views/base/task';
import { TroubleNote } from '../views/base/TroubleNote';
import type { Surface } from './App';
import { CodeToEnter } from './CodeToEnter';
import { useSettings } from './settings';
import { openForCode, openOptions } from './surface';

interface Props {
  host: Host;
  surface: Surface;
  /** Whether the page was opened to sign in by code. */
  startsWithCode: boolean;
}

/** The ways to a session. As soon as there is one, something else stands here. */
export function SignIn({ host, surface, startsWithCode }: Props) {
  const settings = useSettings(host);
  const [code, setCode] = useState<DeviceCode>();
  const [kind, setKind] = useState<Way['kind']>('browser');
  const task = useTask((signal, way: Way) => host.signIn(way, signal));
  const begin = (way: Way) => {
    setKind(way.kind);
    setCode(undefined);
    task.run(way);
  };
  const beginByCode = () => (surface === 'popup' ? openForCode() : begin({ kind: 'device', onCode: setCode }));

  const { progress } = task;
  const unconfirmed = useUnconfirmed(host, progress.state);
  if (unconfirmed.who !== undefined) return <Confirm who={unconfirmed.who} onAnswer={unconfirmed.answer} />;
  const isRunning = progress.state === 'running';
  return (
    <section class="sign-in" aria-labelledby="sign-in-title">
      <h2 id="sign-in-title">{text('signInTitle')}</h2>
      <p>{text('signInWhy')}</p>
      {isRunning ? (
        <div class="waiting" role="status">
          {kind === 'device' && code ? <CodeToEnter code={code} /> : <p>{text(WAITING[kind])}</p>}
          <button type="button" onClick={task.stop}>{text('cancel')}</button>
        </div>
      ) : (
        <>
          <button type="button" class="view-primary" autofocus={!startsWithCode} onClick={() => begin({ kind: 'browser' })}>{text('signInBrowser')}</button>
          {settings?.device && <button type="button" autofocus={startsWithCode} onClick={beginByCode}>{text('signInCode')}</button>}
          <TokenForm isOpen={kind === 'token'} onToken={(token) => begin({ kind: 'token', token })} />
        </>
      )}
      {progress.state === 'failed' && !isStop(progress.error) && <TroubleNote error={progress.error} />}
      {!isRunning && settings && !settings.device && surface !== 'web' && (
        <p class="hint">{text('signInCodeHint')} <button type="button" class="link" onClick={openOptions}>{text('openOptions')}</button></p>
      )}
      <p class="hint">{text('signInKept')}</p>
    </section>
  );
}

/** Whom a window brought without proof, looked for at the beginning and whenever a sign-in has come further. */
function useUnconfirmed(host: Host, state: string): { who: string | undefined; answer: (isThem: boolean) => void } {
  const [who, setWho] = useState<string>();
  useEffect(() => {
    host.unconfirmed().then(setWho, () => setWho(undefined));
  }, [host, state]);
  const answer = (isThem: boolean) => {
    host.confirm(isThem).then(() => setWho(undefined), () => setWho(undefined));
  };
  return { who, answer };
}

function Confirm({ who, onAnswer }: { who: string; onAnswer: (isThem: boolean) => void }) {
  return (
    <section class="sign-in" aria-labelledby="sign-in-title">
      <h2 id="sign-in-title">{text('confirmTitle')}</h2>
      <p><Foreign text={who} /></p>
      <p class="hint">{text('confirmWhy')}</p>
      <div class="row">
        <button type="button" class="view-primary" onClick={() => onAnswer(true)}>{text('confirmYes')}</button>
        <button type="button" autofocus onClick={() => onAnswer(false)}>{text('confirmNo')}</button>
      </div>
    </section>
  );
}

const WAITING = { browser: 'waitingForWindow', device: 'waitingForCode', token: 'waitingForPlatform' } as const;

function TokenForm({ isOpen, onToken }: { isOpen: boolean; onToken: (token: string) => void }) {
  const id = useId();
  const [token, setToken] = useState('');
  return (
    <details open={isOpen}>
      <summary>{text('signInToken')}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onToken(token);
        }}
      >
        <label for={id}>{text('tokenLabel')}</label>
        <p class="hint" id={`${id}-hint`}><Marked text={text('tokenHint')} /></p>
        <div class="row">
          <input
            id={id}
            class="secret"
            type="password"
            autocomplete="off"
            spellcheck={false}
            aria-describedby={`${id}-hint`}
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
          <button type="submit" disabled={token.trim() === ''}>{text('signIn')}</button>
        </div>
      </form>
    </details>
  );
}
