//! Shims, and `exec` for commands that start package managers, with the npm of this machine.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{Ended, World, end, files_with};
use rustix::process::{Pid, Signal, kill_process};

const PACKAGE: &str = r#"{"name":"app","version":"1.0.0","private":true}"#;

fn project(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("package.json"), PACKAGE).unwrap();
    fs::write(world.home.path().join(".npmrc"), "update-notifier=false\nfund=false\n").unwrap();
    folder
}

/// `exec -- sh -c SCRIPT` in a folder.
fn exec(world: &World, folder: &Path, script: &str) -> Command {
    let mut command = world.command(["exec", "--", "sh", "-c", script]);
    command.current_dir(folder).envs(world.credentials());
    command
}

fn left(world: &World) -> Vec<PathBuf> {
    let folder = world.home.path().join(".cache/pulltoken/run");
    folder.read_dir().map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

/// A program of this text at the end of `folder`.
fn program(folder: &Path, name: &str, text: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), text).unwrap();
    fs::set_permissions(folder.join(name), Permissions::from_mode(0o755)).unwrap();
}

/// The shims in a folder of their own.
fn installed(world: &World) -> PathBuf {
    let folder = world.home.path().join("shims");
    world.run(&format!("shims install --quiet --dir {}", folder.display())).success();
    folder
}

/// A shim's command with these folders behind the shims on `PATH`.
fn shim(world: &World, name: &str, behind: &[&Path]) -> Command {
    let shims = installed(world);
    let mut command = Command::new(shims.join(name));
    let own = std::env::var_os("PATH").unwrap();
    let folders = [shims].into_iter().chain(behind.iter().map(|one| one.to_path_buf()));
    command.env_clear().env("HOME", world.home.path()).stdin(Stdio::null());
    command.env("PATH", std::env::join_paths(folders.chain(std::env::split_paths(&own))).unwrap());
    command
}

/// A folder with an npm that tells its environment.
fn telling(world: &World) -> PathBuf {
    let folder = world.home.path().join("bin");
    program(&folder, "npm", "#!/bin/sh\necho \"ran $*\"\nenv\n");
    folder
}

#[test]
fn a_command_that_runs_npm_has_access_and_leaves_nothing() {
    let world = World::new();
    let project = project(&world);
    let script = "npm install whole-crew far-away && npm ci && env > seen && command -v npm";
    world.sim.clear_requests();
    let ran = end(&mut exec(&world, project.path(), script)).success();
    assert!(ran.out.trim().ends_with("/bin/npm") && ran.out.contains("/run/run-"), "{}", ran.out);
    let requests = world.sim.requests();
    let mut ours = requests.iter().filter(|one| one.path.starts_with("/javascript"));
    assert!(ours.all(|one| one.authenticated) && requests.len() > 10, "{requests:?}");
    let seen = fs::read_to_string(project.path().join("seen")).unwrap();
    assert!(seen.contains("PULLTOKEN_AGENT=127.0.0.1:") && seen.contains("TOKEN=withheld-by-pulltoken"), "{seen}");
    assert!(!seen.contains("npm_config_") && !seen.to_ascii_lowercase().contains("_proxy="), "{seen}");
    assert_eq!(left(&world), Vec::<PathBuf>::new());
    // The proxy's name is of no use any more, and the command runs all the same.
    let name = seen.lines().find_map(|line| line.strip_prefix("PULLTOKEN_AGENT=")).unwrap();
    let after = end(shim(&world, "npm", &[&telling(&world)]).env("PULLTOKEN_AGENT", name).arg("ci")).success();
    assert!(after.out.starts_with("ran ci\n") && !after.out.contains("npm_config_"), "{}", after.out);
    assert!(after.err.contains("npm runs without it"), "{}", after.err);
}

