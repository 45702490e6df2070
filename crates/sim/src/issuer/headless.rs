//! Signing in on another machine: an ID token that only the holder of an X25519 key can read.
//!
//! The code is the client's public key in base64url. The token is sealed with AES-256-GCM under the
//! secret that this key and a fresh one of ours share; the nonce stands before the ciphertext.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use aws_lc_rs::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey, X25519};
use aws_lc_rs::rand::SystemRandom;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::http::Request;
use crate::problem::Problem;
use crate::state::Shared;

/// How long a sealed token waits to be fetched.
const LIFETIME: time::Duration = time::Duration::minutes(10);

/// A client's public key that can be agreed with.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    text: String,
    key: Vec<u8>,
}

/// A token as it is stored and fetched.
pub(crate) struct Sealed {
    public_key: String,
    ciphertext: Vec<u8>,
}

/// Sealed tokens by code. A code that was used stays, so that it cannot be used again.
#[derive(Default)]
pub(crate) struct HeadlessSessions(Mutex<HashMap<String, Session>>);

enum Session {
    Waiting { sealed: Sealed, until: OffsetDateTime },
    Over,
}

impl Code {
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let refused = "the code is no X25519 key in unpadded base64url";
        let key = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused)?;
        let code = Self { text: text.to_owned(), key };
        // Keys of small order agree with nobody.
        code.seal(b"").map_err(|()| refused).map(|_| code)
    }

    /// Encrypts for the holder of the private key.
    fn seal(&self, token: &[u8]) -> Result<Sealed, ()> {
        let ours = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new()).map_err(|_| ())?;
        let public_key = URL_SAFE_NO_PAD.encode(ours.compute_public_key().map_err(|_| ())?);
        let theirs = UnparsedPublicKey::new(&X25519, &self.key);
        let ciphertext = agreement::agree_ephemeral(ours, theirs, (), |secret| {
            let key = RandomizedNonceKey::new(&AES_256_GCM, secret).map_err(|_| ())?;
            let mut sealed = token.to_vec();
            let nonce = key.seal_in_place_append_tag(Aad::empty(), &mut sealed).map_err(|_| ())?;
            Ok([nonce.as_ref().as_slice(), &sealed].concat())
        })?;
        Ok(Sealed { public_key, ciphertext })
    }
}

impl Shared {
    /// Leaves an ID token for whoever made the code.
    pub(crate) fn leave_sealed(&self, code: &Code, id_token: &str) -> Result<(), Problem> {
        let sealed = code.seal(id_token.as_bytes());
        let sealed = sealed.map_err(|()| Problem::internal("the token could not be encrypted"))?;
        let until = self.now() + LIFETIME;
        let mut sessions = self.sign_in.headless.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.contains_key(&code.text) {
            return Err(Problem::invalid("this code was used before"));
        }
        sessions.insert(code.text.clone(), Session::Waiting { sealed, until });
        Ok(())
    }

    /// Uses a code up without leaving anything.
    pub(crate) fn close_headless(&self, code: &Code) {
        let mut sessions = self.sign_in.headless.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(code.text.clone(), Session::Over);
    }
}

/// `GET /sts/headless_sessions?code=…`: the sealed token, once; not found until it is there.
pub(crate) fn fetch(shared: &Shared, _: &Request, parameters: &[(String, String)]) -> Result<Value, Problem> {
    let mut codes = parameters.iter().filter(|(name, _)| name == "code").map(|(_, value)| value.as_str());
    let (Some(code), None) = (codes.next(), codes.next()) else {
        return Err(Problem::invalid("one code is required"));
    };
    Code::parse(code).map_err(Problem::invalid)?;
    let now = shared.now();
    let mut sessions = shared.sign_in.headless.0.lock().unwrap_or_else(PoisonError::into_inner);
    let session = sessions.get_mut(code).map(|session| std::mem::replace(session, Session::Over));
    match session {
        Some(Session::Waiting { sealed, until }) if now < until => Ok(json!({
            // Fields of type bytes, which JSON holds in standard base64; the key's bytes are text themselves.
            "ecdhPublicKey": STANDARD.encode(sealed.public_key),
            "encryptedIdtoken": STANDARD.encode(sealed.ciphertext),
        })),
        _ => Err(Problem::not_found("no headless session was found")),
    }
}
