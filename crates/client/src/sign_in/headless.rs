//! Signing in by a browser on another machine: it gets a public key, and only the private one, which
//! never leaves here, reads what comes back.

use std::time::Duration;

use aes_gcm::aead::Aead as _;
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use pulltoken_core::api::headless::{self, Sealed};
use pulltoken_core::api::oauth::{self, Door};
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result, Secret};
use x25519_dalek::{PublicKey, StaticSecret};

use super::{PATIENCE, patiently, send};
use crate::host::Host;

/// Between two questions whether the person has signed in.
const PAUSE: Duration = Duration::from_secs(1);
const NONCE_LENGTH: usize = 12;

/// Shows a page's address to open on any machine, and waits for the ID token of whoever does.
///
/// # Errors
/// `sign_in_refused`, after five minutes as well; those of the network.
pub async fn by_headless<H: Host>(host: &H, issuer: &BaseUrl, door: &Door, show: impl FnOnce(&str)) -> Result<Secret> {
    let mut seed = [0; 32];
    host.fill(&mut seed)?;
    let key = StaticSecret::from(seed);
    let code = headless::code(PublicKey::from(&key).as_bytes());
    show(&oauth::headless_url(issuer, &code, door));
    let waiting = async {
        loop {
            let answer = send(host, headless::request(issuer, &code)).await?;
            if let Some(sealed) = headless::parse(&answer)? {
                return open(&key, &sealed);
            }
            host.sleep(PAUSE).await;
        }
    };
    patiently(host, PATIENCE, waiting).await
}

/// Reads the ID token with the private key.
fn open(key: &StaticSecret, sealed: &Sealed) -> Result<Secret> {
    let refused = || Error::new(ErrorCode::SignInRefused, "what the issuer sent was not encrypted for this sign-in");
    let shared = key.diffie_hellman(&PublicKey::from(sealed.public_key));
    if !shared.was_contributory() || sealed.nonce_and_ciphertext.len() < NONCE_LENGTH {
        return Err(refused());
    }
    let (nonce, ciphertext) = sealed.nonce_and_ciphertext.split_at(NONCE_LENGTH);
    let cipher = Aes256Gcm::new_from_slice(shared.as_bytes()).map_err(|_| refused())?;
    let text = cipher.decrypt(Nonce::from_slice(nonce), ciphertext).map_err(|_| refused())?;
    String::from_utf8(text).map(Secret::new).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(public: &PublicKey, text: &[u8]) -> Sealed {
        let server = StaticSecret::from([9; 32]);
        let cipher = Aes256Gcm::new_from_slice(server.diffie_hellman(public).as_bytes()).unwrap();
        let mut sealed = vec![3; NONCE_LENGTH];
        sealed.extend(cipher.encrypt(Nonce::from_slice(&[3; NONCE_LENGTH]), text).unwrap());
        Sealed { public_key: *PublicKey::from(&server).as_bytes(), nonce_and_ciphertext: sealed }
    }

    #[test]
    fn only_the_maker_of_the_code_reads_the_token() {
        let (ours, theirs) = (StaticSecret::from([1; 32]), StaticSecret::from([2; 32]));
        let sealed = seal(&PublicKey::from(&ours), b"token");
        assert_eq!(open(&ours, &sealed).unwrap().expose(), "token");
        assert_eq!(open(&theirs, &sealed).unwrap_err().code(), ErrorCode::SignInRefused);
        let short = Sealed { nonce_and_ciphertext: vec![0; 11], ..sealed.clone() };
        assert!(open(&ours, &short).is_err());
        let weak = Sealed { public_key: [0; 32], ..sealed };
        assert!(open(&ours, &weak).is_err());
    }
}
