//! The user's own configuration: `pulltoken/config.toml` in the folder that the system has for such
//! things (`XDG_CONFIG_HOME` or `~/.config`, `%APPDATA%`, `~/Library/Application Support`).
//!
//! Read by the names of flags. A change keeps comments, order and what is not known here.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};
use pulltoken_core::api::groups::Group;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Ttl};
use toml_edit::{DocumentMut, Item, value};

use crate::input;

const PARENT: &str = "parent";
const FOLDERS: &str = "folders";
const MINT: &str = "mint";
const TTL: &str = "ttl";

/// The configuration, as it stands in its file.
pub(crate) struct Config {
    pub(crate) path: PathBuf,
    document: DocumentMut,
}

impl Config {
    /// The user's. Empty where there is no file yet; `None` where there is no home folder either.
    ///
    /// # Errors
    /// `file_unreadable`; `invalid_syntax` with the place in the file.
    pub(crate) fn of_user() -> Result<Option<Self>> {
        folder().map(|folder| Self::read(folder.join("config.toml"))).transpose()
    }

    fn read(path: PathBuf) -> Result<Self> {
        let document = match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => DocumentMut::new(),
            _ => parse(&path)?,
        };
        Ok(Self { path, document })
    }

    /// The organisation that commands are for where none is named.
    ///
    /// # Errors
    /// `invalid_syntax` where it is no text.
    pub(crate) fn parent(&self) -> Result<Option<String>> {
        text(&self.path, PARENT, self.document.get(PARENT))
    }

    /// The folders whose projects have access through an agent, whatever registry they name.
    ///
    /// # Errors
    /// `invalid_syntax` where they are no list of absolute paths.
    pub(crate) fn folders(&self) -> Result<Vec<PathBuf>> {
        let Some(item) = self.document.get(FOLDERS) else { return Ok(Vec::new()) };
        let read = |text: &str| Some(input::from_home(text)).filter(|path| path.is_absolute());
        let paths = item.as_array().and_then(|list| list.iter().map(|one| read(one.as_str()?)).collect());
        paths.ok_or_else(|| {
            let message = format!("{}: `{FOLDERS}` is no list of absolute paths", shown(&self.path));
            Error::new(ErrorCode::InvalidSyntax, message).with_hint(format!("write {FOLDERS} = [\"~/work\"]"))
        })
    }

    /// Whether a pull token may be made where a command needs one and there is no other credential.
    ///
    /// # Errors
    /// `invalid_syntax` where it is neither `true` nor `false`.
    pub(crate) fn mint(&self) -> Result<bool> {
        let Some(item) = self.document.get(MINT) else { return Ok(false) };
        item.as_bool().ok_or_else(|| {
            Error::new(ErrorCode::InvalidSyntax, format!("{}: `{MINT}` is neither true nor false", shown(&self.path)))
                .with_hint(format!("write {MINT} = true, without quotes"))
        })
    }

    /// How long such a token lives.
    ///
    /// # Errors
    /// `invalid_syntax` where it is no text; `invalid_ttl`, `ttl_out_of_range`.
    pub(crate) fn ttl(&self) -> Result<Option<Ttl>> {
        let ttl = text(&self.path, TTL, self.document.get(TTL))?;
        ttl.as_deref().map(Ttl::parse).transpose().map_err(|error| {
            let message = format!("{}: {}", shown(&self.path), error.message());
            error.with_message(message)
        })
    }

    /// Makes this the organisation that commands are for.
    ///
    /// # Errors
    /// `file_unwritable`.
    pub(crate) fn remember_parent(&mut self, organization: &Group) -> Result<()> {
        let mut named = value(organization.id.as_str());
        if let Some(value) = named.as_value_mut().filter(|_| !organization.name.is_empty()) {
            // What the identifier stands for. The name alone need not be the only one.
            value.decor_mut().set_suffix(format!(" # {}", printable_prefix(&organization.name, 64)));
        }
        match self.document.get_mut(PARENT) {
            Some(old) => *old = named,
            None => drop(self.document.insert(PARENT, named)),
        }
        write(&self.path, &self.document.to_string()).map_err(|error| {
            Error::new(ErrorCode::FileUnwritable, format!("{} could not be written: {error}", shown(&self.path)))
        })
    }
}

