//! The provider chain, as `get`, `env` and `exec` take it from the command line.

use std::pin::Pin;

use pulltoken_client::ambient::Job;
use pulltoken_client::chain::{self, CachedPair, Found, MINTED_TTL, Minted, PairCache as _, Reasons};
use pulltoken_client::create::Parent;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result, Ttl, Uidp};
use pulltoken_native::{FilePairs, Search, Wanted, ci_job};

use crate::ask;
use crate::common::Common;
use crate::config::Config;
use crate::connection;
use crate::ending::Ending;
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

    /// Make a pull token where there is no other credential; `mint = true` in your configuration allows it, too
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

    /// How long a token made for the purpose lives; `ttl` of your configuration or an hour unless given
    #[arg(long, value_name = "TIME", value_parser = Ttl::parse, requires = "mint", help_heading = "Credentials")]
    pub(crate) ttl: Option<Ttl>,
}

impl Chain {
    /// What the flags are where a command line has none of them; `None` where a variable stands for one.
    pub(crate) fn of_environment() -> Option<Self> {
        let is_named = ["PULLTOKEN_IDENTITY", "PULLTOKEN_PARENT"].iter().any(|name| std::env::var_os(name).is_some());
        (!is_named).then(Self::default)
    }
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
    pub(super) fn seconds(self) -> i64 {
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
    find_with(common, ecosystem, chain, purpose, ask::somebody_is_there, &connection::interrupt)
}

/// The same without a question to anybody: the terminal is somebody else's. A token that is being made
/// when `ending` is told is taken back; what came before is to be given back by the caller.
///
/// # Errors
/// As [`find`]; `interrupted`.
pub(crate) fn find_quietly(common: &Common, ecosystem: Ecosystem, chain: &Chain, ending: &Ending) -> Result<Lent> {
    find_with(common, ecosystem, chain, Purpose::Command, || false, &|| ending.told())
}

fn find_with(
    common: &Common,
    ecosystem: Ecosystem,
    chain: &Chain,
    purpose: Purpose,
    may_ask: fn() -> bool,
    interrupt: &dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>>,
) -> Result<Lent> {
    let mut wanted = Wanted {
        ecosystem,
        explicit: input::explicit(chain.username.clone(), chain.password_stdin)?,
        identity: chain.identity.as_ref(),
        parent: chain.parent.as_deref(),
        mint: None,
        seconds: purpose.seconds(),
    };
    let (host, endpoints, sessions) = (connection::host(common), common.endpoints(), sessions::of_user(common));
    let job = Job { variable: &input::variable, ..ci_job() };
    let search = Search { host: &host, endpoints: &endpoints, sessions: &sessions, job: &job };
    let reasons = match search.here(&wanted, &mut |outcome| told(common, &outcome))? {
        Ok(found) => return Ok(Lent { found, minted: None, may_be_kept: false }),
        Err(reasons) => reasons,
    };
    wanted.mint = mint(chain)?;
    let ask_elsewhere = |wanted: &Wanted<'_>, reasons: Reasons| {
        let mut tell = |outcome: String| told(common, &outcome);
        connection::block_on(search.elsewhere(wanted, reasons, &mut tell, interrupt()))
    };
    let may_be_kept = search.stored_counts();
    let mut asked = ask_elsewhere(&wanted, reasons);
    let nobody_is_known = |error: &Error| matches!(error.code(), ErrorCode::NoCredentials | ErrorCode::NotSignedIn);
    if may_be_kept && asked.as_ref().err().is_some_and(nobody_is_known) && may_ask() {
        if !ask::yes("There are no credentials. Sign in now?", true)? {
            let (found, minted) = asked?;
            return Ok(Lent { found, minted, may_be_kept });
        }
        super::login::sign_in(common, super::login::Args::of_first_run())?;
        asked = ask_elsewhere(&wanted, Reasons::default());
    }
    let is_unclear = asked.as_ref().err().is_some_and(|error| error.code() == ErrorCode::ParentRequired);
    if let Some((parent, _)) = wanted.mint.as_mut().filter(|_| is_unclear && may_ask()) {
        // Nothing was made so far.
        *parent = ask::choose_parent(&sessions::client(common)?, "In which organisation may a pull token be made?")?;
        asked = ask_elsewhere(&wanted, Reasons::default());
    }
    let (found, minted) = asked?;
    Ok(Lent { found, minted, may_be_kept })
}

/// In which organisation and for how long a token may be made, if the command line or the user's own
/// configuration allows it. A project's file may name the organisation, and allows nothing.
fn mint(chain: &Chain) -> Result<Option<(Parent, Ttl)>> {
    let config = Config::of_user()?;
    let is_allowed = match &config {
        Some(config) if !chain.mint => config.mint()?,
        _ => chain.mint,
    };
    if !is_allowed {
        return Ok(None);
    }
    let ttl = match (chain.ttl, config) {
        (Some(ttl), _) => ttl,
        (None, Some(config)) => config.ttl()?.map_or_else(|| Ttl::parse(MINTED_TTL), Ok)?,
        (None, None) => Ttl::parse(MINTED_TTL)?,
    };
    let parent = parent::named(chain.parent.clone())?;
    Ok(Some((parent.map_or(Parent::Only, |named| Parent::parse(&named.organization)), ttl)))
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
