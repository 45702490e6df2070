//! A command on a pseudo-terminal, and a person who reads and types.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::{Ended, World};

pub(crate) struct Terminal {
    child: Child,
    keyboard: ChildStdin,
    screen: ChildStdout,
    shown: String,
}

impl Terminal {
    /// Runs a command line with nobody signed in and this browser.
    pub(crate) fn signed_out(world: &World, line: &str, browser: &str) -> Self {
        Self::with(world, line, &[("BROWSER", browser)])
    }

    /// Runs a command line with nothing in its environment but the simulator, PATH, HOME and these.
    pub(crate) fn with(world: &World, line: &str, variables: &[(&str, &str)]) -> Self {
        let command = format!("{} {line}", env!("CARGO_BIN_EXE_pulltoken"));
        let mut terminal = Command::new("script");
        terminal.args(["-qefc", &command, "/dev/null"]).env_clear().envs(world.sim.env());
        terminal.env("HOME", world.home.path()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        terminal.env("TERM", "xterm").envs(variables.iter().copied());
        let mut child = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (keyboard, screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, keyboard, screen, shown: String::new() }
    }

    /// Types once this stands on the screen: what is typed earlier may be lost.
    pub(crate) fn answer(&mut self, question: &str, keys: &str) {
        while !self.shown.contains(question) {
            assert!(self.read(), "not asked: {}", self.shown);
        }
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Reads to the end.
    pub(crate) fn end(mut self) -> Ended {
        while self.read() {}
        drop(self.keyboard);
        Ended { code: self.child.wait().unwrap().code(), out: self.shown, err: String::new() }
    }

    /// Reads to the end. A question that must not be asked is answered with no, so that it ends.
    pub(crate) fn unasked(mut self) -> Ended {
        self.keyboard.write_all(b"n\r").unwrap();
        self.keyboard.flush().unwrap();
        self.end()
    }

    fn read(&mut self) -> bool {
        let mut buffer = [0u8; 4096];
        let count = self.screen.read(&mut buffer).unwrap();
        self.shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
        count > 0
    }
}
