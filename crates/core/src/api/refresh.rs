//! `POST ISSUER/sts/exchange_refresh_token`: a new session for an old one's refresh token, which is
//! dead afterwards.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::read;
use super::reader::{Message, OtherShape, Parts, Read, parsed};
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Method, Request, Response};
use crate::json::Value;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// A session and what renews it next.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// The access token.
    pub token: Secret,
    /// The refresh token that takes the place of the one used.
    pub refresh_token: Secret,
}

/// Asks for a session towards the audience that the refresh token is for; no other can be had.
pub fn request(issuer: &BaseUrl, refresh_token: &Secret, audience: &str) -> Request {
    let url = issuer.join("/sts/exchange_refresh_token");
    Request::new(Method::Post, url, refresh_token).with_form(&[("aud", audience)])
}

/// Reads the session.
///
/// # Errors
/// What the issuer refused with; a refused token is `session_expired`.
pub fn parse(response: &Response) -> Result<Renewed> {
    read(response, "renew the session").map_err(|error| match error.code() {
        ErrorCode::Unauthenticated => {
            let (status, id) = (error.status().unwrap_or(response.status), response.request_id.clone());
            let message = format!("the session could not be renewed: {}", error.message());
            Error::new(ErrorCode::SessionExpired, message).with_answer(status, id)
        }
        _ => error,
    })
}

/// When a refresh token ends, if it says so: it is standard base64 of a JSON document with `exp`.
pub fn expiry(refresh_token: &Secret) -> Option<Timestamp> {
    // Read only: the token goes nowhere from here.
    let document = STANDARD.decode(refresh_token.expose()).ok()?;
    let Document { exp } = parsed(&document)?;
    Timestamp::from_unix_seconds(exp).filter(|_| exp > 0)
}

impl Message for Renewed {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        let Raw(token) = parts.message(&["token"])?.ok_or(OtherShape)?;
        let Raw(refresh_token) = parts.message(&["refreshToken"])?.ok_or(OtherShape)?;
        Ok(Self { token, refresh_token })
    }
}

struct Raw(Secret);

impl Message for Raw {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        parts.needed_text(&["token"]).map(|token| Self(Secret::new(token)))
    }
}

struct Document {
    exp: i64,
}

impl Message for Document {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        match parts.value(&["exp"])? {
            Value::Number(number) => number.whole().map(|exp| Self { exp }).ok_or(OtherShape),
            _ => Err(OtherShape),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answer, form_of};
    use super::*;
    use serde_json::json;

    #[test]
    fn both_tokens_are_new_afterwards() {
        let issuer = BaseUrl::parse("https://issuer.test").unwrap();
        let request = request(&issuer, &Secret::new("r1"), "libraries.cgr.dev");
        assert_eq!(request.url, "https://issuer.test/sts/exchange_refresh_token");
        assert_eq!(form_of(&request), "aud=libraries.cgr.dev");
        let body = json!({"token": {"token": "a2", "refreshToken": ""}, "refreshToken": {"token": "r2"}});
        let renewed = parse(&answer(200, &body)).unwrap();
        assert_eq!((renewed.token.expose(), renewed.refresh_token.expose()), ("a2", "r2"));
        for body in [
            r#"{"token":{"token":"a"}}"#,
            r#"{"token":"a","refreshToken":{"token":"r"}}"#,
            r#"{"token":{"token":"a","token":"b"},"refreshToken":{"token":"r"}}"#,
            r#"{"token":{"token":"a"},"refreshToken":{"token":"r"},"refreshToken":{"token":"s"}}"#,
        ] {
            assert_eq!(parse(&Response::new(200, body)).unwrap_err().code(), ErrorCode::UnexpectedResponse, "{body}");
        }
    }

    #[test]
    fn a_refused_refresh_token_is_an_expired_session() {
        let refused = answer(401, &json!({"code": 16, "message": "token was used"}));
        assert_eq!(parse(&refused).unwrap_err().code(), ErrorCode::SessionExpired);
        let broken = answer(500, &json!({"code": 13, "message": "x"}));
        assert_eq!(parse(&broken).unwrap_err().code(), ErrorCode::ServerError);
    }

    #[test]
    fn a_refresh_token_tells_its_end() {
        let token = |text: &str| Secret::new(STANDARD.encode(text));
        assert_eq!(expiry(&token(r#"{"exp":1000,"x":1}"#)), Timestamp::from_unix_seconds(1000));
        for text in ["", "{}", r#"{"exp":0}"#, r#"{"exp":"soon"}"#, r#"{"exp":5,"exp":6}"#, "nonsense"] {
            assert_eq!(expiry(&token(text)), None, "{text}");
        }
        assert_eq!(expiry(&Secret::new("not base64")), None);
    }
}
