//! What a project's own files say about proxies and certificates, where no variable is stronger: it
//! makes a sealed run fail, and would lead a credential astray that is handed over directly.

use std::fs;
use std::path::{Path, PathBuf};

use pulltoken_core::formats::npmrc;
use pulltoken_core::package_managers::{PackageManager, Version};

/// A line of a project's file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Detour {
    /// The file's name.
    file: String,
    /// The setting's name.
    setting: String,
}

impl std::fmt::Display for Detour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of the project sets {}", self.file, self.setting)
    }
}

/// Yarn 1 prefers its own file to every variable.
const OF_YARNRC: [&str; 6] = ["proxy", "https-proxy", "noproxy", "strict-ssl", "cafile", "ca"];
/// What turns the check of certificates off, or adds somebody to believe.
const TRUST: [&str; 4] = ["cafile", "ca", "ca[]", "strict-ssl"];
const TRUST_CAMEL: [&str; 3] = ["cafile", "ca", "strictSsl"];
/// Variables of a `.env` that Bun reads before it asks a registry.
const OF_ENV: [&str; 8] = [
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "BUN_CONFIG_REGISTRY",
];
const ENV_FILES: [&str; 6] =
    [".env", ".env.local", ".env.development", ".env.production", ".env.test", ".env.development.local"];

/// Settings that a sealed run cannot override.
pub(crate) fn of_sealed(
    manager: PackageManager,
    version: Option<Version>,
    folder: &Path,
    registry_host: &str,
) -> Vec<Detour> {
    match (manager, version) {
        (PackageManager::Yarn, Some(version)) if version.major < 2 => yarnrc(folder),
        (PackageManager::Yarn, _) => network_settings(folder, registry_host),
        (PackageManager::Pnpm, version) if version.is_none_or(|version| version.major >= 12) => {
            npmrcs(folder).into_iter().filter(|detour| detour.setting != "strict-ssl").collect()
        }
        _ => Vec::new(),
    }
}

/// Settings by which a project could have a credential sent to a server of its own choice.
pub(crate) fn of_direct(manager: PackageManager, folder: &Path) -> Vec<Detour> {
    let mut found = npmrcs(folder);
    match manager {
        PackageManager::Yarn => found.extend(yarnrc(folder)),
        PackageManager::Pnpm => found.extend(lines(folder, "pnpm-workspace.yaml", &TRUST_CAMEL, ':')),
        PackageManager::Bun => {
            found.extend(lines(folder, "bunfig.toml", &["cafile", "ca"], '='));
            for name in ENV_FILES {
                found.extend(lines(folder, name, &OF_ENV, '='));
            }
        }
        PackageManager::Npm => {}
    }
    found
}

/// Every `.npmrc` from here up, the user's own left out.
fn npmrcs(folder: &Path) -> Vec<Detour> {
    let mut found = Vec::new();
    for path in above(folder, ".npmrc") {
        let text = fs::read_to_string(&path).unwrap_or_default();
        // Looked at for its kind alone.
        let is_set = |key: &str| npmrc::value(&text, key).is_some_and(|value| is_loose(key, value.expose()));
        found.extend(TRUST.into_iter().filter(|key| is_set(key)).map(|key| detour(".npmrc", key)));
        // The same for one registry alone.
        found.extend(text.lines().filter_map(|line| {
            let (key, value) = line.trim().split_once('=')?;
            let (dart, key) = key.trim().rsplit_once(':').filter(|(dart, _)| dart.starts_with("//"))?;
            let is_trust = TRUST.contains(&key) && is_loose(key, value.trim());
            is_trust.then(|| detour(".npmrc", &format!("{}:{key}", pulltoken_core::text::printable_prefix(dart, 80))))
        }));
    }
    found
}

/// To insist on certificates harms nobody.
fn is_loose(key: &str, value: &str) -> bool {
    key != "strict-ssl" || value != "true"
}

fn yarnrc(folder: &Path) -> Vec<Detour> {
    lines(folder, ".yarnrc", &OF_YARNRC, ' ')
}

