//! `getCredentials`: the chain of providers, over an environment that JavaScript hands over.

use pulltoken_core::js::{self, CredentialsInput, Fields, FromFields, expose, read};
use pulltoken_core::{Credentials, Ecosystem, Result, Secret, Timestamp};
use serde::Serialize;

use crate::chain::{self, Source, Surroundings};

/// What is wanted, and where to look.
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "CredentialsQuestions", optional_fields))]
pub struct CredentialsArguments {
    /// What they are to open; `javascript` if absent.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem"))]
    pub ecosystem: Option<String>,
    /// A pair that is taken as it is, or refused.
    #[cfg_attr(feature = "ts", ts(optional, type = "{ readonly username: string; readonly password: string }"))]
    pub credentials: Option<CredentialsInput>,
    /// The environment: names and values by turns; from the package, not from its user.
    #[cfg_attr(feature = "ts", ts(skip))]
    pub environment: Vec<Secret>,
}

impl FromFields for CredentialsArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            ecosystem: fields.optional_text("ecosystem")?,
            credentials: fields.nullable_object("credentials")?,
            environment: fields
                .optional_texts("environment")?
                .unwrap_or_default()
                .into_iter()
                .map(Secret::new)
                .collect(),
        })
    }
}

/// A pair that was found, and where.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "FoundCredentialsFields"))]
#[serde(rename_all = "camelCase")]
pub struct FoundCredentials {
    /// The username.
    pub username: String,
    /// The password.
    #[serde(serialize_with = "expose")]
    #[cfg_attr(feature = "ts", ts(as = "String"))]
    pub password: Secret,
    /// What it opens.
    pub ecosystem: Ecosystem,
    /// Where it was found: given, in the ecosystem's variables, or as a session for the registry.
    #[cfg_attr(feature = "ts", ts(type = "'explicit' | 'environment' | 'session'"))]
    pub source: Source,
    /// When it expires, if it says so.
    #[cfg_attr(feature = "ts", ts(type = "Date | null"))]
    pub expires_at: Option<Timestamp>,
}

/// `getCredentials`, from the JSON text of [`CredentialsArguments`] to that of [`FoundCredentials`] in
/// an envelope. `now` is the present moment in milliseconds since 1970.
pub fn get_credentials(arguments: &str, now: f64) -> String {
    match read("getCredentials", arguments).and_then(|arguments| find(arguments, now)) {
        Ok(found) => js::success(&found),
        Err(error) => js::failure(&error),
    }
}

fn find(arguments: CredentialsArguments, now: f64) -> Result<FoundCredentials> {
    let ecosystem = arguments.ecosystem.as_deref().map_or(Ok(Ecosystem::JavaScript), Ecosystem::parse)?;
    let environment = arguments.environment;
    let variable = |wanted: &str| {
        let mut pairs = environment.chunks_exact(2);
        pairs.find_map(|pair| match pair {
            // The names are compared, and the one value goes to whoever asks for a variable.
            [name, value] if name.expose() == wanted => Some(value.expose().to_owned()),
            _ => None,
        })
    };
    let around = Surroundings {
        explicit: arguments.credentials.map(Credentials::from),
        variable: &variable,
        cached: &|| Ok(None),
        stored: &|| Ok(None),
        now: js::moment(now)?,
        seconds: chain::SKEW_SECONDS,
    };
    let found = chain::find_here(ecosystem, &around, &mut |_| {})?.map_err(|reasons| reasons.into_error(ecosystem))?;
    Ok(FoundCredentials {
        username: found.credentials.username,
        password: found.credentials.password,
        ecosystem: found.ecosystem,
        source: found.source,
        expires_at: found.expires_at,
    })
}
