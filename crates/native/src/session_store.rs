//! Sessions in files of the user's own, one for each place and audience.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use pulltoken_client::host::BoxFuture;
use pulltoken_client::stored::{LockedSession, Place, SessionStore, StoredSession};
use pulltoken_core::{Error, ErrorCode, Result};

use crate::private_folder::{cache_folder, make_private};

/// Sessions below the cache folder (`PULLTOKEN_CACHE_DIR`), which nobody else may read.
pub struct FileSessions {
    folder: PathBuf,
}

impl FileSessions {
    /// The store of this user. Nothing is made before something is stored.
    ///
    /// # Errors
    /// `file_unwritable` where there is no home folder.
    pub fn of_user() -> Result<Self> {
        Ok(Self { folder: cache_folder()?.join("sessions") })
    }

    /// The audiences that sessions of this place are stored for.
    ///
    /// # Errors
    /// `file_unreadable`.
    pub fn audiences(&self, place: &Place) -> Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.folder, &error)),
        };
        let files = entries.flatten().map(|entry| entry.path());
        let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        let sessions = files.filter_map(|path| StoredSession::of_place(&fs::read_to_string(path).ok()?, place));
        Ok(sessions.map(|session| session.audience).collect())
    }

    fn path(&self, place: &Place, audience: &str) -> PathBuf {
        let hash = short_hash(&place.key(audience));
        let readable: String = audience
            .trim_start_matches("https://")
            .chars()
            .take(60)
            .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' })
            .collect();
        self.folder.join(format!("{readable}-{hash}.json"))
    }
}

impl SessionStore for FileSessions {
    fn load(&self, place: &Place, audience: &str) -> Result<Option<StoredSession>> {
        read(&self.path(place, audience), place, audience)
    }

    fn lock<'a>(&'a self, place: &'a Place, audience: &'a str) -> BoxFuture<'a, Result<Box<dyn LockedSession + 'a>>> {
        let path = self.path(place, audience);
        let folder = self.folder.clone();
        Box::pin(async move {
            let lock = lock_file(folder, path.with_extension("lock")).await?;
            let locked: Box<dyn LockedSession + 'a> = Box::new(Locked { path, place, audience, _lock: lock });
            Ok(locked)
        })
    }
}

struct Locked<'a> {
    path: PathBuf,
    place: &'a Place,
    audience: &'a str,
    /// Others wait until this is closed, if only because the process ended.
    _lock: File,
}

impl LockedSession for Locked<'_> {
    fn load(&self) -> Result<Option<StoredSession>> {
        read(&self.path, self.place, self.audience)
    }

    fn save(&mut self, session: &StoredSession) -> Result<()> {
        // Into the user's own file, which is what this store is for.
        write_durably(&self.path, session.to_text(self.place).expose()).map_err(|error| unwritable(&self.path, &error))
    }

    fn remove(&mut self) -> Result<bool> {
        match fs::remove_file(&self.path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(unwritable(&self.path, &error)),
        }
    }
}

fn read(path: &Path, place: &Place, audience: &str) -> Result<Option<StoredSession>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(StoredSession::from_text(&text, place, audience)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorCode::FileUnreadable, format!("the stored session {} could not be read: {error}", path.display()))
}

/// Sixteen hex digits that tell one key from others in the name of a file; its content says which it is.
pub(crate) fn short_hash(key: &str) -> String {
    digest(&SHA256, key.as_bytes()).as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Makes the folder if need be, and waits until nobody else has locked the file in it. The lock lasts
/// until the file is closed.
pub(crate) async fn lock_file(folder: PathBuf, path: PathBuf) -> Result<File> {
    let lock = move || {
        make_private(&folder)?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let locked = options.open(&path).and_then(|file| file.lock().map(|()| file));
        locked.map_err(|error| unwritable(&path, &error))
    };
    // Waiting for another process holds a thread: not one that others run on.
    let locked = tokio::task::spawn_blocking(lock).await;
    locked.map_err(|error| Error::new(ErrorCode::Internal, format!("waiting for a lock failed: {error}")))?
}

/// Puts the text in the file's place at once and whole, and does not return before it would survive
/// the machine going down.
pub(crate) fn write_durably(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    // Made for its owner alone, under a name that nobody can foresee.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorCode::FileUnwritable, format!("{} could not be written: {error}", path.display()))
}
