//! `createPullToken`, and a token just made as JavaScript gets it.

use pulltoken_core::api::groups::Group;
use pulltoken_core::js::{Fields, FromFields, expose};
use pulltoken_core::{Description, Ecosystem, Name, Result, Secret, Timestamp, Ttl};
use serde::Serialize;

use super::cancellation::Wish;
use crate::client::Client;
use crate::create::{NewPullToken, Parent, PullToken, Stamp, Warning};
use crate::host::Host;

/// The pull token to make.
#[derive(Debug)]
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
    /// Where it is made, in words, for such a description; from the package, not from its user.
    #[cfg_attr(feature = "ts", ts(skip))]
    pub place: Option<String>,
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
pub(super) struct Created {
    token: CreatedPullToken,
    warnings: Vec<Warning>,
}

pub(super) async fn create<H: Host>(client: &Client<H>, arguments: NewPullTokenInput, wish: Wish) -> Result<Created> {
    let made = client.create_pull_token(arguments.read()?, wish).await?;
    let warnings = made.warnings.clone();
    Ok(Created { token: made.into(), warnings })
}

impl FromFields for NewPullTokenInput {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            parent: fields.optional_text("parent")?,
            ecosystem: fields.optional_text("ecosystem")?,
            ecosystems: fields.optional_texts("ecosystems")?,
            ttl: fields.optional_text("ttl")?,
            name: fields.optional_text("name")?,
            description: fields.optional_text("description")?,
            place: fields.optional_text("place")?,
        })
    }
}

impl NewPullTokenInput {
    fn read(self) -> Result<NewPullToken> {
        Ok(NewPullToken {
            parent: parent(self.parent.as_deref()),
            ecosystems: ecosystems(self.ecosystem, self.ecosystems)?,
            ttl: self.ttl.as_deref().map(Ttl::parse).transpose()?.unwrap_or_default(),
            name: self.name.as_deref().map(Name::parse).transpose()?,
            warn_of_namesakes: true,
            stamp: match self.description {
                Some(text) => Stamp::Given(Description::parse(&text)?),
                None => Stamp::MadeAt(self.place.unwrap_or_default()),
            },
        })
    }
}

/// The organisation named, or the only one.
pub(super) fn parent(given: Option<&str>) -> Parent {
    given.map_or(Parent::Only, Parent::parse)
}

/// One ecosystem, several, or both, each once.
pub(super) fn ecosystems(one: Option<String>, several: Option<Vec<String>>) -> Result<Vec<Ecosystem>> {
    let mut ecosystems = Vec::new();
    for name in one.into_iter().chain(several.into_iter().flatten()) {
        let ecosystem = Ecosystem::parse(&name)?;
        if !ecosystems.contains(&ecosystem) {
            ecosystems.push(ecosystem);
        }
    }
    Ok(ecosystems)
}

impl From<PullToken> for CreatedPullToken {
    fn from(made: PullToken) -> Self {
        Self {
            id: made.credentials.username.clone(),
            username: made.credentials.username,
            password: made.credentials.password,
            name: made.name.to_string(),
            description: made.description.to_string(),
            ecosystems: made.ecosystems.iter().map(|ecosystem| ecosystem.flag()).collect(),
            roles: made.ecosystems.iter().map(|ecosystem| ecosystem.role()).collect(),
            organization: made.organization,
            created_at: made.created_at,
            expires_at: made.expires_at,
        }
    }
}
