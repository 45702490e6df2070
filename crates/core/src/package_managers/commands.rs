//! What a package manager is asked to do, as far as it decides whether it is lent anything.

use super::PackageManager;

/// npm's commands that write to a registry, an account or the user's configuration.
const NPM: [&str; 18] = [
    "access",
    "adduser",
    "add-user",
    "c",
    "config",
    "deprecate",
    "dist-tag",
    "dist-tags",
    "login",
    "logout",
    "org",
    "owner",
    "profile",
    "publish",
    "set",
    "team",
    "token",
    "unpublish",
];
/// The first words of Yarn's and Bun's.
const YARN: [&str; 11] =
    ["access", "config", "login", "logout", "owner", "publish", "tag", "team", "set", "unlink", "plugin"];
const YARN_NPM: [&str; 5] = ["login", "logout", "publish", "tag", "whoami"];
const BUN: [&str; 3] = ["publish", "upgrade", "whoami"];

/// Whether a command writes to a registry, an account or the user's configuration. Such commands
/// have credentials of their own, and what they wrote about ours would be wrong or lost.
///
/// `words` are the arguments that are no flags, in their order.
pub fn writes_elsewhere(manager: PackageManager, words: &[&str]) -> bool {
    let Some(first) = words.first() else { return false };
    match manager {
        PackageManager::Npm | PackageManager::Pnpm => NPM.contains(first),
        PackageManager::Yarn if *first == "npm" => words.get(1).is_some_and(|word| YARN_NPM.contains(word)),
        PackageManager::Yarn => YARN.contains(first),
        PackageManager::Bun if *first == "pm" => words.get(1) == Some(&"whoami"),
        PackageManager::Bun => BUN.contains(first),
    }
}

/// The first words by which npm, pnpm and Bun ask a registry.
const ASKING: [&str; 18] = [
    "install",
    "i",
    "in",
    "add",
    "a",
    "ci",
    "clean-install",
    "install-test",
    "it",
    "cit",
    "update",
    "up",
    "upgrade",
    "outdated",
    "view",
    "info",
    "audit",
    "fetch",
];
/// And Yarn's, which installs where there is no word.
const YARN_ASKING: [&str; 9] = ["install", "add", "up", "upgrade", "outdated", "info", "audit", "dedupe", "global"];

/// Whether a command is bound to ask a registry for something, unless all of it is at hand. `words`
/// as for [`writes_elsewhere`].
pub fn asks_registry(manager: PackageManager, words: &[&str]) -> bool {
    match (manager, words.first()) {
        (PackageManager::Yarn, None) => true,
        (PackageManager::Yarn, Some(first)) => YARN_ASKING.contains(first),
        (_, first) => first.is_some_and(|first| ASKING.contains(first)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PackageManager::{Bun, Npm, Pnpm, Yarn};

    #[test]
    fn what_writes_is_told_from_what_installs() {
        for (manager, words) in [
            (Npm, &["publish"][..]),
            (Pnpm, &["publish", "x"]),
            (Yarn, &["npm", "publish"]),
            (Yarn, &["publish"]),
            (Bun, &["publish"]),
            (Bun, &["pm", "whoami"]),
        ] {
            assert!(writes_elsewhere(manager, words), "{manager} {words:?}");
        }
        for (manager, words) in [
            (Npm, &[][..]),
            (Npm, &["ci"]),
            (Npm, &["exec", "publish"]),
            (Yarn, &["npm", "audit"]),
            (Yarn, &["install"]),
            (Bun, &["pm", "ls"]),
        ] {
            assert!(!writes_elsewhere(manager, words), "{manager} {words:?}");
        }
    }

    #[test]
    fn what_asks_is_told_from_what_runs_scripts() {
        for (manager, words) in [(Npm, &["ci"][..]), (Pnpm, &["add", "x"]), (Yarn, &[]), (Bun, &["i"])] {
            assert!(asks_registry(manager, words), "{manager} {words:?}");
        }
        for (manager, words) in [(Npm, &[][..]), (Npm, &["run", "ci"]), (Yarn, &["build"]), (Bun, &["x.ts"])] {
            assert!(!asks_registry(manager, words), "{manager} {words:?}");
        }
    }
}
