//! What the platform stores.

use std::collections::BTreeMap;

use serde::Serialize;
use time::OffsetDateTime;

use super::uidp::Uidp;

/// An organisation (a root) or a folder below one.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: Uidp,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) verified: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) id: Uidp,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) capabilities: Vec<String>,
}

/// A person, known by an identity provider's issuer and subject. Its id is a root.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) issuer: String,
    pub(crate) subject: String,
}

/// An assumable identity below a group.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) id: Uidp,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created: OffsetDateTime,
    pub(crate) updated: OffsetDateTime,
    pub(crate) last_seen: Option<OffsetDateTime>,
    pub(crate) relationship: Relationship,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Relationship {
    Static(StaticKeys),
    ClaimMatch(ClaimMatch),
    Aws(AwsIdentity),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StaticKeys {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) issuer_keys: String,
    pub(crate) expiration: OffsetDateTime,
    pub(crate) audiences: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClaimMatch {
    pub(crate) issuer: Matcher,
    pub(crate) subject: Matcher,
    /// `None`: the issuer's host name.
    pub(crate) audience: Option<Matcher>,
    pub(crate) claims: BTreeMap<String, String>,
    pub(crate) claim_patterns: BTreeMap<String, String>,
}

/// One exact value or a pattern that the whole value must match.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Matcher {
    Exact(String),
    Pattern(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AwsIdentity {
    pub(crate) account: String,
    pub(crate) arn: Matcher,
    pub(crate) user_id: Matcher,
}

/// The grant of a role to an identity, in the group that is the parent of its id.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) id: Uidp,
    pub(crate) identity: Uidp,
    pub(crate) role: Uidp,
    pub(crate) created: OffsetDateTime,
}

impl Binding {
    pub(crate) fn group(&self) -> Uidp {
        self.id.parent().unwrap_or_else(|| self.id.clone())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Entitlement {
    pub(crate) id: Uidp,
    pub(crate) ecosystem: Ecosystem,
    pub(crate) policy: i32,
    pub(crate) source: i32,
    pub(crate) cooldown_days: i32,
}

/// An ecosystem by number, or, as a newer server may have it, by a name nobody knows yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Ecosystem {
    Number(i32),
    Unheard(String),
}

impl Identity {
    pub(crate) fn static_keys(&self) -> Option<&StaticKeys> {
        match &self.relationship {
            Relationship::Static(keys) => Some(keys),
            _ => None,
        }
    }

    pub(crate) fn is_expired(&self, now: OffsetDateTime) -> bool {
        self.static_keys().is_some_and(|keys| keys.expiration <= now)
    }

    /// The exact issuer and subject it is found by, where it has both.
    pub(crate) fn issuer_and_subject(&self) -> Option<(String, String)> {
        match &self.relationship {
            Relationship::Static(keys) => Some((keys.issuer.clone(), keys.subject.clone())),
            Relationship::ClaimMatch(ClaimMatch {
                issuer: Matcher::Exact(issuer),
                subject: Matcher::Exact(subject),
                ..
            }) => Some((issuer.clone(), subject.clone())),
            _ => None,
        }
    }
}
