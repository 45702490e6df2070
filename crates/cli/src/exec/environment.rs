//! The environment of the command: the user's, without our secrets.

use std::collections::BTreeMap;
#[cfg(unix)]
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};

use pulltoken_core::Ecosystem;

use crate::process;

/// Stands where a secret was. An unset variable breaks clients whose configuration names it.
pub(crate) const PLACEHOLDER: &str = "withheld-by-pulltoken";
/// Variables that let their holder get credentials, and that no package manager needs.
const REMOVED: [&str; 10] = [
    "PULLTOKEN_SESSION_TOKEN",
    // The password of a repository manager.
    "PULLTOKEN_PROXY_PASSWORD",
    // A CI job's own tokens, and what it asks for them with.
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "PULLTOKEN_ID_TOKEN",
    "CHAINGUARD_ID_TOKEN",
    "CIRCLE_OIDC_TOKEN",
    "CIRCLE_OIDC_TOKEN_V2",
    "SYSTEM_ACCESSTOKEN",
    "BITBUCKET_STEP_OIDC_TOKEN",
];

/// Whether a variable of this name holds a secret that the command must not see.
fn is_secret(name: &str) -> bool {
    is_credential(name) || REMOVED.contains(&name)
}

/// Whether a variable holds one, and not the word that stands in its place.
pub(crate) fn holds_secret(name: &str, value: &[u8]) -> bool {
    is_secret(name) && !value.is_empty() && value != PLACEHOLDER.as_bytes()
}

fn is_credential(name: &str) -> bool {
    Ecosystem::ALL.iter().any(|ecosystem| name == ecosystem.token_variable() || name == ecosystem.auth_variable())
}

/// Variables and their values, names being what the system takes for the same. What was inherited
/// holds secrets: it has no form to be logged in.
#[derive(Clone)]
pub(crate) struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    /// This process's environment without secrets, but for those that are to be kept.
    pub(crate) fn scrubbed(keep: &[String]) -> Self {
        Self::scrub(with_handed_over(), keep)
    }

    fn scrub(variables: impl Iterator<Item = (OsString, OsString)>, keep: &[String]) -> Self {
        let mut kept = Vec::new();
        for (name, value) in variables {
            let text = name.to_str().unwrap_or_default();
            if keep.iter().any(|one| one == text) || !is_secret(text) {
                kept.push((name, value));
            } else if is_credential(text) {
                kept.push((name, OsString::from(PLACEHOLDER)));
            }
        }
        Self(kept)
    }

    /// What stands in this process's environment, with what stood in the one that it left behind.
    pub(crate) fn inherited() -> Self {
        Self(with_handed_over().collect())
    }

    /// The secrets in it, to be handed over by a pipe.
    #[cfg(unix)]
    pub(crate) fn secrets(&self) -> HashMap<String, String> {
        self.iter()
            .filter_map(|(name, value)| Some((name.to_str()?.to_owned(), value.to_str()?.to_owned())))
            .filter(|(name, value)| holds_secret(name, value.as_bytes()))
            .collect()
    }

    /// What has to change in another environment to make it this one: new values, and `None` for
    /// variables that are to go. Those that are no text are left as they are.
    pub(crate) fn changes_from(&self, other: &Self) -> BTreeMap<String, Option<String>> {
        let text = |part: &OsStr| part.to_str().map(str::to_owned);
        let gone = other.iter().filter(|(name, _)| self.get(name).is_none());
        let gone = gone.filter_map(|(name, _)| Some((text(name)?, None)));
        let new = self.iter().filter(|(name, value)| other.get(name) != Some(value));
        gone.chain(new.filter_map(|(name, value)| Some((text(name)?, Some(text(value)?))))).collect()
    }

    /// The value of a variable, whatever the letter case of its name; the last one counts, as for npm.
    pub(crate) fn get_ignoring_case(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().rev().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_os_str())
    }

    /// The value of a variable of exactly this name.
    pub(crate) fn get(&self, name: impl AsRef<OsStr>) -> Option<&OsStr> {
        self.0.iter().rev().find(|(own, _)| own == name.as_ref()).map(|(_, value)| value.as_os_str())
    }

    /// Sets a variable in place of those of exactly this name.
    pub(crate) fn set_exactly(&mut self, name: &str, value: impl Into<OsString>) {
        self.0.retain(|(own, _)| own != name);
        self.0.push((name.into(), value.into()));
    }

    /// Takes a variable away, in any letter case.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
    }

    /// Sets a variable in place of all those of that name in any letter case.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.remove(name);
        self.0.push((name.into(), value.into()));
    }

    /// These variables, for tests.
    #[cfg(test)]
    pub(crate) fn of(variables: &[(&str, &str)]) -> Self {
        Self(variables.iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// All of it, for a new process.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

/// What was handed over stood in the environment that this process left behind.
fn with_handed_over() -> impl Iterator<Item = (OsString, OsString)> {
    let handed = process::handed_over_names().into_iter().map(|name| {
        let value = process::handed_over(&name).unwrap_or_default();
        (OsString::from(name), OsString::from(value))
    });
    std::env::vars_os().filter(|(name, _)| name != process::HANDLE).chain(handed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrub(variables: &[(&str, &str)], keep: &[&str]) -> Vec<(String, String)> {
        let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let keep: Vec<String> = keep.iter().map(|name| (*name).to_owned()).collect();
        let text = |part: &OsStr| part.to_string_lossy().into_owned();
        Environment::scrub(variables, &keep).iter().map(|(name, value)| (text(name), text(value))).collect()
    }

    #[test]
    fn secrets_are_replaced_or_removed() {
        let variables = [
            ("CHAINGUARD_TOKEN", "s"),
            ("CHAINGUARD_JAVA_AUTH", "s"),
            ("CHAINGUARD_JAVA_IDENTITY_ID", "i"),
            ("PULLTOKEN_SESSION_TOKEN", "s"),
            ("PULLTOKEN_ID_TOKEN", "s"),
            ("PATH", "/bin"),
        ];
        let left = scrub(&variables, &[]);
        assert!(left.iter().all(|(_, value)| value != "s"));
        assert_eq!(left.len(), 4);
        assert_eq!(left[0], ("CHAINGUARD_TOKEN".into(), PLACEHOLDER.into()));
        assert_eq!(left[2].1, "i");
        #[cfg(unix)]
        assert_eq!(Environment::of(&variables).secrets().into_values().collect::<Vec<_>>(), ["s"; 4]);
        let scrubbed: Vec<_> = left.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        #[cfg(unix)]
        assert_eq!(Environment::of(&scrubbed).secrets(), HashMap::new());
        assert_eq!(scrub(&variables, &["PULLTOKEN_SESSION_TOKEN"])[3], ("PULLTOKEN_SESSION_TOKEN".into(), "s".into()));
    }

    #[test]
    fn a_variable_replaces_its_kin() {
        let mut environment =
            Environment(vec![("NPM_CONFIG_REGISTRY".into(), "a".into()), ("npm_config_registry".into(), "b".into())]);
        assert_eq!(environment.get_ignoring_case("npm_config_registry"), Some(OsStr::new("b")));
        environment.set("npm_config_registry", "c");
        assert_eq!(environment.iter().count(), 1);
    }
}
