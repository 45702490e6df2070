//! The agent itself: it keeps the proxy open and answers on its socket, until it is told to stop, has
//! gone unused for too long, or has come of age.

mod conversation;

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::super::credentials::Chain;
use super::super::renewal::Renewal;
use super::session;
use crate::agent::control;
use crate::agent::info::{self, Telling};
use crate::agent::name::AgentName;
use crate::common::Common;
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
    open: Mutex<Option<Open>>,
    /// When somebody last wanted the proxy's name, to use it.
    last_asked: Mutex<Instant>,
    /// What asks this process to end, until somebody listens to it.
    signals: Mutex<Option<Signals>>,
    /// Held as long as this process lives.
    _lock: File,
}

struct Open {
    sealed: Sealed,
    renewal: Arc<Renewal>,
    name: AgentName,
}

impl Agent {
    /// One that has nothing open yet.
    ///
    /// # Errors
    /// `already_exists` where another lives; `file_unwritable`.
    pub(super) fn new(common: &Common, chain: &Chain, limits: Limits, kind: Kind) -> Result<Self> {
        let folder = session::folder()?;
        let lock = session::lock(&folder)?;
        // From here on: looking for a credential would otherwise swallow them.
        let signals = Signals::new([SIGHUP, SIGINT, SIGTERM])
            .map_err(|error| Error::new(ErrorCode::Internal, format!("signals could not be caught: {error}")))?;
        Ok(Self {
            common: common.clone(),
            chain: chain.clone(),
            folder,
            place: session::place(common),
            repositories: Repositories::of_registry(&common.registry, Ecosystem::JavaScript),
            limits,
            kind,
            until: SystemTime::now() + limits.max,
            open: Mutex::default(),
            last_asked: Mutex::new(Instant::now()),
            signals: Mutex::new(Some(signals)),
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

    /// Finds a credential and opens the proxy, unless that is done.
    ///
    /// # Errors
    /// Those of both.
    pub(super) fn open(&self) -> Result<AgentName> {
        let mut open = self.state();
        if let Some(open) = &*open {
            return Ok(open.name.clone());
        }
        let (sealed, renewal) =
            super::open(&self.common, &self.chain, &Environment::scrubbed(&[]), Some(self.limits.max))?;
        let written = AgentName::new(sealed.lease()?.proxy(), &self.folder).and_then(|name| {
            info::write_authorities(&self.folder, sealed.ca_bundle())?;
            self.tell(name.port)?;
            Ok(name)
        });
        match written {
            Ok(name) => {
                *open = Some(Open { sealed, renewal, name: name.clone() });
                Ok(name)
            }
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
    pub(super) fn serve(self, listener: UnixListener) -> Result<()> {
        let agent = Arc::new(self);
        let (end, ended) = channel();
        let signals = agent.signals.lock().unwrap_or_else(PoisonError::into_inner).take();
        let by_signal = end.clone();
        thread::spawn(move || {
            let mut signals = signals;
            for _ in signals.iter_mut().flatten() {
                // Nobody waits any more where it is over already.
                let _ = by_signal.send(());
            }
        });
        let server = Arc::clone(&agent);
        thread::spawn(move || server.listen(&listener, &end));
        agent.wait(&ended);
        agent.forget();
        Ok(())
    }

    /// Waits for the end.
    fn wait(&self, ended: &Receiver<()>) {
        loop {
            let left = self.limits.idle.saturating_sub(self.idle()).min(self.left());
            match ended.recv_timeout(left.min(TICK)) {
                Err(RecvTimeoutError::Timeout) if self.idle() < self.limits.idle && !self.left().is_zero() => {}
                _ => return,
            }
        }
    }

    fn left(&self) -> Duration {
        self.until.duration_since(SystemTime::now()).unwrap_or_default()
    }

    fn idle(&self) -> Duration {
        let asked = self.last_asked.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        match &*self.state() {
            Some(open) => open.sealed.idle_for().min(asked),
            // It holds nothing that could be forgotten, and nobody would start it again.
            None if self.kind == Kind::Standing => Duration::ZERO,
            None => asked,
        }
    }

    /// Closes the proxy, then gives back what was made for it.
    pub(super) fn forget(&self) {
        let open = self.state().take();
        if let Some(Open { sealed, renewal, .. }) = open {
            sealed.close();
            renewal.give_back(&self.common);
        }
        if self.kind != Kind::Activated {
            // Whoever connects next is told at once that nobody is there.
            let _ = std::fs::remove_file(control::socket(&self.folder));
        }
    }

    fn state(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
