//! `createPullToken`.

use pulltoken_core::js::{self, CreateArguments, Created, CreatedPullToken, EndpointsInput, NewPullTokenInput};
use pulltoken_core::{BaseUrl, Description, Ecosystem, Name, Result, Timestamp, Ttl};

use crate::client::{Client, Endpoints};
use crate::create::{NewPullToken, Parent, PullToken, Stamp, Warning};
use crate::host::Host;
use crate::session::Session;

/// [`CreateArguments`] to a [`Created`] in its envelope. The errors are those of
/// [`Client::create_pull_token`] and of reading the arguments.
pub async fn create_pull_token<H: Host>(
    arguments: &str,
    now: Timestamp,
    host: impl FnOnce(&BaseUrl) -> Result<H>,
    interrupt: impl Future<Output = ()> + Unpin,
) -> String {
    match create(arguments, now, host, interrupt).await {
        Ok(created) => js::success(&created),
        Err(error) => js::failure(&error),
    }
}

async fn create<H: Host>(
    arguments: &str,
    now: Timestamp,
    host: impl FnOnce(&BaseUrl) -> Result<H>,
    interrupt: impl Future<Output = ()> + Unpin,
) -> Result<Created<Warning>> {
    let arguments: CreateArguments = js::read("createPullToken", arguments)?;
    let wanted = wanted(arguments.token, arguments.place)?;
    let endpoints = endpoints(arguments.client)?;
    let session = Session::new(arguments.session, now)?;
    let host = host(&endpoints.api)?;
    let made = Client::new(host, endpoints, &session).create_pull_token(wanted, interrupt).await?;
    Ok(created(made))
}

fn endpoints(input: EndpointsInput) -> Result<Endpoints> {
    let read = |url: Option<String>, default: &str| BaseUrl::parse(url.as_deref().unwrap_or(default));
    Ok(Endpoints {
        api: read(input.api, "https://console-api.enforce.dev")?,
        issuer: read(input.issuer, "https://issuer.enforce.dev")?,
        registry: read(input.registry, "https://libraries.cgr.dev")?,
    })
}

fn wanted(input: NewPullTokenInput, place: String) -> Result<NewPullToken> {
    let mut ecosystems = Vec::new();
    for name in input.ecosystem.into_iter().chain(input.ecosystems.into_iter().flatten()) {
        let ecosystem = Ecosystem::parse(&name)?;
        if !ecosystems.contains(&ecosystem) {
            ecosystems.push(ecosystem);
        }
    }
    Ok(NewPullToken {
        parent: input.parent.as_deref().map_or(Parent::Only, Parent::parse),
        ecosystems,
        ttl: input.ttl.as_deref().map(Ttl::parse).transpose()?.unwrap_or_default(),
        name: input.name.as_deref().map(Name::parse).transpose()?,
        stamp: match input.description {
            Some(text) => Stamp::Given(Description::parse(&text)?),
            None => Stamp::MadeAt(place),
        },
    })
}

fn created(made: PullToken) -> Created<Warning> {
    let token = CreatedPullToken {
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
    };
    Created { token, warnings: made.warnings }
}
