//! What comes from standard input, files and the environment.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Credentials, Error, ErrorCode, Result, Secret};

use crate::process;

/// A password or file larger than this was not meant.
const LIMIT: u64 = 16 << 20;

/// A variable of this process's environment, or of the one that it left behind, if it is set to a text.
pub(crate) fn variable(name: &str) -> Option<String> {
    process::handed_over(name).or_else(|| std::env::var(name).ok())
}

/// A path as people write it in a file: `~/` stands for the home folder.
pub(crate) fn from_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// The pair given by `--username` and `--password-stdin`.
///
/// # Errors
/// `usage` where one is given without the other.
pub(crate) fn explicit(username: Option<String>, password_on_stdin: bool) -> Result<Option<Credentials>> {
    match (username, password_on_stdin) {
        (None, false) => Ok(None),
        (Some(username), true) => {
            let text = read_stdin()?;
            let password =
                text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
            Ok(Some(Credentials::new(username, Secret::new(password))))
        }
        (Some(_), false) => {
            Err(Error::new(ErrorCode::Usage, "--username needs --password-stdin: arguments are public"))
        }
        (None, true) => Err(Error::new(ErrorCode::Usage, "--password-stdin needs --username")),
    }
}

/// All of standard input, as text.
pub(crate) fn read_stdin() -> Result<String> {
    read_all(&mut std::io::stdin().lock(), "standard input")
}

/// All of a file, as text.
pub(crate) fn read_file(path: &Path) -> Result<String> {
    let shown = printable_prefix(&path.display().to_string(), 200);
    let mut file = std::fs::File::open(path).map_err(|error| unreadable(&shown, &error.to_string()))?;
    read_all(&mut file, &shown)
}

fn read_all(source: &mut dyn std::io::Read, shown: &str) -> Result<String> {
    let mut bytes = Vec::new();
    source.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| unreadable(shown, &error.to_string()))?;
    if bytes.len() as u64 > LIMIT {
        return Err(unreadable(shown, "it is larger than 16 MB"));
    }
    String::from_utf8(bytes).map_err(|_| unreadable(shown, "it is not UTF-8"))
}

fn unreadable(shown: &str, why: &str) -> Error {
    Error::new(ErrorCode::FileUnreadable, format!("could not read {shown}: {why}"))
}
