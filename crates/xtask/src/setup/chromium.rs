//! A Chromium for the tests: one that is there, else Debian's package.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::debian;
use crate::workspace::{Workspace, program};

/// In this order: builds of Chromium proper take `--load-extension`, which branded ones have given up.
const NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome-for-testing", "google-chrome", "google-chrome-stable", "chrome"];

const USUAL_PLACES: &[&str] = &[
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Chromium\Application\chrome.exe",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
];

const ADVICE: &str =
    "install Chromium (https://www.chromium.org/getting-involved/download-chromium) or name one in CHROME_PATH";

/// The path of a browser that starts.
///
/// # Errors
/// There is none and none could be installed; the message says what to install.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(path) = env::var_os("CHROME_PATH").map(PathBuf::from) {
        if starts(&path) {
            return Ok(path);
        }
        bail!("CHROME_PATH names {}, which does not start; {ADVICE}", path.display());
    }
    if let Some(path) = find() {
        return Ok(path);
    }
    if !debian::can_install() {
        bail!("no Chromium was found; {ADVICE}");
    }
    debian::install(workspace, "Chromium", &["chromium", "fonts-dejavu-core"], ADVICE)?;
    match find() {
        Some(path) => Ok(path),
        None => bail!("the package `chromium` brought no Chromium that starts; {ADVICE}"),
    }
}

fn find() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    let on_path = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let elsewhere = USUAL_PLACES.iter().map(PathBuf::from);
    on_path.chain(elsewhere).filter(|path| path.is_file()).find(|path| starts(path))
}

fn starts(path: &Path) -> bool {
    // On Windows `--version` opens a window instead of answering.
    cfg!(windows) || program(path).arg("--version").output().is_ok_and(|output| output.status.success())
}
