//! The public key that an identity registers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::error::{Error, ErrorCode, Result};

/// An RSA public key, big-endian without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPublicKey {
    /// The modulus.
    pub modulus: Vec<u8>,
    /// The exponent.
    pub exponent: Vec<u8>,
}

impl RsaPublicKey {
    /// Reads the two numbers as a JWK has them, in base64url without padding.
    ///
    /// # Errors
    /// `internal` for what no maker of keys writes.
    pub fn from_jwk(n: &str, e: &str) -> Result<Self> {
        let read = |text: &str| {
            URL_SAFE_NO_PAD
                .decode(text)
                .map_err(|_| Error::new(ErrorCode::Internal, "the public key made here is not base64url"))
        };
        Ok(Self { modulus: read(n)?, exponent: read(e)? })
    }

    /// A JWKS (RFC 7517) with this one key, for RS256, as the text that the platform stores.
    pub fn to_jwks(&self, key_id: &str) -> String {
        let key = Jwk {
            kty: "RSA",
            usage: "sig",
            alg: "RS256",
            kid: key_id,
            n: URL_SAFE_NO_PAD.encode(&self.modulus),
            e: URL_SAFE_NO_PAD.encode(&self.exponent),
        };
        // Texts alone: nothing here can fail to be written.
        serde_json::to_string(&Jwks { keys: [key] }).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Jwks<'a> {
    keys: [Jwk<'a>; 1],
}

#[derive(Serialize)]
struct Jwk<'a> {
    kty: &'a str,
    #[serde(rename = "use")]
    usage: &'a str,
    alg: &'a str,
    kid: &'a str,
    n: String,
    e: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_jwks_is_url_safe_and_unpadded() {
        let key = RsaPublicKey { modulus: vec![0xfb, 0xff], exponent: vec![1, 0, 1] };
        let jwks: serde_json::Value = serde_json::from_str(&key.to_jwks("k1")).unwrap();
        assert_eq!(
            (&jwks["keys"][0]["n"], &jwks["keys"][0]["e"], &jwks["keys"][0]["kid"]),
            (&json!("-_8"), &json!("AQAB"), &json!("k1"))
        );
        assert_eq!(RsaPublicKey::from_jwk("-_8", "AQAB").unwrap(), key);
        assert!(RsaPublicKey::from_jwk("-_8=", "AQAB").is_err());
    }
}
