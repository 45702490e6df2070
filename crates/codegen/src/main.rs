//! `codegen ROOT` writes the generated files below ROOT; `codegen --check ROOT` says which of them
//! are not what they would be written as.
//!
//! It stands apart from xtask so that `cargo xtask` starts whatever state pulltoken-core is in.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--check", root] => check(Path::new(root)),
        [root] if !root.starts_with('-') => write(Path::new(root)),
        _ => bail!("usage: codegen [--check] ROOT"),
    }
}

/// Every generated file: its path below the root, and what stands in it.
fn files() -> Vec<(&'static str, String)> {
    let mut files = vec![pulltoken_client::ts::file()];
    files.extend(pulltoken_core::docs::files());
    files
}

fn write(root: &Path) -> Result<()> {
    for (path, text) in files() {
        let file = root.join(path);
        // An unchanged file keeps its time, so that nothing that depends on it is built again.
        if fs::read_to_string(&file).is_ok_and(|present| present == text) {
            println!("unchanged  {path}");
            continue;
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, text).with_context(|| format!("cannot write {path}"))?;
        println!("written    {path}");
    }
    Ok(())
}

fn check(root: &Path) -> Result<()> {
    let stale: Vec<&str> = files()
        .into_iter()
        .filter(|(path, text)| fs::read_to_string(root.join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path)
        .collect();
    if !stale.is_empty() {
        bail!("not as generated: {}; run `cargo xtask types` and commit what it writes", stale.join(", "));
    }
    Ok(())
}
