import { type Group, type SweepProgress } from 'pulltoken/web/core';
import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { counted, text } from '../../text';
import { Dialog } from '../base/Dialog';
import { Buttons } from '../base/fields';
import { Marked } from '../base/Marked';
import { printable } from '../base/foreign';
import { useTask } from '../base/task';
import { isStop, troubleOf } from '../base/trouble';
import { TroubleNote } from '../base/TroubleNote';
import { number } from '../base/words';
import type { Desk } from '../desk';
import { outcomeOf, tenth, type Outcome } from './sweep';

interface Props {
  desk: Desk;
  organization: Group;
  /** How many there were when the list was read. */
  count: number;
  fallback: RefObject<HTMLElement | null>;
  onClose: () => void;
  onDeleted: (ids: ReadonlySet<string>) => void;
  onReload: () => void;
}

/** Deletes the expired tokens of an organisation: asks, shows how far it is, and can be stopped. */
export function SweepDialog({ desk, organization, count, fallback, onClose, onDeleted, onReload }: Props) {
  const [at, setAt] = useState<SweepProgress>({ done: 0, total: count });
  const { progress, run, stop } = useTask(async (signal) => {
    try {
      const report = await desk.client.deleteExpiredPullTokens({ parent: organization.id, signal, onProgress: setAt });
      onDeleted(new Set(report.deleted));
      return outcomeOf({ report });
    } catch (error) {
      // Some of them are gone all the same.
      onReload();
      return outcomeOf({ error });
    }
  });
  const isBusy = progress.state === 'running';
  const outcome = progress.state === 'done' ? progress.value : undefined;
  return (
    <Dialog title={text('view_sweep_title')} step={progress.state} fallback={fallback} onClose={isBusy ? stop : onClose}>
      {progress.state === 'idle' && <p>{counted('view_sweep_question', count, number(count), printable(organization.name))}</p>}
      {isBusy && <Running at={at} />}
      {outcome && <Ended outcome={outcome} desk={desk} />}
      <Buttons>
        {progress.state === 'idle' && (
          <>
            <button type="button" autofocus onClick={onClose}>{text('view_keep')}</button>
            <span class="spacer" />
            <button type="button" class="view-danger" onClick={run}>{text('view_sweep_confirm')}</button>
          </>
        )}
        {isBusy && <button type="button" onClick={stop}>{text('view_stop')}</button>}
        {outcome && <button type="button" class="view-primary" onClick={onClose}>{text('view_done')}</button>}
      </Buttons>
    </Dialog>
  );
}

function Running({ at }: { at: SweepProgress }) {
  const said = text('view_sweep_progress', number(at.done), number(at.total));
  return (
    <div class="view-progress">
      <progress aria-label={text('view_sweep_title')} max={Math.max(1, at.total)} value={at.done} />
      <p aria-hidden="true">{said}</p>
      {/* Changes with every tenth alone, and is read out then. */}
      <p class="visually-hidden" role="status">{text('view_sweep_tenth', number(10 * tenth(at)))}</p>
    </div>
  );
}

/** Failures that are told one by one; the rest is counted. */
const TOLD = 10;

function Ended({ outcome: { deleted, left, failed, error }, desk }: { outcome: Outcome; desk: Desk }) {
  return (
    <>
      <p role="status">{counted('view_sweep_deleted', deleted, number(deleted))}</p>
      {left > 0 && <p>{counted('view_sweep_left', left, number(left))}</p>}
      {failed.length > 0 && (
        <>
          <p>{counted('view_sweep_failed', failed.length, number(failed.length))}</p>
          <ul class="view-failures">
            {failed.slice(0, TOLD).map(({ id, error: one }) => (
              <li key={id}><code dir="ltr">{id}</code> <Marked text={printable(troubleOf(one).message)} /></li>
            ))}
          </ul>
        </>
      )}
      {error !== undefined && !isStop(error) && <TroubleNote error={error} onSignIn={desk.signInAgain} />}
    </>
  );
}
