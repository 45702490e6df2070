//! Identities as they are sent and answered, in both versions of the API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::gateway::timestamp::Moment;
use crate::world::{ClaimMatch, Identity, Matcher, Relationship, StaticKeys};

/// v1: `GET|POST|PUT /iam/v1/identities…`
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct IdentityV1 {
    pub(crate) id: String,
    name: String,
    description: String,
    created_at: Option<Moment>,
    updated_at: Option<Moment>,
    last_seen: Option<Moment>,
    claim_match: Option<ClaimMatchMessage>,
    #[serde(rename = "static")]
    static_keys: Option<StaticV1>,
    service_principal: Option<i32>,
    aws_identity: Option<AwsMessage>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct StaticV1 {
    issuer: String,
    subject: String,
    issuer_keys: String,
    expiration: Option<Moment>,
    audiences: Vec<String>,
}

/// v2: `GET|POST|PATCH /iam/v2/identities…`
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct IdentityV2 {
    pub(crate) uid: String,
    name: String,
    description: String,
    last_seen_time: Option<Moment>,
    create_time: Option<Moment>,
    update_time: Option<Moment>,
    claim_match: Option<ClaimMatchMessage>,
    static_keys: Option<StaticV2>,
    service_principal: Option<i32>,
    aws_identity: Option<AwsMessage>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct StaticV2 {
    issuer: String,
    subject: String,
    issuer_keys: String,
    expiration_time: Option<Moment>,
    audiences: Vec<String>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct ClaimMatchMessage {
    pub(crate) issuer: Option<String>,
    pub(crate) issuer_pattern: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) subject_pattern: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) audience_pattern: Option<String>,
    pub(crate) claims: BTreeMap<String, String>,
    pub(crate) claim_patterns: BTreeMap<String, String>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct AwsMessage {
    pub(crate) aws_account: String,
    pub(crate) arn: Option<String>,
    pub(crate) arn_pattern: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) user_id_pattern: Option<String>,
}

/// What a caller wants an identity to be, whichever version it speaks; not checked yet.
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) relationship: Option<DraftRelationship>,
}

pub(crate) enum DraftRelationship {
    Static { issuer: String, subject: String, issuer_keys: String, expiration: Option<Moment>, audiences: Vec<String> },
    ClaimMatch(ClaimMatchMessage),
    Aws(AwsMessage),
    ServicePrincipal,
}

impl From<IdentityV1> for Draft {
    fn from(message: IdentityV1) -> Self {
        let keys = message.static_keys.map(|keys| DraftRelationship::Static {
            issuer: keys.issuer,
            subject: keys.subject,
            issuer_keys: keys.issuer_keys,
            expiration: keys.expiration,
            audiences: keys.audiences,
        });
        Self {
            name: message.name,
            description: message.description,
            relationship: keys
                .or(message.claim_match.map(DraftRelationship::ClaimMatch))
                .or(message.aws_identity.map(DraftRelationship::Aws))
                .or(message.service_principal.map(|_| DraftRelationship::ServicePrincipal)),
        }
    }
}

impl From<IdentityV2> for Draft {
    fn from(message: IdentityV2) -> Self {
        let keys = message.static_keys.map(|keys| DraftRelationship::Static {
            issuer: keys.issuer,
            subject: keys.subject,
            issuer_keys: keys.issuer_keys,
            expiration: keys.expiration_time,
            audiences: keys.audiences,
        });
        Self {
            name: message.name,
            description: message.description,
            relationship: keys
                .or(message.claim_match.map(DraftRelationship::ClaimMatch))
                .or(message.aws_identity.map(DraftRelationship::Aws))
                .or(message.service_principal.map(|_| DraftRelationship::ServicePrincipal)),
        }
    }
}

impl From<&Identity> for IdentityV1 {
    fn from(identity: &Identity) -> Self {
        let static_keys = identity.static_keys().cloned().map(|keys| {
            let StaticKeys { issuer, subject, issuer_keys, expiration, audiences } = keys;
            let expiration = Some(Moment(expiration));
            StaticV1 { issuer, subject, issuer_keys, expiration, audiences }
        });
        Self {
            id: identity.id.to_string(),
            name: identity.name.clone(),
            description: identity.description.clone(),
            created_at: Some(Moment(identity.created)),
            updated_at: Some(Moment(identity.updated)),
            last_seen: identity.last_seen.map(Moment),
            claim_match: claim_match(&identity.relationship),
            static_keys,
            service_principal: None,
            aws_identity: aws_identity(&identity.relationship),
        }
    }
}

impl From<&Identity> for IdentityV2 {
    fn from(identity: &Identity) -> Self {
        let static_keys = identity.static_keys().cloned().map(|keys| {
            let StaticKeys { issuer, subject, issuer_keys, expiration, audiences } = keys;
            let expiration_time = Some(Moment(expiration));
            StaticV2 { issuer, subject, issuer_keys, expiration_time, audiences }
        });
        Self {
            uid: identity.id.to_string(),
            name: identity.name.clone(),
            description: identity.description.clone(),
            last_seen_time: identity.last_seen.map(Moment),
            create_time: Some(Moment(identity.created)),
            update_time: Some(Moment(identity.updated)),
            claim_match: claim_match(&identity.relationship),
            static_keys,
            service_principal: None,
            aws_identity: aws_identity(&identity.relationship),
        }
    }
}

fn claim_match(relationship: &Relationship) -> Option<ClaimMatchMessage> {
    let Relationship::ClaimMatch(ClaimMatch { issuer, subject, audience, claims, claim_patterns }) = relationship
    else {
        return None;
    };
    let (issuer, issuer_pattern) = split(Some(issuer));
    let (subject, subject_pattern) = split(Some(subject));
    let (audience, audience_pattern) = split(audience.as_ref());
    Some(ClaimMatchMessage {
        issuer,
        issuer_pattern,
        subject,
        subject_pattern,
        audience,
        audience_pattern,
        claims: claims.clone(),
        claim_patterns: claim_patterns.clone(),
    })
}

fn aws_identity(relationship: &Relationship) -> Option<AwsMessage> {
    let Relationship::Aws(aws) = relationship else { return None };
    let (arn, arn_pattern) = split(Some(&aws.arn));
    let (user_id, user_id_pattern) = split(Some(&aws.user_id));
    Some(AwsMessage { aws_account: aws.account.clone(), arn, arn_pattern, user_id, user_id_pattern })
}

fn split(matcher: Option<&Matcher>) -> (Option<String>, Option<String>) {
    match matcher {
        None => (None, None),
        Some(Matcher::Exact(text)) => (Some(text.clone()), None),
        Some(Matcher::Pattern(text)) => (None, Some(text.clone())),
    }
}
