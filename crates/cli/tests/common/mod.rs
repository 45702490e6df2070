//! What the tests of the command share: a simulator, a home of their own, and the command's ends.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod browser;
#[cfg(target_os = "linux")]
pub(crate) mod desk;
pub(crate) mod held;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use pulltoken_sim::{Sim, SimBuilder};
use serde_json::Value;
use tempfile::TempDir;

/// A simulator and an empty home beside it.
pub(crate) struct World {
    pub(crate) sim: Sim,
    pub(crate) home: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(configure: impl FnOnce(SimBuilder) -> SimBuilder) -> Self {
        let sim = configure(Sim::builder()).start().unwrap();
        Self { sim, home: tempfile::tempdir().unwrap() }
    }

    /// The command with nothing in its environment but the simulator, the owner's session, PATH and HOME.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pulltoken"));
        command.args(arguments).env_clear().envs(self.sim.env()).stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.home.path());
        command.env("PULLTOKEN_SESSION_TOKEN", self.sim.token("owner").unwrap());
        command
    }

    /// Runs a command line, split at spaces.
    pub(crate) fn run(&self, line: &str) -> Ended {
        end(&mut self.command(line.split(' ')))
    }

    /// The same with another session.
    pub(crate) fn run_as(&self, session: &str, line: &str) -> Ended {
        end(self.command(line.split(' ')).env("PULLTOKEN_SESSION_TOKEN", session))
    }

    /// The command with no session in its environment, so that the stored one counts.
    pub(crate) fn stored(&self, line: &str) -> Command {
        let mut command = self.command(line.split(' '));
        command.env_remove("PULLTOKEN_SESSION_TOKEN");
        command
    }

    /// Runs that.
    pub(crate) fn run_stored(&self, line: &str) -> Ended {
        end(&mut self.stored(line))
    }

    /// Signs this person of the simulator in, for all audiences or for those named by further flags.
    pub(crate) fn sign_in(&self, person: &str, flags: &str) {
        let file = self.home.path().join("id-token");
        let claims = serde_json::json!({"sub": person});
        std::fs::write(&file, self.sim.ci_token("https://idp.example.com", claims).unwrap()).unwrap();
        let line = format!("login --quiet -o none --identity-token {}{flags}", file.display());
        self.run_stored(&line).success();
        std::fs::remove_file(file).unwrap();
        self.sim.clear_requests();
    }

    /// The address that a variable of the simulator names.
    pub(crate) fn address(&self, variable: &str) -> String {
        self.sim.env().into_iter().find(|(name, _)| name == variable).unwrap().1
    }

    /// The environment that holds a new pull token for JavaScript.
    pub(crate) fn credentials(&self) -> [(String, String); 2] {
        let made = self.run("create --repository javascript --parent example -o json").success().json();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        [
            ("CHAINGUARD_JAVASCRIPT_IDENTITY_ID".into(), text("username")),
            ("CHAINGUARD_JAVASCRIPT_TOKEN".into(), text("password")),
        ]
    }
}

/// A command that has ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn end(command: &mut Command) -> Ended {
    ended(command.output().unwrap())
}

pub(crate) fn ended(output: Output) -> Ended {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

impl Ended {
    #[track_caller]
    pub(crate) fn success(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self
    }

    /// Holds a failure to its exit code and stable code, and to being one line with a hint.
    #[track_caller]
    pub(crate) fn failure(self, exit: i32, code: &str) -> Self {
        assert_eq!(self.code, Some(exit), "out: {}\nerr: {}", self.out, self.err);
        let prefix = format!("error[{code}]: ");
        let errors: Vec<_> = self.err.lines().filter(|line| line.starts_with("error")).collect();
        assert!(matches!(errors[..], [line] if line.starts_with(&prefix)), "{code}: {}", self.err);
        assert_eq!(self.err.lines().filter(|line| line.starts_with("  hint: ")).count(), 1, "{}", self.err);
        assert_eq!(self.out, "");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Every file below a folder that holds one of these texts.
pub(crate) fn files_with(folder: &Path, needles: &[&str]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if let Ok(bytes) = std::fs::read(entry.path())
                && needles.iter().any(|needle| bytes.windows(needle.len()).any(|window| window == needle.as_bytes()))
            {
                found.push(entry.path());
            }
        }
    }
    found
}
