import { text } from '../../text';
import { Buttons } from '../base/fields';
import { Foreign } from '../base/Foreign';
import { useTask, useTold } from '../base/task';
import { TroubleNote } from '../base/TroubleNote';
import type { FormProps } from './TokenDialog';

/** Asks once, and deletes. */
export function DeleteForm({ desk, token, onBack, onBusy, onDeleted }: FormProps & { onDeleted: () => void }) {
  const { progress, run } = useTask(async (signal) => {
    await desk.client.deletePullToken(token.id, { signal });
    onDeleted();
  });
  const isBusy = progress.state === 'running';
  useTold(onBusy, isBusy);
  return (
    <>
      <p class="view-subject"><Foreign text={token.name} /></p>
      <p>{text('view_delete_consequence')}</p>
      {progress.state === 'failed' && <TroubleNote error={progress.error} onRetry={run} onSignIn={desk.signInAgain} />}
      <Buttons>
        <button type="button" autofocus disabled={isBusy} onClick={onBack}>{text('view_keep')}</button>
        <span class="spacer" />
        <button type="button" class="view-danger" disabled={isBusy} onClick={run}>{text(isBusy ? 'view_working' : 'view_delete')}</button>
      </Buttons>
    </>
  );
}
