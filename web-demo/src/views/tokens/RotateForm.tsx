import type { PullToken } from 'pulltoken/web/core';
import { useState } from 'preact/hooks';
import { text } from '../../text';
import { Buttons, SelectField } from '../base/fields';
import { Foreign } from '../base/Foreign';
import { useTask, useTold } from '../base/task';
import { isStop } from '../base/trouble';
import { TroubleNote } from '../base/TroubleNote';
import { DaysField } from '../create/DaysField';
import { daysAllowed, ttlOf } from '../create/draft';
import type { FormProps } from './TokenDialog';

/** How long the old password works on. */
const GRACES = { none: undefined, hour: '1h', day: '24h', week: '168h', end: true } as const;
type Grace = keyof typeof GRACES;
const LABELS = {
  none: 'view_grace_none', hour: 'view_grace_hour', day: 'view_grace_day', week: 'view_grace_week', end: 'view_grace_end',
} as const;

/** A new password under the same name; the old one goes at once or after a while. */
export function RotateForm({ desk, token, onBack, onBusy, onMade }: FormProps & { onMade: (token: PullToken) => void }) {
  const [days, setDays] = useState('30');
  const [grace, setGrace] = useState<Grace>('none');
  const ttl = ttlOf(days);
  const { progress, run, stop } = useTask(async (signal) => {
    onMade(await desk.client.rotatePullToken({ id: token.id, ttl, keepOld: GRACES[grace], signal }));
  });
  const isBusy = progress.state === 'running';
  const allowed = progress.state === 'failed' ? daysAllowed(progress.error) : undefined;
  useTold(onBusy, isBusy);
  return (
    <form
      class="view-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ttl !== undefined && !isBusy) run();
      }}
    >
      <p class="view-subject"><Foreign text={token.name} /></p>
      <p>{text('view_rotate_consequence')}</p>
      <DaysField days={days} onDays={setDays} allowed={allowed} />
      <SelectField
        label={text('view_grace')}
        value={grace}
        onChange={setGrace}
        options={(Object.keys(GRACES) as Grace[]).map((one) => [one, text(LABELS[one])] as const)}
      />
      {progress.state === 'failed' && !isStop(progress.error) && (
        <TroubleNote error={progress.error} onRetry={run} onSignIn={desk.signInAgain} isHintKnown={allowed !== undefined} />
      )}
      <Buttons>
        <button type="button" onClick={isBusy ? stop : onBack}>{text(isBusy ? 'view_stop' : 'view_back')}</button>
        <span class="spacer" />
        <button type="submit" class="view-primary" disabled={isBusy || ttl === undefined}>
          {text(isBusy ? 'view_making_key' : 'view_rotate')}
        </button>
      </Buttons>
    </form>
  );
}
