//! RSA-4096 keys by WebCrypto, off this thread. The private key cannot be read, not even by us.

use js_sys::{Array, Object, Reflect, Uint8Array};
use pulltoken_client::host::{BoxFuture, SigningKey};
use pulltoken_core::jwk::RsaPublicKey;
use pulltoken_core::{Error, ErrorCode, Result};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Crypto, CryptoKey, SubtleCrypto};

use super::fetch::wait;
use super::{global, property};

const ALGORITHM: &str = "RSASSA-PKCS1-v1_5";

struct WebKey {
    private: CryptoKey,
    public: RsaPublicKey,
}

/// WebCrypto.
///
/// # Errors
/// `internal` where there is none.
pub(super) fn crypto() -> Result<Crypto> {
    let crypto = global("crypto");
    if crypto.is_object() { Ok(crypto.unchecked_into()) } else { Err(missing()) }
}

/// Makes a key. Dropping the future leaves the work to end by itself; nothing waits for it.
pub(super) async fn make() -> Result<Box<dyn SigningKey>> {
    let subtle = subtle()?;
    let usages = Array::of1(&JsValue::from_str("sign"));
    let making = algorithm().and_then(|algorithm| subtle.generate_key_with_object(&algorithm, false, &usages));
    let pair = wait(&making.map_err(failed)?.into()).await.map_err(failed)?;
    let exporting = subtle.export_key("jwk", property(&pair, "publicKey").unchecked_ref());
    let jwk = wait(&exporting.map_err(failed)?.into()).await.map_err(failed)?;
    let (Some(n), Some(e)) = (property(&jwk, "n").as_string(), property(&jwk, "e").as_string()) else {
        return Err(Error::new(ErrorCode::Internal, "WebCrypto gave a public key of another kind"));
    };
    let public = RsaPublicKey::from_jwk(&n, &e)?;
    Ok(Box::new(WebKey { private: property(&pair, "privateKey").unchecked_into(), public }))
}

fn algorithm() -> std::result::Result<Object, JsValue> {
    let algorithm = Object::new();
    for (name, value) in [
        ("name", JsValue::from_str(ALGORITHM)),
        ("hash", JsValue::from_str("SHA-256")),
        ("modulusLength", JsValue::from_f64(4096.0)),
        ("publicExponent", Uint8Array::from([1, 0, 1].as_slice()).into()),
    ] {
        Reflect::set(&algorithm, &JsValue::from_str(name), &value)?;
    }
    Ok(algorithm)
}

impl SigningKey for WebKey {
    fn public_key(&self) -> &RsaPublicKey {
        &self.public
    }

    fn sign_once(self: Box<Self>, message: Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>>> {
        Box::pin(async move {
            let signing = subtle()?.sign_with_str_and_u8_array(ALGORITHM, &self.private, &message);
            let signature = wait(&signing.map_err(failed)?.into()).await.map_err(failed)?;
            Ok(Uint8Array::new(&signature).to_vec())
        })
    }
}

fn subtle() -> Result<SubtleCrypto> {
    let subtle = property(&crypto()?.into(), "subtle");
    if subtle.is_object() { Ok(subtle.unchecked_into()) } else { Err(missing()) }
}

fn missing() -> Error {
    Error::new(ErrorCode::Internal, "there is no WebCrypto here")
        .with_hint("a page gets it over https, or on localhost")
}

fn failed(_: JsValue) -> Error {
    Error::new(ErrorCode::Internal, "WebCrypto could not make or use an RSA key")
}
