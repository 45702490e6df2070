//! The provider chain, as `get`, `env` and `exec` take it from the command line.

use pulltoken_client::ambient::Job;
use pulltoken_client::chain::{self, CachedPair, Found, MINTED_TTL, Minted, PairCache as _, Reasons};
use pulltoken_client::create::Parent;
use pulltoken_core::{Ecosystem, ErrorCode, Result, Ttl, Uidp};
use pulltoken_native::{FilePairs, Search, Wanted, ci_job};

use crate::ask;
use crate::common::Common;
use crate::connection;
use crate::input;
use crate::output;
use crate::parent;
use crate::sessions;

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
    let wanted = Wanted {
        ecosystem,
        explicit: input::explicit(chain.username.clone(), chain.password_stdin)?,
        identity: chain.identity.as_ref(),
        parent: chain.parent.as_deref(),
        mint: mint(chain)?,
        seconds: purpose.seconds(),
    };
    let (host, endpoints, sessions) = (connection::host(common), common.endpoints(), sessions::of_user(common));
    let job = Job { variable: &input::variable, ..ci_job() };
    let search = Search { host: &host, endpoints: &endpoints, sessions: &sessions, job: &job };
    let reasons = match search.here(&wanted, &mut |outcome| told(common, &outcome))? {
        Ok(found) => return Ok(Lent { found, minted: None, may_be_kept: false }),
        Err(reasons) => reasons,
    };
    let ask_elsewhere = |reasons: Reasons| {
        let mut tell = |outcome: String| told(common, &outcome);
        connection::block_on(search.elsewhere(&wanted, reasons, &mut tell, connection::interrupt()))
    };
    let may_be_kept = search.stored_counts();
    let (found, minted) = match ask_elsewhere(reasons) {
        Err(error) if error.code() == ErrorCode::NoCredentials && may_be_kept && may_ask() => {
            if !ask::yes("There are no credentials. Sign in now?", true)? {
                return Err(error);
            }
            super::login::sign_in(common, super::login::Args::of_first_run())?;
            ask_elsewhere(Reasons::default())?
        }
        asked => asked?,
    };
    Ok(Lent { found, minted, may_be_kept })
}

/// In which organisation and for how long a token may be made, if it may.
fn mint(chain: &Chain) -> Result<Option<(Parent, Ttl)>> {
    if !chain.mint {
        return Ok(None);
    }
    let parent = parent::named(chain.parent.clone())?;
    let parent = parent.map_or(Parent::Only, |named| Parent::parse(&named.organization));
    Ok(Some((parent, chain.ttl.map_or_else(|| Ttl::parse(MINTED_TTL), Ok)?)))
}

/// Keeps what was made, until it is about to expire.
///
/// # Errors
/// `file_unwritable`.
pub(crate) fn keep(common: &Common, ecosystem: Ecosystem, lent: &Lent) -> Result<()> {
    match &lent.minted {
        Some(minted) if lent.may_be_kept => {
            let place = sessions::of_user(common)?.place;
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
