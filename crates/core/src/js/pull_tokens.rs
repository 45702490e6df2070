//! What goes into and comes out of the making of a pull token. `pulltoken-client` does the work.

use serde::{Deserialize, Serialize};

use super::secret::expose;
use crate::api::groups::Group;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// The arguments of `createPullToken`.
#[derive(Debug, Deserialize)]
pub struct CreateArguments {
    /// Where the platform is.
    #[serde(default)]
    pub client: EndpointsInput,
    /// A session whose audience is the API; empty if there is none.
    pub session: Secret,
    /// What to make.
    pub token: NewPullTokenInput,
    /// Where it is made, in words, for the description.
    pub place: String,
}

/// Where the platform is; the vendor's own addresses where absent.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Endpoints", optional_fields))]
pub struct EndpointsInput {
    /// The API's URL.
    pub api: Option<String>,
    /// The issuer's URL, which pull tokens name as their audience.
    pub issuer: Option<String>,
    /// The libraries registry's URL.
    pub registry: Option<String>,
}

/// The pull token to make.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "NewPullToken", optional_fields))]
pub struct NewPullTokenInput {
    /// The organisation, by name or identifier; the only one that the session sees, if absent.
    pub parent: Option<String>,
    /// What the token opens.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem"))]
    pub ecosystem: Option<String>,
    /// What the token opens, where it is more than one thing.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem[]"))]
    pub ecosystems: Option<Vec<String>>,
    /// How long it lives, a Go duration of at most 8760h; 720h if absent.
    pub ttl: Option<String>,
    /// Its name; `pull-token` if absent.
    pub name: Option<String>,
    /// Its description; who made it and where, if absent.
    pub description: Option<String>,
}

/// A pull token just made. The password exists here and nowhere else.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "PullTokenFields"))]
#[serde(rename_all = "camelCase")]
pub struct CreatedPullToken {
    /// The identity, which is the username.
    pub id: String,
    /// The username.
    pub username: String,
    /// The password.
    #[serde(serialize_with = "expose")]
    #[cfg_attr(feature = "ts", ts(as = "String"))]
    pub password: Secret,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// What it opens.
    #[cfg_attr(feature = "ts", ts(type = "Ecosystem[]"))]
    pub ecosystems: Vec<&'static str>,
    /// The roles bound to it.
    pub roles: Vec<&'static str>,
    /// The organisation that it belongs to.
    #[cfg_attr(feature = "ts", ts(type = "{ id: string; name: string }"))]
    pub organization: Group,
    /// When it was made.
    #[cfg_attr(feature = "ts", ts(type = "Date"))]
    pub created_at: Timestamp,
    /// When it expires.
    #[cfg_attr(feature = "ts", ts(type = "Date"))]
    pub expires_at: Timestamp,
}

/// The result of `createPullToken`.
#[derive(Debug, Serialize)]
pub struct Created<W: Serialize> {
    /// The token.
    pub token: CreatedPullToken,
    /// What could not be made sure of.
    pub warnings: Vec<W>,
}
