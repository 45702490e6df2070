//! What is spoken on an agent's Unix socket: one line of JSON asks, one answers, and the connection
//! ends. Whatever does not begin with `{` is for the proxy itself and goes there as it is, so that a
//! container that has nothing but the socket can reach the registry by it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pulltoken_core::{Error, ErrorCode, Result};
use serde::{Deserialize, Serialize};

use super::name::AgentName;

/// The folder of the user's agent, below that of all our private files.
pub(crate) const FOLDER: &str = "agent";
/// The socket's name in the agent's folder.
const SOCKET: &str = "agent.sock";
/// No line is longer.
pub(crate) const LONGEST: u64 = 64 << 10;
/// A service may have to find a credential first, and giving one back goes over the network.
const LIMIT: Duration = Duration::from_secs(90);

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ask {
    /// The proxy's name, opening it first where that has not been done.
    Name,
    /// How it is.
    Status,
    /// Forget the credential, close the proxy and end.
    Stop,
}

/// What is answered. It may hold what opens the proxy, and has no form to be logged in.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// The value of `PULLTOKEN_AGENT`, which opens the proxy, and the key of its addresses.
    Name { value: String, place: String },
    /// How it is.
    Status(Status),
    /// It is over.
    Stopped,
    /// It could not be done.
    Failed(Failure),
}

/// How an agent is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    /// Its process.
    pub(crate) process: u32,
    /// Where its proxy listens; `None` where none is open.
    pub(crate) port: Option<u16>,
    /// The repository that it opens.
    pub(crate) registry: String,
    /// For how long nobody has used it, or asked for its name.
    pub(crate) idle_seconds: u64,
    /// How long it may go unused.
    pub(crate) idle_limit_seconds: u64,
    /// When it ends in any case.
    pub(crate) seconds_left: u64,
    /// Whether it is the user's service.
    pub(crate) service: bool,
    /// The key of its addresses.
    pub(crate) place: String,
}

/// An error, on its way from one process to another.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Failure {
    code: String,
    message: String,
    hint: String,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { code: error.code().as_str().into(), message: error.message().into(), hint: error.hint().into() }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let code = ErrorCode::ALL.iter().find(|code| code.as_str() == failure.code);
        Self::new(code.copied().unwrap_or(ErrorCode::Internal), failure.message).with_hint(failure.hint)
    }
}

/// The socket in an agent's folder.
pub(crate) fn socket(folder: &Path) -> PathBuf {
    folder.join(SOCKET)
}

/// Asks the agent whose socket is in this folder; `None` where nobody listens.
///
/// # Errors
/// What it failed with; `internal` where it does not answer as it should.
pub(crate) fn ask(folder: &Path, what: Ask) -> Result<Option<Answer>> {
    let Ok(stream) = UnixStream::connect(socket(folder)) else { return Ok(None) };
    let failed = |error: std::io::Error| {
        Error::new(ErrorCode::Internal, format!("the agent does not answer: {error}"))
            .with_hint("end it with `pulltoken agent stop`, or end its process")
    };
    stream.set_read_timeout(Some(LIMIT)).map_err(failed)?;
    stream.set_write_timeout(Some(LIMIT)).map_err(failed)?;
    let line = serde_json::to_string(&what).unwrap_or_default();
    (&stream).write_all(format!("{{\"ask\":{line}}}\n").as_bytes()).map_err(failed)?;
    let mut answer = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut answer).map_err(failed)?;
    match serde_json::from_str(&answer) {
        Ok(Answer::Failed(failure)) => Err(failure.into()),
        Ok(answer) => Ok(Some(answer)),
        Err(_) if answer.is_empty() => Ok(None),
        Err(_) => Err(failed(std::io::Error::other("its answer cannot be read"))),
    }
}

/// The name of the agent that this folder is of, if one is there.
///
/// # Errors
/// Those of [`ask`].
pub(crate) fn name(folder: &Path) -> Result<Option<(AgentName, String)>> {
    match ask(folder, Ask::Name)? {
        Some(Answer::Name { value, place }) => Ok(Some((AgentName::parse(&value)?, place))),
        _ => Ok(None),
    }
}

/// Reads what is asked, from a line as [`ask`] writes it.
pub(crate) fn read(line: &str) -> Option<Ask> {
    #[derive(Deserialize)]
    struct Line {
        ask: Ask,
    }
    serde_json::from_str::<Line>(line).ok().map(|line| line.ask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_arrives_as_it_was() {
        let error = Error::new(ErrorCode::NotSignedIn, "nobody").with_hint("sign in");
        let text = serde_json::to_string(&Answer::Failed((&error).into())).unwrap();
        let Ok(Answer::Failed(failure)) = serde_json::from_str(&text) else { panic!("{text}") };
        assert_eq!(Error::from(failure).to_string(), error.to_string());
    }

    #[test]
    fn a_line_asks_one_thing() {
        assert_eq!(read("{\"ask\":\"name\"}\n"), Some(Ask::Name));
        for line in ["", "{}", "{\"ask\":\"all\"}", "\"name\"", "CONNECT a:1 HTTP/1.1\r\n"] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn where_nobody_listens_nobody_answers() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ask(folder.path(), Ask::Status).unwrap().is_none());
    }
}
