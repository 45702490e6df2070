//! `npm ci` with the credential kept from npm, given to npm, and lying in `.npmrc`: over TLS, under the
//! registry's real name, nothing cached, and with answers that come late. And what starting costs.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::measure::{Contender, compare};
use super::{Pair, create_pair};
use crate::demo::scratch::Scratch;
use crate::demo::simulator::Simulator;
use crate::progress;
use crate::workspace::Workspace;

/// The simulator with many packages and late answers.
const EXAMPLE: &str = "full_registry";
const PACKAGES: usize = 300;
/// An install's time varies by a tenth: the median of fewer tells little of a twentieth.
const ROUNDS: usize = 9;
/// In milliseconds, of each answer.
const LATE: [u32; 3] = [0, 50, 100];
const REGISTRY: &str = "https://libraries.cgr.dev/javascript/";
/// Node loads it first, for all alike.
const REROUTE: &str = include_str!("reroute.cjs");

/// Measures and prints.
///
/// # Errors
/// A program is missing or failed, or the user interrupted.
pub(super) fn run(workspace: &Workspace, pulltoken: &Path) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--release", "--package", "pulltoken-cli", "--example", EXAMPLE]);
    progress::step(workspace, "a registry of many packages", &mut cargo)?.require("mend what the compiler names")?;
    measure(&workspace.built("release/examples", EXAMPLE), pulltoken)
}

fn measure(simulator: &Path, pulltoken: &Path) -> Result<()> {
    for late in LATE {
        let world = World::start(simulator, late, pulltoken)?;
        compare(&format!("npm ci of {PACKAGES} packages, answers {late} ms late"), ROUNDS, &mut world.contenders()?)?;
    }
    let world = World::start(simulator, 0, pulltoken)?;
    compare("a start of nothing", 41, &mut world.starts()?)
}

struct World<'a> {
    scratch: Scratch,
    simulator: Simulator,
    pulltoken: &'a Path,
    pair: Pair,
}

impl<'a> World<'a> {
    fn start(simulator: &Path, late: u32, pulltoken: &'a Path) -> Result<Self> {
        let simulator = Simulator::start_with(simulator, &[&PACKAGES.to_string(), &late.to_string()])?;
        let scratch = Scratch::new(&simulator)?;
        let pair = create_pair(&scratch, &simulator, pulltoken)?;
        Ok(Self { scratch, simulator, pulltoken, pair })
    }

    /// The same project three times, each with a lock file and a cache of its own.
    fn contenders(&self) -> Result<Vec<Contender<'_>>> {
        let [sealed, direct, literal] = ["sealed", "direct", "literal"].map(|name| self.scratch.root().join(name));
        fs::create_dir(&sealed)?;
        fs::write(sealed.join("package.json"), manifest())?;
        let mut lock = self.lent(&sealed, &[], &["npm", "install", "--package-lock-only", "--no-audit"]);
        let output = lock.output()?;
        ensure!(output.status.success(), "npm wrote no lock file: {}", String::from_utf8_lossy(&output.stderr));
        for folder in [&direct, &literal] {
            fs::create_dir(folder)?;
            for name in ["package.json", "package-lock.json"] {
                fs::copy(sealed.join(name), folder.join(name))?;
            }
        }
        fs::write(literal.join(".npmrc"), npmrc(&self.pair))?;

        let ci = ["npm", "ci", "--no-audit", "--no-fund"];
        Ok(vec![
            Contender::new("pulltoken exec -- npm ci", move || {
                forget(&sealed)?;
                Ok(self.lent(&sealed, &[], &ci))
            }),
            Contender::new("npm ci, the secret in .npmrc", move || {
                forget(&literal)?;
                Ok(self.npm(&literal, &ci[1..]))
            }),
            Contender::new("pulltoken exec --direct -- npm ci", move || {
                forget(&direct)?;
                Ok(self.lent(&direct, &["--direct"], &ci))
            }),
        ])
    }

    /// A package manager that does nothing, with and without us.
    fn starts(&self) -> Result<Vec<Contender<'_>>> {
        let folder = self.scratch.root().join("nothing");
        fs::create_dir(&folder)?;
        fs::write(folder.join("package.json"), r#"{"name":"npm","version":"11.0.0"}"#)?;
        let npm = folder.join("npm");
        fs::copy("/bin/true", &npm).context("there is no /bin/true")?;
        let (sealed, direct) = (npm.clone(), npm.clone());
        let lend = |flags: &[&str], npm: &Path| {
            let mut command = self.lent(&self.scratch.project(), flags, &[]);
            command.arg(npm).arg("ci");
            command
        };
        Ok(vec![
            Contender::new("pulltoken exec -- npm", move || Ok(lend(&[], &sealed))),
            Contender::new("pulltoken exec --direct -- npm", move || Ok(lend(&["--direct"], &direct))),
            Contender::new("npm", move || Ok(self.scratch.command(&npm))),
        ])
    }

    /// `pulltoken exec` with the pair in its environment.
    fn lent(&self, folder: &Path, flags: &[&str], command: &[&str]) -> Command {
        let mut lent = self.npm_like(self.pulltoken, folder);
        lent.arg("exec").args(flags).arg("--").args(command);
        lent.env("CHAINGUARD_JAVASCRIPT_IDENTITY_ID", &self.pair.username);
        lent.env("CHAINGUARD_JAVASCRIPT_TOKEN", &self.pair.password);
        lent
    }

    fn npm(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut npm = self.npm_like(Path::new("npm"), folder);
        npm.args(arguments);
        npm
    }

    /// A program in a project, with all that leads to the simulator under its real names.
    fn npm_like(&self, program: &Path, folder: &Path) -> Command {
        let mut command = self.scratch.command(program);
        for name in self.simulator.line.env.keys() {
            command.env_remove(name);
        }
        let reroute = self.scratch.root().join("reroute.cjs");
        // Written once and again: the same.
        let _ = fs::write(&reroute, REROUTE);
        command.current_dir(folder).env("npm_config_cache", folder.join("cache"));
        command.env("NODE_OPTIONS", format!("--require {}", reroute.display()));
        command.env("BENCH_CONNECT_TO", self.simulator.line.connect_to.as_deref().unwrap_or_default());
        command.env("PULLTOKEN_CONNECT_TO", self.simulator.line.connect_to.as_deref().unwrap_or_default());
        if let Some(authority) = &self.simulator.line.ca_file {
            command.env("SSL_CERT_FILE", authority).env("npm_config_cafile", authority);
        }
        command
    }
}

fn manifest() -> String {
    let dependencies: Map<String, Value> =
        (0..PACKAGES).map(|number| (format!("package-{number}"), json!("1.0.0"))).collect();
    json!({ "name": "many", "version": "1.0.0", "private": true, "dependencies": dependencies }).to_string()
}

fn npmrc(pair: &Pair) -> String {
    let auth = STANDARD.encode(format!("{}:{}", pair.username, pair.password));
    let dart = REGISTRY.trim_start_matches("https:");
    format!("registry={REGISTRY}\n{dart}:_auth={auth}\n")
}

/// Removes what an earlier round left: what was installed, and npm's cache, so that everything is fetched.
fn forget(project: &Path) -> Result<()> {
    for folder in [project.join("node_modules"), project.join("cache")] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    Ok(())
}
