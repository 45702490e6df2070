//! A JWT as it was presented, and the claims it makes once its signature was checked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Header;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::PublicKeys;

/// A token whose signature was not checked yet: good for finding the right keys only.
pub(crate) struct Token<'a> {
    signed: &'a str,
    signature: &'a str,
    header: Header,
    claims: Claims,
}

impl<'a> Token<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (_, payload) = signed.split_once('.')?;
        let header = jsonwebtoken::decode_header(text).ok()?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let claims = serde_json::from_slice(&payload).ok()?;
        Some(Self { signed, signature, header, claims: Claims(claims) })
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    pub(crate) fn unverified(&self) -> &Claims {
        &self.claims
    }

    /// The claims, if one of `keys` signed them.
    pub(crate) fn verify(self, keys: &PublicKeys) -> Option<Claims> {
        keys.verify(self.signed, self.signature, &self.header).then_some(self.claims)
    }
}

/// What a token says.
#[derive(Clone, Debug)]
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    pub(crate) fn issuer(&self) -> &str {
        self.text("iss").unwrap_or_default()
    }

    pub(crate) fn subject(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    pub(crate) fn audiences(&self) -> Vec<&str> {
        self.texts("aud")
    }

    /// A claim that may be one text or a list of texts.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        match self.0.get(name) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn expires_at(&self) -> Option<i64> {
        self.seconds("exp")
    }

    pub(crate) fn issued_at(&self) -> Option<i64> {
        self.seconds("iat")
    }

    /// The reason why the token is not valid at `now`, if there is one.
    pub(crate) fn out_of_date(&self, now: OffsetDateTime) -> Option<&'static str> {
        let now = now.unix_timestamp();
        match (self.expires_at(), self.seconds("nbf")) {
            (None, _) => Some("the token has no expiry"),
            (Some(expires), _) if expires <= now => Some("the token is expired"),
            (_, Some(begins)) if begins > now => Some("the token is not valid yet"),
            _ => None,
        }
    }

    fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        // NumericDate may carry a fraction.
        #[allow(clippy::cast_possible_truncation)]
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64))
    }
}
