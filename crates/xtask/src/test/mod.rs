//! `cargo xtask test`: set-up, build, every check and every test. Goes on after a failure and ends
//! with one line, `N passed, M failed, K skipped`.

mod counts;
mod lock_files;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::Result;

use self::counts::Counts;
use crate::build::{self, Profile};
use crate::setup::browsers;
use crate::workspace::Workspace;
use crate::{interrupt, progress, setup, types};

/// How much to look at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What every developer runs.
    Everywhere,
    /// Also what holds only in a checkout nobody has worked in.
    FreshCheckout,
}

/// Runs everything.
///
/// # Errors
/// The user interrupted, or a program that is always there did not start.
pub(crate) fn run(workspace: &Workspace, extent: Extent) -> Result<ExitCode> {
    let mut run = Run { workspace, counts: Counts::default() };
    run.everything(extent)?;
    let Counts { passed, failed, skipped } = run.counts;
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Run<'a> {
    workspace: &'a Workspace,
    counts: Counts,
}

impl Run<'_> {
    fn everything(&mut self, extent: Extent) -> Result<()> {
        if !self.part("set-up", setup::toolchains(self.workspace))? {
            return Ok(());
        }
        let mut browsers = Vec::new();
        for browser in [browsers::CHROMIUM, browsers::FIREFOX] {
            let found = self.place(browser.name, browser.ensure(self.workspace))?;
            browsers.extend(found.map(|path| (browser.variable, path)));
        }
        let tools = self.place("programs for the formats", setup::programs::ensure(self.workspace))?;
        self.rust()?;
        self.typescript(browsers, tools)?;
        if extent == Extent::FreshCheckout {
            self.fresh_checkout()?;
        }
        Ok(())
    }

    fn rust(&mut self) -> Result<()> {
        let cargo = || self.workspace.cargo();
        let mut format = cargo();
        format.args(["fmt", "--all", "--check"]);
        let mut pure = cargo();
        pure.args(["check", "--package", "pulltoken-core", "--target", "wasm32-unknown-unknown"]);
        let mut lints = cargo();
        lints.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
        // Empty on this machine's own target.
        let mut lints_for_wasm = cargo();
        lints_for_wasm.args(["clippy", "--package", "pulltoken-wasm", "--target", "wasm32-unknown-unknown"]);
        lints_for_wasm.args(["--", "-D", "warnings"]);
        let mut tests = cargo();
        tests.args(["test", "--workspace", "--no-fail-fast"]);

        self.check("Rust: format", &mut format)?;
        self.check("Rust: core alone for wasm", &mut pure)?;
        self.check("Rust: lints", &mut lints)?;
        self.check("Rust: lints for wasm", &mut lints_for_wasm)?;
        self.check("generated files", &mut types::command(self.workspace, true))?;
        let finished = progress::step(self.workspace, "Rust: tests", &mut tests)?;
        let output = fs::read_to_string(&finished.log)?;
        self.add(finished, |success| counts::of_cargo(&output).judged_by(success));
        Ok(())
    }

    fn typescript(&mut self, browsers: Vec<(&str, PathBuf)>, tools: Option<PathBuf>) -> Result<()> {
        self.part("lock files", lock_files::check(self.workspace))?;
        // What the tests load. If it cannot be built they would run against something older.
        if !self.part("build for JavaScript", build::all(self.workspace, Profile::Dev))? {
            return Ok(());
        }
        let mut types = self.workspace.npm();
        types.args(["run", "check", "--workspaces", "--if-present"]);
        self.check("TypeScript: types", &mut types)?;

        let report = self.workspace.logs().join("vitest.json");
        let _ = fs::remove_file(&report);
        let mut tests = self.workspace.npm_program("vitest/vitest.mjs");
        tests.args(["run", "--reporter=default", "--reporter=json"]);
        tests.arg(format!("--outputFile.json={}", report.display()));
        tests.env("PULLTOKEN_TEST_BINARIES", self.workspace.target.join(Profile::Dev.folder()));
        tests.envs(browsers);
        if let Some(path) = tools {
            tests.env("PULLTOKEN_TEST_TOOLS", path);
        }
        let finished = progress::step(self.workspace, "TypeScript: tests", &mut tests)?;
        let counted = fs::read_to_string(&report).ok().and_then(|json| counts::of_vitest(&json).ok());
        self.add(finished, |success| counted.map_or(Counts::ONE_FAILED, |it| it.judged_by(success)));
        Ok(())
    }

    /// Documentation without warnings, and nothing that a test or a build changed in the checkout.
    fn fresh_checkout(&mut self) -> Result<()> {
        let mut documentation = self.workspace.cargo();
        documentation
            .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
            .env("RUSTDOCFLAGS", "-D warnings");
        self.check("Rust: documentation", &mut documentation)?;
        let mut changes = crate::workspace::program("git");
        changes.args(["diff", "--exit-code", "--stat"]).current_dir(&self.workspace.root);
        self.check("nothing changed by all this", &mut changes)
    }

    /// Where something is that was found or installed. What could not be is a failure, and the rest goes on.
    fn place(&mut self, title: &str, found: Result<PathBuf>) -> Result<Option<PathBuf>> {
        match found {
            Ok(path) => Ok(Some(path)),
            Err(error) => {
                self.part(title, Err(error))?;
                Ok(None)
            }
        }
    }

    /// One command that passes or fails as a whole.
    fn check(&mut self, title: &str, command: &mut Command) -> Result<()> {
        let finished = progress::step(self.workspace, title, command)?;
        self.add(finished, |success| if success { Counts::ONE_PASSED } else { Counts::ONE_FAILED });
        Ok(())
    }

    fn add(&mut self, finished: progress::Finished, count: impl FnOnce(bool) -> Counts) {
        let counts = count(finished.status.success());
        let note = match counts {
            Counts::ONE_PASSED | Counts::ONE_FAILED => String::new(),
            Counts { passed, failed: 0, skipped: 0 } => format!("{passed} passed"),
            Counts { passed, failed, skipped } => format!("{passed} passed, {failed} failed, {skipped} skipped"),
        };
        finished.report(&note);
        self.counts += counts;
    }

    /// Something of several steps, counted as one; false if it failed.
    fn part(&mut self, title: &str, outcome: Result<()>) -> Result<bool> {
        interrupt::check()?;
        match outcome {
            Ok(()) => {
                self.counts += Counts::ONE_PASSED;
                Ok(true)
            }
            Err(error) => {
                progress::failure(title, &format!("{error:#}"));
                self.counts += Counts::ONE_FAILED;
                Ok(false)
            }
        }
    }
}
