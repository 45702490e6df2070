import type { PullTokenInfo } from 'pulltoken/web/core';
import type { ComponentChildren } from 'preact';
import { text } from '../../text';
import { absolute, relative } from '../../time';
import { CopyButton } from '../base/CopyButton';
import { Buttons } from '../base/fields';
import { Foreign } from '../base/Foreign';
import type { Desk } from '../desk';
import { secondsBetween } from './life';
import type { Step } from './TokenDialog';

interface Props {
  desk: Desk;
  token: PullTokenInfo;
  now: Date;
  onStep: (step: Step) => void;
}

/** Everything that is known of a token, and what can be done with it. */
export function Facts({ desk, token, now, onStep }: Props) {
  return (
    <>
      <dl class="view-facts">
        <Fact label={text('view_column_description')}>
          {token.description === '' ? <span class="hint">{text('view_none')}</span> : <Foreign text={token.description} />}
        </Fact>
        <Fact label={text('view_fact_username')}>
          <code dir="ltr">{token.id}</code> <CopyButton host={desk.host} text={token.id} what={text('view_fact_username')} />
        </Fact>
        <Fact label={text('view_column_created')}><Moment time={token.createdAt} now={now} /></Fact>
        <Fact label={text('view_column_expiration')}><Moment time={token.expiresAt} now={now} /></Fact>
        <Fact label={text('view_fact_last_seen')}><Moment time={token.lastSeenAt} now={now} /></Fact>
        <Fact label={text('view_column_roles')}>
          {token.roles.length === 0 && <span class="hint">{text('view_no_roles')}</span>}
          <ul class="view-plain-list">
            {token.roles.map(({ group, role }) => (
              <li key={`${group.id} ${role}`}><Foreign text={role} /> <span class="hint">{text('view_in')} <Foreign text={group.name} /></span></li>
            ))}
          </ul>
        </Fact>
      </dl>
      <Buttons>
        <button type="button" autofocus onClick={() => onStep('edit')}>{text('view_edit')}</button>
        <button type="button" onClick={() => onStep('role')}>{text('view_role')}</button>
        <button type="button" onClick={() => onStep('rotate')}>{text('view_rotate')}</button>
        <span class="spacer" />
        <button type="button" class="view-danger" onClick={() => onStep('delete')}>{text('view_delete')}</button>
      </Buttons>
    </>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return <div><dt>{label}</dt><dd>{children}</dd></div>;
}

function Moment({ time, now }: { time: Date | null; now: Date }) {
  if (time === null) return <span class="hint">{text('view_never')}</span>;
  return <><time dateTime={time.toISOString()}>{absolute(time)}</time> <span class="hint">{relative(secondsBetween(now, time))}</span></>;
}
