//! `getCredentials`: the chain of providers, over an environment that JavaScript hands over.

use pulltoken_core::js::{self, CredentialsInput, Fields, FromFields, expose, read};
use pulltoken_core::{Credentials, Ecosystem, Error, ErrorCode, Result, Secret, Timestamp};
use serde::Serialize;

use crate::chain::{self, Found, Source, Surroundings};

/// What is wanted, and where to look.
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "CredentialsQuestions", optional_fields))]
pub struct CredentialsArguments {
    /// What they are to open; `javascript` if absent.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem"))]
    pub ecosystem: Option<String>,
    /// A pair that is taken as it is, or refused.
    #[cfg_attr(feature = "ts", ts(optional, type = "{ readonly username: string; readonly password: string }"))]
    pub credentials: Option<CredentialsInput>,
    /// The identity that this CI job may act as; `PULLTOKEN_IDENTITY` if absent. Node's native module alone.
    pub identity: Option<String>,
    /// Whether a pull token may be made where there is nothing else. Node's native module alone.
    pub mint: Option<bool>,
    /// The organisation to make it in, by name or identifier; `PULLTOKEN_PARENT` or the only one if absent.
    pub parent: Option<String>,
    /// How long it lives, a Go duration; `1h` if absent.
    pub ttl: Option<String>,
    /// The environment: names and values by turns; from the package, not from its user.
    #[cfg_attr(feature = "ts", ts(skip))]
    pub environment: Environment,
}

/// Variables that JavaScript handed over.
pub struct Environment(Vec<Secret>);

impl Environment {
    /// The value of a variable.
    pub fn get(&self, wanted: &str) -> Option<String> {
        let mut pairs = self.0.chunks_exact(2);
        pairs.find_map(|pair| match pair {
            // The names are compared, and the one value goes to whoever asks for a variable.
            [name, value] if name.expose() == wanted => Some(value.expose().to_owned()),
            _ => None,
        })
    }
}

impl FromFields for CredentialsArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            ecosystem: fields.optional_text("ecosystem")?,
            credentials: fields.nullable_object("credentials")?,
            identity: fields.optional_text("identity")?,
            mint: fields.optional_flag("mint")?,
            parent: fields.optional_text("parent")?,
            ttl: fields.optional_text("ttl")?,
            environment: Environment(
                fields.optional_texts("environment")?.unwrap_or_default().into_iter().map(Secret::new).collect(),
            ),
        })
    }
}

impl CredentialsArguments {
    /// What they are to open.
    ///
    /// # Errors
    /// `unknown_ecosystem`.
    pub fn ecosystem(&self) -> Result<Ecosystem> {
        self.ecosystem.as_deref().map_or(Ok(Ecosystem::JavaScript), Ecosystem::parse)
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
    /// Where it was found: given, in the ecosystem's variables, kept by an earlier run, as a session for the
    /// registry, by the CI job's own identity, or made for the purpose.
    #[cfg_attr(feature = "ts", ts(type = "'explicit' | 'environment' | 'cache' | 'session' | 'ci' | 'mint'"))]
    pub source: Source,
    /// When it expires, if it says so.
    #[cfg_attr(feature = "ts", ts(type = "Date | null"))]
    pub expires_at: Option<Timestamp>,
}

impl From<Found> for FoundCredentials {
    fn from(found: Found) -> Self {
        Self {
            username: found.credentials.username,
            password: found.credentials.password,
            ecosystem: found.ecosystem,
            source: found.source,
            expires_at: found.expires_at,
        }
    }
}

/// `getCredentials` where nothing is stored and no job is known: from the JSON text of
/// [`CredentialsArguments`] to that of [`FoundCredentials`] in an envelope. `now` is the present moment in milliseconds since 1970.
pub fn get_credentials(arguments: &str, now: f64) -> String {
    match read("getCredentials", arguments).and_then(|arguments| find(arguments, now)) {
        Ok(found) => js::success(&found),
        Err(error) => js::failure(&error),
    }
}

fn find(arguments: CredentialsArguments, now: f64) -> Result<FoundCredentials> {
    let ecosystem = arguments.ecosystem()?;
    if arguments.identity.is_some() || arguments.mint == Some(true) {
        let message = "getCredentials: `identity` and `mint` need the native module, which is not there";
        return Err(Error::new(ErrorCode::Usage, message)
            .with_hint("leave them out, or run this where the package has a native module"));
    }
    let around = Surroundings {
        explicit: arguments.credentials.map(Credentials::from),
        variable: &|name| arguments.environment.get(name),
        cached: &|| Ok(None),
        stored: &|| Ok(None),
        now: js::moment(now)?,
        seconds: chain::SKEW_SECONDS,
    };
    let found = chain::find_here(ecosystem, &around, &mut |_| {})?.map_err(|reasons| reasons.into_error(ecosystem))?;
    Ok(found.into())
}
