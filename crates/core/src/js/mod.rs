//! The functions that JavaScript calls, each from JSON text to JSON text.
//!
//! JSON text is the one form that Node-API and WebAssembly pass alike and cheaply, so the bindings
//! only hand it through and cannot drift apart. The arguments are one object of named values; the
//! answer is `{"ok": value}` or `{"error": {code, message, hint, status?, requestId?}}`. Values
//! that are absent are left out, times are RFC 3339 text, and no message shows a value that was
//! given: it may be a password.
//!
//! [`for_each_js_function!`](crate::for_each_js_function) is the list that the bindings export.

mod answer;
mod arguments;
mod credentials;
mod ecosystems;
mod fields;
mod formats;
mod identifiers;
mod secret;
mod session;
mod sign_in;

pub use answer::{failure, success};
pub use arguments::{Text, read};
pub use credentials::{CredentialsInput, InspectArguments, InspectOptionsInput, inspect_pair, moment};
pub use ecosystems::{EcosystemInfo, EcosystemsArguments, RoleArguments};
pub use fields::{Choice, Fields, FromFields};
pub use formats::{
    EditArguments, HeaderArguments, HeaderValue, MaskLines, MasksArguments, NetrcEntryInfo, ParseArguments,
    ParsedEntryInfo, RemoveArguments, RenderArguments, RenderedText, SecretText,
};
pub use identifiers::{TtlInfo, UidpInfo};
pub use secret::expose;
pub use session::SessionFields;
pub use sign_in::{BeginSignInArguments, BegunSignIn, DoorInput, FinishSignInArguments, FinishedSignIn};

/// Calls a macro with every function: `rust_name as jsName;`.
#[macro_export]
macro_rules! for_each_js_function {
    ($each:ident) => {
        $each! {
            parse_ttl as parseTtl;
            parse_uidp as parseUidp;
            validate_name as validateName;
            validate_description as validateDescription;
            ecosystems as ecosystems;
            ecosystem_of_role as ecosystemOfRole;
            inspect_credentials as inspectCredentials;
            render as render;
            edit as edit;
            remove as remove;
            parse as parse;
            parse_netrc as parseNetrc;
            detect_format as detectFormat;
            github_masks as githubMasks;
            authorization_header as authorizationHeader;
            begin_sign_in as beginSignIn;
            finish_sign_in as finishSignIn;
        }
    };
}

macro_rules! define {
    ($($module:ident: $name:ident, $js:literal, $doc:literal;)+) => {
        /// The names of all of them in JavaScript.
        pub const FUNCTIONS: &[&str] = &[$($js,)+];

        $(
            #[doc = $doc]
            pub fn $name(arguments: &str) -> String {
                answer::respond($js, arguments, $module::$name)
            }
        )+
    };
}

define! {
    identifiers: parse_ttl, "parseTtl", "[`Text`] to [`TtlInfo`]; `invalid_ttl`, `ttl_out_of_range`.";
    identifiers: parse_uidp, "parseUidp", "[`Text`] to [`UidpInfo`]; `invalid_uidp`.";
    identifiers: validate_name, "validateName", "[`Text`] to nothing; `invalid_name`.";
    identifiers: validate_description, "validateDescription", "[`Text`] to nothing; `invalid_description`.";
    ecosystems: ecosystems, "ecosystems", "[`EcosystemsArguments`] to a list of [`EcosystemInfo`]; `invalid_url`, `insecure_url`.";
    ecosystems: ecosystem_of_role, "ecosystemOfRole", "[`RoleArguments`] to a name, or `null`.";
    credentials: inspect_credentials, "inspectCredentials", "[`InspectArguments`] to a [`CredentialReport`](crate::report::CredentialReport); `invalid_time`, `invalid_uidp`, `unknown_ecosystem`.";
    formats: render, "render", "[`RenderArguments`] to [`RenderedText`]; `unknown_format`, `unknown_ecosystem`, `invalid_url`, `insecure_url`, `value_not_representable`.";
    formats: edit, "edit", "[`EditArguments`] to [`RenderedText`]; those of `render`, `format_not_editable`, `invalid_syntax`.";
    formats: remove, "remove", "[`RemoveArguments`] to [`RenderedText`]; `unknown_format`, `format_not_editable`, `invalid_syntax`.";
    formats: parse, "parse", "[`ParseArguments`] to a list of [`ParsedEntryInfo`]; `unknown_format`, `invalid_syntax`.";
    formats: parse_netrc, "parseNetrc", "[`SecretText`] to a list of [`NetrcEntryInfo`].";
    formats: detect_format, "detectFormat", "[`SecretText`] to the name of a format, or `null`.";
    formats: github_masks, "githubMasks", "[`MasksArguments`] to [`MaskLines`].";
    formats: authorization_header, "authorizationHeader", "[`HeaderArguments`] to a [`HeaderValue`]; `invalid_url`, `insecure_url`, `unknown_ecosystem`, `value_not_representable`.";
    sign_in: begin_sign_in, "beginSignIn", "[`BeginSignInArguments`] to a [`BegunSignIn`]; `invalid_url`, `insecure_url`, `invalid_uidp`, `usage`.";
    sign_in: finish_sign_in, "finishSignIn", "[`FinishSignInArguments`] to a [`FinishedSignIn`]; `sign_in_refused`.";
}

#[cfg(test)]
mod tests;
