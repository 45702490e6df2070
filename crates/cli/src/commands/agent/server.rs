//! The agent itself: it keeps the proxy open and answers on its socket, until it is told to stop, has
//! gone unused for too long, or has come of age.

mod conversation;
mod holding;

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};

use self::holding::{Answer, Holding, Lendable, State};
use super::super::credentials::Chain;
use super::super::renewal::Renewal;
use super::session;
use crate::agent::control;
use crate::agent::info::{self, Telling};
use crate::agent::name::AgentName;
use crate::common::Common;
use crate::connection;
use crate::ending::{Ending, on_signal, thread};
use crate::exec::environment::Environment;
use crate::exec::sealed::{Repositories, Sealed};

/// A suspended machine's clock of seconds stands still: the calendar is looked at now and then.
const TICK: Duration = Duration::from_secs(30);

/// How long an agent lives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Without being used.
    pub(super) idle: Duration,
    /// In any case.
    pub(super) max: Duration,
}

/// Who starts an agent, and owns its socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A shell.
    Session,
    /// The system, when somebody connects to the socket that it holds.
    Activated,
    /// The system, once and for all.
    Standing,
}

/// What an agent is made of.
pub(super) struct Agent {
    common: Common,
    chain: Chain,
    folder: PathBuf,
    place: String,
    repositories: Repositories,
    limits: Limits,
    kind: Kind,
    until: SystemTime,
    holding: Holding<Open>,
    /// When somebody last wanted the proxy's name, to use it.
    last_asked: Mutex<Instant>,
    /// Cuts the search for a credential short.
    leaving: Ending,
    /// Ends the process; told when whoever asked for the end has been answered.
    ending: Ending,
    /// Held as long as this process lives.
    _lock: File,
}

struct Open {
    common: Common,
    sealed: Sealed,
    renewal: Arc<Renewal>,
    name: AgentName,
}

impl Lendable for Open {
    fn name(&self) -> AgentName {
        self.name.clone()
    }

    fn give_back(self) {
        self.sealed.close();
        self.renewal.give_back(&self.common);
    }
}

impl Agent {
    /// One that has nothing open yet.
    ///
    /// # Errors
    /// `already_exists` where another lives; `file_unwritable`, `internal`.
    pub(super) fn new(common: &Common, chain: &Chain, limits: Limits, kind: Kind) -> Result<Self> {
        let folder = session::folder()?;
        let lock = session::lock(&folder)?;
        let (leaving, ending) = (Ending::default(), Ending::default());
        // From here on: a signal during the search is heard after it as well.
        let told = [leaving.clone(), ending.clone()];
        on_signal(move || told.iter().for_each(Ending::tell))?;
        Ok(Self {
            common: common.clone(),
            chain: chain.clone(),
            folder,
            place: session::place(common),
            repositories: Repositories::of_registry(&common.registry, Ecosystem::JavaScript),
            limits,
            kind,
            until: SystemTime::now() + limits.max,
            holding: Holding::new(),
            last_asked: Mutex::new(Instant::now()),
            leaving,
            ending,
            _lock: lock,
        })
    }

    /// Opens the agent's own socket. What one that was killed has left of it is in nobody's use.
    ///
    /// # Errors
    /// `file_unwritable`.
    pub(super) fn bind(&self) -> Result<UnixListener> {
        let path = control::socket(&self.folder);
        let _ = std::fs::remove_file(&path);
        let bound = UnixListener::bind(&path).and_then(|listener| {
            // Its folder is closed to others in any case.
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).map(|()| listener)
        });
        bound.map_err(|error| {
            let shown = printable_prefix(&path.display().to_string(), 200);
            Error::new(ErrorCode::FileUnwritable, format!("the socket {shown} could not be opened: {error}"))
        })
    }

    /// The proxy's name. Finds a credential and opens the proxy first, unless that is done.
    pub(super) fn ask(&self) -> Answer {
        self.holding.ask(|| self.open())
    }

    fn open(&self) -> Result<Open> {
        let (environment, lifetime) = (Environment::scrubbed(&[]), Some(self.limits.max));
        let (sealed, renewal) = super::open(&self.common, &self.chain, &environment, lifetime, &self.leaving)?;
        let written = sealed.lease().and_then(|lease| {
            let name = AgentName::new(lease.proxy(), &self.folder)?;
            info::write_authorities(&self.folder, sealed.ca_bundle())?;
            self.tell(name.port)?;
            Ok(name)
        });
        match written {
            Ok(name) => Ok(Open { common: self.common.clone(), sealed, renewal, name }),
            Err(error) => {
                sealed.close();
                renewal.give_back(&self.common);
                Err(error)
            }
        }
    }

    /// Writes down what this agent opens, for shims to know which projects are for it.
    ///
    /// # Errors
    /// `file_unwritable`.
    pub(super) fn tell(&self, port: u16) -> Result<()> {
        let Repositories { server, urls, .. } = &self.repositories;
        info::write(&self.folder, &Telling { port, server, registries: urls, everywhere: false })
    }

    /// Serves until the end, and forgets.
    ///
    /// # Errors
    /// `internal`.
    pub(super) fn serve(self, listener: UnixListener) -> Result<()> {
        let agent = Arc::new(self);
        let server = Arc::clone(&agent);
        let served = thread(move || server.listen(&listener)).and_then(|_| agent.wait());
        agent.forget();
        agent.holding.until_forgotten();
        served
    }

    /// Waits for the end.
    fn wait(&self) -> Result<()> {
        connection::block_on(async {
            loop {
                let left = self.limits.idle.saturating_sub(self.idle()).min(self.left());
                let is_told = tokio::time::timeout(left.min(TICK), self.ending.told()).await.is_ok();
                if is_told || self.idle() >= self.limits.idle || self.left().is_zero() {
                    return Ok(());
                }
            }
        })
    }

    fn left(&self) -> Duration {
        self.until.duration_since(SystemTime::now()).unwrap_or_default()
    }

    fn idle(&self) -> Duration {
        let asked = self.last_asked.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        self.holding.look(|state| match state {
            State::Held(open) => open.sealed.idle_for().min(asked),
            // Somebody waits for it.
            State::Searching(_) => Duration::ZERO,
            // It holds nothing that could be forgotten, and nobody would start it again.
            _ if self.kind == Kind::Standing => Duration::ZERO,
            _ => asked,
        })
    }

    /// Closes the proxy, then gives back what was made for it; from now on nothing is lent.
    pub(super) fn forget(&self) {
        if self.kind != Kind::Activated {
            // Whoever connects next is told at once that nobody is there.
            let _ = std::fs::remove_file(control::socket(&self.folder));
        }
        self.leaving.tell();
        self.holding.forget();
    }
}
