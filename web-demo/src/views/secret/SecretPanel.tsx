import type { Format, PullToken } from 'pulltoken/web/core';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { text } from '../../text';
import { absolute } from '../../time';
import { CopyButton } from '../base/CopyButton';
import { Buttons, SelectField } from '../base/fields';
import { Foreign } from '../base/Foreign';
import { useHold } from '../base/hold';
import { ecosystemName } from '../base/words';
import type { Desk } from '../desk';
import { formatsFor, homeOf, written } from './files';

interface Props {
  desk: Desk;
  token: PullToken;
  /** Whether somebody wants to close it: asked about once, since nobody can show the password again. */
  isLeaving: boolean;
  onStay: () => void;
  onDone: () => void;
}

/** Username and password of a token just made, this once: hidden until asked for, and as every file wants them. */
export function SecretPanel({ desk, token, isLeaving, onStay, onDone }: Props) {
  const [wasCopied, setCopied] = useState(false);
  // A session may end while somebody looks for the place to paste it to.
  useHold();
  const copied = () => setCopied(true);
  const { host } = desk;
  return (
    <>
      <p class="view-once">{text('view_secret_once')}</p>
      <Fate token={token} />
      <div class="view-pair">
        <span>{text('usernameLabel')}</span>
        <code dir="ltr">{token.username}</code>
        <CopyButton host={host} text={token.username} what={text('usernameLabel')} />
      </div>
      <Hidden label={text('passwordLabel')} host={host} value={token.password} onCopied={copied} />
      <AsFile desk={desk} token={token} onCopied={copied} />
      {isLeaving && !wasCopied ? (
        <Leaving onStay={onStay} onDone={onDone} />
      ) : (
        <LeaveWhenCopied isLeaving={isLeaving} onDone={onDone} />
      )}
    </>
  );
}

function LeaveWhenCopied({ isLeaving, onDone }: { isLeaving: boolean; onDone: () => void }) {
  useEffect(() => {
    if (isLeaving) onDone();
  }, [isLeaving]);
  return <Buttons><span class="spacer" /><button type="button" class="view-primary" onClick={onDone}>{text('view_done')}</button></Buttons>;
}

function Leaving({ onStay, onDone }: { onStay: () => void; onDone: () => void }) {
  const stay = useRef<HTMLButtonElement>(null);
  useEffect(() => stay.current?.focus(), []);
  return (
    <div class="view-trouble" role="alert">
      <p>{text('view_secret_leaving')}</p>
      <Buttons>
        <button type="button" ref={stay} onClick={onStay}>{text('view_secret_stay')}</button>
        <span class="spacer" />
        <button type="button" class="view-danger" onClick={onDone}>{text('view_secret_leave')}</button>
      </Buttons>
    </div>
  );
}

/** What became of the token that this one replaces, and when this one ends. */
function Fate({ token: { expiresAt, replaced, name } }: { token: PullToken }) {
  return (
    <>
      <p><Foreign text={name} />: {text('view_until', absolute(expiresAt))}</p>
      {replaced && (
        <p>
          {replaced.state === 'kept' && replaced.until
            ? text('view_replaced_kept', absolute(replaced.until))
            : text(`view_replaced_${replaced.state}`)}
        </p>
      )}
    </>
  );
}

interface HiddenProps {
  label: string;
  value: string;
  host: Desk['host'];
  onCopied: () => void;
}

/** One secret line: not in the page until it is asked for. */
function Hidden({ label, value, host, onCopied }: HiddenProps) {
  const [isShown, setShown] = useState(false);
  const id = useId();
  return (
    <div class="view-pair">
      <span id={id}>{label}</span>
      {isShown
        ? <code dir="ltr" aria-labelledby={id} role="group">{value}</code>
        : <span class="view-dots">{text('view_hidden')}</span>}
      <ShowButton isShown={isShown} onShow={setShown} what={label} />
      <CopyButton host={host} text={value} what={label} onCopied={onCopied} />
    </div>
  );
}

function ShowButton({ isShown, onShow, what }: { isShown: boolean; onShow: (isShown: boolean) => void; what: string }) {
  return (
    <button type="button" class="view-small" aria-label={text(isShown ? 'view_hide_what' : 'view_show_what', what)} onClick={() => onShow(!isShown)}>
      {text(isShown ? 'view_hide' : 'view_show')}
    </button>
  );
}

function AsFile({ desk, token, onCopied }: { desk: Desk; token: PullToken; onCopied: () => void }) {
  const [ecosystem, setEcosystem] = useState<string>(token.ecosystems[0] ?? 'javascript');
  const formats = useMemo(() => formatsFor(ecosystem), [ecosystem]);
  const [chosen, setChosen] = useState<Format>();
  const [isShown, setShown] = useState(false);
  const format = chosen !== undefined && formats.includes(chosen) ? chosen : formats[0];
  const id = useId();
  if (format === undefined) return null;
  // Made anew at each drawing and kept nowhere: it holds the password.
  const content = written(token, format, { ecosystem, registry: desk.settings.registry }) ?? '';
  const what = text('view_file_what', format);
  return (
    <section class="view-file" aria-labelledby={id}>
      <h3 id={id}>{text('view_file')}</h3>
      <div class="row">
        {token.ecosystems.length > 1 && (
          <SelectField
            label={text('view_filter_ecosystem')}
            isInline
            value={ecosystem}
            onChange={setEcosystem}
            options={token.ecosystems.map((one) => [one, ecosystemName(one)] as const)}
          />
        )}
        <SelectField label={text('view_format')} isInline value={format} onChange={setChosen} options={formats.map((one) => [one, one] as const)} />
        <span class="spacer" />
        <ShowButton isShown={isShown} onShow={setShown} what={what} />
        <CopyButton host={desk.host} text={content} what={what} onCopied={onCopied} />
      </div>
      <p class="hint" aria-live="polite">{text(homeOf(format))}</p>
      {isShown && <pre dir="ltr" tabIndex={0} role="group" aria-label={what}>{content}</pre>}
    </section>
  );
}
