//! The variables by which each package manager is sent through the sealed proxy: its own wherever it
//! has some, since scripts and tests inherit what is generic.

use super::{PackageManager, Version};
use crate::Secret;

/// What a package manager is handed.
#[derive(Clone, Debug)]
pub struct Handles<'a> {
    /// The registry's URL; `None` where the project names one of ours itself.
    pub registry: Option<&'a str>,
    /// Whether the registry is spoken to over TLS. Plain http is for registries on loopback.
    pub tls: bool,
    /// The proxy's URL with its password.
    pub proxy: &'a Secret,
    /// The file with all the authorities that the package manager is to believe.
    pub ca_file: &'a str,
    /// What is reached without a proxy, separated by commas: the user's own choice without whatever
    /// the registry's host matches. May be empty.
    pub no_proxy: &'a str,
    /// How many connections at a time, where the user has not chosen: they end on loopback.
    pub connections: Option<u32>,
}

/// A variable to set.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its value; the proxy's holds a password.
    pub value: Secret,
}

/// Stands for "nothing is exempt" where an empty value would count as unset: a project's own setting
/// would be heard then.
const NOBODY: &str = "no-proxy.invalid";

/// The setting by which a user says how many connections, or requests, at a time a package manager may
/// have; `None` where it is left alone in every version.
pub fn concurrency_setting(manager: PackageManager) -> Option<&'static str> {
    match manager {
        PackageManager::Npm => Some("maxsockets"),
        PackageManager::Pnpm | PackageManager::Yarn => Some("network-concurrency"),
        PackageManager::Bun => None,
    }
}

/// The variables for a package manager. Where its version is not known, those that do no harm in
/// any version are set.
pub fn sealed(manager: PackageManager, version: Option<Version>, handles: &Handles<'_>) -> Vec<Variable> {
    let mut set = Variables { list: Vec::new(), handles };
    match manager {
        PackageManager::Npm => set.npm(version),
        PackageManager::Pnpm => set.pnpm(version),
        PackageManager::Yarn => set.yarn(version),
        PackageManager::Bun => set.bun(),
    }
    set.list
}

struct Variables<'a> {
    list: Vec<Variable>,
    handles: &'a Handles<'a>,
}

