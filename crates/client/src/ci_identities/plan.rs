//! What there is, what is missing, and why it could not work.

use futures_util::future;
use pulltoken_core::api::binding_list::Binding;
use pulltoken_core::api::ci_identities::CiIdentity;
use pulltoken_core::api::groups::Group;
use pulltoken_core::api::roles::Role;
use pulltoken_core::trust::Trust;
use pulltoken_core::{Error, ErrorCode, Result, Uidp};

use super::{Change, NewCiIdentities, Settled};
use crate::client::Client;
use crate::create::{Readable, Refusal, Warning};
use crate::host::Host;
use crate::together::try_all;

/// Without these the work could be begun and neither repeated nor taken back.
const NEEDED: [&str; 6] =
    ["identity.create", "identity.list", "identity.delete", "role_bindings.create", "role_bindings.list", "roles.list"];

/// All that making them needs to know.
pub(super) struct Plan {
    pub(super) organization: Group,
    pub(super) steps: Vec<Step>,
    pub(super) warnings: Vec<Warning>,
    /// The identities that were there before.
    pub(super) known: Vec<CiIdentity>,
}

/// One identity's way from what it is to what it should be.
pub(super) struct Step {
    pub(super) trust: Trust,
    pub(super) start: Start,
    /// To be bound.
    pub(super) roles: Vec<Role>,
}

/// What there is of an identity.
pub(super) enum Start {
    Nothing,
    /// One that trusts other jobs.
    Other(Uidp),
    Same(Uidp),
}

impl Step {
    /// What the identity is going to be.
    pub(super) fn expected(&self) -> Settled {
        let (id, change) = match &self.start {
            Start::Nothing => (None, Change::Created),
            Start::Other(id) => (Some(id), Change::Replaced),
            Start::Same(id) if self.roles.is_empty() => (Some(id), Change::Unchanged),
            Start::Same(id) => (Some(id), Change::Bound),
        };
        Settled {
            id: id.cloned(),
            name: self.trust.name.clone(),
            claims: self.trust.claims.clone(),
            change,
            bound: self.roles.iter().map(|role| role.name.clone()).collect(),
        }
    }
}

impl<H: Host> Client<H> {
    /// Looks up what is needed, side by side as far as one does not need the other's answer, and
    /// refuses what the platform would refuse half-way.
    pub(super) async fn plan_identities(&self, wanted: &NewCiIdentities) -> Result<Plan> {
        if wanted.ecosystems.is_empty() {
            return Err(Error::new(ErrorCode::EcosystemRequired, "no ecosystem was named"));
        }
        let trusts = distinct(&wanted.trusts)?;
        let me = self.who_am_i();
        let roles = try_all(wanted.ecosystems.iter().map(|ecosystem| self.roles_of(*ecosystem)));
        let (me, groups, roles) = future::try_join3(me, self.groups_of(&wanted.parent), roles).await?;
        let organization = wanted.parent.choose(groups, &me)?;
        let refusal = Refusal {
            me: &me,
            organization: &organization,
            ecosystems: &wanted.ecosystems,
            deed: "make identities for CI jobs",
            roles: vec!["owner".to_owned()],
        };
        refusal.of_capabilities(&NEEDED)?;
        if wanted.replace {
            refusal.of_capabilities(&["identity.update"])?;
        }
        let roles = refusal.of_roles(&roles)?;
        let below = Some(&organization.id);
        let entitlements = async {
            match refusal.wants_entitlements() {
                true => self.entitlements_of(&organization.id).await,
                false => Ok(Readable::Yes(Vec::new())),
            }
        };
        let (entitlements, known, bindings) =
            future::try_join3(entitlements, self.all_ci_identities(below), self.all_bindings(below)).await?;
        let warnings = refusal.of_entitlements(&entitlements)?;
        let here = Here { organization: &organization.id, known: &known, bindings: &bindings, roles: &roles };
        let audience = self.endpoints.issuer.host();
        let steps = trusts.into_iter().map(|trust| here.step(trust, wanted.replace, audience));
        let steps = steps.collect::<Result<_>>()?;
        Ok(Plan { organization, steps, warnings, known })
    }
}

/// Each wish once. Two of one name that trust different jobs would replace each other for ever.
fn distinct(trusts: &[Trust]) -> Result<Vec<Trust>> {
    let mut all: Vec<Trust> = Vec::with_capacity(trusts.len());
    for trust in trusts {
        match all.iter().find(|one| one.name == trust.name) {
            None => all.push(trust.clone()),
            Some(same) if same.claims == trust.claims => {}
            Some(_) => {
                let message = format!("two of these identities would be named `{}`", trust.name);
                return Err(
                    Error::new(ErrorCode::Usage, message).with_hint("make one of them with a --name of its own")
                );
            }
        }
    }
    Ok(all)
}

/// What an organisation has.
struct Here<'a> {
    organization: &'a Uidp,
    known: &'a [CiIdentity],
    bindings: &'a [Binding],
    roles: &'a [Role],
}

impl Here<'_> {
    fn step(&self, trust: Trust, replace: bool, audience: &str) -> Result<Step> {
        let namesakes: Vec<_> = self
            .known
            .iter()
            .filter(|one| one.name == trust.name.as_str() && one.id.parent().as_ref() == Some(self.organization))
            .collect();
        let same = namesakes.iter().find(|one| one.claims.trusts_as(&trust.claims, audience));
        let start = match (same, &namesakes[..]) {
            (Some(same), _) => Start::Same(same.id.clone()),
            (None, []) => Start::Nothing,
            (None, [other]) if replace => Start::Other(other.id.clone()),
            (None, [other, ..]) => return Err(taken(&trust, other, namesakes.len())),
        };
        let roles = match &start {
            Start::Nothing => self.roles.to_vec(),
            Start::Other(id) | Start::Same(id) => {
                self.roles.iter().filter(|role| !self.holds(id, role)).cloned().collect()
            }
        };
        Ok(Step { trust, start, roles })
    }

    fn holds(&self, id: &Uidp, role: &Role) -> bool {
        self.bindings.iter().any(|binding| {
            binding.identity == id.as_str()
                && (binding.role_id == role.id || binding.role_name == role.name)
                && binding.group().covers(self.organization)
        })
    }
}

fn taken(trust: &Trust, other: &CiIdentity, count: usize) -> Error {
    let subject = other.claims.subject.as_ref().map(ToString::to_string).unwrap_or_default();
    let subject = pulltoken_core::text::printable_prefix(&subject, 160);
    let message = format!("the identity {} is named `{}` already and trusts others: `{subject}`", other.id, trust.name);
    let hint = match count {
        1 => "choose another --name, or change it with --replace",
        _ => "choose another --name, or delete those of this name: `pulltoken identities list` shows them",
    };
    Error::new(ErrorCode::AlreadyExists, message).with_hint(hint)
}
