import type { PullToken, PullTokenInfo } from 'pulltoken/web/core';
import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../../text';
import { Dialog } from '../base/Dialog';
import { Foreign } from '../base/Foreign';
import type { Desk } from '../desk';
import { SecretPanel } from '../secret/SecretPanel';
import { DeleteForm } from './DeleteForm';
import { EditForm } from './EditForm';
import { ExpiredMark } from './ExpiredMark';
import { Facts } from './Facts';
import { lifeOf } from './life';
import { RoleForm } from './RoleForm';
import { RotateForm } from './RotateForm';

export type Step = 'facts' | 'edit' | 'rotate' | 'role' | 'delete';

interface Props {
  desk: Desk;
  token: PullTokenInfo;
  step: Step;
  now: Date;
  fallback: RefObject<HTMLElement | null>;
  onStep: (step: Step) => void;
  onClose: () => void;
  onChanged: (token: PullTokenInfo) => void;
  onDeleted: (id: string) => void;
  onReload: () => void;
}

/** What is known of one token, and one step further what can be done with it. */
export function TokenDialog({ desk, token, step, now, fallback, onStep, onClose, onChanged, onDeleted, onReload }: Props) {
  const [fresh, setFresh] = useState<PullToken>();
  const [isBusy, setBusy] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const close = () => {
    // Work under way is stopped by its own button; a password that nobody copied is asked about once.
    if (isBusy) return;
    if (fresh !== undefined && !isLeaving) setLeaving(true);
    else onClose();
  };
  const back = () => onStep('facts');
  const common = { desk, token, onBack: back, onBusy: setBusy };
  return (
    <Dialog
      title={fresh ? text('view_rotated') : <Title step={step} token={token} isExpired={lifeOf(token, now, 0) === 'expired'} />}
      step={fresh ? 'fresh' : step}
      fallback={fallback}
      onClose={close}
    >
      {fresh ? (
        <SecretPanel desk={desk} token={fresh} isLeaving={isLeaving} onStay={() => setLeaving(false)} onDone={onClose} />
      ) : step === 'facts' ? (
        <Facts desk={desk} token={token} now={now} onStep={onStep} />
      ) : step === 'edit' ? (
        <EditForm {...common} onChanged={(changed) => { onChanged(changed); back(); }} />
      ) : step === 'role' ? (
        <RoleForm {...common} onChanged={() => { onReload(); back(); }} />
      ) : step === 'rotate' ? (
        <RotateForm {...common} onMade={(made) => { setFresh(made); onReload(); }} />
      ) : (
        <DeleteForm {...common} onDeleted={() => { onDeleted(token.id); onClose(); }} />
      )}
    </Dialog>
  );
}

const TITLES = { edit: 'view_edit_title', rotate: 'view_rotate_title', role: 'view_role_title', delete: 'view_delete_title' } as const;

function Title({ step, token, isExpired }: { step: Step; token: PullTokenInfo; isExpired: boolean }) {
  if (step !== 'facts') return <>{text(TITLES[step])}</>;
  return <><Foreign text={token.name} />{isExpired && <ExpiredMark />}</>;
}

/** What every form in the dialog is given. */
export interface FormProps {
  desk: Desk;
  token: PullTokenInfo;
  onBack: () => void;
  /** Whether something is under way that must not be walked out on. */
  onBusy: (isBusy: boolean) => void;
}
