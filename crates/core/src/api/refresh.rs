//! `POST ISSUER/sts/exchange_refresh_token`: a new session for an old one's refresh token, which is
//! dead afterwards.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{object, strange};
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Method, Request, Response};
use crate::json::{self, Value};
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
    let what = "renew the session";
    let pair = object(response, what).map_err(|error| match error.code() {
        ErrorCode::Unauthenticated => {
            let (status, id) = (error.status().unwrap_or(response.status), response.request_id.clone());
            let message = format!("the session could not be renewed: {}", error.message());
            Error::new(ErrorCode::SessionExpired, message).with_answer(status, id)
        }
        _ => error,
    })?;
    let token = |name: &str| match pair.get(name) {
        Some(Value::Object(message)) => message.text("token").map(Secret::new),
        _ => None,
    };
    let (Some(token), Some(refresh_token)) = (token("token"), token("refreshToken")) else {
        return Err(strange(response, what));
    };
    Ok(Renewed { token, refresh_token })
}

/// When a refresh token ends, if it says so: it is standard base64 of a JSON document with `exp`.
pub fn expiry(refresh_token: &Secret) -> Option<Timestamp> {
    // Read only: the token goes nowhere from here.
    let document = STANDARD.decode(refresh_token.expose()).ok()?;
    match json::read(std::str::from_utf8(&document).ok()?).ok()? {
        Value::Object(document) => document.whole("exp").filter(|end| *end > 0).and_then(Timestamp::from_unix_seconds),
        _ => None,
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
        for text in ["", "{}", r#"{"exp":0}"#, r#"{"exp":"soon"}"#, "nonsense"] {
            assert_eq!(expiry(&token(text)), None, "{text}");
        }
        assert_eq!(expiry(&Secret::new("not base64")), None);
    }
}
