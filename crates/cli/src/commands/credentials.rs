//! The provider chain, as `get`, `env` and `exec` take it from the command line.

use pulltoken_client::ambient::{self, Job};
use pulltoken_client::chain::{self, CachedPair, Elsewhere, Found, Mint, Minted, Origin, PairCache as _, Surroundings};
use pulltoken_client::create::Parent;
use pulltoken_client::session::Session;
use pulltoken_core::{Description, Ecosystem, Error, ErrorCode, Result, Ttl, Uidp};
use pulltoken_native::{FilePairs, NativeHost, ci_job, now};

use crate::ask;
use crate::common::Common;
use crate::connection;
use crate::input;
use crate::output;
use crate::parent;
use crate::sessions::{self, Sessions};

/// Flags on where credentials come from.
#[derive(clap::Args, Clone, Default)]
pub(crate) struct Chain {
    /// The username of a pair whose password comes on standard input
    #[arg(long, value_name = "NAME", requires = "password_stdin", help_heading = "Credentials")]
    pub(crate) username: Option<String>,

    /// Read the password from standard input
    #[arg(long, requires = "username", help_heading = "Credentials")]
    pub(crate) password_stdin: bool,

    /// The identity that this CI job may act as
    #[arg(long, env = "PULLTOKEN_IDENTITY", value_name = "UIDP", value_parser = Uidp::parse, hide_env_values = true, help_heading = "Credentials")]
    pub(crate) identity: Option<Uidp>,

    /// Make a pull token where there is no other credential
    #[arg(long, help_heading = "Credentials")]
    pub(crate) mint: bool,

    /// The organisation to make it in: its name or identifier; the configured or only one unless given
    #[arg(
        long,
        env = "PULLTOKEN_PARENT",
        value_name = "ORGANIZATION",
        hide_env_values = true,
        help_heading = "Credentials"
    )]
    pub(crate) parent: Option<String>,

    /// How long a token made for the purpose lives; an hour unless given
    #[arg(long, value_name = "TIME", value_parser = Ttl::parse, requires = "mint", help_heading = "Credentials")]
    pub(crate) ttl: Option<Ttl>,
}

/// Credentials, and what was made for them.
pub(crate) struct Lent {
    pub(crate) found: Found,
    pub(crate) minted: Option<Minted>,
    /// Whether they came from a stored session, and may be kept.
    pub(crate) may_be_kept: bool,
}

/// For how long a command needs what it gets.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Printed: whoever reads it uses it at once.
    Print,
    /// A command that may run for some minutes.
    Command,
    /// A package manager that asks once for all that it will do.
    Helper,
}

impl Purpose {
    fn seconds(self) -> i64 {
        chain::SKEW_SECONDS
            + match self {
                Self::Print => 0,
                Self::Command | Self::Helper => 240,
            }
    }
}

/// Finds credentials; where there are none and a person is there, offers to sign in and goes on.
///
/// # Errors
/// `no_credentials` with what each provider had to say; what making a token failed with.
pub(crate) fn find(common: &Common, ecosystem: Ecosystem, chain: &Chain, purpose: Purpose) -> Result<Lent> {
    find_with(common, ecosystem, chain, purpose, ask::somebody_is_there)
}

/// The same without a question to anybody: the terminal is somebody else's.
///
/// # Errors
/// As [`find`].
pub(crate) fn find_quietly(common: &Common, ecosystem: Ecosystem, chain: &Chain, purpose: Purpose) -> Result<Lent> {
    find_with(common, ecosystem, chain, purpose, || false)
}

fn find_with(
    common: &Common,
    ecosystem: Ecosystem,
    chain: &Chain,
    purpose: Purpose,
    may_ask: fn() -> bool,
) -> Result<Lent> {
    let explicit = input::explicit(chain.username.clone(), chain.password_stdin)?;
    // A job without a home folder has nothing stored, and may have credentials all the same.
    let sessions = Sessions::of(common);
    let with_sessions = || sessions.as_ref().map_err(Clone::clone);
    let by_variable = input::variable(pulltoken_client::session::SESSION_VARIABLE).filter(|token| !token.is_empty());
    let around = Surroundings {
        explicit,
        variable: &input::variable,
        cached: &|| kept(with_sessions()?, ecosystem, chain),
        stored: &|| with_sessions()?.load(chain::REGISTRY_AUDIENCE),
        now: now(),
        seconds: purpose.seconds(),
    };
    let reasons = match chain::find_here(ecosystem, &around, &mut |outcome| told(common, &outcome))? {
        Ok(found) => return Ok(Lent { found, minted: None, may_be_kept: false }),
        Err(reasons) => reasons,
    };
    let is_stored = by_variable.is_none();
    let sessions = with_sessions()?;
    let asked = ask_elsewhere(common, ecosystem, chain, purpose, sessions, reasons);
    match asked {
        Ok((found, minted)) => Ok(Lent { found, minted, may_be_kept: is_stored }),
        Err(error) if error.code() == ErrorCode::NoCredentials && is_stored && may_ask() => {
            if !ask::yes("There are no credentials. Sign in now?", true)? {
                return Err(error);
            }
            super::login::sign_in(common, super::login::Args::of_first_run())?;
            let reasons = chain::Reasons::default();
            let (found, minted) = ask_elsewhere(common, ecosystem, chain, purpose, sessions, reasons)?;
            Ok(Lent { found, minted, may_be_kept: true })
        }
        Err(error) => Err(error),
    }
}

