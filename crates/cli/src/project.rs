//! What the project at hand says of itself.

use std::path::{Path, PathBuf};

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};

use crate::config;

/// Files that tell which ecosystem a project is of, in the order in which they decide.
const MARKERS: [(&str, Ecosystem); 9] = [
    ("package.json", Ecosystem::JavaScript),
    ("pom.xml", Ecosystem::Java),
    ("build.gradle", Ecosystem::Java),
    ("build.gradle.kts", Ecosystem::Java),
    ("build.sbt", Ecosystem::Java),
    ("pyproject.toml", Ecosystem::Python),
    ("requirements.txt", Ecosystem::Python),
    ("setup.py", Ecosystem::Python),
    ("Pipfile", Ecosystem::Python),
];

/// What the project at hand says in its `pulltoken.toml`.
pub(crate) struct Project {
    /// The file.
    pub(crate) path: PathBuf,
    /// The organisation that its tokens are of, by name or identifier.
    pub(crate) organization: Option<String>,
    /// What it is built from.
    pub(crate) ecosystem: Option<Ecosystem>,
}

impl Project {
    /// The one that the current folder belongs to, if it has such a file: there, or in a folder above
    /// it up to the root of the repository.
    ///
    /// # Errors
    /// `file_unreadable`, `invalid_syntax`, `unknown_ecosystem`; `usage` for a key that such a file may
    /// not have.
    pub(crate) fn here() -> Result<Option<Self>> {
        std::env::current_dir().ok().and_then(|folder| file_above(&folder)).map(Self::read).transpose()
    }

    fn read(path: PathBuf) -> Result<Self> {
        let document = config::parse(&path)?;
        // The file comes with the code: it must not say where credentials are sent.
        if let Some((key, _)) = document.iter().find(|(key, _)| !KEYS.contains(key)) {
            let key = printable_prefix(key, 40);
            let message = format!("{}: a project may not set `{key}`", config::shown(&path));
            let hint = format!("keep {} there, and the rest in your own configuration", KEYS.join(" and "));
            return Err(Error::new(ErrorCode::Usage, message).with_hint(hint));
        }
        let text = |key| config::text(&path, key, document.get(key));
        let organization = text(KEYS[0])?;
        let ecosystem = text(KEYS[1])?.map(|name| Ecosystem::parse(&name)).transpose().map_err(|error| {
            let message = format!("{}: {}", config::shown(&path), error.message());
            error.with_message(message)
        })?;
        Ok(Self { organization, ecosystem, path })
    }
}

/// What a project's file may name.
const KEYS: [&str; 2] = ["organization", "ecosystem"];

fn file_above(folder: &Path) -> Option<PathBuf> {
    let in_repository = folder.ancestors().any(|folder| folder.join(".git").exists());
    for folder in folder.ancestors() {
        let file = folder.join("pulltoken.toml");
        if file.is_file() {
            return Some(file);
        }
        // Above the project's own folders, files are somebody else's.
        if !in_repository || folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The ecosystem of the project at hand: the one that its `pulltoken.toml` names, else what its files
/// tell, else JavaScript.
///
/// # Errors
/// Those of reading `pulltoken.toml`.
pub(crate) fn ecosystem() -> Result<Ecosystem> {
    if let Some(ecosystem) = Project::here()?.and_then(|project| project.ecosystem) {
        return Ok(ecosystem);
    }
    Ok(std::env::current_dir().map_or(Ecosystem::JavaScript, |folder| told_by_files(&folder)))
}

fn told_by_files(folder: &Path) -> Ecosystem {
    MARKERS
        .iter()
        .find(|(file, _)| folder.join(file).is_file())
        .map_or(Ecosystem::JavaScript, |(_, ecosystem)| *ecosystem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_file_is_the_projects_own() {
        let root = tempfile::tempdir().unwrap();
        let below = root.path().join("repository/src/deep");
        fs::create_dir_all(&below).unwrap();
        fs::write(root.path().join("pulltoken.toml"), "").unwrap();
        let at = |folder: &str| file_above(&root.path().join(folder));
        assert_eq!(at("repository/src/deep"), None);
        fs::create_dir(root.path().join("repository/.git")).unwrap();
        assert_eq!(at("repository/src/deep"), None);
        let file = root.path().join("repository/pulltoken.toml");
        fs::write(&file, "").unwrap();
        assert_eq!(at("repository/src/deep"), Some(file.clone()));
        assert_eq!(at("repository"), Some(file));
    }

    #[test]
    fn a_project_says_whose_it_is_and_nothing_about_hosts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pulltoken.toml");
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            Project::read(file.clone())
        };
        let project = read("organization = \"example\"\necosystem = \"Java\"\n").unwrap();
        assert_eq!((project.organization.as_deref(), project.ecosystem), (Some("example"), Some(Ecosystem::Java)));
        for (text, code, part) in [
            ("registry = \"https://elsewhere.test\"", ErrorCode::Usage, "`registry`"),
            ("[profiles.a]\napi = 1", ErrorCode::Usage, "`profiles`"),
            ("ecosystem = \"cobol\"", ErrorCode::UnknownEcosystem, "pulltoken.toml: "),
            ("organization = 1", ErrorCode::InvalidSyntax, "`organization`"),
            ("organization", ErrorCode::InvalidSyntax, "pulltoken.toml:1: "),
        ] {
            let error = read(text).err().unwrap();
            assert!(error.code() == code && error.message().contains(part), "{text}: {error}");
        }
    }
}