/// Reads a file in TOML.
///
/// # Errors
/// `file_unreadable`; `invalid_syntax` with the place.
pub(crate) fn parse(path: &Path) -> Result<DocumentMut> {
    let text = input::read_file(path)?;
    text.parse().map_err(|error: toml_edit::TomlError| {
        let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let why = printable_prefix(error.message().lines().next().unwrap_or_default(), 200);
        Error::new(ErrorCode::InvalidSyntax, format!("{}{line}: {why}", shown(path)))
            .with_hint("mend the file at the place named")
    })
}

/// The text that a key stands for.
///
/// # Errors
/// `invalid_syntax` for a value that is none.
pub(crate) fn text(path: &Path, key: &str, item: Option<&Item>) -> Result<Option<String>> {
    let Some(item) = item else { return Ok(None) };
    let text = item.as_str().ok_or_else(|| {
        Error::new(ErrorCode::InvalidSyntax, format!("{}: `{key}` is not a text", shown(path)))
            .with_hint(format!("write {key} = \"…\""))
    })?;
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// A path, fit for a message.
pub(crate) fn shown(path: &Path) -> String {
    printable_prefix(&path.display().to_string(), 200)
}

fn folder() -> Option<PathBuf> {
    let strategy = choose_native_strategy().ok()?;
    // Apple's Preferences are for the system's own format.
    let base = if cfg!(target_vendor = "apple") { strategy.data_dir() } else { strategy.config_dir() };
    Some(base.join("pulltoken"))
}

/// Whoever reads meanwhile finds the old file or the new one. A link stays one.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(old) = path.metadata() {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::Uidp;

    fn example() -> Group {
        Group { id: Uidp::parse(&"a1".repeat(20)).unwrap(), name: "example".into() }
    }

    #[test]
    fn what_is_remembered_leaves_everything_else_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/config.toml");
        let mut config = Config::read(path.clone()).unwrap();
        assert_eq!(config.parent().unwrap(), None);
        config.remember_parent(&example()).unwrap();
        let id = "a1".repeat(20);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("parent = \"{id}\" # example\n"));
        std::fs::write(&path, "# mine\nunknown = [1,  2]\nparent = 'old'   # gone\n\n[profiles.ci]\nttl=\"1h\"\n")
            .unwrap();
        let mut config = Config::read(path.clone()).unwrap();
        assert_eq!(config.parent().unwrap().as_deref(), Some("old"));
        config.remember_parent(&example()).unwrap();
        let expected = format!("# mine\nunknown = [1,  2]\nparent = \"{id}\" # example\n\n[profiles.ci]\nttl=\"1h\"\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
        assert_eq!(Config::read(path).unwrap().parent().unwrap(), Some(id));
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let said = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let error = Config::read(path.clone()).and_then(|config| config.parent()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidSyntax);
            error.message().to_owned()
        };
        assert!(said("a = 1\nparent = \n").contains("config.toml:2: "));
        assert!(said("parent = 3\n").contains("`parent` is not a text"));
    }

    #[test]
    fn folders_are_absolute_or_begin_at_home() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let folders = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Config::read(path.clone()).unwrap().folders()
        };
        assert_eq!(folders("").unwrap(), Vec::<PathBuf>::new());
        let listed = folders(&format!("folders = ['~/work', '{}']", folder.path().display())).unwrap();
        assert_eq!(listed, [std::env::home_dir().unwrap().join("work"), folder.path().to_owned()]);
        for text in ["folders = ['work']", "folders = '~/work'", "folders = [1]"] {
            assert_eq!(folders(text).unwrap_err().code(), ErrorCode::InvalidSyntax, "{text}");
        }
    }
}
