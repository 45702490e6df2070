//! What stands in the username's place.

use super::options::InspectOptions;
use super::problem::{Problem, ProblemCode};
use super::state::Kind;
use crate::uidp::Uidp;

/// The names under which the registry takes a session as a Basic password.
const SESSION_USERNAMES: [&str; 2] = ["_token", "token-user"];

/// A username, read.
pub(super) enum Username {
    /// An identity, perhaps written as in a URL.
    Identity { id: Uidp, encoded: bool },
    /// A session's.
    Session,
    /// Nothing that could be read.
    Missing,
    /// Anything else.
    Other,
}

impl Username {
    pub(super) fn read(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::Missing };
        if SESSION_USERNAMES.contains(&text) {
            return Self::Session;
        }
        if let Ok(id) = Uidp::parse(text) {
            return Self::Identity { id, encoded: false };
        }
        let decoded = text.replace("%2F", "/").replace("%2f", "/").replace('_', "/");
        match Uidp::parse(&decoded) {
            Ok(id) => Self::Identity { id, encoded: true },
            Err(_) => Self::Other,
        }
    }
}

/// Names what is wrong with the username under a password of that kind. The username itself is not
/// shown: where the pair was swapped it came from the password's place.
pub(super) fn judge(username: &Username, kind: Kind, options: &InspectOptions, problems: &mut Vec<Problem>) {
    let mut found = |code, message: String| problems.push(Problem::new(code, message));
    match (username, kind) {
        (Username::Session, Kind::PullToken) => {
            found(ProblemCode::PullTokenUsername, "the password is a pull token, the username is a session's".into());
        }
        (Username::Identity { .. } | Username::Other, Kind::Session) => {
            found(ProblemCode::SessionUsername, "the password is a session, the username is none of a session".into());
        }
        (Username::Other, _) => {
            found(ProblemCode::UsernameMalformed, "the username is neither an identity's identifier nor _token".into());
        }
        (Username::Identity { id, .. }, _) if id.is_root() => {
            found(ProblemCode::UsernameNotIdentity, "the username is that of an organisation or a person".into());
        }
        (Username::Identity { id, .. }, Kind::PullToken) => {
            if let Some(parent) = options.parent.as_ref().filter(|parent| !parent.is_ancestor_of(id)) {
                found(ProblemCode::OutsideParent, format!("the identity is not in {parent}"));
            }
        }
        _ => {}
    }
    if matches!(username, Username::Identity { encoded: true, .. }) && !options.in_url {
        found(ProblemCode::UsernameEncoded, "the username is written as in a URL".into());
    }
}
