import { ecosystems, PullTokenError, type CallWarning, type Group, type PullToken } from 'pulltoken/web/core';
import { useMemo, useState } from 'preact/hooks';
import { text } from '../../text';
import { Dialog } from '../base/Dialog';
import { Buttons, Choices, TextField } from '../base/fields';
import { Foreign } from '../base/Foreign';
import { printable } from '../base/foreign';
import { Marked } from '../base/Marked';
import { useLoad, useTask } from '../base/task';
import { isStop } from '../base/trouble';
import { TroubleNote } from '../base/TroubleNote';
import { ecosystemName } from '../base/words';
import type { Desk } from '../desk';
import { accessOf } from '../entitlements/missing';
import { SecretPanel } from '../secret/SecretPanel';
import { DaysField } from './DaysField';
import { daysAllowed, DEFAULT_NAME, EMPTY, faultsOf, offered, requestOf, type Draft } from './draft';

interface Props {
  desk: Desk;
  organization: Group;
  onClose: () => void;
  /** Called once there is a new token. */
  onMade: () => void;
}

interface Made {
  token: PullToken;
  warnings: CallWarning[];
}

/** Asks what to make, makes it, and shows the password this once. */
export function CreateDialog({ desk, organization, onClose, onMade }: Props) {
  const [isLeaving, setLeaving] = useState(false);
  const making = useTask(async (signal, draft: Draft): Promise<Made> => {
    const warnings: CallWarning[] = [];
    const request = requestOf(draft, organization.id);
    const token = await desk.client.createPullToken({ ...request, signal, onWarning: (warning) => warnings.push(warning) });
    onMade();
    return { token, warnings };
  });
  const { progress } = making;
  const close = () => {
    if (progress.state === 'running') making.stop();
    else if (progress.state === 'done' && !isLeaving) setLeaving(true);
    else onClose();
  };
  const isDone = progress.state === 'done';
  return (
    <Dialog title={text(isDone ? 'view_created' : 'view_create')} step={isDone ? 'fresh' : 'form'} onClose={close}>
      {isDone ? (
        <>
          {progress.value.warnings.map(({ code, message }) => <p key={code} class="note"><Marked text={printable(message)} /></p>)}
          <SecretPanel desk={desk} token={progress.value.token} isLeaving={isLeaving} onStay={() => setLeaving(false)} onDone={onClose} />
        </>
      ) : (
        <Form
          desk={desk}
          organization={organization}
          isBusy={progress.state === 'running'}
          error={progress.state === 'failed' && !isStop(progress.error) ? progress.error : undefined}
          onMake={making.run}
          onStop={making.stop}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

interface FormProps {
  desk: Desk;
  organization: Group;
  isBusy: boolean;
  error: unknown;
  onMake: (draft: Draft) => void;
  onStop: () => void;
  onClose: () => void;
}

function Form({ desk, organization, isBusy, error, onMake, onStop, onClose }: FormProps) {
  const [draft, setDraft] = useState(EMPTY);
  const [wasTried, setTried] = useState(false);
  const entitled = useEntitled(desk, organization.id);
  const table = useMemo(() => ecosystems(), []);
  const allowed = daysAllowed(error);
  const faults = faultsOf(draft);
  const isFaulty = Object.keys(faults).length > 0;
  const submit = () => {
    setTried(true);
    if (!isFaulty && !isBusy) onMake(draft);
  };
  return (
    <form
      class="view-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p class="hint">{text('view_organization')}: <Foreign text={organization.name} /></p>
      <TextField
        label={text('view_column_name')}
        hint={text('view_name_hint')}
        placeholder={DEFAULT_NAME}
        value={draft.name}
        wrong={faults.name}
        hasFocus
        onInput={(name) => setDraft({ ...draft, name })}
      />
      <TextField
        label={text('view_column_description')}
        placeholder={text('view_description_default')}
        value={draft.description}
        wrong={faults.description}
        onInput={(description) => setDraft({ ...draft, description })}
      />
      <Choices
        legend={text('view_access')}
        hint={text('view_access_hint')}
        chosen={draft.ecosystems}
        onChange={(chosen) => setDraft({ ...draft, ecosystems: chosen })}
        options={offered(table, entitled).map(({ ecosystem, isEntitled }) => ({
          value: ecosystem,
          label: ecosystemName(ecosystem),
          remark: isEntitled === false ? text('view_not_entitled') : undefined,
          isRare: isEntitled === false,
        }))}
      />
      {wasTried && faults.ecosystems && <p class="view-wrong" role="alert">{text('view_access_missing')}</p>}
      <DaysField days={draft.days} onDays={(days) => setDraft({ ...draft, days })} allowed={allowed} />
      {error !== undefined && <TroubleNote error={error} onRetry={submit} onSignIn={desk.signInAgain} isHintKnown={allowed !== undefined} />}
      <Buttons>
        <button type="button" onClick={isBusy ? onStop : onClose}>{text(isBusy ? 'view_stop' : 'view_cancel')}</button>
        <span class="spacer" />
        <button type="submit" class="view-primary" disabled={isBusy || !!faults.name || !!faults.description || !!faults.days}>
          {text(isBusy ? 'view_making_key' : 'view_create')}
        </button>
      </Buttons>
    </form>
  );
}

/** What the organisation is entitled to, where this session may know. */
function useEntitled({ client }: Desk, parent: string): ReadonlySet<string> | undefined {
  const { value } = useLoad(async (signal) => {
    try {
      const [list, me] = await Promise.all([client.listEntitlements({ parent, signal }), client.whoami({ signal })]);
      return new Set(accessOf(ecosystems(), list, me, parent).entitled);
    } catch (error) {
      // Then the form says nothing of it, and the platform decides.
      if (error instanceof PullTokenError) return undefined;
      throw error;
    }
  }, [client, parent]);
  return value;
}
