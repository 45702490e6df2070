//! The one list of problems that a report can name.

use std::fmt;

use serde::{Serialize, Serializer};

use super::state::State;

macro_rules! problem_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $state:expr, hint $hint:literal;)+) => {
        /// The stable names of everything that can be wrong with a credential. Texts may change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ProblemCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl ProblemCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as scripts see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The state that the problem puts a credential into; `None` if it leaves it alone.
            pub const fn state(self) -> Option<State> {
                match self { $(Self::$name => $state,)+ }
            }

            /// What to do about it.
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$name => $hint,)+ }
            }

            /// One sentence for the documentation.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)+ }
            }
        }
    };
}

const MALFORMED: Option<State> = Some(State::Malformed);
const UNUSABLE: Option<State> = Some(State::Unusable);

problem_codes! {
    /// The username is empty.
    UsernameMissing = "username_missing", MALFORMED, hint "set the username to the token's identity, or to _token for a session";
    /// The password is empty.
    PasswordMissing = "password_missing", MALFORMED, hint "set the password to the token; an empty value often means a variable that is not set";
    /// Username and password stand in each other's place.
    Swapped = "swapped", MALFORMED, hint "put the identity into the username and the token into the password";
    /// A value still has a shell's assignment in front of it.
    AssignmentLeftIn = "assignment_left_in", MALFORMED, hint "keep only what stands after the equals sign";
    /// A value still has an HTTP scheme such as Bearer in front of it.
    SchemeLeftIn = "scheme_left_in", MALFORMED, hint "keep only what stands after the word";
    /// A value has quotes around it.
    Quoted = "quoted", MALFORMED, hint "take the quotes off, or let the program that reads the file do so";
    /// A value is the name of a variable that nobody filled in.
    UnexpandedVariable = "unexpanded_variable", MALFORMED, hint "set the variable, or use a file whose reader expands variables";
    /// A value has a line break in it.
    LineBreak = "line_break", MALFORMED, hint "copy the value again as one line";
    /// A value has white space or an invisible character in it.
    WhiteSpace = "white_space", MALFORMED, hint "copy the value again without white space";
    /// The password holds the username too, plain or as base64.
    PairInPassword = "pair_in_password", MALFORMED, hint "keep only the part after the colon; the encoded pair belongs into npm's _auth alone";
    /// The password is no JSON Web Token: it has not three parts between dots.
    NotThreeParts = "not_three_parts", MALFORMED, hint "copy the whole token again; it begins with eyJ and has two dots";
    /// A part of the password is not base64url, which tokens are written in.
    BadBase64url = "bad_base64url", MALFORMED, hint "copy the whole token again; a character was lost or changed";
    /// A part of the password is not the JSON object that a token has there.
    BadJson = "bad_json", MALFORMED, hint "copy the whole token again; a character was lost or changed";
    /// The password is signed by a method that the platform does not take.
    WrongAlgorithm = "wrong_algorithm", MALFORMED, hint "make a new pull token; pull tokens are signed with RS256";
    /// The username is no identifier of the platform.
    UsernameMalformed = "username_malformed", MALFORMED, hint "use the identity as it was shown: 40 hex digits, a slash and 16 more";
    /// The time of the password is over.
    Expired = "expired", Some(State::Expired), hint "make a new pull token with `pulltoken create`, or sign in again";
    /// The time of the password has not come, which most often means that a clock is wrong.
    NotYetValid = "not_yet_valid", Some(State::NotYetValid), hint "set this machine's clock, or that of the machine which made the token";
    /// The password does not say when it ends, so the platform does not take it.
    ExpiryMissing = "expiry_missing", UNUSABLE, hint "make a new pull token with `pulltoken create`";
    /// A session is used with something other than a session's username.
    SessionUsername = "session_username", UNUSABLE, hint "use the username _token with a session, or a pull token with this username";
    /// A pull token is used with a session's username.
    PullTokenUsername = "pull_token_username", UNUSABLE, hint "use the identity that was shown with the pull token as the username";
    /// The username is an organisation's or person's identifier, not an identity's.
    UsernameNotIdentity = "username_not_identity", UNUSABLE, hint "use the identity as it was shown: the organisation's identifier, a slash and 16 more digits";
    /// The password is neither a pull token nor a session of the platform.
    ForeignToken = "foreign_token", UNUSABLE, hint "use a pull token or a session; a CI system's own token has to be exchanged first";
    /// The password was issued by somebody else than was asked about.
    WrongIssuer = "wrong_issuer", UNUSABLE, hint "use a token of that issuer, or check which platform is configured";
    /// The password is made for something else than was asked about.
    WrongAudience = "wrong_audience", UNUSABLE, hint "use a token for that audience; a session's audience is chosen at sign-in";
    /// The identity does not belong to the organisation that was asked about.
    OutsideParent = "outside_parent", UNUSABLE, hint "use a token of that organisation, or check its identifier";
    /// The token has no role that lets it pull from the ecosystem.
    RoleMissing = "role_missing", UNUSABLE, hint "bind the role with `pulltoken set-role`";
    /// A libraries token may pull containers too, because a role was left on it.
    RegistryRoleLeft = "registry_role_left", None, hint "drop the role with `pulltoken set-role`";
    /// The password will end soon.
    Expiring = "expiring", Some(State::Expiring), hint "make a new one in time, for example with `pulltoken rotate`";
    /// The username is written as in a URL, which only a URL's reader turns back.
    UsernameEncoded = "username_encoded", None, hint "write a slash in place of the underscore or %2F; only in a URL they are right";
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ProblemCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that is wrong with a credential. Holds no part of a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Problem {
    /// The stable code.
    pub code: ProblemCode,
    /// What is wrong, one line.
    pub message: String,
    /// What to do about it, one line.
    #[cfg_attr(feature = "ts", ts(as = "String"))]
    pub hint: &'static str,
}

impl Problem {
    /// A problem with the hint of its code.
    pub(super) fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: code.hint() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_snake_case() {
        let names: BTreeSet<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), ProblemCode::ALL.len());
        assert!(
            names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()))
        );
    }
}
