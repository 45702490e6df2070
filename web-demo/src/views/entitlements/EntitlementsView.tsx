import { ecosystems, type Client, type Entitlement, type Group, type WhoAmI } from 'pulltoken/web/core';
import { counted, list, text } from '../../text';
import { Foreign } from '../base/Foreign';
import { useLoad } from '../base/task';
import { TroubleNote } from '../base/TroubleNote';
import { ecosystemName, number } from '../base/words';
import type { Desk } from '../desk';
import { accessOf, type Access } from './missing';

interface Facts {
  entitlements: Entitlement[];
  access: Access;
}

/** What an organisation is entitled to, what is missing, and who can grant it. */
export function EntitlementsView({ desk, organization }: { desk: Desk; organization: Group }) {
  const { client } = desk;
  const loaded = useLoad((signal) => factsOf(client, organization.id, signal), [client, organization.id]);
  return (
    <section class="view-entitlements" aria-label={text('view_entitlements')}>
      {loaded.error !== undefined && <TroubleNote error={loaded.error} onRetry={loaded.reload} onSignIn={desk.signInAgain} />}
      {loaded.isLoading && <p class="hint" role="status">{text('view_loading')}</p>}
      {loaded.value && (
        <>
          {loaded.value.entitlements.length > 0
            ? <Table entitlements={loaded.value.entitlements} />
            : <p class="note">{text('view_entitlements_none')}</p>}
          <Missing access={loaded.value.access} />
        </>
      )}
    </section>
  );
}

async function factsOf(client: Client, parent: string, signal: AbortSignal): Promise<Facts> {
  const [entitlements, me]: [Entitlement[], WhoAmI] = await Promise.all([
    client.listEntitlements({ parent, signal }),
    client.whoami({ signal }),
  ]);
  return { entitlements, access: accessOf(ecosystems(), entitlements, me, parent) };
}

function Table({ entitlements }: { entitlements: Entitlement[] }) {
  return (
    <table class="view-table">
      <caption class="visually-hidden">{text('view_entitlements')}</caption>
      <thead>
        <tr>
          <th scope="col">{text('view_filter_ecosystem')}</th>
          <th scope="col">{text('view_policy')}</th>
          <th scope="col">{text('view_source')}</th>
          <th scope="col">{text('view_cooldown')}</th>
        </tr>
      </thead>
      <tbody>
        {entitlements.map(({ id, ecosystem, policy, source, cooldownDays }) => (
          <tr key={id}>
            <th scope="row"><Foreign text={nameOf(ecosystem)} /></th>
            <td>{policyOf(policy)}</td>
            <td>{sourceOf(source)}</td>
            <td>{counted('view_days_number', cooldownDays, number(cooldownDays))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** In words, with who can do something about it. */
function Missing({ access: { entitled, missing, withoutRole, mayEntitle } }: { access: Access }) {
  const names = (all: readonly string[]) => list(all.map(ecosystemName));
  return (
    <section class="view-missing" aria-label={text('view_missing')}>
      <h2>{text('view_missing')}</h2>
      {missing.length === 0 && withoutRole.length === 0 && <p>{text('view_missing_nothing')}</p>}
      {missing.length > 0 && (
        <div class="view-lack">
          <p>{text('view_missing_entitlements', names(missing))}</p>
          <p class="hint">{text(mayEntitle ? 'view_missing_entitlements_owner' : 'view_missing_entitlements_other')}</p>
        </div>
      )}
      {withoutRole.length > 0 && (
        <div class="view-lack">
          <p>{text('view_missing_roles', names(withoutRole.map(({ ecosystem }) => ecosystem)))}</p>
          <p class="hint">{text('view_missing_roles_hint', list(withoutRole.map(({ role }) => role)))}</p>
        </div>
      )}
      {entitled.length > 0 && withoutRole.length === 0 && <p>{text('view_may_create', names(entitled))}</p>}
    </section>
  );
}

function nameOf(ecosystem: Entitlement['ecosystem']): string {
  if (ecosystem === null) return text('view_unknown');
  const row = ecosystems().find(({ entitlement }) => entitlement === ecosystem);
  return row ? ecosystemName(row.ecosystem) : String(ecosystem);
}

function policyOf(policy: Entitlement['policy']) {
  if (policy === 'POLICY_CHAINGUARD') return text('view_policy_own');
  if (policy === 'POLICY_CHAINGUARD_AND_UPSTREAM') return text('view_policy_upstream');
  return policy === null ? text('view_unknown') : <Foreign text={String(policy)} />;
}

function sourceOf(source: Entitlement['source']) {
  if (source === 'SOURCE_TRIAL') return text('view_source_trial');
  if (source === 'SOURCE_SFDC') return text('view_source_bought');
  return source === null ? text('view_unknown') : <Foreign text={String(source)} />;
}
