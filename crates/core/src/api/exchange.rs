//! `POST ISSUER/sts/exchange`: a token of somebody else's for a session of the platform.

use serde::Deserialize;

use super::read;
use crate::base_url::BaseUrl;
use crate::error::Result;
use crate::http::{Body, Method, Request, Response, encode_query};
use crate::secret::Secret;
use crate::uidp::Uidp;

/// A session, as the issuer gives it.
#[derive(Clone, Debug, Deserialize)]
pub struct Session {
    /// The access token.
    pub token: Secret,
}

/// Asks to act as an identity towards an audience, by a token that the identity trusts. A form,
/// since the gateway maps no JSON body here.
pub fn request(issuer: &BaseUrl, token: &Secret, identity: &Uidp, audience: &str) -> Request {
    let form = format!("aud={}&identity={}", encode_query(audience), encode_query(identity.as_str()));
    let mut request = Request::new(Method::Post, issuer.join("/sts/exchange"), token);
    request.body = Some(Body::Form(form));
    request
}

/// Reads the session.
///
/// # Errors
/// What the issuer refused with.
pub fn parse(response: &Response) -> Result<Session> {
    read(response, "exchange the token")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer};
    use super::*;
    use serde_json::json;

    #[test]
    fn an_exchange_is_a_form() {
        let issuer = BaseUrl::parse("https://issuer.test").unwrap();
        let id = Uidp::parse(ORG).unwrap();
        let request = request(&issuer, &Secret::new("t"), &id, "libraries.cgr.dev");
        assert_eq!(request.url, "https://issuer.test/sts/exchange");
        let Some(Body::Form(form)) = request.body else { panic!("no form") };
        assert_eq!(form, format!("aud=libraries.cgr.dev&identity={ORG}"));
        assert_eq!(parse(&answer(200, &json!({"token": "x", "expiry": null}))).unwrap().token.expose(), "x");
    }
}
