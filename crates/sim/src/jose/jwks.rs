//! A set of public keys that somebody registered or published.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
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
        let document: Value = serde_json::from_str(text).map_err(|_| "the key set is not JSON".to_owned())?;
        let keys = document.get("keys").and_then(Value::as_array).ok_or("the key set has no \"keys\" array")?;
        if keys.is_empty() {
            return Err("the key set is empty".to_owned());
        }
        keys.iter().map(PublicKey::parse).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn verify(&self, signed: &str, signature: &str, header: &jsonwebtoken::Header) -> bool {
        self.0
            .iter()
            .filter(|key| header.kid.is_none() || key.id.is_none() || key.id == header.kid)
            .filter(|key| key.algorithm.is_none_or(|algorithm| algorithm == header.alg))
            .filter(|key| key.key.family() == family(header.alg))
            .any(|key| {
                jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key.key, header.alg).unwrap_or(false)
            })
    }
}

impl PublicKey {
    fn parse(value: &Value) -> Result<Self, String> {
        if ["d", "p", "q", "dp", "dq", "qi", "k"].iter().any(|name| value.get(name).is_some()) {
            return Err("the key set holds a private or symmetric key".to_owned());
        }
        let jwk: Jwk = serde_json::from_value(value.clone())
            .map_err(|_| "the key set holds a key that cannot be read".to_owned())?;
        if let AlgorithmParameters::RSA(rsa) = &jwk.algorithm {
            let bits = rsa.n.len() * 6;
            if bits < 2048 {
                return Err("an RSA key must have at least 2048 bits".to_owned());
            }
        }
        let supported = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => true,
            AlgorithmParameters::EllipticCurve(ec) => {
                matches!(ec.curve, EllipticCurve::P256 | EllipticCurve::P384)
            }
            _ => false,
        };
        if !supported {
            return Err("the key set holds a key that is neither RSA, P-256 nor P-384".to_owned());
        }
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

fn family(algorithm: Algorithm) -> AlgorithmFamily {
    match algorithm {
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => AlgorithmFamily::Hmac,
        Algorithm::ES256 | Algorithm::ES384 => AlgorithmFamily::Ec,
        Algorithm::EdDSA => AlgorithmFamily::Ed,
        _ => AlgorithmFamily::Rsa,
    }
}
