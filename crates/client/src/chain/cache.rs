//! Pairs that were minted, or borrowed from a CI identity, and are kept until they are about to expire.

use pulltoken_core::{Credentials, Ecosystem, Result, Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::host::Shared;
use crate::stored::Place;

/// Raised when an older program could misread what a newer one wrote.
const VERSION: u32 = 1;

/// Whose a kept pair is: another session, identity or organisation passes it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The organisation it was minted in, by name or identifier as it was asked for; empty for the only one.
    pub parent: String,
    /// The subject of the session that minted it.
    pub subject: String,
}

/// A pair and whose it is.
#[derive(Clone, Debug)]
pub struct CachedPair {
    /// The pair.
    pub credentials: Credentials,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// Whose it is.
    pub origin: Origin,
}

/// Keeps pairs between runs.
pub trait PairCache: Shared {
    /// What is kept for a place and ecosystem.
    ///
    /// # Errors
    /// `file_unreadable`; what cannot be understood is no pair.
    fn load(&self, place: &Place, ecosystem: Ecosystem) -> Result<Option<CachedPair>>;

    /// Keeps a pair.
    ///
    /// # Errors
    /// `file_unwritable`.
    fn save(&self, place: &Place, ecosystem: Ecosystem, pair: &CachedPair) -> Result<()>;

    /// Forgets every pair of a place; how many there were.
    ///
    /// # Errors
    /// `file_unwritable`.
    fn clear(&self, place: &Place) -> Result<usize>;
}

impl CachedPair {
    /// The JSON that [`Self::from_text`] reads.
    pub fn to_text(&self, key: &str) -> Secret {
        let file = File {
            version: VERSION,
            key: key.to_owned(),
            origin: self.origin.clone(),
            username: self.credentials.username.clone(),
            // Goes into the user's own file, which is what a cache is for.
            password: self.credentials.password.expose().to_owned(),
            expires_at: self.expires_at,
        };
        // Texts, numbers and times: nothing here can fail to be written.
        Secret::new(serde_json::to_string_pretty(&file).unwrap_or_default())
    }

    /// Reads what was kept under this key; `None` for anything else.
    pub fn from_text(text: &str, key: &str) -> Option<Self> {
        let file: File = serde_json::from_str(text).ok()?;
        (file.version == VERSION && file.key == key).then(|| Self {
            credentials: Credentials::new(file.username, Secret::new(file.password)),
            expires_at: file.expires_at,
            origin: file.origin,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    version: u32,
    key: String,
    origin: Origin,
    username: String,
    password: String,
    expires_at: Option<Timestamp>,
}