impl Variables<'_> {
    fn npm(&mut self, version: Option<Version>) {
        self.npm_family();
        self.connections("npm_config_maxsockets");
        // npm 12 refuses tarballs outside the registry's path (EALLOWREMOTE): upstream ones lie there.
        if version.is_some_and(|version| version.major >= 12) {
            self.text("npm_config_allow_remote", "all");
        }
    }

    fn pnpm(&mut self, version: Option<Version>) {
        let major = version.map(|version| version.major);
        // Its own spelling of the exceptions, beside npm's: a project's would be heard otherwise.
        if major.is_none_or(|major| major < 11) {
            self.npm_family();
            self.no_proxy("npm_config_no_proxy");
            // From 11 on its own choice is 64 or more.
            self.connections("npm_config_network_concurrency");
        }
        if major.is_none_or(|major| major >= 11) {
            self.no_proxy("pnpm_config_no_proxy");
            self.registry("pnpm_config_registry");
            self.proxy("pnpm_config_https_proxy", "pnpm_config_http_proxy");
            self.no_proxy("pnpm_config_noproxy");
            self.ca("pnpm_config_cafile");
        }
        // pnpm 12 is a native program that reads no other.
        if major.is_none_or(|major| major >= 12) {
            self.ca("SSL_CERT_FILE");
        }
    }

    /// npm's own names, which pnpm up to 10 and Yarn 1 read as well.
    fn npm_family(&mut self) {
        self.registry("npm_config_registry");
        self.proxy("npm_config_https_proxy", "npm_config_proxy");
        self.no_proxy("npm_config_noproxy");
        self.ca("npm_config_cafile");
    }

    fn yarn(&mut self, version: Option<Version>) {
        let major = version.map(|version| version.major);
        if major.is_none_or(|major| major < 2) {
            self.npm_family();
        }
        // Its own choice is 8 there, and 50 from 4 on.
        if major.is_some_and(|major| major < 2) {
            self.connections("YARN_NETWORK_CONCURRENCY");
        }
        if major.is_none_or(|major| major >= 2) {
            self.registry("YARN_NPM_REGISTRY_SERVER");
            self.proxy("YARN_HTTPS_PROXY", "YARN_HTTP_PROXY");
            // A project made for this registry says otherwise, and Yarn would ask for a credential.
            self.text("YARN_NPM_ALWAYS_AUTH", "false");
            if !self.handles.tls {
                // Yarn refuses plain http beyond this list.
                self.text("YARN_UNSAFE_HTTP_WHITELIST", "127.0.0.1,localhost,::1");
            }
        }
        // A name that Yarn does not know is an error, so the first of these needs certainty.
        match major {
            Some(4..) => self.ca("YARN_HTTPS_CA_FILE_PATH"),
            Some(..2) => {}
            _ => self.ca("NODE_EXTRA_CA_CERTS"),
        }
    }

    /// Bun reads none but the generic ones, and those that are not set from a project's `.env`.
    fn bun(&mut self) {
        self.registry("NPM_CONFIG_REGISTRY");
        self.registry("BUN_CONFIG_REGISTRY");
        self.proxy("HTTPS_PROXY", "HTTP_PROXY");
        self.proxy("https_proxy", "http_proxy");
        self.no_proxy("NO_PROXY");
        self.no_proxy("no_proxy");
        self.ca("NODE_EXTRA_CA_CERTS");
    }

    fn connections(&mut self, name: &'static str) {
        if let Some(connections) = self.handles.connections {
            self.text(name, &connections.to_string());
        }
    }

    fn registry(&mut self, name: &'static str) {
        if let Some(registry) = self.handles.registry {
            self.text(name, registry);
        }
    }

    /// The second name is for a registry that is plain http.
    fn proxy(&mut self, https: &'static str, http: &'static str) {
        let name = if self.handles.tls { https } else { http };
        self.list.push(Variable { name, value: self.handles.proxy.clone() });
    }

    fn no_proxy(&mut self, name: &'static str) {
        let exempt = self.handles.no_proxy;
        self.text(name, if exempt.is_empty() { NOBODY } else { exempt });
    }

    fn ca(&mut self, name: &'static str) {
        if self.handles.tls {
            self.text(name, self.handles.ca_file);
        }
    }

    fn text(&mut self, name: &'static str, value: &str) {
        self.list.push(Variable { name, value: Secret::new(value) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(manager: PackageManager, version: Option<&str>, tls: bool) -> Vec<&'static str> {
        let proxy = Secret::new("http://s:p@127.0.0.1:1");
        let handles = Handles {
            registry: Some("https://libraries.cgr.dev/javascript/"),
            tls,
            proxy: &proxy,
            ca_file: "/ca.pem",
            no_proxy: "",
            connections: Some(64),
        };
        let version = version.map(|text| Version::parse(text).unwrap());
        sealed(manager, version, &handles).into_iter().map(|variable| variable.name).collect()
    }

    #[test]
    fn each_is_sent_by_its_own_names() {
        let npm = ["npm_config_registry", "npm_config_https_proxy", "npm_config_noproxy", "npm_config_cafile"];
        let pnpm = [
            "pnpm_config_no_proxy",
            "pnpm_config_registry",
            "pnpm_config_https_proxy",
            "pnpm_config_noproxy",
            "pnpm_config_cafile",
        ];
        let with = |names: &[&'static str], more: &[&'static str]| [names, more].concat();
        assert_eq!(names(PackageManager::Npm, Some("11.1.0"), true), with(&npm, &["npm_config_maxsockets"]));
        let twelve = with(&npm, &["npm_config_maxsockets", "npm_config_allow_remote"]);
        assert_eq!(names(PackageManager::Npm, Some("12.0.0"), true), twelve);
        let ten = with(&npm, &["npm_config_no_proxy", "npm_config_network_concurrency"]);
        assert_eq!(names(PackageManager::Pnpm, Some("10.1.0"), true), ten);
        assert_eq!(names(PackageManager::Pnpm, Some("11.1.0"), true), pnpm);
        assert_eq!(names(PackageManager::Pnpm, Some("12.1.0"), true), with(&pnpm, &["SSL_CERT_FILE"]));
        assert_eq!(names(PackageManager::Yarn, Some("1.22.22"), true), with(&npm, &["YARN_NETWORK_CONCURRENCY"]));
        let yarn = ["YARN_NPM_REGISTRY_SERVER", "YARN_HTTPS_PROXY", "YARN_NPM_ALWAYS_AUTH"];
        assert_eq!(names(PackageManager::Yarn, Some("3.8.7"), true), with(&yarn, &["NODE_EXTRA_CA_CERTS"]));
        assert_eq!(names(PackageManager::Yarn, Some("4.1.0"), true), with(&yarn, &["YARN_HTTPS_CA_FILE_PATH"]));
    }

    #[test]
    fn what_an_unknown_version_might_refuse_is_not_set() {
        assert!(!names(PackageManager::Yarn, None, true).contains(&"YARN_HTTPS_CA_FILE_PATH"));
        assert!(!names(PackageManager::Npm, None, true).contains(&"npm_config_allow_remote"));
        let pnpm = names(PackageManager::Pnpm, None, true);
        assert!(pnpm.contains(&"npm_config_cafile") && pnpm.contains(&"pnpm_config_cafile"));
    }

    #[test]
    fn a_plain_registry_is_reached_by_the_plain_proxy_and_needs_no_authority() {
        let bun = names(PackageManager::Bun, None, false);
        let expected =
            ["NPM_CONFIG_REGISTRY", "BUN_CONFIG_REGISTRY", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"];
        assert_eq!(bun, expected);
        assert!(names(PackageManager::Yarn, Some("4.0.0"), false).contains(&"YARN_UNSAFE_HTTP_WHITELIST"));
    }
}
