//! `GET ISSUER/orgcheck?name=N`: whether a verified organisation of that name exists. Anybody may ask.

use super::read;
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Method, Request, Response, encode_query};
use crate::text::printable_prefix;

/// Asks for a name.
pub fn request(issuer: &BaseUrl, name: &str) -> Request {
    Request::anonymous(Method::Get, format!("{}?name={}", issuer.join("/orgcheck"), encode_query(name)))
}

/// Takes the answer for a name.
///
/// # Errors
/// `organization_not_found` where no verified one bears the name, or what the issuer refused with.
pub fn parse(response: &Response, name: &str) -> Result<()> {
    if read::<bool>(response, "look for the organisation")? {
        return Ok(());
    }
    let message = format!("no verified organisation is called `{}`", printable_prefix(name, 80));
    Err(Error::new(ErrorCode::OrganizationNotFound, message)
        .with_hint("check the spelling, or name the identity provider with --identity-provider"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::answer;
    use super::*;
    use serde_json::json;

    #[test]
    fn the_answer_is_a_bare_truth_value() {
        let issuer = BaseUrl::parse("https://issuer.test").unwrap();
        assert_eq!(request(&issuer, "a b&c").url, "https://issuer.test/orgcheck?name=a%20b%26c");
        assert!(parse(&answer(200, &json!(true)), "x").is_ok());
        assert_eq!(parse(&answer(200, &json!(false)), "x").unwrap_err().code(), ErrorCode::OrganizationNotFound);
        assert_eq!(parse(&answer(200, &json!({})), "x").unwrap_err().code(), ErrorCode::UnexpectedResponse);
    }
}
