//! What the user has configured for package managers: this counts in both modes, unlike what a
//! project says about proxies and authorities.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use pulltoken_core::formats::npmrc;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Result, Secret};
use pulltoken_native::authorities_in;
use pulltoken_sealed::Proxies;
use rustls_pki_types::CertificateDer;

use super::environment::Environment;
use super::yaml;
use crate::input::from_home;
use crate::output;

/// The user's own settings, read once.
#[derive(Default)]
pub(crate) struct User {
    npmrc: String,
    yarnrc: String,
}

impl User {
    /// Reads `.npmrc`, from where the environment says it is, and `.yarnrc.yml` of the home folder.
    pub(crate) fn read(environment: &Environment) -> Self {
        let home = std::env::home_dir();
        let named = environment.get_ignoring_case("npm_config_userconfig").map(PathBuf::from);
        let npmrc = named.or_else(|| home.as_ref().map(|home| home.join(".npmrc")));
        let yarnrc = home.map(|home| home.join(".yarnrc.yml"));
        Self {
            npmrc: npmrc.as_deref().map(text).unwrap_or_default(),
            yarnrc: yarnrc.as_deref().map(text).unwrap_or_default(),
        }
    }

    /// `.npmrc` as it stands.
    pub(crate) fn npmrc(&self) -> &str {
        &self.npmrc
    }

    /// `.yarnrc.yml` as it stands.
    pub(crate) fn yarnrc(&self) -> &str {
        &self.yarnrc
    }

    /// Whether `.npmrc` sets this key.
    pub(crate) fn sets(&self, key: &str) -> bool {
        npmrc::value(&self.npmrc, key).is_some()
    }

    /// The user's proxies: those of `.npmrc` and `.yarnrc.yml`, else the environment's.
    ///
    /// # Errors
    /// `usage` for a proxy that cannot be chained to.
    pub(crate) fn proxies(&self) -> Result<Proxies> {
        let in_npmrc = ["https-proxy", "proxy"].into_iter().find_map(|key| npmrc::value(&self.npmrc, key));
        let in_yarnrc = || yaml::top_level(&self.yarnrc, "httpsProxy").map(Secret::new);
        // A placeholder is for the package manager to fill in; `null` and `false` are npm's for none.
        // Looked at for its kind alone.
        let is_set =
            |proxy: &Secret| !matches!(proxy.expose(), "null" | "false" | "") && !proxy.expose().contains("${");
        match in_npmrc.or_else(in_yarnrc).filter(is_set) {
            Some(proxy) => Proxies::new(Some(&proxy), &self.no_proxy()),
            None => Proxies::from_env(),
        }
    }

    /// What is to be reached without a proxy, as the user has it.
    pub(crate) fn no_proxy(&self) -> String {
        let configured = ["noproxy", "no-proxy"].into_iter().find_map(|key| npmrc::value(&self.npmrc, key));
        let by_variable = || ["NO_PROXY", "no_proxy"].into_iter().find_map(|name| std::env::var(name).ok());
        // A list of hosts is no secret.
        configured.map(|list| list.expose().to_owned()).or_else(by_variable).unwrap_or_default()
    }

    /// The authorities that the user added for package managers.
    pub(crate) fn authorities(&self) -> Vec<CertificateDer<'static>> {
        let in_npmrc = npmrc::value(&self.npmrc, "cafile").map(|path| path.expose().to_owned());
        let files = [in_npmrc, yaml::top_level(&self.yarnrc, "httpsCaFilePath")];
        let files = files.into_iter().flatten().filter(|path| !path.contains("${"));
        files.filter_map(|path| authorities_in(&from_home(&path))).flatten().collect()
    }
}

/// A file's text; what cannot be read is said and counts as empty.
fn text(path: &Path) -> String {
    match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => String::new(),
        Err(error) => {
            let shown = printable_prefix(&path.display().to_string(), 200);
            output::note(&format!("warning: {shown} could not be read and does not count in this run: {error}"));
            String::new()
        }
    }
}
