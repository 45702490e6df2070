//! What an identity must be like to be accepted.

use std::time::Duration;

use regex::Regex;
use time::OffsetDateTime;

use super::identity_message::{AwsMessage, ClaimMatchMessage, Draft, DraftRelationship};
use crate::jose::PublicKeys;
use crate::problem::Problem;
use crate::world::{AwsIdentity, ClaimMatch, Identity, Matcher, Relationship, StaticKeys};

/// The circumstances in which a draft is judged.
pub(crate) struct Rules<'a> {
    pub(crate) now: OffsetDateTime,
    /// How far ahead an identity's expiry may lie.
    pub(crate) max_ttl: Duration,
    /// The identity as it is, when it is being changed.
    pub(crate) old: Option<&'a Identity>,
    /// Whether v2's limits on the length of a name hold.
    pub(crate) v2: bool,
}

/// A draft that was found in order.
pub(crate) struct Accepted {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) relationship: Relationship,
}

impl Rules<'_> {
    pub(crate) fn accept(&self, draft: Draft) -> Result<Accepted, Problem> {
        check_name(&draft.name)?;
        if self.v2 && !(3..=63).contains(&draft.name.len()) {
            return Err(Problem::invalid("invalid name: must have 3 to 63 characters"));
        }
        check_description(&draft.description)?;
        let relationship = match draft.relationship {
            None => return Err(Problem::invalid("an identity needs a relationship")),
            Some(DraftRelationship::Static { issuer, subject, issuer_keys, expiration, audiences }) => {
                let expiration = self.check_expiration(expiration.map(|moment| moment.0))?;
                check_keys(&issuer, &subject, &issuer_keys, &audiences)?;
                Relationship::Static(StaticKeys { issuer, subject, issuer_keys, expiration, audiences })
            }
            Some(DraftRelationship::ClaimMatch(message)) => Relationship::ClaimMatch(claim_match(message)?),
            Some(DraftRelationship::Aws(message)) => Relationship::Aws(aws_identity(message)?),
            Some(DraftRelationship::ServicePrincipal) => {
                return Err(Problem::denied("service principals are the platform's own"));
            }
        };
        Ok(Accepted { name: draft.name, description: draft.description, relationship })
    }

    fn check_expiration(&self, wanted: Option<OffsetDateTime>) -> Result<OffsetDateTime, Problem> {
        let default = Duration::from_secs(30 * 24 * 3600).min(self.max_ttl);
        let Some(wanted) = wanted else { return Ok(later(self.now, default)) };
        let unchanged = self.old.and_then(Identity::static_keys).is_some_and(|old| old.expiration == wanted);
        if unchanged {
            return Ok(wanted);
        }
        if wanted <= self.now {
            return Err(Problem::invalid("expiration must be in the future"));
        }
        if wanted > later(self.now, self.max_ttl) {
            return Err(Problem::invalid(format!("expiration must be at most {} from now", go_duration(self.max_ttl))));
        }
        Ok(wanted)
    }
}

/// Names of identities, groups and roles.
pub(crate) fn check_name(name: &str) -> Result<(), Problem> {
    let allowed = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b' ' | b'.' | b'_' | b'-');
    if name.is_empty() || !name.bytes().all(allowed) {
        return Err(Problem::invalid(format!("invalid name {name:?}: must match ^[a-z0-9 ._-]{{1,}}$")));
    }
    Ok(())
}

pub(crate) fn check_description(text: &str) -> Result<(), Problem> {
    let spaces = ['\t', '\n', '\u{c}', '\r'];
    if text.chars().count() > 512 || text.contains(spaces) {
        return Err(Problem::invalid("invalid description: must match ^[\\S ]{0,512}$"));
    }
    Ok(())
}

fn check_keys(issuer: &str, subject: &str, keys: &str, audiences: &[String]) -> Result<(), Problem> {
    if !is_url(issuer) {
        return Err(Problem::invalid("static.issuer must be a URL"));
    }
    if subject.is_empty() {
        return Err(Problem::invalid("static.subject is required"));
    }
    PublicKeys::parse(keys).map_err(|reason| Problem::invalid(format!("static.issuer_keys: {reason}")))?;
    match audiences {
        [] => Ok(()),
        [one] if !one.is_empty() => Ok(()),
        _ => Err(Problem::invalid("static.audiences must hold exactly one audience")),
    }
}

fn claim_match(message: ClaimMatchMessage) -> Result<ClaimMatch, Problem> {
    let ClaimMatchMessage { claims, claim_patterns, .. } = message;
    claim_patterns.values().try_for_each(|pattern| check_pattern(pattern))?;
    let issuer = matcher("claim_match.issuer", message.issuer, message.issuer_pattern)?
        .ok_or_else(|| Problem::invalid("claim_match needs an issuer or issuer_pattern"))?;
    if matches!(&issuer, Matcher::Exact(url) if !is_url(url)) {
        return Err(Problem::invalid("claim_match.issuer must be a URL"));
    }
    Ok(ClaimMatch {
        issuer,
        subject: matcher("claim_match.subject", message.subject, message.subject_pattern)?
            .ok_or_else(|| Problem::invalid("claim_match needs a subject or subject_pattern"))?,
        audience: matcher("claim_match.audience", message.audience, message.audience_pattern)?,
        claims,
        claim_patterns,
    })
}

fn aws_identity(message: AwsMessage) -> Result<AwsIdentity, Problem> {
    let account = message.aws_account;
    if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::invalid("aws_identity.aws_account must have 12 digits"));
    }
    Ok(AwsIdentity {
        account,
        arn: matcher("aws_identity.arn", message.arn, message.arn_pattern)?
            .ok_or_else(|| Problem::invalid("aws_identity needs an arn or arn_pattern"))?,
        user_id: matcher("aws_identity.user_id", message.user_id, message.user_id_pattern)?
            .ok_or_else(|| Problem::invalid("aws_identity needs a user_id or user_id_pattern"))?,
    })
}

fn matcher(field: &str, exact: Option<String>, pattern: Option<String>) -> Result<Option<Matcher>, Problem> {
    match (exact, pattern) {
        (Some(text), _) | (None, Some(text)) if text.is_empty() => {
            Err(Problem::invalid(format!("{field} must not be empty")))
        }
        (Some(text), _) => Ok(Some(Matcher::Exact(text))),
        (None, Some(text)) => check_pattern(&text).map(|()| Some(Matcher::Pattern(text))),
        (None, None) => Ok(None),
    }
}

fn check_pattern(pattern: &str) -> Result<(), Problem> {
    Regex::new(pattern).map(|_| ()).map_err(|_| Problem::invalid(format!("{pattern:?} is not a regular expression")))
}

fn is_url(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}

fn later(now: OffsetDateTime, by: Duration) -> OffsetDateTime {
    time::Duration::try_from(by).ok().and_then(|by| now.checked_add(by)).unwrap_or(now)
}

/// A duration of whole seconds as Go prints it: `168h0m0s`.
fn go_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}
