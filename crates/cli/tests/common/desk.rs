//! Somebody who works with an agent.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use rustix::process::Pid;
use serde_json::Value;

use super::{Ended, World, end};

/// A signed-in user with a project of the registry; their agent ends with them.
pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) project: PathBuf,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let world = World::new();
        world.sign_in("owner", "");
        Self::of(world)
    }

    /// The project of somebody who is signed in, or is not.
    pub(crate) fn of(world: World) -> Self {
        let home = world.home.path().to_owned();
        fs::write(home.join(".npmrc"), "update-notifier=false\nfund=false\n").unwrap();
        let project = home.join("project");
        fs::create_dir(&project).unwrap();
        fs::write(project.join("package.json"), r#"{"name":"app","version":"1.0.0","private":true}"#).unwrap();
        let registry = world.sim.addresses().registry.clone();
        fs::write(project.join(".npmrc"), format!("registry={registry}/javascript/\n")).unwrap();
        // What npm tells where it is not the real one.
        let bin = home.join("bin");
        fs::create_dir(&bin).unwrap();
        fs::write(bin.join("npm"), "#!/bin/sh\necho \"ran $*\"\nenv\n").unwrap();
        fs::set_permissions(bin.join("npm"), Permissions::from_mode(0o755)).unwrap();
        Self { world, project }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.world.home.path().join(".cache/pulltoken/agent")
    }

    /// `SHELL -c SCRIPT` in the project, with pulltoken on `PATH`.
    pub(crate) fn shell(&self, shell: &str, script: &str) -> Command {
        let template = self.world.stored("");
        let mut command = Command::new(shell);
        command.args(["-c", script]).current_dir(&self.project).env_clear().stdin(Stdio::null());
        command.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let program = Path::new(env!("CARGO_BIN_EXE_pulltoken")).parent().unwrap().to_owned();
        let own = std::env::var_os("PATH").unwrap();
        let path = std::env::join_paths([program].into_iter().chain(std::env::split_paths(&own))).unwrap();
        command.env("PATH", path);
        command
    }

    pub(crate) fn sh(&self, script: &str) -> Ended {
        end(&mut self.shell("sh", script))
    }

    /// What npm finds in its environment after these commands and `eval`, if it is told by ours.
    pub(crate) fn told(&self, before: &str, line: &str) -> Ended {
        let script = format!("eval \"$(pulltoken agent)\"; PATH=\"${{PATH%%:*}}:$HOME/bin:$PATH\"; {before}; {line}");
        self.sh(&script).success()
    }

    /// The value of `PULLTOKEN_AGENT` after starting one with these flags.
    pub(crate) fn start(&self, flags: &str) -> String {
        let ended = self.sh(&format!("eval \"$(pulltoken agent {flags})\"; printf %s \"$PULLTOKEN_AGENT\"")).success();
        assert!(ended.out.starts_with("127.0.0.1:"), "{}{}", ended.out, ended.err);
        ended.out
    }

    /// `exec -- sh -c LINE` in the project, of a user who has an agent's socket and nothing else.
    pub(crate) fn borrowing(&self, home: &Path, socket: &Path, line: &str) -> Command {
        let mut command = self.world.command(["exec", "--", "sh", "-c", line]);
        command.env_remove("PULLTOKEN_SESSION_TOKEN").env("HOME", home).env("PULLTOKEN_AGENT_SOCKET", socket);
        command.current_dir(&self.project);
        command
    }

    pub(crate) fn status(&self) -> Value {
        self.world.run_stored("agent status -o json").success().json()
    }

    pub(crate) fn process(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.status()["process"].as_i64().unwrap()).unwrap()).unwrap()
    }

    pub(crate) fn is_gone(&self) {
        self.world.run_stored("agent status").failure(4, "not_found");
    }

    /// Waits until the agent's process has ended: it holds a lock as long as it lives.
    pub(crate) fn until_gone(&self) {
        let lock = File::open(self.folder().join("lock")).unwrap();
        let (ended, end) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            lock.lock_shared().unwrap();
            // Nobody waits any more where that took too long.
            let _ = ended.send(());
        });
        end.recv_timeout(Duration::from_secs(60)).unwrap();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        end(&mut self.world.stored("agent stop --quiet"));
    }
}

pub(crate) fn port(name: &str) -> u16 {
    name.split(':').nth(1).unwrap().parse().unwrap()
}

pub(crate) fn basic(name: &str) -> String {
    let password = name.split(':').nth(2).unwrap();
    base64::engine::general_purpose::STANDARD.encode(format!("s:{password}"))
}
