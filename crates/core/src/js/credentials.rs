//! Reports on credentials.

use serde::Deserialize;

use crate::credentials::Credentials;
use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::report::{CredentialReport, InspectOptions, inspect};
use crate::secret::Secret;
use crate::timestamp::Timestamp;
use crate::uidp::Uidp;

/// A pair as it comes from JavaScript.
#[derive(Debug, Deserialize)]
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

/// The arguments of `inspectCredentials`.
#[derive(Debug, Deserialize)]
pub struct InspectArguments {
    /// The pair to look at.
    pub credentials: CredentialsInput,
    /// The present moment, in milliseconds since 1970.
    pub now: f64,
    /// What to ask beyond the pair itself.
    #[serde(default)]
    pub options: InspectOptionsInput,
}

/// What to ask of credentials beyond the pair itself.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "InspectQuestions", optional_fields))]
#[serde(rename_all = "camelCase")]
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

pub(super) fn inspect_credentials(arguments: InspectArguments) -> Result<CredentialReport> {
    let now = moment(arguments.now)?;
    let asked = arguments.options;
    let options = InspectOptions {
        ecosystem: asked.ecosystem.as_deref().map(Ecosystem::parse).transpose()?,
        issuer: asked.issuer,
        audience: asked.audience,
        parent: asked.parent.as_deref().map(Uidp::parse).transpose()?,
        expiring_within_seconds: asked.expiring_within_seconds.unwrap_or(InspectOptions::EXPIRING_WITHIN_SECONDS),
        in_url: asked.in_url.unwrap_or(false),
    };
    Ok(inspect(&arguments.credentials.into(), now, &options))
}

/// A moment as JavaScript counts: milliseconds since 1970, perhaps with a fraction.
fn moment(millis: f64) -> Result<Timestamp> {
    // `as` saturates, and what saturates is out of range for a timestamp.
    Timestamp::from_unix_millis(millis.floor() as i64).ok_or_else(|| {
        Error::new(ErrorCode::InvalidTime, format!("{millis:e} is no moment between the years 0 and 9999"))
    })
}
