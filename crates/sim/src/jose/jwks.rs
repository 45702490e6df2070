//! A set of public keys that somebody registered or published.

use aws_lc_rs::rsa::{PublicEncryptingKey, PublicKeyComponents};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Usable public keys, each with its id.
#[derive(Clone)]
pub(crate) struct PublicKeys(Vec<PublicKey>);

#[derive(Clone)]
struct PublicKey {
    id: Option<String>,
    algorithm: Option<Algorithm>,
    key: DecodingKey,
}

impl PublicKeys {
    /// Reads a JWKS document. The error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let keys = elements(text)?;
        keys.iter().map(PublicKey::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Reads a JWKS document that a provider publishes, whose other keys are for others.
    pub(crate) fn parse_published(text: &str) -> Result<Self, String> {
        let keys: Vec<_> = elements(text)?.iter().filter_map(|key| PublicKey::parse(key).ok()).collect();
        if keys.is_empty() { Err("the key set holds no usable key".to_owned()) } else { Ok(Self(keys)) }
    }

    /// Whether one of the keys may have signed a token with this header.
    pub(crate) fn has_key_for(&self, header: &jsonwebtoken::Header) -> bool {
        header.kid.is_none() || self.0.iter().any(|key| key.id.is_none() || key.id == header.kid)
    }

    pub(crate) fn verify(&self, signed: &str, signature: &str, header: &jsonwebtoken::Header) -> bool {
        self.0
            .iter()
            .filter(|key| header.kid.is_none() || key.id.is_none() || key.id == header.kid)
            .filter(|key| key.algorithm.is_none_or(|algorithm| algorithm == header.alg))
            // A key of another family than the algorithm's verifies nothing.
            .any(|key| {
                jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key.key, header.alg).unwrap_or(false)
            })
    }
}

fn elements(text: &str) -> Result<Vec<Value>, String> {
    let mut document: Value = serde_json::from_str(text).map_err(|_| "the key set is not JSON".to_owned())?;
    match document.get_mut("keys").map(Value::take) {
        Some(Value::Array(keys)) if keys.is_empty() => Err("the key set is empty".to_owned()),
        Some(Value::Array(keys)) => Ok(keys),
        _ => Err("the key set has no \"keys\" array".to_owned()),
    }
}

impl PublicKey {
    fn parse(value: &Value) -> Result<Self, String> {
        if ["d", "p", "q", "dp", "dq", "qi", "k"].iter().any(|name| value.get(name).is_some()) {
            return Err("the key set holds a private or symmetric key".to_owned());
        }
        let jwk: Jwk = serde_json::from_value(value.clone())
            .map_err(|_| "the key set holds a key that cannot be read".to_owned())?;
        check_usable(&jwk.algorithm)?;
        let key =
            DecodingKey::from_jwk(&jwk).map_err(|_| "the key set holds a key of an unsupported kind".to_owned())?;
        let algorithm = value
            .get("alg")
            .and_then(Value::as_str)
            .map(str::parse)
            .transpose()
            .map_err(|_| "the key set names an unsupported algorithm".to_owned())?;
        Ok(Self { id: jwk.common.key_id, algorithm, key })
    }
}

/// Has the cryptography library look at the key: a modulus of 2048 to 8192 bits, a point on its
/// curve.
fn check_usable(parameters: &AlgorithmParameters) -> Result<(), String> {
    let bytes = |text: &str| {
        URL_SAFE_NO_PAD.decode(text).map_err(|_| "the key set holds a number that is not base64url".to_owned())
    };
    match parameters {
        AlgorithmParameters::RSA(rsa) => {
            let components = PublicKeyComponents { n: bytes(&rsa.n)?, e: bytes(&rsa.e)? };
            let key: Result<PublicEncryptingKey, _> = components.try_into();
            let bits = key.map(|key| key.key_size_bits()).unwrap_or(0);
            if (2048..=8192).contains(&bits) {
                Ok(())
            } else {
                Err("the key set holds an RSA key that is not usable; it needs 2048 to 8192 bits".to_owned())
            }
        }
        AlgorithmParameters::EllipticCurve(ec) => {
            let algorithm = match ec.curve {
                EllipticCurve::P256 => &ECDSA_P256_SHA256_FIXED,
                EllipticCurve::P384 => &ECDSA_P384_SHA384_FIXED,
                _ => return Err(UNSUPPORTED.to_owned()),
            };
            let point = [vec![UNCOMPRESSED], bytes(&ec.x)?, bytes(&ec.y)?].concat();
            ParsedPublicKey::new(algorithm, point)
                .map(|_| ())
                .map_err(|_| "the key set holds a point that is not on its curve".to_owned())
        }
        _ => Err(UNSUPPORTED.to_owned()),
    }
}

const UNSUPPORTED: &str = "the key set holds a key that is neither RSA, P-256 nor P-384";

/// The first byte of a point whose coordinates are both given.
const UNCOMPRESSED: u8 = 4;
