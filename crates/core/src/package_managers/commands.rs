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
}
