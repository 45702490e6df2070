//! `pulltoken helper pnpm`: what pnpm asks for, and what it is told.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Ended, World, end};

const CREATOR: &str = "libraries.javascript.pull_token_creator";

/// The pair in an answer, which is one line with a scheme.
fn pair(answer: &str) -> (String, String) {
    let base64 = answer.strip_prefix("Basic ").unwrap().strip_suffix('\n').unwrap();
    let text = String::from_utf8(STANDARD.decode(base64).unwrap()).unwrap();
    let (username, password) = text.split_once(':').unwrap();
    (username.to_owned(), password.to_owned())
}

/// Holds a failure to one line that says all, and to saying nothing to pnpm.
#[track_caller]
fn refused(ended: Ended, code: &str) -> String {
    assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""), "{}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
    assert!(ended.err.starts_with(&format!("pulltoken: error[{code}]: ")), "{}", ended.err);
    ended.err
}

/// The program that pnpm calls without arguments.
const SMALL: &str = env!("CARGO_BIN_EXE_pulltoken-helper-pnpm");

fn small(world: &World) -> Command {
    program(world, Path::new(SMALL))
}

/// A program and nothing else of its kind, in a folder of its own.
fn alone(world: &World, program: &str) -> PathBuf {
    let folder = world.home.path().join("alone");
    std::fs::create_dir_all(&folder).unwrap();
    let there = folder.join(Path::new(program).file_name().unwrap());
    std::fs::copy(program, &there).unwrap();
    there
}

fn program(world: &World, path: &Path) -> Command {
    let plain = world.stored("version");
    let mut command = Command::new(path);
    command.env_clear().stdin(std::process::Stdio::null());
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

#[test]
fn the_answer_is_a_header_and_nothing_else() {
    let world = World::new();
    let lent = world.credentials();
    // A link of the user's to the whole program does as well.
    let link = world.home.path().join("pulltoken-helper-pnpm");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pulltoken"), &link).unwrap();
    for mut command in [world.stored("helper pnpm"), small(&world), program(&world, &link)] {
        let told = end(command.envs(lent.clone())).success();
        assert_eq!(told.err, "");
        let (username, password) = pair(&told.out);
        assert_eq!([&username, &password], [&lent[0].1, &lent[1].1]);
    }
}

#[test]
fn a_log_of_a_ci_system_learns_nothing() {
    let world = World::new();
    let told = end(world.stored("helper pnpm").envs(world.credentials()).env("GITHUB_ACTIONS", "true")).success();
    assert_eq!(told.err, "");
}

#[test]
fn a_stored_session_answers_without_a_request() {
    let world = World::new();
    world.sign_in("owner", "");
    let told = world.run_stored("helper pnpm").success();
    assert_eq!(pair(&told.out).0, "_token");
    assert!(world.sim.requests().is_empty(), "{:?}", world.sim.requests());
}

#[test]
fn a_token_is_made_once_for_many_questions() {
    let world = World::new();
    world.sign_in(CREATOR, &format!(" --audience {}", world.address("PULLTOKEN_API")));
    // pnpm 9 and 10 give no flags: what may be made is said in the user's own configuration.
    let folder = world.home.path().join(".config/pulltoken");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "mint = true\nparent = \"example\"\n").unwrap();
    let made = end(&mut small(&world)).success();
    world.sim.clear_requests();
    // An authority that cannot be read would be named by whoever builds a client.
    let asked_again = end(small(&world).env("SSL_CERT_FILE", "/nowhere")).success();
    assert_eq!(asked_again.out, made.out);
    assert!(world.sim.requests().is_empty(), "{:?}", world.sim.requests());
    assert_eq!(world.sim.identities().len(), 1);
}

#[test]
fn what_is_missing_is_said_in_one_line() {
    let world = World::new();
    let said = refused(end(&mut small(&world)), "no_credentials");
    assert!(said.contains("pulltoken login"), "{said}");
    let json = world.run_stored("helper pnpm -o json");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json.err).unwrap()["code"], "no_credentials");
    let wrong = end(small(&world).env("PULLTOKEN_API", "nonsense"));
    assert_eq!((wrong.code, wrong.err.lines().count()), (Some(2), 1), "{}", wrong.err);
}

#[test]
fn a_project_that_says_whom_to_believe_gets_nothing() {
    let world = World::new();
    let inner = world.home.path().join("project/packages/inner");
    std::fs::create_dir_all(&inner).unwrap();
    let ask = |file: &str, text: &str| {
        let path = world.home.path().join(file);
        std::fs::write(&path, text).unwrap();
        let ended = end(small(&world).current_dir(&inner).envs(world.credentials()));
        std::fs::remove_file(path).unwrap();
        ended
    };
    for (file, text) in [
        ("project/.npmrc", "https-proxy=http://elsewhere.test\nstrict-ssl=false\n"),
        ("project/packages/inner/.npmrc", "cafile=their.pem\n"),
        ("project/pnpm-workspace.yaml", "packages: ['packages/*']\nstrictSsl: false\n"),
    ] {
        let refused = ask(file, text);
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{file}: {}", refused.err);
        assert!(refused.err.contains("could be made to give the credential away"), "{}", refused.err);
    }
    ask("project/.npmrc", "https-proxy=http://proxy.test\nregistry=https://registry.test/\n").success();
    // The user's own is the user's wish.
    ask(".npmrc", "cafile=mine.pem\n").success();
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_is_asked_on_a_terminal() {
    let world = World::new();
    let told = common::terminal::Terminal::signed_out(&world, "helper pnpm", "none").unasked().out;
    assert!(told.contains("no_credentials") && !told.contains("Sign in now?"), "{told}");
}

#[test]
fn the_lines_for_npmrc_name_both_paths_and_a_program() {
    let world = World::new();
    let registry = world.address("PULLTOKEN_REGISTRY");
    let host = registry.strip_prefix("http:").unwrap();
    let expected = |program: &Path| {
        let named = program.with_file_name("pulltoken-helper-pnpm").display().to_string();
        format!(
            "registry={registry}/javascript/\n{host}/javascript/:tokenHelper={named}\n{host}/javascript-upstream/:tokenHelper={named}\n"
        )
    };
    let told = world.run_stored("helper pnpm --print-config").success();
    assert_eq!((told.out, told.err.as_str()), (expected(Path::new(env!("CARGO_BIN_EXE_pulltoken"))), ""));

    // Where it is not there, its lines say how to make a link that stands for it.
    let whole = alone(&world, env!("CARGO_BIN_EXE_pulltoken"));
    let told = end(program(&world, &whole).args(["helper", "pnpm", "--print-config"])).success();
    assert_eq!(told.out, expected(&whole));
    let link = whole.with_file_name("pulltoken-helper-pnpm");
    assert!(told.err.contains(&format!("ln -s {} {}", whole.display(), link.display())), "{}", told.err);
}

#[test]
fn the_small_program_leaves_the_rest_to_the_whole_one() {
    let world = World::new();
    world.sign_in("owner", "");
    let by_flag = end(small(&world).arg("--verbose")).success();
    assert!(by_flag.err.contains("session: used"), "{}", by_flag.err);
    // What the whole program would do, the small one does not try by itself.
    let small = alone(&world, SMALL);
    let told = end(&mut program(&world, &small)).success();
    assert_eq!(told.out, by_flag.out);
    let ended = end(program(&world, &small).arg("--verbose"));
    assert_eq!((ended.code, ended.out.as_str(), ended.err.lines().count()), (Some(127), "", 1), "{}", ended.err);
    assert!(ended.err.contains("error[command_not_found]") && ended.err.contains("same folder"), "{}", ended.err);
}
