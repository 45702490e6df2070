//! A stored session as text.

use pulltoken_core::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Place, StoredSession};

/// Raised when an older program could misread what a newer one wrote.
const VERSION: u32 = 1;

impl StoredSession {
    /// The JSON that [`Self::from_text`] reads.
    pub fn to_text(&self, place: &Place) -> Secret {
        let file = File {
            version: VERSION,
            api: place.api.as_str(),
            issuer: place.issuer.as_str(),
            registry: place.registry.as_str(),
            connect_to: place.connect_to.iter().map(String::as_str).collect(),
            audience: &self.audience,
            // Both go into the user's own file, which is what a store is for.
            token: self.token.expose(),
            refresh_token: self.refresh_token.as_ref().map(Secret::expose),
            expires_at: self.expires_at,
        };
        // Texts, numbers and times: nothing here can fail to be written.
        Secret::new(serde_json::to_string_pretty(&file).unwrap_or_default())
    }

    /// Reads what was stored for this place and audience; `None` for anything else.
    pub fn from_text(text: &str, place: &Place, audience: &str) -> Option<Self> {
        Self::of_place(text, place).filter(|session| session.audience == audience)
    }

    /// Reads what was stored for this place, whatever the audience; `None` for anything else.
    pub fn of_place(text: &str, place: &Place) -> Option<Self> {
        let owned: Owned = serde_json::from_str(text).ok()?;
        let its_place = owned.version == VERSION
            && owned.api == place.api.as_str()
            && owned.issuer == place.issuer.as_str()
            && owned.registry == place.registry.as_str()
            && owned.connect_to == place.connect_to;
        its_place.then_some(Self {
            audience: owned.audience,
            token: owned.token,
            expires_at: owned.expires_at,
            refresh_token: owned.refresh_token,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    version: u32,
    api: &'a str,
    issuer: &'a str,
    registry: &'a str,
    connect_to: Vec<&'a str>,
    audience: &'a str,
    token: &'a str,
    refresh_token: Option<&'a str>,
    expires_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owned {
    version: u32,
    api: String,
    issuer: String,
    registry: String,
    connect_to: Vec<String>,
    audience: String,
    token: Secret,
    refresh_token: Option<Secret>,
    expires_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::BaseUrl;

    #[test]
    fn a_session_is_read_for_its_own_place_alone() {
        let url = |text: &str| BaseUrl::parse(text).unwrap();
        let place = Place {
            api: url("https://a.test"),
            issuer: url("https://i.test"),
            registry: url("https://r.test"),
            connect_to: vec!["a.test:443:127.0.0.1:1".into()],
        };
        let session = StoredSession {
            audience: "aud".into(),
            token: Secret::new("t"),
            expires_at: Timestamp::from_unix_seconds(1),
            refresh_token: Some(Secret::new("r")),
        };
        let text = session.to_text(&place);
        let read = StoredSession::from_text(text.expose(), &place, "aud").unwrap();
        assert_eq!((read.token.expose(), read.refresh_token.unwrap().expose()), ("t", "r"));
        assert_eq!(read.expires_at, session.expires_at);
        assert!(StoredSession::from_text(text.expose(), &place, "other").is_none());
        for elsewhere in [
            Place { api: url("https://b.test"), ..place.clone() },
            Place { issuer: url("https://b.test"), ..place.clone() },
            Place { registry: url("https://b.test"), ..place.clone() },
            Place { connect_to: Vec::new(), ..place.clone() },
        ] {
            assert!(StoredSession::from_text(text.expose(), &elsewhere, "aud").is_none());
            assert_ne!(elsewhere.key("aud"), place.key("aud"));
        }
        assert!(StoredSession::from_text("{", &place, "aud").is_none());
    }
}
