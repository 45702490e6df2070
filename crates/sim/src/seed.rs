//! Puts into the world what a test asked for.

use std::time::Duration;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::limits::Limits;
use crate::log::Part;
use crate::spec::{Assumed, IdTokenSpec, IdentitySpec, OrganizationSpec, SessionSpec};
use crate::state::{NewSession, Shared};
use crate::world::roles::ECOSYSTEMS;
use crate::world::{
    Binding, ClaimMatch, Ecosystem, Entitlement, Group, Identity, Matcher, Relationship, StaticKeys, Uidp, User,
};

/// The identity provider of the simulator's own people.
pub(crate) const PEOPLE: &str = "https://idp.example.com";

/// The subject of the person who owns the organisations.
pub(crate) const OWNER: &str = "owner";

/// Roles of organisation `example`, each held by a person of the same name.
pub(crate) const HOLDERS: [&str; 4] = [
    "viewer",
    "libraries.java.pull_token_creator",
    "libraries.javascript.pull_token_creator",
    "libraries.python.pull_token_creator",
];

/// The subject of a person who has not registered yet.
pub(crate) const NEWCOMER: &str = "newcomer";

/// The subjects of everybody who can sign in on the built-in page.
pub(crate) fn people() -> impl Iterator<Item = &'static str> {
    [OWNER].into_iter().chain(HOLDERS).chain([NEWCOMER])
}

impl Shared {
    pub(crate) fn add_organization(&self, spec: &OrganizationSpec) -> Result<Uidp, String> {
        let owner = self.add_person(OWNER, None);
        let mut world = self.world();
        let id = world.ids.root();
        let group = Group {
            id: id.clone(),
            name: spec.name.clone(),
            description: format!("the organisation {}", spec.name),
            verified: spec.verified,
        };
        world.groups.insert(id.clone(), group);
        drop(world);
        for ecosystem in &spec.entitlements {
            self.add_entitlement(&id, ecosystem)?;
        }
        if spec.owned {
            self.bind(&id, &owner, "owner")?;
        }
        Ok(id)
    }

    pub(crate) fn add_folder(&self, parent: &Uidp, name: &str) -> Result<Uidp, String> {
        let mut world = self.world();
        if !world.groups.contains_key(parent) {
            return Err(format!("there is no group {parent}"));
        }
        let id = world.ids.child_of(parent);
        let group = Group { id: id.clone(), name: name.to_owned(), description: String::new(), verified: false };
        world.groups.insert(id.clone(), group);
        Ok(id)
    }

    pub(crate) fn add_entitlement(&self, organization: &Uidp, name: &str) -> Result<(), String> {
        let mut world = self.world();
        if !world.groups.contains_key(organization) {
            return Err(format!("there is no group {organization}"));
        }
        let number = ECOSYSTEMS.iter().find(|(_, known, _)| *known == name);
        let ecosystem =
            number.map_or_else(|| Ecosystem::Unheard(name.to_owned()), |(_, _, number)| Ecosystem::Number(*number));
        let id = world.ids.child_of(organization);
        let entitlement = Entitlement { id: id.clone(), ecosystem, policy: 2, source: 2, cooldown_days: 7 };
        world.entitlements.insert(id, entitlement);
        Ok(())
    }

    /// The person of this subject, made if not there.
    pub(crate) fn add_person(&self, subject: &str, email: Option<&str>) -> Uidp {
        let id = Uidp::of_user(PEOPLE, subject);
        self.world().users.entry(id.clone()).or_insert_with(|| User {
            email: email.map_or_else(|| format!("{subject}@example.com"), str::to_owned),
            issuer: PEOPLE.to_owned(),
            subject: subject.to_owned(),
        });
        id
    }

    pub(crate) fn bind(&self, group: &Uidp, identity: &Uidp, role: &str) -> Result<Uidp, String> {
        let now = self.now();
        let mut world = self.world();
        let role = world.role_named(role).ok_or_else(|| format!("there is no role {role}"))?.id.clone();
        let id = world.ids.child_of(group);
        world.put_binding(Binding { id: id.clone(), identity: identity.clone(), role, created: now });
        Ok(id)
    }

    /// Adds identities to `home` unless the spec names another place.
    pub(crate) fn add_identities(&self, spec: &IdentitySpec, home: &Uidp) -> Result<Vec<Uidp>, String> {
        let group = parse_or(spec.organization.as_deref(), home)?;
        let now = self.now();
        let key_set = self.keys.seeded.jwks().to_string();
        let mut ids = Vec::with_capacity(spec.count);
        for number in 1..=spec.count {
            let mut world = self.world();
            let id = world.ids.child_of(&group);
            let name = match spec.count {
                1 => spec.name.clone(),
                _ => format!("{} {number}", spec.name),
            };
            let relationship = match &spec.assumed {
                Assumed::Static { issuer } => Relationship::Static(StaticKeys {
                    issuer: issuer.clone(),
                    subject: format!("pull-token-{}", world.ids.hex(20)),
                    issuer_keys: key_set.clone(),
                    expiration: whole_second(shift(now, spec.expires_in)),
                    audiences: Vec::new(),
                }),
                Assumed::Claims { issuer, subject, audience } => Relationship::ClaimMatch(ClaimMatch {
                    issuer: Matcher::Exact(issuer.clone()),
                    subject: Matcher::Exact(subject.clone()),
                    audience: audience.clone().map(Matcher::Exact),
                    claims: Default::default(),
                    claim_patterns: Default::default(),
                }),
            };
            let created = shift(now, -spec.created_ago);
            world.put_identity(Identity {
                id: id.clone(),
                name,
                description: spec.description.clone(),
                created,
                updated: created,
                last_seen: spec.last_seen_ago.map(|ago| shift(now, -ago)),
                relationship,
            });
            drop(world);
            for role in &spec.roles {
                self.bind(&group, &id, role)?;
            }
            ids.push(id);
        }
        Ok(ids)
    }

