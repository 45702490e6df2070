//! `POST ISSUER/sts/exchange`: a token of somebody else's for a session of the platform.

use super::read;
use super::reader::{Message, Parts, Read};
use crate::base_url::BaseUrl;
use crate::error::Result;
use crate::http::{Method, Request, Response};
use crate::secret::Secret;
use crate::uidp::Uidp;

/// A session, as the issuer gives it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The access token.
    pub token: Secret,
    /// What renews it, where the issuer gives one.
    pub refresh_token: Option<Secret>,
}

/// As whom, and by whose word, a session is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asking<'a> {
    /// An identity that trusts the token; without it the token's own subject.
    pub identity: Option<&'a Uidp>,
    /// The organisation's identity provider that made the token.
    pub identity_provider: Option<&'a Uidp>,
}

/// Asks for a session towards an audience. A form, since the gateway maps no JSON body here.
pub fn request(issuer: &BaseUrl, token: &Secret, asking: Asking<'_>, audience: &str) -> Request {
    let mut fields = vec![("aud", audience)];
    fields.extend(asking.identity.map(|id| ("identity", id.as_str())));
    fields.extend(asking.identity_provider.map(|id| ("identity_provider", id.as_str())));
    Request::new(Method::Post, issuer.join("/sts/exchange"), token).with_form(&fields)
}

/// Reads the session.
///
/// # Errors
/// What the issuer refused with.
pub fn parse(response: &Response) -> Result<Session> {
    read(response, "exchange the token")
}

impl Message for Session {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        let token = Secret::new(parts.needed_text(&["token"])?);
        let refresh_token = Secret::new(parts.text(&["refreshToken"])?);
        Ok(Self { token, refresh_token: Some(refresh_token).filter(|token| !token.is_empty()) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, form_of};
    use super::*;
    use crate::error::ErrorCode;
    use serde_json::json;

    #[test]
    fn an_exchange_is_a_form() {
        let issuer = BaseUrl::parse("https://issuer.test").unwrap();
        let id = Uidp::parse(ORG).unwrap();
        let asking = Asking { identity: Some(&id), identity_provider: Some(&id) };
        let request = request(&issuer, &Secret::new("t"), asking, "https://a.test");
        assert_eq!(request.url, "https://issuer.test/sts/exchange");
        assert_eq!(form_of(&request), format!("aud=https%3A%2F%2Fa.test&identity={ORG}&identity_provider={ORG}"));
    }

    #[test]
    fn a_session_may_come_without_what_renews_it() {
        for (body, refresh) in [
            (json!({"token": "x", "expiry": null}), None),
            (json!({"token": "x", "refreshToken": ""}), None),
            (json!({"token": "x", "refreshToken": null}), None),
            (json!({"token": "x", "refreshToken": "r"}), Some("r")),
        ] {
            let session = parse(&answer(200, &body)).unwrap();
            assert_eq!(session.token.expose(), "x");
            assert_eq!(session.refresh_token.as_ref().map(Secret::expose), refresh);
        }
        for body in [r#"{}"#, r#"{"token":"x","token":"y"}"#, r#"{"token":"x","refreshToken":5}"#] {
            assert_eq!(parse(&Response::new(200, body)).unwrap_err().code(), ErrorCode::UnexpectedResponse, "{body}");
        }
    }
}
