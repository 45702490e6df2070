//! `cargo xtask demo --web`: the views of the browser extension as an ordinary page, against a simulator.

use std::io::{BufRead, BufReader};
use std::process::{ExitCode, Stdio};
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::simulator::Simulator;
use crate::build::{self, Profile};
use crate::workspace::{Workspace, program};
use crate::{interrupt, process, setup};

/// How long to wait before looking at Ctrl-C again.
const LOOK: Duration = Duration::from_millis(100);

/// Builds, serves and waits for Ctrl-C.
///
/// # Errors
/// Something could not be built, or the page could not be served.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    setup::toolchains(workspace)?;
    build::release(workspace, &[build::SIMULATOR])?;
    build::for_browsers(workspace)?;
    let built = workspace.built(Profile::Release.folder(), "pulltoken-sim");
    // A page may not call another origin that does not say so. An extension may, where it is permitted.
    let simulator = Simulator::start_with(&built, &["--cors"])?;

    let place = |name: &str| simulator.line.env.get(&format!("PULLTOKEN_{name}"));
    let settings = json!({
        "api": place("API"), "issuer": place("ISSUER"), "registry": place("REGISTRY"), "console": place("CONSOLE"),
    });
    let mut server = process::spawn(
        program("node")
            .arg(workspace.root.join("web-demo/scripts/serve.mjs"))
            .arg(settings.to_string())
            // It ends with the pipe, however this process ends.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped()),
    )?;
    let mut address = String::new();
    BufReader::new(server.stdout.take().context("the server says nothing")?).read_line(&mut address)?;
    let address = address.trim();
    ensure!(!address.is_empty(), "the page could not be served");

    println!("\n{address}   sign in as the owner, or as somebody who may do less");
    println!("Ctrl-C ends it. The platform is a simulator on this machine; nothing is kept.");
    open_in_browser(address);
    while !interrupt::requested() && server.try_wait()?.is_none() {
        thread::sleep(LOOK);
    }
    process::end(&mut server);
    Ok(ExitCode::SUCCESS)
}

/// Where there is a screen. Whoever has none, or no such program, follows the link.
fn open_in_browser(address: &str) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let has_screen = !cfg!(target_os = "linux") || env::var_os("DISPLAY").or(env::var_os("WAYLAND_DISPLAY")).is_some();
    if has_screen {
        let silent = || Stdio::null();
        let _ = program(opener).arg(address).stdin(silent()).stdout(silent()).stderr(silent()).spawn();
    }
}
