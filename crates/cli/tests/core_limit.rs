//! pulltoken leaves no core file, and every program that it starts for the user finds the limit that
//! the user has set.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(target_os = "linux")]

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use common::browser::fake_browser;
use common::desk::Desk;
use common::{World, end};

/// Sets a limit that nobody has by chance; as root where the hard one is lower, too. Where no core
/// file is allowed at all, not to root either, it stays 0, and there is nothing that could get lost.
const SET: &str = "ulimit -S -c 1234 || ulimit -c 1234";

/// What is looked at: a program's own limits, and those of the process that started it. That one lowers
/// its own when the program has started, and nothing tells when: it is looked for, so often and no more.
const LOOK: &str = "n=0
until grep -q 'core file size *0 ' /proc/$PPID/limits || [ $n -eq 1000 ]; do n=$((n + 1)); done
cat /proc/self/limits /proc/$PPID/limits";

/// The same of a program alone that pulltoken has become.
const LOOK_AT_OWN: &str = "cat /proc/self/limits";

/// The same command, begun by a shell with that limit.
fn limited(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{{ {SET}; }} 2> /dev/null; exec \"$@\""), "sh"]);
    shell.arg(command.get_program()).args(command.get_args()).env_clear().stdin(Stdio::null());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.current_dir(command.get_current_dir().unwrap_or(Path::new("/")));
    shell
}

/// The soft limits in what was seen of several processes.
fn soft(seen: &str) -> Vec<&str> {
    let lines = seen.lines().filter_map(|line| line.strip_prefix("Max core file size"));
    lines.map(|rest| rest.split_whitespace().next().unwrap()).collect()
}

/// The user's own, as a program sees it that nobody but a shell has started.
fn users() -> String {
    let mut look = Command::new("cat");
    look.arg("/proc/self/limits").env("PATH", std::env::var_os("PATH").unwrap());
    soft(&end(&mut limited(&look)).success().out)[0].to_owned()
}

/// A program that does this.
fn program(folder: &Path, name: &str, script: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(folder.join(name), Permissions::from_mode(0o755)).unwrap();
}

fn path_with(folders: &[&Path]) -> std::ffi::OsString {
    let own = std::env::var_os("PATH").unwrap();
    std::env::join_paths(folders.iter().map(|one| one.to_path_buf()).chain(std::env::split_paths(&own))).unwrap()
}

#[test]
fn a_command_of_exec_has_the_users_limit() {
    let world = World::new();
    let pair = world.credentials();
    let project = tempfile::tempdir().unwrap();
    fs::write(project.path().join("package.json"), r#"{"name":"app","version":"1.0.0","private":true}"#).unwrap();
    program(&world.home.path().join("bin"), "npm", LOOK);
    let npm = world.home.path().join("bin/npm");
    let seen = |line: &[&str], with_secrets: bool| {
        let mut command = world.command(["exec", "--"].iter().chain(line));
        command.current_dir(project.path());
        if with_secrets {
            command.envs(pair.clone());
        } else {
            command.env_remove("PULLTOKEN_SESSION_TOKEN");
        }
        end(&mut limited(&command)).success().out
    };
    // With secrets in its environment it begins anew: the second beginning finds the same limit.
    for line in [&["sh", "-c", LOOK][..], &[npm.to_str().unwrap(), "ci"]] {
        assert_eq!(soft(&seen(line, true)), [users().as_str(), "0"], "{line:?}");
    }
    world.sign_in("owner", "");
    assert_eq!(soft(&seen(&["sh", "-c", LOOK], false)), [users().as_str(), "0"]);
}

#[test]
fn what_a_shim_becomes_has_the_users_limit() {
    let world = World::new();
    let (shims, bin) = (world.home.path().join("shims"), world.home.path().join("bin"));
    world.run(&format!("shims install --quiet --dir {}", shims.display())).success();
    program(&bin, "npm", LOOK_AT_OWN);
    let mut command = Command::new(shims.join("npm"));
    command.arg("ci").env("HOME", world.home.path()).env("PATH", path_with(&[&shims, &bin]));
    let seen = end(&mut limited(&command)).success().out;
    assert_eq!(soft(&seen), [users()]);
}

#[test]
fn the_agent_leaves_none_and_its_shims_become_what_may() {
    let desk = Desk::new();
    program(&desk.world.home.path().join("bin"), "npm", LOOK_AT_OWN);
    let script = "eval \"$(pulltoken agent)\"; PATH=\"${PATH%%:*}:$HOME/bin:$PATH\"; exec npm ci";
    let seen = end(&mut limited(&desk.shell("sh", script))).success().out;
    assert_eq!(soft(&seen), [users()]);
    let agent = desk.process().as_raw_nonzero();
    assert_eq!(soft(&fs::read_to_string(format!("/proc/{agent}/limits")).unwrap()), ["0"]);
}

/// The agent is started by a process that has given up the limit, and starts programs itself.
#[test]
fn what_an_agent_asks_for_a_jobs_token_has_the_users_limit() {
    let desk = Desk::of(World::new());
    let (bin, seen) = (desk.world.home.path().join("bin"), desk.world.home.path().join("seen"));
    program(&bin, "buildkite-agent", &format!("{LOOK} > '{}'", seen.display()));
    let identity = "a".repeat(40);
    let mut command = desk.shell("sh", &format!("pulltoken agent --identity {identity}/{}", "b".repeat(16)));
    let ours = Path::new(env!("CARGO_BIN_EXE_pulltoken")).parent().unwrap();
    command.env("BUILDKITE", "true").env("PATH", path_with(&[ours, &bin]));
    // It gets no token, and says so.
    assert_ne!(end(&mut limited(&command)).code, Some(0));
    assert_eq!(soft(&fs::read_to_string(seen).unwrap()), [users().as_str(), "0"]);
}

#[test]
fn the_users_browser_has_the_users_limit() {
    let world = World::new();
    let (pipe, browser) = fake_browser(&world);
    fs::write(world.home.path().join("browser"), format!("{LOOK} > '{}'\n", pipe.display())).unwrap();
    let mut command = world.stored("login");
    command.env("BROWSER", browser);
    let mut login = limited(&command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Blocks until the browser is opened.
    let seen = fs::read_to_string(pipe).unwrap();
    login.kill().unwrap();
    login.wait().unwrap();
    assert_eq!(soft(&seen), [users().as_str(), "0"]);
}
