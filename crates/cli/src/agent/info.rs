//! What lies in a proxy's folder beside the authorities: what it opens, and for which projects. No
//! secret is in it.
//!
//! Whoever reads it must not be fooled by somebody else's folder: the folder and everything above it
//! must belong to this user or to root, and nobody else may be able to write there.

use std::fs;
use std::path::{Path, PathBuf};

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{BaseUrl, Ecosystem, Error, ErrorCode, Result};
use serde::{Deserialize, Serialize};

use super::name::AgentName;
use crate::exec::lease::{Lease, darts};

/// The file's only form so far.
const VERSION: u32 = 1;
const INFO: &str = "info.json";
const AUTHORITIES: &str = "ca.pem";
/// A file of this kind is small.
const LIMIT: u64 = 64 << 10;

/// What the file says.
#[derive(Debug, Serialize, Deserialize)]
struct Info {
    version: u32,
    /// Where the proxy listens; after a restart that is elsewhere.
    port: u16,
    /// The registry's server.
    server: String,
    /// Its repositories, most used first.
    registries: Vec<String>,
    ecosystem: String,
    /// Whether it is for every project, or for those of the registry alone.
    everywhere: bool,
}

/// What a proxy's folder says, which was looked at first.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    folder: PathBuf,
    port: u16,
    server: BaseUrl,
    registries: Vec<String>,
    /// Whether it is for every project, or for those of the registry alone.
    pub(crate) everywhere: bool,
}

impl Told {
    /// The repositories' URLs without their scheme.
    pub(crate) fn darts(&self) -> Vec<String> {
        darts(&self.registries)
    }

    /// The lease of the proxy with this name; `None` where another has written here since.
    ///
    /// # Errors
    /// Those of [`Lease::new`].
    pub(crate) fn lease(&self, name: &AgentName) -> Result<Option<Lease>> {
        if self.port != name.port || self.folder != name.folder {
            return Ok(None);
        }
        let (server, urls) = (self.server.clone(), self.registries.clone());
        Lease::new(server, urls, name.proxy_url(), &authorities(&self.folder)).map(Some)
    }
}

/// What a proxy has to tell of itself.
pub(crate) struct Telling<'a> {
    /// Where it listens; 0 for one that is not there yet.
    pub(crate) port: u16,
    pub(crate) server: &'a BaseUrl,
    /// Its repositories, most used first.
    pub(crate) registries: &'a [String],
    pub(crate) everywhere: bool,
}

/// Writes what a folder says; it is there whole or not at all.
///
/// # Errors
/// `file_unwritable`.
pub(crate) fn write(folder: &Path, telling: &Telling<'_>) -> Result<()> {
    let info = Info {
        version: VERSION,
        port: telling.port,
        server: telling.server.as_str().to_owned(),
        registries: telling.registries.to_vec(),
        ecosystem: Ecosystem::JavaScript.flag().to_owned(),
        everywhere: telling.everywhere,
    };
    let text = serde_json::to_string(&info)
        .map_err(|_| Error::new(ErrorCode::Internal, "what an agent opens could not be written as JSON"))?;
    put(&folder.join(INFO), &text)
}

/// Writes the authorities that a client is to believe.
///
/// # Errors
/// `file_unwritable`.
pub(crate) fn write_authorities(folder: &Path, ca_bundle: &str) -> Result<()> {
    put(&authorities(folder), ca_bundle)
}

/// Where the authorities are.
pub(crate) fn authorities(folder: &Path) -> PathBuf {
    folder.join(AUTHORITIES)
}

fn put(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.persist(path).map_err(Into::into)));
    written.map(drop).map_err(|error| {
        Error::new(ErrorCode::FileUnwritable, format!("{} could not be written: {error}", shown(path)))
    })
}

/// Reads what a proxy's folder says.
///
/// # Errors
/// `file_unreadable` for a folder that is gone, that others may write to, or that says nothing.
pub(crate) fn read(folder: &Path) -> Result<Told> {
    ensure_own(folder)?;
    let unreadable = |why: String| Error::new(ErrorCode::FileUnreadable, format!("{} {why}", shown(folder)));
    let path = folder.join(INFO);
    let size = fs::metadata(&path).map_err(|error| unreadable(format!("holds no agent: {error}")))?.len();
    let text = Some(size).filter(|size| *size <= LIMIT).and_then(|_| fs::read_to_string(&path).ok());
    let info: Option<Info> = text.and_then(|text| serde_json::from_str(&text).ok());
    let info = info.filter(|info| info.version == VERSION);
    let info = info.ok_or_else(|| unreadable("was written by another version of pulltoken".into()))?;
    Ok(Told {
        folder: folder.to_owned(),
        port: info.port,
        server: BaseUrl::parse(&info.server)?,
        registries: info.registries,
        everywhere: info.everywhere,
    })
}

