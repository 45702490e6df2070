//! Reports on credentials.

use super::answer::{failure, success};
use super::fields::{Fields, FromFields};
use crate::credentials::Credentials;
use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::report::{CredentialReport, InspectOptions, inspect};
use crate::secret::Secret;
use crate::timestamp::Timestamp;
use crate::uidp::Uidp;

/// A pair as it comes from JavaScript.
#[derive(Debug)]
pub struct CredentialsInput {
    /// The username.
    pub username: String,
    /// The password.
    pub password: Secret,
}

impl From<CredentialsInput> for Credentials {
    fn from(input: CredentialsInput) -> Self {
        Self::new(input.username, input.password)
    }
}

impl FromFields for CredentialsInput {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { username: fields.text("username")?, password: fields.secret("password")? })
    }
}

/// The arguments of `inspectCredentials`.
#[derive(Debug)]
pub struct InspectArguments {
    /// The pair to look at.
    pub credentials: CredentialsInput,
    /// The present moment, in milliseconds since 1970.
    pub now: f64,
    /// What to ask beyond the pair itself.
    pub options: InspectOptionsInput,
}

impl FromFields for InspectArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            credentials: fields.object("credentials")?,
            now: fields.number("now")?,
            options: fields.optional_object("options")?,
        })
    }
}

/// What to ask of credentials beyond the pair itself.
#[derive(Debug, Default)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(rename = "InspectQuestions", rename_all = "camelCase", optional_fields)
)]
pub struct InspectOptionsInput {
    /// What the pair is used for. A token says nothing of roles, so this decides which registry a
    /// session has to be for, and nothing else.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem"))]
    pub ecosystem: Option<String>,
    /// The issuer's URL: a pull token's audience, a session's issuer.
    pub issuer: Option<String>,
    /// A session's audience; the libraries registry's if absent.
    pub audience: Option<String>,
    /// The identifier of the organisation that a pull token's identity has to lie in.
    pub parent: Option<String>,
    /// From how many seconds before its end on a credential counts as expiring; 1209600 (14 days) if absent.
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub expiring_within_seconds: Option<u64>,
    /// Whether the pair stood in a URL, where the username has `_` or `%2F` for `/`.
    pub in_url: Option<bool>,
}

impl FromFields for InspectOptionsInput {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            ecosystem: fields.optional_text("ecosystem")?,
            issuer: fields.optional_text("issuer")?,
            audience: fields.optional_text("audience")?,
            parent: fields.optional_text("parent")?,
            expiring_within_seconds: fields.optional_count("expiringWithinSeconds")?,
            in_url: fields.optional_flag("inUrl")?,
        })
    }
}

pub(super) fn inspect_credentials(arguments: InspectArguments) -> Result<CredentialReport> {
    report(arguments.credentials, arguments.now, arguments.options)
}

/// `inspectCredentials` for two texts, which need not go through JSON: a report is asked for often,
/// and a token is long. `options` is the JSON text of [`InspectOptionsInput`], or empty.
pub fn inspect_pair(username: String, password: String, now: f64, options: &str) -> String {
    let credentials = CredentialsInput { username, password: Secret::new(password) };
    let options = match options {
        "" => Ok(InspectOptionsInput::default()),
        _ => Fields::read("inspectCredentials", options).and_then(|mut fields| FromFields::from_fields(&mut fields)),
    };
    match options.and_then(|options| report(credentials, now, options)) {
        Ok(report) => success(&report),
        Err(error) => failure(&error),
    }
}

fn report(credentials: CredentialsInput, now: f64, asked: InspectOptionsInput) -> Result<CredentialReport> {
    let now = moment(now)?;
    let options = InspectOptions {
        ecosystem: asked.ecosystem.as_deref().map(Ecosystem::parse).transpose()?,
        issuer: asked.issuer,
        audience: asked.audience,
        parent: asked.parent.as_deref().map(Uidp::parse).transpose()?,
        expiring_within_seconds: asked.expiring_within_seconds.unwrap_or(InspectOptions::EXPIRING_WITHIN_SECONDS),
        in_url: asked.in_url.unwrap_or(false),
    };
    Ok(inspect(&credentials.into(), now, &options))
}

/// A moment as JavaScript counts: milliseconds since 1970, perhaps with a fraction.
///
/// # Errors
/// `invalid_time`.
pub fn moment(millis: f64) -> Result<Timestamp> {
    // `as` saturates, and what saturates is out of range for a timestamp.
    Some(millis.floor() as i64).filter(|_| millis.is_finite()).and_then(Timestamp::from_unix_millis).ok_or_else(|| {
        // Without the number: what prints floats takes 8 KB of the smaller WebAssembly module.
        Error::new(ErrorCode::InvalidTime, "`now` is no moment between the years 0 and 9999")
    })
}
