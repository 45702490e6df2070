//! The token cache of the vendor's own command: somebody who is signed in there is signed in here.
//!
//! `<user cache folder>/chainguard/<audience, "/" as "-">/oidc-token` and `…/refresh-token`.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use pulltoken_client::host::BoxFuture;
use pulltoken_client::stored::{LockedSession, Place, SessionStore, StoredSession};
use pulltoken_core::jwt::UnverifiedJwt;
use pulltoken_core::{Error, ErrorCode, Result, Secret};

use crate::private_folder::user_cache_folder;
use crate::session_store::{lock_file, write_durably};

/// The vendor's cache, read; and written only where the user said that it is shared.
pub struct VendorCache {
    folder: PathBuf,
    shared: bool,
}

impl VendorCache {
    /// The cache of this user, if there is a home folder. `shared`: its refresh tokens are used,
    /// and what takes their place is written back.
    pub fn of_user(shared: bool) -> Option<Self> {
        Some(Self { folder: user_cache_folder()?.join("chainguard"), shared })
    }

    fn folder(&self, audience: &str) -> PathBuf {
        let mut name = audience.replace('/', "-");
        if cfg!(windows) {
            name = name.replace(':', "-");
        }
        self.folder.join(name)
    }

    fn read(&self, place: &Place, audience: &str) -> Result<Option<StoredSession>> {
        // A text that is a path elsewhere is no audience.
        if audience.is_empty() || audience.contains('\\') || audience == "." || audience == ".." {
            return Ok(None);
        }
        let folder = self.folder(audience);
        let Some(token) = text(&folder.join("oidc-token"))? else { return Ok(None) };
        // Read only: the token goes nowhere from here.
        let Ok(jwt) = UnverifiedJwt::parse(&token) else { return Ok(None) };
        let of_issuer =
            jwt.claims.issuer.as_deref().is_some_and(|own| own.trim_end_matches('/') == place.issuer.as_str());
        if !of_issuer || !jwt.claims.audience.iter().any(|own| own == audience) {
            return Ok(None);
        }
        let refresh_token = if self.shared { text(&folder.join("refresh-token"))? } else { None };
        StoredSession::new(audience, Secret::new(token), refresh_token.map(Secret::new)).map(Some)
    }
}

impl SessionStore for VendorCache {
    fn load(&self, place: &Place, audience: &str) -> Result<Option<StoredSession>> {
        self.read(place, audience)
    }

    fn lock<'a>(&'a self, place: &'a Place, audience: &'a str) -> BoxFuture<'a, Result<Box<dyn LockedSession + 'a>>> {
        let folder = self.folder(audience);
        Box::pin(async move {
            let path = folder.join(".pulltoken.lock");
            let lock = lock_file(folder, path).await?;
            let locked: Box<dyn LockedSession + 'a> = Box::new(Locked { cache: self, place, audience, _lock: lock });
            Ok(locked)
        })
    }
}

struct Locked<'a> {
    cache: &'a VendorCache,
    place: &'a Place,
    audience: &'a str,
    _lock: fs::File,
}

impl LockedSession for Locked<'_> {
    fn load(&self) -> Result<Option<StoredSession>> {
        self.cache.read(self.place, self.audience)
    }

    fn save(&mut self, session: &StoredSession) -> Result<()> {
        let folder = self.cache.folder(self.audience);
        // The refresh token first: without it the session is lost, without the other it is renewed.
        let parts = [("refresh-token", session.refresh_token.as_ref()), ("oidc-token", Some(&session.token))];
        for (name, secret) in parts {
            let Some(secret) = secret else { continue };
            let path = folder.join(name);
            // Into the vendor's cache, which the user said is shared.
            write_durably(&path, secret.expose()).map_err(|error| {
                Error::new(ErrorCode::FileUnwritable, format!("{} could not be written: {error}", path.display()))
            })?;
        }
        Ok(())
    }

    /// What the vendor's command wrote is its own to remove.
    fn remove(&mut self) -> Result<bool> {
        Ok(false)
    }
}

fn text(path: &std::path::Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => {
            Err(Error::new(ErrorCode::FileUnreadable, format!("{} could not be read: {error}", path.display())))
        }
    }
}
