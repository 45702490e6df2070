//! `GET ISSUER/sts/headless_sessions?code=CODE`: the ID token of a person who signed in on another
//! machine, encrypted for whoever made the code.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::reader::{self, Parts, Read};
use super::{problem, read};
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Method, Request, Response, encode_query};

/// The public half of an X25519 key as a code: unpadded base64url.
pub fn code(public_key: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(public_key)
}

/// Asks whether the person has signed in.
pub fn request(issuer: &BaseUrl, code: &str) -> Request {
    Request::anonymous(Method::Get, format!("{}?code={}", issuer.join("/sts/headless_sessions"), encode_query(code)))
}

/// A session that only the holder of the code's private key can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The server's public X25519 key.
    pub public_key: [u8; 32],
    /// Twelve bytes of nonce, and what AES-256-GCM made of the ID token under the shared secret.
    pub nonce_and_ciphertext: Vec<u8>,
}

/// Reads the answer; `None` while the person has not signed in (404).
///
/// # Errors
/// What the issuer refused with, or `unexpected_response` for a session that is malformed.
pub fn parse(response: &Response) -> Result<Option<Sealed>> {
    if response.status == 404 && problem::grpc_code(response) == Some(5) {
        return Ok(None);
    }
    let message: Message = read(response, "wait for the sign-in")?;
    let malformed = || {
        Error::new(ErrorCode::UnexpectedResponse, "the issuer's headless session is malformed")
            .with_answer(response.status, response.request_id.clone())
    };
    // A bytes field of proto3 JSON, whose bytes are the base64url text of the key.
    let text = STANDARD.decode(message.ecdh_public_key).map_err(|_| malformed())?;
    let key = URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed())?;
    let public_key = key.try_into().map_err(|_| malformed())?;
    let nonce_and_ciphertext = STANDARD.decode(message.encrypted_idtoken).map_err(|_| malformed())?;
    Ok(Some(Sealed { public_key, nonce_and_ciphertext }))
}

struct Message {
    ecdh_public_key: String,
    encrypted_idtoken: String,
}

impl reader::Message for Message {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            ecdh_public_key: parts.needed_text(&["ecdhPublicKey"])?,
            encrypted_idtoken: parts.needed_text(&["encryptedIdtoken"])?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::answer;
    use super::*;
    use serde_json::json;

    #[test]
    fn nobody_has_signed_in_until_the_session_is_there() {
        let waiting = answer(404, &json!({"code": 5, "message": "not found"}));
        assert_eq!(parse(&waiting).unwrap(), None);
        assert_eq!(parse(&Response::new(404, "<html>")).unwrap_err().code(), ErrorCode::NotFound);
        let body = json!({"ecdhPublicKey": STANDARD.encode(code(&[7; 32])), "encryptedIdtoken": STANDARD.encode("x")});
        let sealed = parse(&answer(200, &body)).unwrap().unwrap();
        assert_eq!(sealed, Sealed { public_key: [7; 32], nonce_and_ciphertext: b"x".to_vec() });
        for key in ["", "!", "AAAA"] {
            let body = json!({"ecdhPublicKey": key, "encryptedIdtoken": ""});
            assert_eq!(parse(&answer(200, &body)).unwrap_err().code(), ErrorCode::UnexpectedResponse);
        }
    }

    #[test]
    fn the_code_stands_in_the_query() {
        let issuer = BaseUrl::parse("https://issuer.test").unwrap();
        let url = request(&issuer, &code(&[255; 32])).url;
        assert_eq!(url, format!("https://issuer.test/sts/headless_sessions?code={}8", "_".repeat(42)));
    }
}