/// A block that speaks of the registry's host, or of a pattern that may be meant for it.
fn network_settings(folder: &Path, host: &str) -> Vec<Detour> {
    let mut found = Vec::new();
    for path in above(folder, ".yarnrc.yml") {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let block = text.lines().skip_while(|line| !line.starts_with("networkSettings")).skip(1);
        let block = block.take_while(|line| line.is_empty() || line.starts_with([' ', '\t', '#']));
        let domain = host.split_once('.').map_or(host, |(_, domain)| domain);
        for key in block.map(|line| line.trim().trim_end_matches(':').trim_matches(['"', '\''])) {
            if key == host || key.contains('*') && (key == "*" || key == "**" || key.ends_with(domain)) {
                found.push(detour(".yarnrc.yml", &format!("networkSettings for {key}")));
            }
        }
    }
    found
}

/// Lines of the named file, here and in folders above, that begin with one of the keys.
fn lines(folder: &Path, name: &str, keys: &[&str], separator: char) -> Vec<Detour> {
    let mut found = Vec::new();
    for path in above(folder, name) {
        let text = fs::read_to_string(path).unwrap_or_default();
        for line in text.lines() {
            let line = line.trim().trim_start_matches("export ");
            let key = line.split([separator, ' ', '\t']).next().unwrap_or_default().trim_matches('"');
            if let Some(key) = keys.iter().find(|known| known.eq_ignore_ascii_case(key)) {
                found.push(detour(name, key));
            }
        }
    }
    found
}

/// The files of this name here and above, up to the home folder, whose files are the user's own.
fn above(folder: &Path, name: &str) -> Vec<PathBuf> {
    let home = std::env::home_dir();
    let folders = folder.ancestors().take_while(|folder| Some(*folder) != home.as_deref());
    folders.map(|folder| folder.join(name)).filter(|path| path.is_file()).collect()
}

fn detour(file: &str, setting: &str) -> Detour {
    Detour { file: file.to_owned(), setting: setting.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn told(found: &[Detour]) -> String {
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn who_loosens_trust_gets_nothing_directly() {
        let npmrc = "https-proxy=http://p.test\nstrict-ssl = false\n//r.test/:cafile=./a.pem\n";
        let folder = world(&[(".npmrc", npmrc), (".env", "export NODE_TLS_REJECT_UNAUTHORIZED=0\n")]);
        let npm = told(&of_direct(PackageManager::Npm, folder.path()));
        assert_eq!(npm, ".npmrc of the project sets strict-ssl; .npmrc of the project sets //r.test/:cafile");
        assert!(told(&of_direct(PackageManager::Bun, folder.path())).contains(".env"));
        let harmless = world(&[(".npmrc", "https-proxy=http://p.test\nstrict-ssl=true\nregistry=https://r.test/\n")]);
        assert_eq!(of_direct(PackageManager::Npm, harmless.path()), []);
        let inner = folder.path().join("packages/a");
        fs::create_dir_all(&inner).unwrap();
        assert_eq!(of_direct(PackageManager::Npm, &inner).len(), 2);
    }

    #[test]
    fn what_no_variable_beats_is_named() {
        let yaml = "networkSettings:\n  \"*.cgr.dev\":\n    httpsProxy: http://p.test\nnodeLinker: pnp\n";
        let folder = world(&[(".yarnrc", "https-proxy \"http://p.test\"\n# ca x\n"), (".yarnrc.yml", yaml)]);
        let host = "libraries.cgr.dev";
        let classic = of_sealed(PackageManager::Yarn, Version::parse("1.22.22"), folder.path(), host);
        assert_eq!(told(&classic), ".yarnrc of the project sets https-proxy");
        let berry = of_sealed(PackageManager::Yarn, Version::parse("4.1.0"), folder.path(), host);
        assert_eq!(told(&berry), ".yarnrc.yml of the project sets networkSettings for *.cgr.dev");
        assert_eq!(of_sealed(PackageManager::Npm, None, folder.path(), host), []);
    }
}
