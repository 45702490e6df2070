//! JavaScript package managers: which there are, and how each is handed a registry, a proxy and
//! certificate authorities. No file and no environment is read here.
//!
//! What stands here was measured with npm 10 to 12, pnpm 9 to 12, Yarn 1, 3 and 4, and Bun 1.2 and
//! 1.3; `docs/package-managers.md` has the results.

mod commands;
pub mod no_proxy;
mod sealed;
mod version;

pub use commands::{asks_registry, writes_elsewhere};
pub use sealed::{Handles, Variable, concurrency_setting, sealed};
pub use version::Version;

use std::fmt;

/// A package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PackageManager {
    /// npm and npx.
    Npm,
    /// pnpm and pnpx.
    Pnpm,
    /// Yarn of any generation.
    Yarn,
    /// Bun and bunx.
    Bun,
}

impl PackageManager {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Npm, Self::Pnpm, Self::Yarn, Self::Bun];

    /// Its name, as `packageManager` in a `package.json` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::Yarn => "yarn",
            Self::Bun => "bun",
        }
    }

    /// The one with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|manager| manager.name() == name)
    }

    /// The commands that start it.
    pub const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Npm => &["npm", "npx"],
            Self::Pnpm => &["pnpm", "pnpx"],
            Self::Yarn => &["yarn", "yarnpkg"],
            Self::Bun => &["bun", "bunx"],
        }
    }

    /// The one that a command of this name starts.
    pub fn of_program(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|manager| manager.programs().contains(&name))
    }
}

impl fmt::Display for PackageManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_starts_one_manager() {
        assert_eq!(PackageManager::of_program("npx"), Some(PackageManager::Npm));
        assert_eq!(PackageManager::of_program("yarnpkg"), Some(PackageManager::Yarn));
        assert_eq!(PackageManager::of_program("node"), None);
        for manager in PackageManager::ALL {
            assert_eq!(PackageManager::of_name(manager.name()), Some(manager));
            assert_eq!(PackageManager::of_program(manager.name()), Some(manager));
        }
    }
}
