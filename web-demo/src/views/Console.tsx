import { init, type Group } from 'pulltoken/web/core';
import type { ComponentChildren, RefObject } from 'preact';
import { useId, useMemo, useRef, useState } from 'preact/hooks';
import type { Host, Settings } from '../host/host';
import { text } from '../text';
import { connect as real, tokenOf, type Connect } from './base/client';
import { SelectField } from './base/fields';
import { Foreign } from './base/Foreign';
import { HoldContext, useHolders } from './base/hold';
import { printable } from './base/foreign';
import { useSession } from './base/session';
import { useLoad } from './base/task';
import { TroubleNote } from './base/TroubleNote';
import { CheckView } from './check/CheckView';
import type { Deed } from './deed';
import type { Desk } from './desk';
import { EntitlementsView } from './entitlements/EntitlementsView';
import { Tabs } from './Tabs';
import { TokensView } from './tokens/TokensView';

export type Tab = 'tokens' | 'entitlements' | 'check';

interface Props {
  host: Host;
  /** Makes the clients; the platform's own if absent. */
  connect?: Connect;
  /** What stands in the place of the lists while nobody is signed in. */
  signedOut?: ComponentChildren;
  start?: Tab;
  /** Takes what ends in a password to a page that stays, for a page that does not. */
  elsewhere?: Desk['elsewhere'];
  /** What the page was opened for. */
  begin?: Deed | undefined;
}

/** Everything there is to see: the tokens and entitlements of an organisation, and the check, which needs no session. */
export function Console({ host, connect = real, signedOut, start = 'tokens', elsewhere, begin }: Props) {
  const [tab, setTab] = useState<Tab>(start);
  const id = useId();
  const ready = useLoad(() => readied(host), [host]);
  const session = useSession(host);
  const { isHeld, hold } = useHolders();
  // Begun once, however often the list is shown.
  const pending = useRef(begin);

  if (ready.error !== undefined) return <TroubleNote error={ready.error} onRetry={ready.reload} />;
  // The tabs and signing in wait for nothing; the core is loaded meanwhile.
  const waiting = <p class="hint" role="status">{text('view_loading')}</p>;
  const labels: [Tab, string][] = [
    ['tokens', text('view_tokens')],
    ['entitlements', text('view_entitlements')],
    ['check', text('view_check')],
  ];
  return (
    <div class="view-console">
      <Tabs id={id} label={text('view_sections')} chosen={tab} tabs={labels} onChoose={setTab} />
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`} class="view-panel">
        {tab === 'check' ? (
          ready.value === undefined ? waiting : <CheckView />
        ) : session === 'none' && !isHeld ? (
          signedOut ?? <p class="note">{text('view_signed_out')}</p>
        ) : session === 'unknown' || ready.value === undefined ? (
          waiting
        ) : (
          <HoldContext.Provider value={hold}>
            <Organizations host={host} connect={connect} settings={ready.value} tab={tab} elsewhere={elsewhere} begin={pending} />
          </HoldContext.Provider>
        )}
      </div>
    </div>
  );
}

async function readied(host: Host): Promise<Settings> {
  const [settings] = await Promise.all([host.settings(), init()]);
  return settings;
}

interface OrganizationsProps {
  host: Host;
  connect: Connect;
  settings: Settings;
  tab: 'tokens' | 'entitlements';
  elsewhere: Desk['elsewhere'];
  begin: RefObject<Deed | undefined>;
}

/** Asks which organisations there are, lets one be chosen where there are several, and shows it. */
function Organizations({ host, connect, settings, tab, elsewhere, begin }: OrganizationsProps) {
  const [chosenId, setChosenId] = useState<string>();
  const desk = useMemo<Desk>(
    () => ({
      host,
      settings,
      client: connect(settings, tokenOf(host)),
      // What fails here is told by the list itself as soon as it is asked again.
      signInAgain: () => void host.signOut().catch(() => undefined),
      elsewhere,
    }),
    [host, connect, settings, elsewhere],
  );
  const loaded = useLoad(
    async (signal) => {
      const [groups, shown] = await Promise.all([desk.client.organizations({ signal }), host.organization()]);
      return { groups: groups.toSorted((one, other) => one.name.localeCompare(other.name)), shown };
    },
    [desk],
  );
  if (loaded.error !== undefined) return <TroubleNote error={loaded.error} onRetry={loaded.reload} onSignIn={desk.signInAgain} />;
  if (loaded.value === undefined) return <p class="hint" role="status">{text('view_loading')}</p>;
  const { groups, shown } = loaded.value;
  const organization = choose(groups, chosenId ?? shown);
  if (organization === undefined) return <p class="note">{text('view_no_organization')}</p>;
  return (
    <>
      {groups.length > 1 ? (
        <SelectField
          label={text('view_organization')}
          isInline
          value={organization.id}
          onChange={setChosenId}
          options={groups.map((group) => [group.id, labelOf(group, groups)] as const)}
        />
      ) : (
        <p class="view-inline"><span class="hint">{text('view_organization')}</span> <Foreign text={organization.name} /></p>
      )}
      {shown !== undefined && !groups.some((group) => isCalled(group, shown)) && <p class="note">{text('view_organization_unseen')}</p>}
      {tab === 'tokens'
        ? <TokensView key={organization.id} desk={desk} organization={organization} begin={begin} />
        : <EntitlementsView key={organization.id} desk={desk} organization={organization} />}
    </>
  );
}

/** The console's addresses name an organisation or have its identifier. */
function isCalled({ id, name }: Group, called: string | undefined): boolean {
  return id === called || name === called;
}

function choose(groups: readonly Group[], id: string | undefined): Group | undefined {
  return groups.find((group) => isCalled(group, id)) ?? groups[0];
}

/** Names need not be unique; then the identifier tells them apart. */
function labelOf(group: Group, groups: readonly Group[]): string {
  const isUnique = groups.filter(({ name }) => name === group.name).length === 1;
  return isUnique ? printable(group.name) : `${printable(group.name)} (${group.id.slice(0, 8)}…)`;
}
