//! A key pair that the simulator signs with.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};

/// An ES256 key: made in no time, unlike an RSA key.
#[derive(Clone)]
pub(crate) struct Signer {
    key: EncodingKey,
    header: Header,
    jwk: Value,
}

impl Signer {
    /// Makes a fresh key; fails only where the machine has no randomness.
    pub(crate) fn generate() -> Result<Self, String> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| "no key could be made".to_owned())?;
        let key = EncodingKey::from_ec_der(pkcs8.as_ref());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).map_err(|e| e.to_string())?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|e| e.to_string())?;
        jwk.common.key_id = Some(kid.clone());
        let header = Header { kid: Some(kid), ..Header::new(Algorithm::ES256) };
        let jwk = serde_json::to_value(jwk).map_err(|e| e.to_string())?;
        Ok(Self { key, header, jwk })
    }

    pub(crate) fn sign(&self, claims: &Map<String, Value>) -> Result<String, String> {
        jsonwebtoken::encode(&self.header, claims, &self.key).map_err(|e| e.to_string())
    }

    /// The public key as a JWKS document.
    pub(crate) fn jwks(&self) -> Value {
        json!({"keys": [self.jwk]})
    }
}
