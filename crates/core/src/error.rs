//! One list of error codes, and the error that carries one.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

/// What every fallible function of the core returns.
pub type Result<T> = std::result::Result<T, Error>;

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, exit $exit:literal, hint $hint:literal;)+) => {
        /// The stable names of everything that can go wrong. Scripts match on them; texts may change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as scripts see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The process exit code of a command that fails with it.
            pub const fn exit_code(self) -> u8 {
                match self { $(Self::$name => $exit,)+ }
            }

            /// What to do about it, when nothing more exact is known.
            pub const fn default_hint(self) -> &'static str {
                match self { $(Self::$name => $hint,)+ }
            }

            /// One sentence for the documentation.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)+ }
            }
        }
    };
}

error_codes! {
    /// The command line or the options of a call make no sense together.
    Usage = "usage", exit 2, hint "run the command with --help to see what it takes";
    /// A time to live is not a Go duration such as 720h or 1h30m.
    InvalidTtl = "invalid_ttl", exit 2, hint "write a duration such as 720h (30 days), 168h or 1h30m";
    /// A time to live is zero, negative or above 8760h.
    TtlOutOfRange = "ttl_out_of_range", exit 2, hint "choose more than 0 and at most 8760h (365 days)";
    /// An identifier is not 40 hex digits followed by any number of `/` and 16 hex digits.
    InvalidUidp = "invalid_uidp", exit 2, hint "copy the identifier from `pulltoken list` or the console";
    /// A name holds something other than a-z, 0-9, space, dot, underscore and hyphen, or is empty.
    InvalidName = "invalid_name", exit 2, hint "use lower-case letters, digits, spaces, dots, underscores and hyphens";
    /// A description is over 512 characters or holds a tab or a line break.
    InvalidDescription = "invalid_description", exit 2, hint "use at most 512 characters on one line, without tabs";
    /// A date and time is not RFC 3339.
    InvalidTime = "invalid_time", exit 2, hint "write a time such as 2026-12-24T10:00:00Z";
    /// A URL is not an absolute http or https URL without user, query and fragment.
    InvalidUrl = "invalid_url", exit 2, hint "write a URL such as https://libraries.cgr.dev";
    /// A URL would send a credential over plain http to another machine.
    InsecureUrl = "insecure_url", exit 2, hint "use https; plain http is for loopback addresses alone";
    /// No ecosystem goes by that name.
    UnknownEcosystem = "unknown_ecosystem", exit 2, hint "use java, python, javascript, oci, apk or another name of `pulltoken create --help`";
    /// No output format goes by that name.
    UnknownFormat = "unknown_format", exit 2, hint "see docs/formats.md for the names";
    /// A format is made for output and cannot be edited or removed from.
    FormatNotEditable = "format_not_editable", exit 2, hint "render it instead, or choose a format that names a file";
    /// A text is not in the format it was said to be in.
    InvalidSyntax = "invalid_syntax", exit 2, hint "mend the file at the place named, or choose the format it is in";
    /// A value holds a line break, a NUL or something else that the format cannot write.
    ValueNotRepresentable = "value_not_representable", exit 2, hint "copy the value again, without line breaks";
    /// More than one organisation is visible and none was chosen.
    ParentRequired = "parent_required", exit 2, hint "name the organisation with --parent";
    /// More than one organisation bears that name.
    AmbiguousParent = "ambiguous_parent", exit 2, hint "name the organisation by its identifier";
    /// An ecosystem has to be named.
    EcosystemRequired = "ecosystem_required", exit 2, hint "name it with --repository, for example --repository javascript";
    /// The identifier belongs to something that is no pull token.
    NotAPullToken = "not_a_pull_token", exit 2, hint "check the identifier; --any-identity deletes whatever it is";
    /// The identifier belongs to something that CI jobs cannot assume.
    NotACiIdentity = "not_a_ci_identity", exit 2, hint "check the identifier; `pulltoken identities list` shows those that jobs assume";
    /// Deleting many things needs a confirmation that nobody is there to give.
    ConfirmationRequired = "confirmation_required", exit 2, hint "look with --dry-run, then add --yes";
    /// A file could not be read.
    FileUnreadable = "file_unreadable", exit 2, hint "check the path and its permissions";
    /// A secret would land in the log of a CI system that cannot mask it.
    UnmaskedOutput = "unmasked_output", exit 2, hint "choose a machine-readable output such as -o env, or add --show";
    /// There is no session.
    NotSignedIn = "not_signed_in", exit 3, hint "sign in with `pulltoken login`, or set PULLTOKEN_SESSION_TOKEN";
    /// The session has expired.
    SessionExpired = "session_expired", exit 3, hint "sign in again with `pulltoken login`";
    /// The session is not a token at all, or is for another service.
    SessionUnusable = "session_unusable", exit 3, hint "set PULLTOKEN_SESSION_TOKEN to a session for the platform's API";
    /// Signing in was refused: by the person, by the issuer, or by us because something was not as it should be.
    SignInRefused = "sign_in_refused", exit 3, hint "sign in again with `pulltoken login`";
    /// This job has no token of its own that it could be known by.
    NoCiToken = "no_ci_token", exit 3, hint "see docs/ci.md for what each CI system needs";
    /// The platform refused the session (401).
    Unauthenticated = "unauthenticated", exit 3, hint "sign in again; the session may have expired or been revoked";
    /// The platform refused the call (403).
    PermissionDenied = "permission_denied", exit 3, hint "ask an owner of the organisation for the role that allows it";
    /// The caller lacks capabilities that the call needs.
    CapabilityMissing = "capability_missing", exit 3, hint "ask an owner of the organisation for the role that holds them";
    /// The organisation is not entitled to an ecosystem.
    EntitlementMissing = "entitlement_missing", exit 3, hint "an owner can add it, or ask the vendor for it";
    /// No credentials were found where the command looks for them.
    NoCredentials = "no_credentials", exit 3, hint "set the identity and token variables of the ecosystem";
    /// No organisation of that name or identifier is visible to the caller.
    OrganizationNotFound = "organization_not_found", exit 4, hint "check the spelling, and that the session belongs to that organisation";
    /// The platform has no role of the name that an ecosystem needs.
    RoleNotFound = "role_not_found", exit 4, hint "this ecosystem may not be offered to the organisation";
    /// The thing asked for does not exist (404).
    NotFound = "not_found", exit 4, hint "check the identifier";
    /// The platform found the request invalid (400).
    InvalidArgument = "invalid_argument", exit 1, hint "correct what the message names";
    /// The time to live is more than the organisation's plan allows.
    TtlExceedsPlan = "ttl_exceeds_plan", exit 1, hint "choose a shorter time; plans allow 168h, 720h or 8760h";
    /// Something of that name exists already (409).
    AlreadyExists = "already_exists", exit 1, hint "choose another name, or use what exists";
    /// The state of things does not allow the call (400, code 9).
    FailedPrecondition = "failed_precondition", exit 1, hint "see the message for what has to change first";
    /// The server does not know the call (501).
    Unimplemented = "unimplemented", exit 1, hint "check the API's URL, and update pulltoken";
    /// The answer was not what the platform is known to send.
    UnexpectedResponse = "unexpected_response", exit 1, hint "check the API's URL, and update pulltoken";
    /// A step failed and undoing the ones before it failed too.
    RollbackFailed = "rollback_failed", exit 1, hint "delete what the message names";
    /// Some of many things could not be done.
    Incomplete = "incomplete", exit 1, hint "see what is named, and run the command again for it";
    /// A rotation's new token did not work and was taken back.
    RotationUnverified = "rotation_unverified", exit 1, hint "the old token still works; try again later";
    /// A file could not be written.
    FileUnwritable = "file_unwritable", exit 1, hint "check the path, its permissions and the free space";
    /// This machine could not do what every machine should, such as drawing random numbers.
    Internal = "internal", exit 1, hint "try again, and report it if it stays";
    /// The server could not be reached.
    Network = "network", exit 5, hint "check the network, the proxy settings and the URL";
    /// The secure connection could not be made.
    Tls = "tls", exit 5, hint "check SSL_CERT_FILE, a proxy that inspects traffic, and the clock";
    /// The server did not answer in time.
    Timeout = "timeout", exit 5, hint "try again; if it stays, check the network and the service's status";
    /// The server asked to slow down (429).
    RateLimited = "rate_limited", exit 5, hint "wait a little and try again";
    /// The server failed (5xx).
    ServerError = "server_error", exit 5, hint "try again; if it stays, check the service's status";
    /// The credentials are malformed, expired, not yet valid or unusable.
    CredentialsUnusable = "credentials_unusable", exit 10, hint "make a new pull token with `pulltoken create`";
    /// The command to run was not found.
    CommandNotFound = "command_not_found", exit 127, hint "check its name and PATH";
    /// The command to run is not executable.
    CommandNotExecutable = "command_not_executable", exit 126, hint "check its permissions";
    /// The user stopped it.
    Interrupted = "interrupted", exit 130, hint "run it again when you are ready";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AsRef<str> for ErrorCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What happened, under a stable code, and what to do next. Never holds a secret.
///
/// Its JSON form, `{code, message, hint, status?, requestId?}`, is the same on the command line and
/// in JavaScript.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
// Boxed: every result has room for one, and most hold none.
pub struct Error(Box<Told>);

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    code: ErrorCode,
    message: String,
    hint: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl Error {
    /// An error with the hint that its code brings along.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let (message, hint) = (message.into(), Cow::Borrowed(code.default_hint()));
        Self(Box::new(Told { code, message, hint, status: None, request_id: None }))
    }

    /// The same error with better advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = hint.into();
        self
    }

    /// The same error with the HTTP status and request id that a server answered.
    #[must_use]
    pub fn with_answer(mut self, status: u16, request_id: Option<String>) -> Self {
        self.0.status = Some(status);
        self.0.request_id = request_id;
        self
    }

    /// The same error, told with more of the story.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// The same error, saying how often it was tried if that was more than once.
    #[must_use]
    pub fn after_tries(mut self, tries: u32) -> Self {
        if tries > 1 {
            self.0.message.push_str(&format!(" (after {tries} tries)"));
        }
        self
    }

    /// The same error under another code, with that code's hint.
    #[must_use]
    pub fn with_code(mut self, code: ErrorCode) -> Self {
        self.0.code = code;
        self.0.hint = Cow::Borrowed(code.default_hint());
        self
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// What happened, one line.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do next, one line.
    pub fn hint(&self) -> &str {
        &self.0.hint
    }

    /// The HTTP status, where a server answered.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The server's id of the request, where it gave one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_snake_case() {
        let names: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), ErrorCode::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
    }

    #[test]
    fn json_leaves_out_what_is_unknown() {
        let error = Error::new(ErrorCode::NotFound, "no such identity");
        let json = serde_json::to_value(&error).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"code": "not_found", "message": "no such identity", "hint": "check the identifier"})
        );
        let json = serde_json::to_value(error.with_answer(404, Some("r1".into()))).unwrap();
        assert_eq!((&json["status"], &json["requestId"]), (&404.into(), &"r1".into()));
    }
}
