import { validateDescription, validateName, type PullTokenInfo } from 'pulltoken/web/core';
import { useState } from 'preact/hooks';
import { text } from '../../text';
import { Buttons, TextField } from '../base/fields';
import { useTask, useTold } from '../base/task';
import { TroubleNote } from '../base/TroubleNote';
import { messageOf } from '../create/draft';
import type { FormProps } from './TokenDialog';

/** Another name and description; expiry, key and roles stay. */
export function EditForm({ desk, token, onBack, onBusy, onChanged }: FormProps & { onChanged: (token: PullTokenInfo) => void }) {
  const [name, setName] = useState(token.name);
  const [description, setDescription] = useState(token.description);
  // What stays as it is need not be what the platform allows today.
  const wrongName = name === token.name ? undefined : messageOf(() => validateName(name));
  const wrongDescription = description === token.description ? undefined : messageOf(() => validateDescription(description));
  const isSame = name === token.name && description === token.description;
  const { progress, run } = useTask(async (signal) => {
    const changes = { ...(name === token.name ? {} : { name }), ...(description === token.description ? {} : { description }) };
    await desk.client.updatePullToken({ id: token.id, ...changes, signal });
    onChanged({ ...token, name, description });
  });
  const isBusy = progress.state === 'running';
  useTold(onBusy, isBusy);
  return (
    <form
      class="view-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSame && !wrongName && !wrongDescription) run();
      }}
    >
      <TextField label={text('view_column_name')} hint={text('view_name_hint')} value={name} onInput={setName} wrong={wrongName} hasFocus />
      <TextField label={text('view_column_description')} value={description} onInput={setDescription} wrong={wrongDescription} />
      {progress.state === 'failed' && <TroubleNote error={progress.error} onRetry={run} onSignIn={desk.signInAgain} />}
      <Buttons>
        <button type="button" disabled={isBusy} onClick={onBack}>{text('view_back')}</button>
        <span class="spacer" />
        <button type="submit" class="view-primary" disabled={isBusy || isSame || !!wrongName || !!wrongDescription}>
          {text(isBusy ? 'view_working' : 'view_save')}
        </button>
      </Buttons>
    </form>
  );
}
