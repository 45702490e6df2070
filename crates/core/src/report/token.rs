//! What the password says of itself.

use super::options::InspectOptions;
use super::problem::{Problem, ProblemCode};
use super::span::Span;
use super::state::Kind;
use super::username::Username;
use crate::api::identities::PULL_TOKEN_ISSUER;
use crate::api::{DEFAULT_API as API_AUDIENCE, DEFAULT_ISSUER as SESSION_ISSUER, REGISTRY_AUDIENCE};
use crate::ecosystem::Ecosystem;
use crate::jwt::{Claims, JwtDefect, UnverifiedJwt};
use crate::text::printable_prefix;
use crate::timestamp::Timestamp;
use crate::uidp::Uidp;

/// Characters of a claim that a message shows.
const CLAIM_LIMIT: usize = 80;

/// Reads the password, naming the first defect.
pub(super) fn read(password: Option<&str>, problems: &mut Vec<Problem>) -> Option<UnverifiedJwt> {
    let defect = match UnverifiedJwt::parse(password?) {
        Ok(token) => return Some(token),
        Err(defect) => defect,
    };
    let part = |number: u8| ["header", "payload", "signature"].get(usize::from(number) - 1).copied().unwrap_or("part");
    problems.push(match defect {
        JwtDefect::Parts(1) => {
            Problem::new(ProblemCode::NotThreeParts, "the password is no token: it has one part, a token has three")
        }
        JwtDefect::Parts(count) => Problem::new(
            ProblemCode::NotThreeParts,
            format!("the password is no token: it has {count} parts, a token has three"),
        ),
        JwtDefect::Base64(number) => {
            Problem::new(ProblemCode::BadBase64url, format!("the token's {} is not base64url", part(number)))
        }
        JwtDefect::Json(number) => {
            Problem::new(ProblemCode::BadJson, format!("the token's {} is not what a token has there", part(number)))
        }
    });
    None
}

/// What the token is. A session of an issuer that was not asked about is known by its audience,
/// its subject or the username it stands under.
pub(super) fn kind(token: &UnverifiedJwt, username: &Username, options: &InspectOptions) -> Kind {
    let claims = &token.claims;
    let Some(issuer) = claims.issuer.as_deref() else { return Kind::Unknown };
    if is_same(issuer, PULL_TOKEN_ISSUER) {
        return Kind::PullToken;
    }
    let is_session = is_same(issuer, options.issuer.as_deref().unwrap_or(SESSION_ISSUER))
        || is_same(issuer, SESSION_ISSUER)
        || matches!(username, Username::Session)
        || claims
            .audience
            .iter()
            .any(|audience| is_same(audience, REGISTRY_AUDIENCE) || is_same(audience, API_AUDIENCE))
        || claims.subject.as_deref().is_some_and(|subject| Uidp::parse(subject).is_ok());
    if is_session { Kind::Session } else { Kind::Unknown }
}

/// Pull tokens are signed with RS256; a session's issuer may choose another public-key method.
pub(super) fn judge_algorithm(token: &UnverifiedJwt, kind: Kind, problems: &mut Vec<Problem>) {
    const PUBLIC_KEY_METHODS: [&str; 10] =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
    let algorithm = token.algorithm.as_str();
    let is_right = match kind {
        Kind::PullToken => algorithm == "RS256",
        Kind::Session | Kind::Unknown => PUBLIC_KEY_METHODS.contains(&algorithm),
    };
    if !is_right {
        let shown = printable_prefix(algorithm, 20);
        problems.push(Problem::new(ProblemCode::WrongAlgorithm, format!("the token is signed with `{shown}`")));
    }
}

/// Holds the token's times against the clock. The end itself is over, as RFC 7519 has it.
pub(super) fn judge_times(claims: &Claims, now: Timestamp, options: &InspectOptions, problems: &mut Vec<Problem>) {
    match claims.expires_at {
        None => problems.push(Problem::new(ProblemCode::ExpiryMissing, "the token does not say when it expires")),
        Some(end) if end <= now => {
            let ago = Span(now.seconds_since(end).unsigned_abs());
            problems.push(Problem::new(ProblemCode::Expired, format!("the token expired {ago} ago, at {end}")));
        }
        Some(end) => {
            let threshold = i64::try_from(options.expiring_within_seconds).unwrap_or(i64::MAX);
            if end <= now.plus_seconds(threshold) {
                let left = Span(end.seconds_since(now).unsigned_abs());
                problems.push(Problem::new(ProblemCode::Expiring, format!("the token expires in {left}, at {end}")));
            }
        }
    }
    if let Some(start) = claims.not_before.max(claims.issued_at).filter(|start| *start > now) {
        let ahead = Span(start.seconds_since(now).unsigned_abs());
        let message = format!("the token is valid from {start}, which is {ahead} ahead of this clock (clock skew?)");
        problems.push(Problem::new(ProblemCode::NotYetValid, message));
    }
}

/// Holds issuer and audience against what was asked, and a session against the registry.
pub(super) fn judge_audience(claims: &Claims, kind: Kind, options: &InspectOptions, problems: &mut Vec<Problem>) {
    let mut demand_audience = |wanted: &str, what: &str| {
        if !claims.audience.iter().any(|audience| is_same(audience, wanted)) {
            let message = format!("the {what} is made for {}, not for {}", list(&claims.audience), show(wanted));
            problems.push(Problem::new(ProblemCode::WrongAudience, message));
        }
    };
    match kind {
        Kind::PullToken => {
            if let Some(issuer) = &options.issuer {
                demand_audience(issuer, "pull token");
            }
        }
        Kind::Session => {
            // Other registries' audiences are not published, so they are not judged unasked.
            let is_libraries = !matches!(options.ecosystem, Some(Ecosystem::Oci | Ecosystem::Apk));
            if let Some(audience) = options.audience.as_deref().or(is_libraries.then_some(REGISTRY_AUDIENCE)) {
                demand_audience(audience, "session");
            }
            if let (Some(wanted), Some(issuer)) = (&options.issuer, &claims.issuer)
                && !is_same(wanted, issuer)
            {
                let message = format!("the session was issued by {}, not by {}", show(issuer), show(wanted));
                problems.push(Problem::new(ProblemCode::WrongIssuer, message));
            }
        }
        Kind::Unknown => {
            let issuer = claims.issuer.as_deref().map_or("nobody that it names".to_owned(), show);
            problems.push(Problem::new(ProblemCode::ForeignToken, format!("the token was issued by {issuer}")));
        }
    }
}

/// Whether two URLs or names are the same but for a slash at the end.
fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

fn show(claim: &str) -> String {
    format!("`{}`", printable_prefix(claim, CLAIM_LIMIT))
}

fn list(claims: &[String]) -> String {
    match claims {
        [] => "nothing that it names".to_owned(),
        [one] => show(one),
        [one, ..] => format!("{} and {} more", show(one), claims.len() - 1),
    }
}
