//! The pair that opens the registry.

use crate::secret::Secret;

/// A username (the UIDP of an identity, or `_token` for a session) and a password (a JWT).
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The username; no secret.
    pub username: String,
    /// The password.
    pub password: Secret,
}

impl Credentials {
    /// A pair as it was found; nothing is checked.
    pub fn new(username: impl Into<String>, password: Secret) -> Self {
        Self { username: username.into(), password }
    }

    /// Base64 of `username:password`, as HTTP's Basic and npm's `_auth` want it.
    pub fn basic(&self) -> Secret {
        use base64::Engine as _;
        // Stays wrapped: only the form changes.
        let pair = zeroize::Zeroizing::new(format!("{}:{}", self.username, self.password.expose()));
        Secret::new(base64::engine::general_purpose::STANDARD.encode(pair.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_base64_of_the_pair() {
        let pair = Credentials::new("a/b", Secret::new("c"));
        assert_eq!(pair.basic().expose(), "YS9iOmM=");
        assert_eq!(format!("{pair:?}"), r#"Credentials { username: "a/b", password: [redacted] }"#);
    }
}