#[test]
fn a_script_that_starts_another_package_manager_has_access_too() {
    let world = World::new();
    let project = project(&world);
    let package = r#"{"name":"app","version":"1.0.0","scripts":{"other":"yarn install"}}"#;
    fs::write(project.path().join("package.json"), package).unwrap();
    let bin = world.home.path().join("bin");
    program(&bin, "yarn", "#!/bin/sh\nenv\n");
    let own = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&own))).unwrap();
    let mut command = world.command(["exec", "--", "npm", "run", "--silent", "other"]);
    let ran = end(command.current_dir(project.path()).envs(world.credentials()).env("PATH", path)).success();
    assert!(ran.out.contains("YARN_HTTP_PROXY=http://s:"), "{}", ran.out);
    assert_eq!(left(&world), Vec::<PathBuf>::new());
}

#[test]
fn exit_code_and_refusals_are_those_of_exec() {
    let world = World::new();
    let project = project(&world);
    assert_eq!(end(&mut exec(&world, project.path(), "exit 7")).code, Some(7));
    let line = ["exec", "--repository", "java", "--", "sh", "-c", "exit 0"];
    end(world.command(line).envs(world.credentials())).failure(125, "usage");
    let without = end(&mut world.command(["exec", "--", "sh", "-c", "exit 0"]));
    without.failure(125, "no_credentials");
}

#[test]
fn what_writes_elsewhere_is_lent_nothing() {
    let world = World::new();
    let project = project(&world);
    let bin = telling(&world);
    let script = format!("PATH=${{PATH%%:*}}:{}:$PATH; npm publish; npm ci", bin.display());
    let ran = end(&mut exec(&world, project.path(), &script)).success();
    let (published, installed) = ran.out.split_once("ran ci").unwrap();
    assert!(published.starts_with("ran publish\n") && !published.contains("npm_config_"), "{published}");
    assert!(installed.contains("npm_config_proxy=http://s:"), "{installed}");
}

#[test]
fn a_killed_run_is_cleaned_up_by_the_next() {
    let world = World::new();
    let project = project(&world);
    let mut command = exec(&world, project.path(), "echo started; exec sleep 1000");
    let mut killed = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(killed.stdout.take().unwrap()), &mut line).unwrap();
    assert!(left(&world).iter().any(|path| path.is_dir()), "{:?}", left(&world));
    let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", killed.id())).unwrap();
    kill_process(Pid::from_child(&killed), Signal::KILL).unwrap();
    killed.wait().unwrap();
    let child = children.trim().parse().ok().and_then(Pid::from_raw).unwrap();
    kill_process(child, Signal::KILL).unwrap();
    assert!(!left(&world).is_empty());
    end(&mut exec(&world, project.path(), "exit 0")).success();
    assert_eq!(left(&world), Vec::<PathBuf>::new());
}

#[test]
fn install_is_repeatable_and_remove_takes_only_ours() {
    let world = World::new();
    let folder = world.home.path().join(".local/share/pulltoken/shims");
    let line = world.run("shims install").success();
    assert_eq!(line.out, format!("export PATH='{}':\"$PATH\";\n", folder.display()));
    assert_eq!(
        world.run("shims install --shell fish").success().out,
        format!("set -gx PATH '{}' $PATH;\n", folder.display())
    );
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 9, "{names:?}");
    fs::write(folder.join("npm"), "mine").unwrap();
    world.run("shims install").failure(1, "file_unwritable");
    world.run("shims remove").success();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    assert!(world.run("shims remove").success().err.contains("there are no shims"));
}

