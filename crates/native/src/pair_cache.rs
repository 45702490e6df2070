//! Pairs in files of the user's own, one for each place and ecosystem.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use pulltoken_client::chain::{CachedPair, PairCache};
use pulltoken_client::stored::Place;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};

use crate::private_folder::{cache_folder, make_private};
use crate::session_store::{short_hash, write_durably};

/// Pairs below the cache folder (`PULLTOKEN_CACHE_DIR`), which nobody else may read.
pub struct FilePairs {
    folder: PathBuf,
}

impl FilePairs {
    /// The cache of this user. Nothing is made before something is kept.
    ///
    /// # Errors
    /// `file_unwritable` where there is no home folder.
    pub fn of_user() -> Result<Self> {
        Ok(Self { folder: cache_folder()?.join("credentials") })
    }

    /// Every pair of a place lies under names that begin alike.
    fn prefix(place: &Place) -> String {
        short_hash(&place.key(""))
    }

    fn path(&self, place: &Place, ecosystem: Ecosystem) -> PathBuf {
        self.folder.join(format!("{}-{}.json", Self::prefix(place), ecosystem.flag()))
    }
}

impl PairCache for FilePairs {
    fn load(&self, place: &Place, ecosystem: Ecosystem) -> Result<Option<CachedPair>> {
        let path = self.path(place, ecosystem);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(CachedPair::from_text(&text, &place.key(ecosystem.flag()))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let message = format!("the kept credential {} could not be read: {error}", path.display());
                Err(Error::new(ErrorCode::FileUnreadable, message))
            }
        }
    }

    fn save(&self, place: &Place, ecosystem: Ecosystem, pair: &CachedPair) -> Result<()> {
        make_private(&self.folder)?;
        let path = self.path(place, ecosystem);
        // Into the user's own file, which is what this cache is for.
        let text = pair.to_text(&place.key(ecosystem.flag()));
        write_durably(&path, text.expose()).map_err(|error| unwritable(&path, &error))
    }

    fn clear(&self, place: &Place) -> Result<usize> {
        let prefix = Self::prefix(place);
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(unwritable(&self.folder, &error)),
        };
        let mut removed = 0;
        for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix)) {
            fs::remove_file(entry.path()).map_err(|error| unwritable(&entry.path(), &error))?;
            removed += 1;
        }
        Ok(removed)
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorCode::FileUnwritable, format!("{} could not be written: {error}", path.display()))
}
