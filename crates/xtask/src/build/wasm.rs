//! The modules that browsers, edge runtimes and a Node without the native one load: the complete one,
//! one without the editors, which is less than half as large, and the pure functions for Yarn's plugin.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result};

use crate::progress;
use crate::workspace::Workspace;

const PACKAGE: &str = "pulltoken-wasm";
const TARGET: &str = "wasm32-unknown-unknown";
/// The profile of the root Cargo.toml that makes it small.
const PROFILE: &str = "wasm";
/// What the files are called.
const NAME: &str = "pulltoken";

/// One of the modules.
struct Module {
    title: &'static str,
    /// What cargo is told beside package, target and profile.
    features: &'static [&'static str],
    /// Which of the kinds of glue are taken, and to which folder below `npm`. The first holds the
    /// module itself.
    folders: &'static [(&'static str, &'static str)],
}

const MODULES: [Module; 3] = [
    Module {
        title: "wasm",
        features: &[],
        folders: &[("web", "pulltoken/wasm/web"), ("nodejs", "pulltoken/wasm/nodejs")],
    },
    // Node loads the complete one from its disk; this is for those who download it.
    Module {
        title: "wasm without editors",
        features: &["--no-default-features", "--features", "client"],
        folders: &[("web", "pulltoken/wasm/web-core")],
    },
    // Goes into one file with the plugin.
    Module { title: "wasm of the pure functions", features: PURE, folders: &[("web", "yarn-plugin-pulltoken/wasm")] },
];

/// Without calls to the platform and without editors.
const PURE: &[&str] = &["--no-default-features"];

/// Leaves the modules and their glue in the npm packages.
pub(super) fn install(workspace: &Workspace) -> Result<()> {
    let npm = workspace.root.join("npm");
    for out in ["pulltoken/wasm", "yarn-plugin-pulltoken/wasm"].map(|folder| npm.join(folder)) {
        if out.exists() {
            fs::remove_dir_all(&out).with_context(|| format!("cannot clear {}", out.display()))?;
        }
        fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;
    }
    MODULES.iter().try_for_each(|module| install_one(workspace, module, &npm))
}

/// Builds the modules without calls to the platform: what the pure functions weigh by themselves, without
/// editors and with them.
///
/// # Errors
/// They do not compile, or cannot be copied.
pub(crate) fn pure(workspace: &Workspace) -> Result<[PathBuf; 2]> {
    let features: [&[&str]; 2] = [PURE, &["--no-default-features", "--features", "editors"]];
    let titles = ["wasm of the pure functions", "wasm of the pure functions and editors"];
    let mut modules = [PathBuf::new(), PathBuf::new()];
    for ((features, title), module) in features.into_iter().zip(titles).zip(&mut modules) {
        let glued = glue(workspace, &Module { title, features, folders: &[] })?;
        // The next one takes its place.
        *module = glued.with_file_name(format!("pure-{}.wasm", features.len()));
        let built = glued.join("web").join(format!("{NAME}_bg.wasm"));
        fs::copy(&built, &*module).with_context(|| format!("cannot copy {}", built.display()))?;
    }
    Ok(modules)
}

fn install_one(workspace: &Workspace, module: &Module, out: &Path) -> Result<()> {
    let glued = glue(workspace, module)?;
    for (kind, folder) in module.folders {
        let (from, to) = (glued.join(kind), out.join(folder));
        copy_files(&from, &to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    }
    Ok(())
}

/// Builds a module with its glue and gives the folder of both.
fn glue(workspace: &Workspace, module: &Module) -> Result<PathBuf> {
    let mut compile = workspace.cargo();
    compile.args(["build", "--package", PACKAGE, "--target", TARGET, "--profile", PROFILE]).args(module.features);
    compile.env("RUSTFLAGS", without_home(std::env::var("RUSTFLAGS").unwrap_or_default()));
    progress::step(workspace, &format!("{}: build", module.title), &mut compile)?
        .require("mend what the compiler names")?;

    let built = workspace.target.join(TARGET).join(PROFILE);
    let glued = built.join("glue");
    let mut glue = workspace.cargo();
    glue.args(["run", "--quiet", "--package", "wasm-glue", "--"]);
    glue.arg(built.join(format!("{}.wasm", PACKAGE.replace('-', "_")))).arg(&glued).arg(NAME);
    // No wasm-opt after it: on this module it saves 1 % of the download, for 100 MB of npm package.
    progress::step(workspace, &format!("{}: JavaScript glue", module.title), &mut glue)?.require("see its log")?;
    Ok(glued)
}

/// Flags by which no path of this machine gets into the module: panics name files of dependencies.
fn without_home(flags: String) -> String {
    let named = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    match named.or_else(|| Some(std::env::home_dir()?.join(".cargo"))) {
        // The variable is split at spaces.
        Some(home) if !home.to_string_lossy().contains(' ') => {
            format!("{flags} --remap-path-prefix={}=cargo", home.display()).trim_start().to_owned()
        }
        _ => flags,
    }
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
