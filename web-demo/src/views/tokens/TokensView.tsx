import type { CallWarning, Client, Group, PullTokenInfo } from 'pulltoken/web/core';
import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { counted, text } from '../../text';
import { printable } from '../base/foreign';
import { Marked } from '../base/Marked';
import { useNow } from '../base/now';
import { useOnline } from '../base/online';
import { useLoad } from '../base/task';
import { isOutage } from '../base/trouble';
import { TroubleNote } from '../base/TroubleNote';
import { number } from '../base/words';
import { CreateDialog } from '../create/CreateDialog';
import type { Deed } from '../deed';
import type { Desk } from '../desk';
import { chosen, countLives, ecosystemsOf, EVERYTHING, isNarrow } from './choice';
import { Grid } from './Grid';
import { DEFAULT_ORDER, ordered } from './order';
import { SweepDialog } from './SweepDialog';
import { TokenDialog, type Step } from './TokenDialog';
import { Toolbar } from './Toolbar';

interface Listing {
  tokens: PullTokenInfo[];
  warnings: CallWarning[];
}

type Shown = { kind: 'token'; token: PullTokenInfo; step: Step } | { kind: 'create' } | { kind: 'sweep' };

interface Props {
  desk: Desk;
  organization: Group;
  /** What is begun as soon as the list is there, and then no more. */
  begin: RefObject<Deed | undefined>;
}

/** The pull tokens of an organisation, and everything that can be done with them. */
export function TokensView({ desk, organization, begin }: Props) {
  const { client, settings } = desk;
  const listing = useLoad((signal) => listOf(client, organization.id, signal), [client, organization.id]);
  const [choice, setChoice] = useState(EVERYTHING);
  const [order, setOrder] = useState(DEFAULT_ORDER);
  const [shown, setShown] = useState<Shown>();
  const row = useRef<HTMLDivElement>(null);
  const { expiringDays } = settings;

  const tokens = listing.value?.tokens;
  const now = useNow(tokens);
  const sorted = useMemo(() => tokens && ordered(tokens, order, text('locale')), [tokens, order]);
  const visible = useMemo(() => sorted && chosen(sorted, choice, now, expiringDays), [sorted, choice, now, expiringDays]);
  const counts = useMemo(() => countLives(tokens ?? [], now, expiringDays), [tokens, now, expiringDays]);
  const ecosystems = useMemo(() => ecosystemsOf(tokens ?? []), [tokens]);
  // Where none may be seen, there may be some all the same.
  const isHidden = tokens?.length === 0 && (listing.value?.warnings.length ?? 0) > 0;
  useAgainWhenOnline(listing.error, listing.reload);

  useEffect(() => {
    if (tokens === undefined || begin.current === undefined) return;
    const deed = begin.current;
    begin.current = undefined;
    if (deed.kind === 'create') setShown({ kind: 'create' });
    const token = tokens.find(({ id }) => deed.kind === 'rotate' && id === deed.id);
    if (token !== undefined) setShown({ kind: 'token', token, step: 'rotate' });
  }, [tokens]);

  const close = () => setShown(undefined);
  const perform = (deed: Deed, here: Shown) => (desk.elsewhere ? desk.elsewhere(deed, organization.id) : setShown(here));
  const change = (changed: PullTokenInfo) =>
    listing.replace((old) => ({ ...old, tokens: old.tokens.map((one) => (one.id === changed.id ? changed : one)) }));
  const forget = (ids: ReadonlySet<string>) =>
    listing.replace((old) => ({ ...old, tokens: old.tokens.filter(({ id }) => !ids.has(id)) }));

  return (
    <section class="view-tokens" aria-label={text('view_tokens')}>
      <Toolbar
        choice={choice}
        onChoice={setChoice}
        ecosystems={ecosystems}
        counts={counts}
        isBusy={listing.isLoading}
        onReload={listing.reload}
        onCreate={() => perform({ kind: 'create' }, { kind: 'create' })}
        onSweep={() => setShown({ kind: 'sweep' })}
      />
      {listing.error !== undefined && (
        <TroubleNote error={listing.error} onRetry={listing.reload} onSignIn={desk.signInAgain} />
      )}
      {listing.value?.warnings.map(({ code, message }) => <p key={code} class="note"><Marked text={printable(message)} /></p>)}
      {visible && visible.length > 0 && (
        <Grid
          tokens={visible}
          order={order}
          onOrder={setOrder}
          onOpen={(token) => setShown({ kind: 'token', token, step: 'facts' })}
          onDelete={(token) => setShown({ kind: 'token', token, step: 'delete' })}
          now={now}
          expiringDays={expiringDays}
          isBusy={listing.isLoading}
          focusRef={row}
        />
      )}
      {visible?.length === 0 && !isHidden && (
        <div class="note view-empty">
          <p>{text(tokens?.length === 0 ? 'view_tokens_none' : 'view_tokens_none_fit')}</p>
          {isNarrow(choice) && <button type="button" onClick={() => setChoice(EVERYTHING)}>{text('view_filter_clear')}</button>}
        </div>
      )}
      <p class="hint" role="status">
        {listing.isLoading
          ? text('view_loading')
          : visible && tokens && counted('view_shown', tokens.length, number(visible.length), number(tokens.length))}
      </p>

      {shown?.kind === 'create' && <CreateDialog desk={desk} organization={organization} onClose={close} onMade={listing.reload} />}
      {shown?.kind === 'sweep' && (
        <SweepDialog
          desk={desk}
          organization={organization}
          count={counts.expired}
          fallback={row}
          onClose={close}
          onDeleted={forget}
          onReload={listing.reload}
        />
      )}
      {shown?.kind === 'token' && (
        <TokenDialog
          desk={desk}
          token={tokens?.find(({ id }) => id === shown.token.id) ?? shown.token}
          step={shown.step}
          now={now}
          fallback={row}
          onStep={(step) => {
            const next = { ...shown, step };
            if (step === 'rotate') perform({ kind: 'rotate', id: shown.token.id }, next);
            else setShown(next);
          }}
          onClose={close}
          onChanged={change}
          onDeleted={(id) => forget(new Set([id]))}
          onReload={listing.reload}
        />
      )}
    </section>
  );
}

async function listOf(client: Client, parent: string, signal: AbortSignal): Promise<Listing> {
  const warnings: CallWarning[] = [];
  const tokens = await client.listPullTokens({ parent, expired: 'all', signal, onWarning: (warning) => warnings.push(warning) });
  return { tokens, warnings };
}

/** What failed for want of a network is tried again as soon as there is one. */
function useAgainWhenOnline(error: unknown, again: () => void): void {
  const isOnline = useOnline();
  const wasOnline = useRef(isOnline);
  useEffect(() => {
    if (isOnline && !wasOnline.current && isOutage(error)) again();
    wasOnline.current = isOnline;
  }, [isOnline, error, again]);
}
