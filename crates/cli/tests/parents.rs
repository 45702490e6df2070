//! Which organisation a command is for when the command line does not say it.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{Ended, World, end};
use pulltoken_sim::{IdentitySpec, OrganizationSpec};

/// Three organisations, a home without configuration and a project without a file.
struct Workplace {
    world: World,
    project: PathBuf,
}

impl Workplace {
    fn new() -> Self {
        let entitled = |name| OrganizationSpec::new(name).entitlement("JAVASCRIPT");
        let world = World::with(|builder| builder.organization(entitled("alpha")).organization(entitled("zulu")));
        let project = world.home.path().join("project");
        fs::create_dir_all(&project).unwrap();
        Self { world, project }
    }

    fn config(&self) -> PathBuf {
        self.world.home.path().join("config/pulltoken/config.toml")
    }

    fn run(&self, line: &str) -> Ended {
        self.run_with(line, &[])
    }

    fn run_with(&self, line: &str, variables: &[(&str, &str)]) -> Ended {
        let mut command = self.world.command(line.split(' '));
        // Everywhere but on Linux the folder is the system's own, below the home folder.
        command.env("XDG_CONFIG_HOME", self.world.home.path().join("config")).current_dir(&self.project);
        end(command.envs(variables.iter().copied()))
    }

    /// The organisation that a new token is of.
    fn parent_of(&self, line: &str, variables: &[(&str, &str)]) -> String {
        let made = self.run_with(format!("create --repository javascript -o json {line}").trim_end(), variables);
        made.success().json()["organization"]["name"].as_str().unwrap().to_owned()
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_organisation_is_remembered_when_wanted() {
    let work = Workplace::new();
    work.run("create --repository javascript").failure(2, "parent_required");
    let made = work.run("create --repository javascript --parent zulu --remember").success();
    assert!(made.err.contains("`zulu` is used from now on where no --parent is given"), "{}", made.err);
    let written = fs::read_to_string(work.config()).unwrap();
    assert!(written.starts_with("parent = \"") && written.ends_with("\" # zulu\n"), "{written}");
    assert_eq!(work.parent_of("", &[]).as_str(), "zulu");
    let table = work.run("entitlements list").success().out;
    assert!(table.starts_with("Ecosystem Library Entitlements for zulu ("), "{table}");
    // What did not work is not remembered.
    work.run("create --repository go --parent alpha --remember").failure(3, "entitlement_missing");
    assert_eq!(fs::read_to_string(work.config()).unwrap(), written);
}

#[test]
#[cfg(target_os = "linux")]
fn the_nearest_says_which_organisation() {
    let work = Workplace::new();
    fs::create_dir_all(work.config().parent().unwrap()).unwrap();
    fs::write(work.config(), "parent = \"zulu\"\n").unwrap();
    assert_eq!(work.parent_of("", &[]), "zulu");
    fs::write(work.project.join("pulltoken.toml"), "organization = \"alpha\"\n").unwrap();
    assert_eq!(work.parent_of("", &[]), "alpha");
    assert_eq!(work.parent_of("", &[("PULLTOKEN_PARENT", "example")]), "example");
    assert_eq!(work.parent_of("--parent zulu", &[("PULLTOKEN_PARENT", "example")]), "zulu");
    work.run("create --repository javascript --parent=").failure(2, "parent_required");

    let listed = work.run("list").success();
    assert!(listed.err.contains("only of `alpha`, as ") && listed.err.contains("pulltoken.toml"), "{}", listed.err);
    let all = work.run("list --parent=").success();
    assert!(all.out.lines().count() == 5 && !all.err.contains("only of"), "{}{}", all.out, all.err);
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_deleted_is_not_up_to_a_projects_file() {
    let work = Workplace::new();
    let day = std::time::Duration::from_secs(86_400);
    work.world.sim.add_identities(IdentitySpec::pull_token("gone").expired_since(day)).unwrap();
    fs::write(work.project.join("pulltoken.toml"), "organization = \"example\"\n").unwrap();
    work.run("delete --expired --yes").failure(2, "parent_required");
    fs::create_dir_all(work.config().parent().unwrap()).unwrap();
    fs::write(work.config(), "parent = \"example\"\n").unwrap();
    let swept = work.run("delete --expired --yes").success();
    assert!(swept.err.contains("deleted 1 expired pull token"), "{}", swept.err);
}

#[test]
fn a_project_names_no_hosts() {
    let work = Workplace::new();
    for key in ["api", "issuer", "registry", "console", "connect-to", "ca-file"] {
        fs::write(work.project.join("pulltoken.toml"), format!("{key} = \"https://elsewhere.test\"\n")).unwrap();
        for line in ["create --repository javascript", "list", "get"] {
            let refused = work.run(line).failure(2, "usage");
            assert!(refused.err.contains(&format!("pulltoken.toml: a project may not set `{key}`")), "{}", refused.err);
        }
    }
    assert!(work.world.sim.requests().is_empty());
}

#[test]
fn a_project_names_its_ecosystem() {
    let work = Workplace::new();
    let variables = [("CHAINGUARD_JAVA_IDENTITY_ID", "a/b"), ("CHAINGUARD_JAVA_TOKEN", "e30.e30.e30")];
    fs::write(work.project.join("package.json"), "{}").unwrap();
    work.run_with("get -o env", &variables).failure(3, "no_credentials");
    fs::write(work.project.join("pulltoken.toml"), "ecosystem = \"java\"\n").unwrap();
    let ended = work.run_with("get -o env", &variables);
    assert!(ended.err.contains("java") && !ended.err.contains("javascript"), "{}{}", ended.out, ended.err);
}