/// The providers behind the network.
fn ask_elsewhere(
    common: &Common,
    ecosystem: Ecosystem,
    chain: &Chain,
    purpose: Purpose,
    sessions: &Sessions,
    reasons: chain::Reasons,
) -> Result<(Found, Option<Minted>)> {
    let by_variable = sessions::by_variable().map(|session| session.is_some()).unwrap_or(true);
    let host = connection::host(common);
    let endpoints = common.endpoints();
    let job = Job { variable: &input::variable, ..ci_job() };
    let ci = || -> pulltoken_client::host::BoxFuture<'_, Result<_>> {
        Box::pin(async {
            let identity = chain.identity.as_ref();
            let identity = identity.ok_or_else(|| Error::new(ErrorCode::NoCiToken, "no identity was named"))?;
            ambient::session(&host, &common.issuer, &job, identity, chain::REGISTRY_AUDIENCE).await
        })
    };
    let session =
        || -> pulltoken_client::host::BoxFuture<'_, Result<Session>> { Box::pin(api_session(common, sessions, &host)) };
    let mint = match chain.mint {
        false => None,
        true => Some(Mint {
            session: &session,
            parent: parent::named(chain.parent.clone())?
                .map_or(Parent::Only, |named| Parent::parse(&named.organization)),
            ttl: match chain.ttl {
                Some(ttl) => ttl,
                None => Ttl::parse("1h")?,
            },
            stamp: Description::parse(&format!("made for {ecosystem} by pulltoken, just in time"))?,
        }),
    };
    let around = Elsewhere {
        host: &host,
        endpoints: &endpoints,
        place: &sessions.place,
        sessions: (!by_variable).then_some(&sessions.own as _),
        vendor: sessions.vendor.as_ref().filter(|_| !by_variable).map(|vendor| vendor as _),
        ci: chain.identity.is_some().then_some(&ci as _),
        mint,
        seconds: purpose.seconds(),
    };
    let mut tell = |outcome: String| told(common, &outcome);
    let interrupt = connection::interrupt();
    connection::block_on(chain::find_elsewhere(ecosystem, &around, reasons, &mut tell, interrupt))
}

async fn api_session(common: &Common, sessions: &Sessions, host: &NativeHost) -> Result<Session> {
    if let Some(session) = sessions::by_variable()? {
        return Ok(session);
    }
    match sessions.fresh(host, common.api.as_str(), chain::SKEW_SECONDS).await? {
        Some(stored) => stored.session(now()),
        None => Err(Error::new(ErrorCode::NotSignedIn, "nobody is signed in")),
    }
}

/// What an earlier run kept, unless the command line or the environment names somebody else.
fn kept(sessions: &Sessions, ecosystem: Ecosystem, chain: &Chain) -> Result<Option<CachedPair>> {
    let session = sessions::by_variable().unwrap_or(None);
    if chain.identity.is_some() {
        return Ok(None);
    }
    let pair = FilePairs::of_user()?.load(&sessions.place, ecosystem)?;
    Ok(pair.filter(|pair| {
        let Origin { parent, subject } = &pair.origin;
        let same_session =
            session.as_ref().is_none_or(|session| chain::origin(session, &Parent::Only).subject == *subject);
        same_session && chain.parent.as_deref().is_none_or(|wanted| wanted == parent)
    }))
}

/// Keeps what was made, until it is about to expire.
///
/// # Errors
/// `file_unwritable`.
pub(crate) fn keep(common: &Common, ecosystem: Ecosystem, lent: &Lent) -> Result<()> {
    match &lent.minted {
        Some(minted) if lent.may_be_kept => {
            let place = Sessions::of(common)?.place;
            FilePairs::of_user()?.save(&place, ecosystem, &CachedPair::of(&lent.found, minted))
        }
        _ => Ok(()),
    }
}

/// Deletes what was made for one command, where the caller may; elsewhere it expires soon.
pub(crate) fn give_back(common: &Common, lent: &Lent) {
    let Some(minted) = &lent.minted else { return };
    let deleted =
        sessions::client(common).and_then(|client| connection::block_on(client.delete_pull_token(&minted.id, false)));
    match deleted {
        Ok(()) => told(common, &format!("mint: {} was deleted again", minted.id)),
        Err(error) => told(common, &format!("mint: {} is left to expire: {}", minted.id, error.message())),
    }
}

fn told(common: &Common, outcome: &str) {
    if common.verbose {
        output::note(outcome);
    }
}
