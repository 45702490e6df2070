import { ecosystems } from 'pulltoken/web/core';
import { useMemo, useState } from 'preact/hooks';
import { list, text } from '../../text';
import { Buttons, Choices } from '../base/fields';
import { printable } from '../base/foreign';
import { useTask, useTold } from '../base/task';
import { TroubleNote } from '../base/TroubleNote';
import { ecosystemName } from '../base/words';
import { planRoles } from './roles';
import type { FormProps } from './TokenDialog';

/** Gives the token the roles of the chosen ecosystems and takes its other pull roles away. */
export function RoleForm({ desk, token, onBack, onBusy, onChanged }: FormProps & { onChanged: () => void }) {
  const [wanted, setWanted] = useState<string[]>(token.ecosystems);
  const table = useMemo(() => ecosystems(), []);
  const { gets, loses } = planRoles(token.roles, wanted, table);
  const isSame = gets.length === 0 && loses.length === 0;
  const { progress, run } = useTask(async (signal) => {
    await desk.client.setRole({ id: token.id, ecosystems: wanted, signal });
    onChanged();
  });
  const isBusy = progress.state === 'running';
  useTold(onBusy, isBusy);
  const names = (roles: readonly string[]) => list(roles.map(printable));
  return (
    <form
      class="view-form"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <Choices
        legend={text('view_access')}
        chosen={wanted}
        onChange={setWanted}
        options={table.map(({ ecosystem }) => ({ value: ecosystem, label: ecosystemName(ecosystem), isRare: ecosystem.endsWith('_athena') }))}
      />
      <div aria-live="polite" class="view-plan">
        {wanted.length === 0 && <p class="view-wrong">{text('view_access_missing')}</p>}
        {wanted.length > 0 && isSame && <p class="hint">{text('view_role_same')}</p>}
        {wanted.length > 0 && gets.length > 0 && <p>{text('view_role_gets', names(gets))}</p>}
        {wanted.length > 0 && loses.length > 0 && <p>{text('view_role_loses', names(loses))}</p>}
      </div>
      {progress.state === 'failed' && <TroubleNote error={progress.error} onRetry={run} onSignIn={desk.signInAgain} />}
      <Buttons>
        <button type="button" disabled={isBusy} onClick={onBack}>{text('view_back')}</button>
        <span class="spacer" />
        <button type="submit" class="view-primary" disabled={isBusy || isSame || wanted.length === 0}>
          {text(isBusy ? 'view_working' : 'view_save')}
        </button>
      </Buttons>
    </form>
  );
}
