//! Browsers for the tests: those that are there, else Debian's packages.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::debian;
use crate::workspace::{Workspace, program};

/// A browser, and where it may be.
pub(crate) struct Browser {
    /// What it is called.
    pub(crate) name: &'static str,
    /// The variable that names one, for us and for the tests.
    pub(crate) variable: &'static str,
    /// What its program may be called, the best first.
    names: &'static [&'static str],
    /// Where it is on systems that do not have it on PATH.
    usual_places: &'static [&'static str],
    packages: &'static [&'static str],
    advice: &'static str,
}

pub(crate) const CHROMIUM: Browser = Browser {
    name: "Chromium",
    variable: "CHROME_PATH",
    // In this order: builds of Chromium proper take `--load-extension`, which branded ones have given up.
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome-for-testing",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ],
    usual_places: &[
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        r"C:\Program Files\Chromium\Application\chrome.exe",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    ],
    packages: &["chromium", "fonts-dejavu-core"],
    advice: "install Chromium (https://www.chromium.org/getting-involved/download-chromium) or name one in CHROME_PATH",
};

pub(crate) const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "FIREFOX_PATH",
    names: &["firefox-esr", "firefox"],
    usual_places: &[
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
    ],
    packages: &["firefox-esr"],
    advice: "install Firefox (https://www.mozilla.org/firefox) or name one in FIREFOX_PATH",
};

impl Browser {
    /// The path of one that starts.
    ///
    /// # Errors
    /// There is none and none could be installed; the message says what to install.
    pub(crate) fn ensure(&self, workspace: &Workspace) -> Result<PathBuf> {
        let &Self { name, variable, packages, advice, .. } = self;
        if let Some(path) = env::var_os(variable).map(PathBuf::from) {
            if starts(&path) {
                return Ok(path);
            }
            bail!("{variable} names {}, which does not start; {advice}", path.display());
        }
        if let Some(path) = self.find() {
            return Ok(path);
        }
        if !debian::can_install() {
            bail!("no {name} was found; {advice}");
        }
        debian::install(workspace, name, packages, advice)?;
        match self.find() {
            Some(path) => Ok(path),
            None => bail!("the packages {} brought no {name} that starts; {advice}", packages.join(" and ")),
        }
    }

    fn find(&self) -> Option<PathBuf> {
        let folders: Vec<PathBuf> =
            env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
        let on_path = self.names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        let elsewhere = self.usual_places.iter().map(PathBuf::from);
        on_path.chain(elsewhere).filter(|path| path.is_file()).find(|path| starts(path))
    }
}

fn starts(path: &Path) -> bool {
    // On Windows `--version` opens a window instead of answering.
    cfg!(windows) || program(path).arg("--version").output().is_ok_and(|output| output.status.success())
}
