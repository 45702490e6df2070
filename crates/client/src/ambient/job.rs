//! What a job lends: its environment, its files, and programs of its CI system.

use std::io;
use std::path::Path;
use std::time::Duration;

use futures_util::future::{Either, select};
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Secret};

use crate::host::{BoxFuture, Host};

/// How long a program of the CI system may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program on its way.
pub type Running = BoxFuture<'static, io::Result<Ran>>;

/// The job that this program runs in.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// A variable of the environment, if it is set to a text.
    pub variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// A file, as text.
    pub file: &'a (dyn Fn(&Path) -> io::Result<String> + Sync),
    /// Runs a program found in `PATH` with these arguments, without a shell and with nothing on its
    /// standard input. Dropping the future ends the program.
    pub run: &'a (dyn Fn(&str, &[&str]) -> Running + Sync),
}

/// A program that has ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Whether its exit code was zero.
    pub succeeded: bool,
    /// What it printed: the token.
    pub out: Secret,
    /// What it said besides.
    pub err: String,
}

impl Job<'_> {
    /// A variable that is set to more than nothing.
    pub(super) fn set(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// Whether a variable says yes.
    pub(super) fn says_yes(&self, name: &str) -> bool {
        self.set(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// What a program of the CI system printed; `None` where there is no such program.
    pub(super) async fn printed<H: Host>(
        &self,
        host: &H,
        program: &str,
        arguments: &[&str],
        hint: &str,
    ) -> Result<Option<Secret>> {
        let failed = |why: String| {
            let message = format!("`{program}` gave no ID token: {why}");
            Error::new(ErrorCode::NoCiToken, message).with_hint(hint.to_owned())
        };
        let ended = match select((self.run)(program, arguments), host.sleep(PATIENCE)).await {
            Either::Left((ended, _)) => ended,
            Either::Right(_) => return Err(failed(format!("it did not end within {} seconds", PATIENCE.as_secs()))),
        };
        match ended {
            Ok(ran) if ran.succeeded => Ok(Some(ran.out)),
            Ok(ran) => {
                let last = ran.err.lines().map(str::trim).rfind(|line| !line.is_empty());
                Err(failed(last.map_or_else(|| "it failed".to_owned(), |line| printable_prefix(line, 200))))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}
