//! `pulltoken login`: sign in and stay signed in.

pub(super) mod overview;
mod way;

use std::process::ExitCode;

use pulltoken_client::Client;
use pulltoken_client::sign_in::{CLIENT_ID, audiences};
use pulltoken_client::stored::{SessionStore as _, StoredSession};
use pulltoken_core::api::oauth::SocialLogin;
use pulltoken_core::{BaseUrl, Result, Uidp};
use pulltoken_native::now;

use crate::common::Common;
use crate::connection;
use crate::output::{self, Output};
use crate::sessions;

/// Sign in to the platform
///
/// Opens the browser, or shows an address to open elsewhere where there is none. The session is kept
/// in files of yours alone and renewed when it is needed, until `pulltoken logout`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Show an address to open in a browser on any machine
    #[arg(long, conflicts_with_all = ["device", "identity_token"])]
    headless: bool,

    /// Show a short code to type in on any machine
    #[arg(long, conflicts_with = "identity_token")]
    device: bool,

    /// Act as this identity
    #[arg(long, value_name = "UIDP", value_parser = Uidp::parse)]
    identity: Option<Uidp>,

    /// Sign in with a token of somebody the identity trusts: `-` reads standard input, a path a file
    #[arg(long, value_name = "-|PATH|TOKEN")]
    identity_token: Option<String>,

    /// Sign in through this verified organisation's own identity provider
    #[arg(long, value_name = "NAME", group = "door")]
    org_name: Option<String>,

    /// Sign in through this identity provider
    #[arg(long, value_name = "UIDP", value_parser = Uidp::parse, group = "door")]
    identity_provider: Option<Uidp>,

    /// Sign in with an account elsewhere: email, google, github or gitlab
    #[arg(long, value_name = "NAME", value_parser = SocialLogin::parse, group = "door")]
    social_login: Option<SocialLogin>,

    /// What the session is to open; the API and the registry unless given (repeatable)
    #[arg(long, value_name = "AUDIENCE", value_delimiter = ',')]
    audience: Vec<String>,

    /// The OpenID provider that gives device codes; the issuer's unless given
    #[arg(long, env = "PULLTOKEN_OIDC_PROVIDER", value_name = "URL", value_parser = BaseUrl::parse, hide_env_values = true)]
    oidc_provider: Option<BaseUrl>,

    /// Our name at that provider
    #[arg(long, env = "PULLTOKEN_CLIENT_ID", value_name = "ID", default_value = CLIENT_ID, hide_env_values = true)]
    client_id: String,
}

impl Args {
    /// As if `login` had been called with nothing.
    pub(super) fn of_first_run() -> Self {
        Self {
            headless: false,
            device: false,
            identity: None,
            identity_token: None,
            org_name: None,
            identity_provider: None,
            social_login: None,
            audience: Vec::new(),
            oidc_provider: None,
            client_id: CLIENT_ID.to_owned(),
        }
    }
}

/// Signs in, stores the sessions and says what they open.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let sessions = sign_in(common, args)?;
    let api = sessions.iter().find(|session| session.audience == common.api.as_str());
    if common.output == Output::Table || common.output == Output::Wide {
        output::print("Successfully exchanged token.\n")?;
    }
    match api {
        Some(session) => {
            let client = Client::new(connection::host(common), common.endpoints(), &session.session(now())?);
            let overview = connection::block_on(client.overview())?;
            overview::print(common, &overview, &sessions)?;
        }
        None => overview::print_without_api(common, &sessions)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Signs in and stores the sessions.
///
/// # Errors
/// Those of the way chosen, and of the store.
pub(crate) fn sign_in(common: &Common, args: Args) -> Result<Vec<StoredSession>> {
    let audiences = audiences(&common.api, args.audience.clone())?;
    let host = connection::host(common);
    let store = sessions::of_user(common)?;
    connection::block_on(connection::interruptible("nothing was stored", async {
        let sessions = way::sign_in(common, &host, args, &audiences).await?;
        for session in &sessions {
            store.own.lock(&store.place, &session.audience).await?.save(session)?;
        }
        Ok(sessions)
    }))
}
