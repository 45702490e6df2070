//! RSA-4096 keys by aws-lc, on a thread of their own: one takes about half a second.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use pulltoken_client::host::{BoxFuture, SigningKey};
use pulltoken_core::jwk::RsaPublicKey;
use pulltoken_core::{Error, ErrorCode, Result};
use tokio::sync::oneshot;

struct RsaKey {
    pair: KeyPair,
    public: RsaPublicKey,
}

/// Makes a key. Dropping the future leaves the thread to end by itself; nothing waits for it.
pub(crate) async fn make() -> Result<Box<dyn SigningKey>> {
    let (done, result) = oneshot::channel();
    std::thread::Builder::new()
        .name("key".into())
        .spawn(move || {
            // The receiver is gone if nobody wants the key any more.
            let _ = done.send(generate());
        })
        .map_err(|error| Error::new(ErrorCode::Internal, format!("no thread could be started: {error}")))?;
    result.await.unwrap_or_else(|_| Err(failed("the thread that made the key died")))
}

fn generate() -> Result<Box<dyn SigningKey>> {
    let pair = KeyPair::generate(KeySize::Rsa4096).map_err(|_| failed("no RSA key could be made"))?;
    let components = pair.public_key();
    let public = RsaPublicKey {
        modulus: components.modulus().big_endian_without_leading_zero().to_vec(),
        exponent: components.exponent().big_endian_without_leading_zero().to_vec(),
    };
    Ok(Box::new(RsaKey { pair, public }))
}

impl SigningKey for RsaKey {
    fn public_key(&self) -> &RsaPublicKey {
        &self.public
    }

    fn sign_once(self: Box<Self>, message: Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>>> {
        // About a millisecond: not worth a thread.
        Box::pin(async move {
            let mut signature = vec![0; self.pair.public_modulus_len()];
            self.pair
                .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature)
                .map_err(|_| failed("the RSA key could not sign"))?;
            Ok(signature)
        })
    }
}

fn failed(message: &str) -> Error {
    Error::new(ErrorCode::Internal, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

    #[test]
    fn a_key_signs_what_its_public_half_verifies() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let key = runtime.block_on(make()).unwrap();
        let public = key.public_key().clone();
        assert_eq!((public.modulus.len(), public.exponent.as_slice()), (512, [1u8, 0, 1].as_slice()));
        let signature = runtime.block_on(key.sign_once(b"message".to_vec())).unwrap();
        let components = RsaPublicKeyComponents { n: &public.modulus, e: &public.exponent };
        components.verify(&RSA_PKCS1_2048_8192_SHA256, b"message", &signature).unwrap();
        assert!(components.verify(&RSA_PKCS1_2048_8192_SHA256, b"massage", &signature).is_err());
    }
}
