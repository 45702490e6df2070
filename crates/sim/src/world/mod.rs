//! The state of the platform: organisations, roles, identities, bindings, entitlements.

mod records;
pub(crate) mod roles;
mod uidp;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

pub(crate) use records::{
    AwsIdentity, Binding, ClaimMatch, Ecosystem, Entitlement, Group, Identity, Matcher, Relationship, Role, StaticKeys,
    User,
};
use time::OffsetDateTime;
pub(crate) use uidp::{Uidp, UidpSource};

/// Everything the platform knows.
pub(crate) struct World {
    pub(crate) ids: UidpSource,
    pub(crate) groups: BTreeMap<Uidp, Group>,
    pub(crate) roles: BTreeMap<Uidp, Role>,
    pub(crate) users: BTreeMap<Uidp, User>,
    pub(crate) entitlements: BTreeMap<Uidp, Entitlement>,
    identities: BTreeMap<Uidp, Identity>,
    bindings: BTreeMap<Uidp, Binding>,
    by_issuer_and_subject: HashMap<(String, String), Uidp>,
    bindings_of: HashMap<Uidp, BTreeSet<Uidp>>,
    /// Counts changes, so that what was computed from one state is not used with another.
    generation: u64,
}

impl World {
    /// A platform with its built-in roles and nothing else.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut ids = UidpSource::new()?;
        let roles = roles::built_in()
            .into_iter()
            .map(|role| {
                let id = ids.root();
                let role = Role {
                    id: id.clone(),
                    name: role.name,
                    description: role.description,
                    capabilities: role.capabilities,
                };
                (id, role)
            })
            .collect();
        Ok(Self {
            ids,
            groups: BTreeMap::new(),
            roles,
            users: BTreeMap::new(),
            entitlements: BTreeMap::new(),
            identities: BTreeMap::new(),
            bindings: BTreeMap::new(),
            by_issuer_and_subject: HashMap::new(),
            bindings_of: HashMap::new(),
            generation: 0,
        })
    }

    /// The role of this name: the platform's own, or else an organisation's.
    pub(crate) fn role_named(&self, name: &str) -> Option<&Role> {
        let named = || self.roles.values().filter(|role| role.name == name);
        named().find(|role| role.id.is_root()).or_else(|| named().next())
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    // Identities

    pub(crate) fn identity(&self, id: &Uidp) -> Option<&Identity> {
        self.identities.get(id)
    }

    pub(crate) fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.identities.values()
    }

    /// Identities in the order of their ids, those after `after` only.
    pub(crate) fn identities_after(&self, after: Option<&Uidp>) -> impl Iterator<Item = &Identity> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.identities.range::<Uidp, _>((from, Bound::Unbounded)).map(|(_, identity)| identity)
    }

    pub(crate) fn identity_by_subject(&self, issuer: &str, subject: &str) -> Option<&Uidp> {
        self.by_issuer_and_subject.get(&(issuer.to_owned(), subject.to_owned()))
    }

    /// Stores an identity, in place of the one with the same id if there is one.
    pub(crate) fn put_identity(&mut self, identity: Identity) {
        self.generation += 1;
        if let Some(old) = self.identities.get(&identity.id).and_then(Identity::issuer_and_subject) {
            self.by_issuer_and_subject.remove(&old);
        }
        if let Some(key) = identity.issuer_and_subject() {
            self.by_issuer_and_subject.insert(key, identity.id.clone());
        }
        self.identities.insert(identity.id.clone(), identity);
    }

    /// Removes an identity and all its bindings.
    pub(crate) fn remove_identity(&mut self, id: &Uidp) -> Option<Identity> {
        let identity = self.identities.remove(id)?;
        self.generation += 1;
        if let Some(key) = identity.issuer_and_subject() {
            self.by_issuer_and_subject.remove(&key);
        }
        for binding in self.bindings_of.remove(id).unwrap_or_default() {
            self.bindings.remove(&binding);
        }
        Some(identity)
    }

    /// Notes that an identity was used.
    pub(crate) fn seen(&mut self, id: &Uidp, now: OffsetDateTime) {
        if let Some(identity) = self.identities.get_mut(id) {
            identity.last_seen = Some(now);
        }
    }

    // Bindings

    pub(crate) fn binding(&self, id: &Uidp) -> Option<&Binding> {
        self.bindings.get(id)
    }

    pub(crate) fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.bindings.values()
    }

    pub(crate) fn bindings_after(&self, after: Option<&Uidp>) -> impl Iterator<Item = &Binding> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.bindings.range::<Uidp, _>((from, Bound::Unbounded)).map(|(_, binding)| binding)
    }

    pub(crate) fn bindings_of(&self, identity: &Uidp) -> impl Iterator<Item = &Binding> {
        self.bindings_of.get(identity).into_iter().flatten().filter_map(|id| self.bindings.get(id))
    }

    pub(crate) fn put_binding(&mut self, binding: Binding) {
        self.generation += 1;
        if let Some(old) = self.bindings.get(&binding.id) {
            let old_identity = old.identity.clone();
            if let Some(ids) = self.bindings_of.get_mut(&old_identity) {
                ids.remove(&binding.id);
            }
        }
        self.bindings_of.entry(binding.identity.clone()).or_default().insert(binding.id.clone());
        self.bindings.insert(binding.id.clone(), binding);
    }

    pub(crate) fn remove_binding(&mut self, id: &Uidp) -> Option<Binding> {
        let binding = self.bindings.remove(id)?;
        self.generation += 1;
        if let Some(ids) = self.bindings_of.get_mut(&binding.identity) {
            ids.remove(id);
        }
        Some(binding)
    }

    /// Removes a group with its bindings, roles and entitlements.
    pub(crate) fn remove_group(&mut self, id: &Uidp) {
        let bindings: Vec<Uidp> = self.bindings.keys().filter(|binding| binding.is_below(id)).cloned().collect();
        for binding in bindings {
            self.remove_binding(&binding);
        }
        self.roles.retain(|role, _| !role.is_below(id));
        self.entitlements.retain(|entitlement, _| !entitlement.is_below(id));
        self.groups.remove(id);
    }

    // Capabilities

    /// The groups at and below which `subject` holds `capability`.
    pub(crate) fn scopes(&self, subject: &Uidp, capability: &str) -> Vec<Uidp> {
        self.bindings_of(subject)
            .filter(|binding| {
                self.roles
                    .get(&binding.role)
                    .is_some_and(|role| role.capabilities.iter().any(|held| held == capability))
            })
            .map(Binding::group)
            .collect()
    }

    /// Whether the organisation holds an entitlement for the ecosystem of this number, and its policy.
    pub(crate) fn entitlement(&self, organization: &Uidp, number: i32) -> Option<&Entitlement> {
        self.entitlements.values().find(|entitlement| {
            entitlement.ecosystem == Ecosystem::Number(number) && entitlement.id.is_below(organization)
        })
    }
}
