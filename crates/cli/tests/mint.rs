//! A token made for the purpose: who may allow it, and in which organisation it is made.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::browser::{browse, fake_browser};
use common::terminal::Terminal;
use common::{Ended, World, end};
use pulltoken_sim::OrganizationSpec;

/// Somebody who is signed in for the API alone, so that nothing but a token made for the purpose opens
/// the registry.
fn signed_in(world: World) -> World {
    let flags = format!(" --audience {}", world.address("PULLTOKEN_API"));
    world.sign_in("owner", &flags);
    world
}

fn several() -> World {
    let entitled = |name| OrganizationSpec::new(name).entitlement("JAVASCRIPT");
    signed_in(World::with(|builder| builder.organization(entitled("alpha")).organization(entitled("zulu"))))
}

/// The names of the organisations that tokens were made in.
fn parents(world: &World) -> Vec<String> {
    let listed = world.run("list --parent= -o json").success().json();
    let held = |token: &serde_json::Value| token["roles"][0]["group"]["name"].as_str().unwrap().to_owned();
    listed.as_array().unwrap().iter().map(held).collect()
}

#[test]
fn among_several_organisations_a_person_is_asked() {
    let world = several();
    let mut terminal = Terminal::with(&world, "get --mint -o json", &[]);
    terminal.answer("In which organisation may a pull token be made?", "zul");
    terminal.answer("zulu", "\r");
    let done = terminal.end();
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.contains("\"source\":\"mint\""), "{}", done.out);
    assert_eq!(parents(&world), ["zulu"]);

    // Whoever does not want to choose, and whoever is not there.
    let world = several();
    let mut terminal = Terminal::with(&world, "get --mint", &[]);
    terminal.answer("In which organisation", "\u{1b}");
    assert_eq!(terminal.end().code, Some(130));
    world.run_stored("get --mint").failure(2, "parent_required");
    assert_eq!(parents(&world), Vec::<String>::new());
}

#[test]
fn somebody_who_is_not_signed_in_is_asked_to_and_then_needs_no_token() {
    let world = World::with(|builder| {
        let entitled = |name| OrganizationSpec::new(name).entitlement("JAVASCRIPT");
        builder.sign_in_as("owner").organization(entitled("alpha"))
    });
    let (pipe, browser) = fake_browser(&world);
    let mut terminal = Terminal::signed_out(&world, "get --mint -o json", &browser);
    terminal.answer("Sign in now?", "n\r");
    let done = terminal.end();
    assert_eq!(done.code, Some(3), "{}", done.out);
    assert!(done.out.contains("\"not_signed_in\""), "{}", done.out);

    let browsing = std::thread::spawn(move || browse(pipe));
    let mut terminal = Terminal::signed_out(&world, "get --mint -o json", &browser);
    terminal.answer("Sign in now?", "y\r");
    let done = terminal.end();
    assert_eq!((done.code, browsing.join().unwrap().status), (Some(0), 200), "{}", done.out);
    // What the session opens by itself needs no organisation.
    assert!(done.out.contains("\"source\":\"session\""), "{}", done.out);
    assert_eq!(parents(&world), Vec::<String>::new());
}

/// A home with this configuration, in a project whose file says that.
struct Workplace {
    world: World,
    project: PathBuf,
}

impl Workplace {
    fn new(world: World, config: &str, project_file: &str) -> Self {
        let write = |path: &Path, text: &str| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(&world.home.path().join("config/pulltoken/config.toml"), config);
        let project = world.home.path().join("project");
        write(&project.join("pulltoken.toml"), project_file);
        Self { world, project }
    }

    fn run(&self, line: &str) -> Ended {
        let mut command = self.world.stored(line);
        end(command.env("XDG_CONFIG_HOME", self.world.home.path().join("config")).current_dir(&self.project))
    }
}

#[test]
fn the_users_configuration_allows_it() {
    let config = "mint = true\nparent = \"zulu\"\nttl = \"30m\"\n";
    let work = Workplace::new(several(), config, "ecosystem = \"javascript\"\n");
    let made = work.run("get -o json").success().json();
    assert_eq!(made["source"], "mint");
    assert_eq!(parents(&work.world), ["zulu"]);
    let listed = &work.world.run("list --parent= -o json").success().json()[0];
    let moment = |name: &str| pulltoken_core::Timestamp::parse(listed[name].as_str().unwrap()).unwrap();
    assert!(moment("expiresAt").seconds_since(moment("createdAt")) <= 1800, "{listed}");
    // It is there now, and the command line goes before the file.
    assert_eq!(work.run("get -o json").success().json()["source"], "cache");
    assert_eq!(work.run("get -o json --parent alpha --mint --ttl 2h").success().json()["source"], "mint");
    assert_eq!(parents(&work.world).len(), 2);
}

#[test]
fn nobody_else_allows_it() {
    for config in ["", "mint = false\n", "parent = \"zulu\"\nttl = \"30m\"\n"] {
        let work = Workplace::new(several(), config, "organization = \"zulu\"\n");
        work.run("get").failure(3, "no_credentials");
        assert_eq!(parents(&work.world), Vec::<String>::new());
    }
    let work = Workplace::new(several(), "", "mint = true\n");
    let refused = work.run("get").failure(2, "usage");
    assert!(refused.err.contains("a project may not set `mint`"), "{}", refused.err);
    let work = Workplace::new(several(), "mint = \"yes\"\n", "");
    let refused = work.run("get").failure(2, "invalid_syntax");
    assert!(refused.err.contains("config.toml: `mint` is neither true nor false"), "{}", refused.err);
    let work = Workplace::new(several(), "mint = true\nttl = \"soon\"\n", "");
    let refused = work.run("get").failure(2, "invalid_ttl");
    assert!(refused.err.contains("config.toml: "), "{}", refused.err);
}
