//! Command lines written for the vendor's tool, with the name replaced, and the question it asks.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Ended, World, end};
use pulltoken_sim::{IdentitySpec, OrganizationSpec};

const DAY: Duration = Duration::from_secs(86_400);

#[test]
fn documented_command_lines_run_word_for_word() {
    let world = World::with(|builder| {
        builder
            .identities(IdentitySpec::pull_token("old-java").role("libraries.java.pull").expired_since(DAY))
            .identities(IdentitySpec::pull_token("old-python").role("libraries.python.pull").expired_since(DAY))
            .identities(IdentitySpec::pull_token("live").role("libraries.java.pull").expires_in(DAY * 3))
    });
    let made = world.run("auth pull-token --library-ecosystem=java --parent=example --ttl=8670h").success();
    assert!(made.out.starts_with("Username: ") && made.out.contains("\nPassword: "), "{}", made.out);
    world.run("libraries entitlements list --parent=example").success();
    assert!(world.run("auth pull-token list").success().out.contains("live"));
    assert!(world.run("auth pull-token list --library-ecosystem=java").success().out.contains("live"));
    let expired = world.run("auth pull-token list --library-ecosystem=java --expired=true").success().out;
    assert!(expired.contains("old-java") && !expired.contains("old-python") && !expired.contains("live"), "{expired}");
    assert!(
        world
            .run("auth pull-token list --library-ecosystem=python --expired=true")
            .success()
            .out
            .contains("old-python")
    );
    let live = world.sim.identities().into_iter().find(|one| one.name == "live").unwrap().id;
    world.run(&format!("iam identities delete {live}")).success();
    world.run("iam ids rm --expired --parent=example --yes").success();
    assert!(world.sim.identities().iter().all(|one| one.name == "pull-token"));
    world.run("libraries verify something").failure(2, "usage");
    let json = world.run("libraries verify something -o json");
    assert!(json.err.starts_with(r#"{"code":"usage""#), "{}", json.err);
}

#[test]
fn the_vendors_verbosity_is_understood_everywhere() {
    let world = World::new();
    for line in ["--v=1 auth pull-token list", "auth --v=1 pull-token list", "auth pull-token --v 2 list", "list --v=9"]
    {
        world.run(line).success();
    }
    let said = |line: &str| world.run(line).failure(3, "no_credentials").err.lines().count();
    assert_eq!(said("get --v=1"), said("get --verbose"));
    assert_eq!(said("--v=2 get"), said("get --verbose"));
    assert_eq!(said("get --v=0"), said("get"));
    assert!(said("get --v=1") > said("get"));
    let version = world.run("-v").success();
    assert_eq!(version.out, world.run("--version").success().out);
    assert_eq!(world.run("list --v=loud").code, Some(2));
}

#[test]
fn an_unquoted_eval_gives_the_credential_to_every_shell() {
    let world = World::new();
    let script = format!(
        "eval $({} auth pull-token --output env --library-ecosystem=java --parent=example) && printf '%s %s' \"$CHAINGUARD_JAVA_IDENTITY_ID\" \"$CHAINGUARD_JAVA_TOKEN\"",
        env!("CARGO_BIN_EXE_pulltoken")
    );
    for shell in ["sh", "dash", "bash", "zsh"] {
        let mut command = Command::new(shell);
        let shown = end(command
            .args(["-c", &script])
            .envs(world.sim.env())
            .env("HOME", world.home.path())
            .env("PULLTOKEN_SESSION_TOKEN", world.sim.token("owner").unwrap()))
        .success();
        let (username, password) = shown.out.split_once(' ').unwrap();
        assert!(world.sim.identities().iter().any(|one| one.id == username), "{shell}");
        assert_eq!(password.split('.').count(), 3, "{shell}");
    }
}

#[test]
fn the_vendors_json_and_default_are_its_own() {
    let world = World::new();
    let made = world.run("auth pull-token --parent example -o json").success();
    let printed = made.json();
    assert_eq!(printed.as_object().unwrap().keys().collect::<Vec<_>>(), ["identity_id", "token"]);
    let id = printed["identity_id"].as_str().unwrap();
    assert!(world.sim.role_bindings().iter().any(|one| one.identity == id && one.role == "registry.pull"));
}

/// Runs a command line on a pseudo-terminal and types once the question stands there: what is typed
/// earlier is the shell's, and may be lost. Other systems' `script` has other flags.
#[cfg(target_os = "linux")]
fn on_a_terminal(world: &World, line: &str, question: &str, keys: &str) -> Ended {
    let command = format!("{} {line}", env!("CARGO_BIN_EXE_pulltoken"));
    let mut terminal = Command::new("script");
    terminal.args(["-qefc", &command, "/dev/null"]).envs(world.sim.env());
    terminal.env("HOME", world.home.path()).env_remove("XDG_CONFIG_HOME");
    terminal.env("PULLTOKEN_SESSION_TOKEN", world.sim.token("owner").unwrap()).env("TERM", "xterm");
    let mut child = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut shown, mut typed, mut buffer) = (Vec::new(), false, [0u8; 4096]);
    loop {
        let count = stdout.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        shown.extend_from_slice(&buffer[..count]);
        // The help below the list is drawn last.
        let text = String::from_utf8_lossy(&shown);
        if !typed && text.contains(question) && text.contains("to move") {
            stdin.write_all(keys.as_bytes()).unwrap();
            stdin.flush().unwrap();
            typed = true;
        }
    }
    drop(stdin);
    assert!(typed, "nothing was asked: {}", String::from_utf8_lossy(&shown));
    let code = child.wait().unwrap().code();
    Ended { code, out: String::from_utf8_lossy(&shown).into_owned(), err: String::new() }
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_the_organisation_is_chosen() {
    let world = World::with(|builder| {
        let entitled = |name| OrganizationSpec::new(name).entitlement("JAVASCRIPT");
        builder.organization(entitled("alpha")).organization(entitled("zulu"))
    });
    let location = "With which location is the pull token associated?";
    let chosen = |keys: &str| {
        let ended = on_a_terminal(&world, "create --repository javascript", location, keys);
        assert_eq!(ended.code, Some(0), "{} {}", ended.out, ended.err);
        ["alpha", "example", "zulu"]
            .into_iter()
            .find(|name| ended.out.contains(&format!("opens javascript of {name} until")))
            .unwrap()
    };
    assert_eq!(chosen("\r"), "alpha");
    assert_eq!(chosen("\u{1b}[B\u{1b}[B\r"), "zulu");
    assert_eq!(chosen("/exam\r"), "example");
    let kept = on_a_terminal(&world, "create --repository javascript --remember", location, "/zu\r");
    assert!(kept.out.contains("`zulu` is used from now on"), "{}", kept.out);
    let config = world.home.path().join(".config/pulltoken/config.toml");
    assert!(std::fs::read_to_string(&config).unwrap().contains("# zulu"));
    let unasked = world.run("create --repository javascript").success();
    assert!(unasked.err.contains("opens javascript of zulu until"), "{}", unasked.err);
    std::fs::remove_file(config).unwrap();
    let whose = on_a_terminal(&world, "entitlements list", "Whose entitlements?", "/alph\r");
    assert!(whose.out.contains("Ecosystem Library Entitlements for alpha ("), "{}", whose.out);
    let open = "What should the pull token open?";
    let asked = on_a_terminal(&world, "create --parent example", open, "javas\u{20}\r");
    assert!(asked.out.contains("opens javascript of example"), "{}", asked.out);
    let before = world.sim.identities().len();
    let stopped = on_a_terminal(&world, "create --repository javascript", location, "\u{3}");
    assert_eq!(stopped.code, Some(130), "{}", stopped.out);
    assert_eq!(world.sim.identities().len(), before);
}
