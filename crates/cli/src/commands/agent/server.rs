//! The agent itself: it keeps the proxy open and answers on its socket, until it is told to stop, has
//! gone unused for too long, or has come of age.

use std::fs::{File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
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
use crate::agent::control::{self, Answer, Ask, Failure, Status};
use crate::agent::info::{self, Telling};
use crate::agent::name::AgentName;
use crate::common::Common;
use crate::exec::environment::Environment;
use crate::exec::sealed::{Repositories, Sealed};

/// A suspended machine's clock of seconds stands still: the calendar is looked at now and then.
const TICK: Duration = Duration::from_secs(30);
/// Longest wait for the first line of somebody who has connected.
const LINE_LIMIT: Duration = Duration::from_secs(10);

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

    fn listen(self: &Arc<Self>, listener: &UnixListener, end: &Sender<()>) {
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                // Out of descriptors, say: others are freed meanwhile.
                thread::sleep(Duration::from_millis(10));
                continue;
            };
            let (agent, end) = (Arc::clone(self), end.clone());
            thread::spawn(move || agent.converse(stream, &end));
        }
    }

    /// Answers one who has connected, or passes the proxy's own words on.
    fn converse(&self, stream: UnixStream, end: &Sender<()>) {
        if !is_own_user(&stream) || stream.set_read_timeout(Some(LINE_LIMIT)).is_err() {
            return;
        }
        let mut reader = BufReader::new(&stream);
        match reader.fill_buf() {
            Ok([b'{', ..]) => {}
            Ok([_, ..]) => {
                let begun = reader.buffer().to_vec();
                return self.pass_on(stream, &begun);
            }
            _ => return,
        }
        let mut line = String::new();
        if reader.take(control::LONGEST).read_line(&mut line).is_err() {
            return;
        }
        let Some(what) = control::read(&line) else { return };
        *self.last_asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let answer = self.answer(what);
        let text = serde_json::to_string(&answer).unwrap_or_default();
        // Whoever has gone needs no answer.
        let _ = (&stream).write_all(format!("{text}\n").as_bytes());
        if what == Ask::Stop {
            let _ = end.send(());
        }
    }

    fn answer(&self, what: Ask) -> Answer {
        match what {
            Ask::Name => match self.open() {
                // Goes to the same user, for the variable that names this agent.
                Ok(name) => Answer::Name { value: name.to_text().expose().to_owned(), place: self.place.clone() },
                Err(error) => Answer::Failed(Failure::from(&error)),
            },
            Ask::Status => Answer::Status(self.status()),
            Ask::Stop => {
                self.forget();
                Answer::Stopped
            }
        }
    }

    fn status(&self) -> Status {
        // Let go at once: the next line looks for itself.
        let port = self.state().as_ref().map(|open| open.name.port);
        Status {
            process: std::process::id(),
            port,
            registry: self.repositories.urls.first().cloned().unwrap_or_default(),
            idle_seconds: self.idle().as_secs(),
            idle_limit_seconds: self.limits.idle.as_secs(),
            seconds_left: self.left().as_secs(),
            service: self.kind != Kind::Session,
            place: self.place.clone(),
        }
    }

    /// Speaks with the proxy in the place of somebody who cannot reach its port. It asks for its
    /// password all the same.
    fn pass_on(&self, stream: UnixStream, begun: &[u8]) {
        let Ok(name) = self.open() else { return };
        let Ok(mut proxy) = TcpStream::connect((Ipv4Addr::LOCALHOST, name.port)) else { return };
        let (Ok(mut from_client), Ok(mut to_proxy)) = (stream.try_clone(), proxy.try_clone()) else { return };
        if stream.set_read_timeout(None).is_err() || to_proxy.write_all(begun).is_err() {
            return;
        }
        let onwards = thread::spawn(move || {
            // An end that is broken off is an end.
            let _ = std::io::copy(&mut from_client, &mut to_proxy);
            let _ = to_proxy.shutdown(Shutdown::Write);
        });
        let mut to_client = &stream;
        let _ = std::io::copy(&mut proxy, &mut to_client);
        let _ = stream.shutdown(Shutdown::Both);
        // It cannot panic.
        let _ = onwards.join();
    }
}

/// Whether somebody who has connected is this user, or root, who may do everything anyway: the root
/// of a container is seen as one or the other.
#[cfg(target_os = "linux")]
fn is_own_user(stream: &UnixStream) -> bool {
    let own = rustix::process::geteuid();
    rustix::net::sockopt::socket_peercred(stream).is_ok_and(|peer| peer.uid == own || peer.uid.is_root())
}

/// Elsewhere the folder alone keeps strangers out: it is closed to them.
#[cfg(not(target_os = "linux"))]
fn is_own_user(_stream: &UnixStream) -> bool {
    true
}