/// Refuses a folder in which somebody else could put or exchange files: whoever could would have
/// package managers believe authorities of their own.
#[cfg(unix)]
pub(crate) fn ensure_own(folder: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let own = rustix::process::geteuid().as_raw();
    // A link on the way belongs to whoever may exchange it, and so does what it leads to.
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    for (depth, part) in folder.ancestors().enumerate().chain(real.ancestors().enumerate()) {
        let refuse = |what: &str| {
            let message = format!("{} {what}: no agent of yours is there", shown(part));
            Err(Error::new(ErrorCode::FileUnreadable, message).with_hint("evaluate what `pulltoken agent` prints"))
        };
        let Ok(metadata) = fs::symlink_metadata(part) else { return refuse("cannot be looked at") };
        let (mode, owner) = (metadata.mode(), metadata.uid());
        match depth {
            0 if !metadata.is_dir() => return refuse("is not a folder"),
            0 if owner != own => return refuse("belongs to another user"),
            0 if mode & 0o077 != 0 => return refuse("is open to other users"),
            0 => {}
            _ if owner != own && owner != 0 => return refuse("belongs to another user"),
            // In a sticky folder nobody can exchange what belongs to us.
            _ if metadata.is_dir() && mode & 0o022 != 0 && mode & 0o1000 == 0 => {
                return refuse("can be written to by other users");
            }
            _ => {}
        }
    }
    Ok(())
}

/// On Windows a user's own folders are closed to others by their access lists.
#[cfg(not(unix))]
pub(crate) fn ensure_own(folder: &Path) -> Result<()> {
    let gone = || Error::new(ErrorCode::FileUnreadable, format!("{} is not a folder", shown(folder)));
    folder.is_dir().then_some(()).ok_or_else(gone)
}

fn shown(path: &Path) -> String {
    printable_prefix(&path.display().to_string(), 200)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::Secret;
    use std::os::unix::fs::PermissionsExt as _;

    fn folder() -> tempfile::TempDir {
        tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o700)).tempdir().unwrap()
    }

    fn name(folder: &Path, port: u16) -> AgentName {
        let proxy = Secret::new(format!("http://s:00112233445566778899aabbccddeeff@127.0.0.1:{port}"));
        AgentName::new(&proxy, folder).unwrap()
    }

    fn written(folder: &Path) {
        let server = BaseUrl::parse("https://r.test").unwrap();
        let registries = ["https://r.test/javascript/".to_owned()];
        let telling = Telling { port: 4567, server: &server, registries: &registries, everywhere: true };
        write(folder, &telling).unwrap();
        write_authorities(folder, "authorities").unwrap();
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = folder();
        written(folder.path());
        let told = read(folder.path()).unwrap();
        assert!(told.everywhere && told.darts() == ["//r.test/javascript/"]);
        let lease = told.lease(&name(folder.path(), 4567)).unwrap().unwrap();
        assert_eq!(lease.urls(), ["https://r.test/javascript/"]);
        assert_eq!(fs::read_to_string(lease.ca_file()).unwrap(), "authorities");
        // After a restart it listens elsewhere.
        assert!(told.lease(&name(folder.path(), 4568)).unwrap().is_none());
        assert!(told.lease(&name(Path::new("/"), 4567)).unwrap().is_none());
    }

    #[test]
    fn a_folder_that_others_reach_is_refused() {
        let outer = folder();
        let inner = outer.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        set(&inner, 0o700);
        written(&inner);
        let refused = |what: &str| {
            let error = read(&inner).unwrap_err();
            assert!(error.code() == ErrorCode::FileUnreadable && error.message().contains(what), "{error}");
        };
        assert!(read(&inner).is_ok());
        set(&inner, 0o750);
        refused("is open to other users");
        set(&inner, 0o700);
        set(outer.path(), 0o777);
        refused("can be written to by other users");
        set(outer.path(), 0o1777);
        assert!(read(&inner).is_ok());
        fs::write(inner.join(INFO), "{").unwrap();
        refused("another version");
        fs::remove_dir_all(&inner).unwrap();
        std::os::unix::fs::symlink("/", &inner).unwrap();
        refused("is not a folder");
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        let folder = folder();
        written(folder.path());
        // Root alone can give a folder away; anybody else has root's before their eyes.
        let theirs = match std::os::unix::fs::chown(folder.path(), Some(12345), None) {
            Ok(()) => folder.path(),
            Err(_) => Path::new("/root"),
        };
        assert!(read(theirs).unwrap_err().message().contains("another user"));
    }
}