    /// The password of a seeded pull token: valid from its creation to its expiry.
    pub(crate) fn password_of(&self, id: &Uidp) -> Result<String, String> {
        let world = self.world();
        let identity = world.identity(id).ok_or_else(|| format!("there is no identity {id}"))?;
        let keys = identity.static_keys().ok_or("the identity has no registered keys")?;
        let mut claims = Map::new();
        claims.insert("iss".to_owned(), json!(keys.issuer));
        claims.insert("sub".to_owned(), json!(keys.subject));
        claims.insert("aud".to_owned(), json!([self.addresses.issuer]));
        claims.insert("iat".to_owned(), json!(identity.created.unix_timestamp()));
        claims.insert("exp".to_owned(), json!(keys.expiration.unix_timestamp()));
        drop(world);
        self.keys.seeded.sign(&claims)
    }

    /// Signs an ID token as the provider it names.
    pub(crate) fn id_token(&self, spec: &IdTokenSpec) -> Result<String, String> {
        let mut claims = Map::new();
        for (name, value) in &spec.claims {
            claims.insert(name.clone(), json!(value));
        }
        let now = self.now().unix_timestamp();
        claims.insert("sub".to_owned(), json!(spec.subject));
        if let Some(audience) = &spec.audience {
            claims.insert("aud".to_owned(), json!(audience));
        }
        claims.insert("iat".to_owned(), json!(now.min(now.saturating_add(spec.expires_in) - 60)));
        claims.insert("exp".to_owned(), json!(now.saturating_add(spec.expires_in)));
        self.provider_token(&spec.issuer, claims)
    }

    /// Signs a token as `issuer`, with its own key where it has one. Claims that are not given are
    /// those of a token for this issuer that is good for ten minutes; `null` leaves one out.
    pub(crate) fn provider_token(&self, issuer: &str, mut claims: Map<String, Value>) -> Result<String, String> {
        let now = self.now().unix_timestamp();
        let authority = self.addresses.authority(Part::Issuer);
        let host = authority.split(':').next().unwrap_or_default();
        for (name, value) in
            [("iss", json!(issuer)), ("aud", json!(host)), ("iat", json!(now)), ("exp", json!(now + 600))]
        {
            claims.entry(name).or_insert(value);
        }
        claims.retain(|_, value| !value.is_null());
        self.ci.get(issuer).unwrap_or(&self.keys.provider).sign(&claims)
    }

    /// Signs a token as an issuer whose key is held here.
    pub(crate) fn ci_token(&self, issuer: &str, claims: Value) -> Result<String, String> {
        let Value::Object(claims) = claims else { return Err("claims must be a JSON object".to_owned()) };
        if issuer != PEOPLE && !self.ci.contains_key(issuer) {
            return Err(format!("the simulator holds no key of {issuer}"));
        }
        self.provider_token(issuer, claims)
    }

    /// The ID token of a person who signs in on the built-in page.
    pub(crate) fn person_token(&self, subject: &str) -> Result<String, String> {
        let mut claims = address(subject);
        claims.insert("sub".to_owned(), json!(subject));
        self.provider_token(PEOPLE, claims)
    }

    /// The ID token that the issuer itself gives a client for a device code.
    pub(crate) fn own_id_token(&self, issuer: &str, client: &str, subject: &str) -> Result<String, String> {
        let mut claims = address(subject);
        claims.insert("sub".to_owned(), json!(subject));
        claims.insert("aud".to_owned(), json!(client));
        self.provider_token(issuer, claims)
    }

    /// Makes the caller a spec describes and signs a session for it.
    pub(crate) fn session(&self, spec: &SessionSpec, home: &Uidp) -> Result<String, String> {
        let group = parse_or(spec.group.as_deref(), home)?;
        let (subject, email) = match &spec.identity {
            Some(id) => (Uidp::parse(id).ok_or_else(|| format!("{id} is no identity"))?, None),
            None => {
                let name = self.world().ids.hex(6);
                let email = spec.email.clone().unwrap_or(format!("{name}@example.com"));
                (self.add_person(&name, Some(&email)), Some(email))
            }
        };
        for role in &spec.roles {
            self.bind(&group, &subject, role)?;
        }
        let api = [self.addresses.api.clone()];
        let now = self.now().unix_timestamp();
        let expires = now.saturating_add(spec.expires_in);
        self.issue_session(&NewSession {
            issuer: spec.issuer.as_deref().unwrap_or(&self.addresses.issuer),
            subject: subject.as_str(),
            audiences: if spec.audiences.is_empty() { &api } else { &spec.audiences },
            issued: now.min(expires.saturating_sub(3600)),
            expires,
            email: email.as_deref(),
            limits: &Limits::default(),
        })
    }
}

fn address(subject: &str) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("email".to_owned(), json!(format!("{subject}@example.com")));
    claims.insert("email_verified".to_owned(), Value::Bool(true));
    claims
}

fn parse_or(id: Option<&str>, default: &Uidp) -> Result<Uidp, String> {
    match id {
        None => Ok(default.clone()),
        Some(id) => Uidp::parse(id).ok_or_else(|| format!("{id} is no identifier")),
    }
}

fn shift(from: OffsetDateTime, seconds: i64) -> OffsetDateTime {
    from.saturating_add(time::Duration::seconds(seconds))
}

fn whole_second(moment: OffsetDateTime) -> OffsetDateTime {
    moment.replace_nanosecond(0).unwrap_or(moment)
}

/// How long a session lives when nothing says otherwise.
pub(crate) const SESSION_LIFETIME: Duration = Duration::from_secs(3600);
