//! Who signs a CI system's tokens.

use crate::base_url::BaseUrl;
use crate::error::Result;

/// The `iss` of a token: an https URL (http on loopback), compared to the letter, a slash at its end
/// included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(String);

impl Issuer {
    /// Reads one.
    ///
    /// # Errors
    /// `invalid_url` and `insecure_url`, as for any service.
    pub fn parse(text: &str) -> Result<Self> {
        BaseUrl::parse(text).map(|_| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