#[test]
fn without_an_agent_the_real_program_runs_untouched() {
    let world = World::new();
    let bin = telling(&world);
    let ran = end(shim(&world, "npm", &[&bin]).args(["ci", "a b", "--help"]).env("CHAINGUARD_JAVASCRIPT_TOKEN", "x"))
        .success();
    assert!(
        ran.out.starts_with("ran ci a b --help\n") && ran.out.contains("CHAINGUARD_JAVASCRIPT_TOKEN=x\n"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains("npm_config_") && ran.err.is_empty(), "{}{}", ran.out, ran.err);
    let exact = end(shim(&world, "npm", &[]).arg("--version")).success();
    assert_eq!(exact.out, end(Command::new("npm").arg("--version")).out);
}

#[test]
fn a_name_that_is_malformed_is_said_and_the_real_program_runs() {
    let world = World::new();
    let ran = end(shim(&world, "npm", &[&telling(&world)]).env("PULLTOKEN_AGENT", "nonsense").arg("ci")).success();
    assert!(ran.out.starts_with("ran ci\n") && ran.err.contains("PULLTOKEN_AGENT"), "{}", ran.err);
}

#[test]
fn bypass_steps_aside() {
    let world = World::new();
    let project = project(&world);
    let script = format!("PATH=${{PATH%%:*}}:{}:$PATH; PULLTOKEN_BYPASS=1 npm ci", telling(&world).display());
    let ran = end(&mut exec(&world, project.path(), &script)).success();
    assert!(ran.out.starts_with("ran ci\n") && !ran.out.contains("npm_config_"), "{}", ran.out);
}

#[test]
fn a_version_manager_that_comes_back_is_not_asked_again() {
    let world = World::new();
    let manager = world.home.path().join("manager");
    // As asdf and mise do where "the system's" npm is wanted.
    program(&manager, "npm", "#!/bin/sh\necho managed\nexec npm \"$@\"\n");
    let ran = end(shim(&world, "npm", &[&manager, &telling(&world)]).arg("ci")).success();
    assert!(ran.out.starts_with("managed\nran ci\n"), "{}", ran.out);
    // One that starts a process for it cannot be told from a script; it comes to an end all the same.
    program(&manager, "npm", "#!/bin/sh\nnpm \"$@\"\n");
    let circle = end(shim(&world, "npm", &[&manager]).arg("ci"));
    assert!(circle.code != Some(0) && circle.err.contains("error[usage]"), "{}", circle.err);
}

#[test]
fn a_version_manager_is_called_by_the_name_that_it_goes_by() {
    let world = World::new();
    let manager = world.home.path().join("manager");
    // As Volta does: every command is a link to one program.
    program(&manager, "dispatch", "#!/bin/sh\necho \"${0##*/} $*\"\n");
    for name in ["npm", "yarn"] {
        std::os::unix::fs::symlink("dispatch", manager.join(name)).unwrap();
        let ran = end(shim(&world, name, &[&manager]).arg("ci")).success();
        assert_eq!(ran.out, format!("{name} ci\n"));
    }
}

#[test]
fn where_pulltoken_was_moved_the_shim_says_so() {
    let world = World::new();
    let shims = installed(&world);
    let text = fs::read_to_string(shims.join("npm")).unwrap();
    fs::write(shims.join("npm"), text.replace(env!("CARGO_BIN_EXE_pulltoken"), "/moved/pulltoken")).unwrap();
    let moved = end(&mut Command::new(shims.join("npm")));
    assert_eq!(moved.code, Some(127));
    assert!(
        moved.err.contains("no longer at /moved/pulltoken") && moved.err.contains("shims install"),
        "{}",
        moved.err
    );
}

#[test]
fn a_program_that_is_not_there_is_127() {
    let world = World::new();
    let shims = installed(&world);
    let missing: Ended = end(Command::new(shims.join("bunx")).env("PATH", &shims));
    missing.failure(127, "command_not_found");
}

#[test]
fn no_file_holds_the_credential() {
    let world = World::new();
    let project = project(&world);
    let pair = world.credentials();
    let mut command = world.command([
        "exec",
        "--",
        "sh",
        "-c",
        "npm install right-hand; cat $(dirname $(command -v npm))/../info.json",
    ]);
    let ran = end(command.current_dir(project.path()).envs(pair.clone())).success();
    assert!(ran.out.contains("\"everywhere\":true") && !ran.out.contains(&pair[1].1), "{}", ran.out);
    assert_eq!(files_with(world.home.path(), &[&pair[1].1]), Vec::<PathBuf>::new());
}
