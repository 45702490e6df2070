//! What an agent says to those who connect to its socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::holding::{Refusal, State};
use super::{Agent, Kind};
use crate::agent::control::{self, Answer, Ask, Failure, Status};
use crate::ending::thread;

/// Longest wait for the first line of somebody who has connected.
const LINE_LIMIT: Duration = Duration::from_secs(10);

/// Longest wait, for whoever ends it, for a search that was cut short: they may be about to take away
/// the session that gives back what it has brought.
const SEARCH_LIMIT: Duration = Duration::from_millis(500);

impl Agent {
    /// Hears everybody who connects.
    pub(super) fn listen(self: &Arc<Self>, listener: &UnixListener) {
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                // Out of descriptors, say: others are freed meanwhile.
                std::thread::sleep(Duration::from_millis(10));
                continue;
            };
            let agent = Arc::clone(self);
            // Without a thread for it the connection is closed.
            let _ = thread(move || agent.converse(stream));
        }
    }

    /// Answers one who has connected, or passes the proxy's own words on.
    fn converse(&self, stream: UnixStream) {
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
        let answer = self.answer(what);
        let text = serde_json::to_string(&answer).unwrap_or_default();
        // Whoever has gone needs no answer.
        let _ = (&stream).write_all(format!("{text}\n").as_bytes());
        if what == Ask::Stop {
            self.ending.tell();
        }
    }

    fn answer(&self, what: Ask) -> Answer {
        match what {
            Ask::Name => {
                // Whoever only looks how it is does not use it.
                *self.last_asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
                match self.ask() {
                    // Goes to the same user, for the variable that names this agent.
                    Ok(name) => Answer::Name { value: name.to_text().expose().to_owned(), place: self.place.clone() },
                    Err(Refusal::Over) => Answer::Stopped,
                    Err(Refusal::Failed(error)) => Answer::Failed(Failure::from(&error)),
                }
            }
            Ask::Status => Answer::Status(self.status()),
            Ask::Stop => {
                self.forget();
                self.holding.until_forgotten_or(SEARCH_LIMIT);
                Answer::Stopped
            }
        }
    }

    fn status(&self) -> Status {
        let port = self.holding.look(|state| match state {
            State::Held(open) => Some(open.name.port),
            _ => None,
        });
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
        let Ok(name) = self.ask() else { return };
        let Ok(mut proxy) = TcpStream::connect((Ipv4Addr::LOCALHOST, name.port)) else { return };
        let (Ok(mut from_client), Ok(mut to_proxy)) = (stream.try_clone(), proxy.try_clone()) else { return };
        if stream.set_read_timeout(None).is_err() || to_proxy.write_all(begun).is_err() {
            return;
        }
        let onwards = thread(move || {
            // An end that is broken off is an end.
            let _ = std::io::copy(&mut from_client, &mut to_proxy);
            let _ = to_proxy.shutdown(Shutdown::Write);
        });
        let Ok(onwards) = onwards else { return };
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
