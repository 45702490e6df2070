//! Signing in by device code (RFC 8628) at the OpenID provider that discovery names.

use super::read;
use super::reader::{Message, OtherShape, Parts, Read, parsed};
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Method, Request, Response};
use crate::secret::Secret;
use crate::text::printable_prefix;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// The least pause between two questions, where the provider names none (RFC 8628, section 3.2).
const DEFAULT_INTERVAL_SECONDS: u32 = 5;

/// The provider's endpoints that matter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    device_authorization: String,
    token: String,
}

/// Asks a provider for its configuration.
pub fn discovery(provider: &BaseUrl) -> Request {
    Request::anonymous(Method::Get, provider.join("/.well-known/openid-configuration"))
}

/// Reads the configuration of the provider that was asked.
///
/// # Errors
/// `unexpected_response` where it is of another issuer, or offers no sign-in by device code.
pub fn parse_discovery(response: &Response, provider: &BaseUrl) -> Result<Provider> {
    let Configuration { issuer, token, device_authorization } = read(response, "find the OpenID provider")?;
    let refused = |message: String| Err(Error::new(ErrorCode::UnexpectedResponse, message));
    if issuer.trim_end_matches('/') != provider.as_str() {
        let own = printable_prefix(&issuer, 80);
        return refused(format!("the OpenID provider at {provider} says that it is {own}"));
    }
    if device_authorization.is_empty() {
        return refused(format!("the OpenID provider at {provider} offers no sign-in by device code"));
    }
    let endpoint = |url: String| match BaseUrl::parse(url.split('?').next().unwrap_or_default()) {
        // As it was written: to another server a slash at the end is another place.
        Ok(_) => Ok(url),
        Err(error) => {
            let message = format!("the OpenID provider at {provider} names an endpoint: {}", error.message());
            Err(Error::new(ErrorCode::UnexpectedResponse, message))
        }
    };
    Ok(Provider { device_authorization: endpoint(device_authorization)?, token: endpoint(token)? })
}

struct Configuration {
    issuer: String,
    token: String,
    device_authorization: String,
}

impl Message for Configuration {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            issuer: parts.needed_text(&["issuer"])?,
            token: parts.needed_text(&["token_endpoint"])?,
            device_authorization: parts.text(&["device_authorization_endpoint"])?,
        })
    }
}

/// A code for a person to type in, and what it is waited for with.
#[derive(Clone, Debug)]
pub struct DeviceCode {
    code: Secret,
    /// What the person types in.
    pub user_code: String,
    /// Where.
    pub verification_uri: String,
    /// Where, the code already filled in.
    pub verification_uri_complete: Option<String>,
    /// For how long the code is good.
    pub expires_in_seconds: u32,
    /// The least pause between two questions.
    pub interval_seconds: u32,
}

impl Provider {
    /// Asks for a code.
    pub fn authorization(&self, client_id: &str) -> Request {
        let url = self.device_authorization.clone();
        Request::anonymous(Method::Post, url).with_form(&[("client_id", client_id), ("scope", "openid email profile")])
    }

    /// Asks whether the person has agreed.
    pub fn poll(&self, client_id: &str, code: &DeviceCode) -> Request {
        // Goes to the provider that gave it.
        let fields = [("client_id", client_id), ("grant_type", GRANT_TYPE), ("device_code", code.code.expose())];
        Request::anonymous(Method::Post, self.token.clone()).with_form(&fields)
    }
}

/// Reads the code.
///
/// # Errors
/// `sign_in_refused` with the provider's own reason, `unexpected_response`.
pub fn parse_authorization(response: &Response) -> Result<DeviceCode> {
    if let Some(failure) = failure(response) {
        return Err(failure.error());
    }
    read(response, "ask for a device code")
}

impl Message for DeviceCode {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        let number = |number: u32| Some(number).filter(|number| *number > 0);
        let code = Secret::new(parts.needed_text(&["device_code"])?);
        let verification_uri = parts.text(&["verification_uri"])?;
        // Some providers kept the name of a draft.
        let draft = parts.text(&["verification_url"])?;
        Ok(Self {
            code,
            user_code: parts.needed_text(&["user_code"])?,
            verification_uri: given(verification_uri).or(given(draft)).ok_or(OtherShape)?,
            verification_uri_complete: given(parts.text(&["verification_uri_complete"])?),
            expires_in_seconds: number(parts.whole(&["expires_in"])?).ok_or(OtherShape)?,
            interval_seconds: number(parts.whole(&["interval"])?).unwrap_or(DEFAULT_INTERVAL_SECONDS),
        })
    }
}

/// Where a sign-in by device code stands.
#[derive(Debug)]
pub enum Progress {
    /// The person has not agreed yet.
    Pending,
    /// The same, and the questions come too fast: five seconds more between them.
    SlowDown,
    /// The ID token.
    Agreed(Secret),
}

/// Reads the answer to [`Provider::poll`].
///
/// # Errors
/// `sign_in_refused` where the person denied it, the code expired, or the provider says another
/// thing; `unexpected_response`.
pub fn parse_poll(response: &Response) -> Result<Progress> {
    if let Some(failure) = failure(response) {
        return match failure.error.as_str() {
            "authorization_pending" => Ok(Progress::Pending),
            "slow_down" => Ok(Progress::SlowDown),
            _ => Err(failure.error()),
        };
    }
    read(response, "wait for the sign-in").map(|Tokens(id_token)| Progress::Agreed(id_token))
}

struct Tokens(Secret);

impl Message for Tokens {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        parts.needed_text(&["id_token"]).map(|token| Self(Secret::new(token)))
    }
}

/// A refusal as OAuth writes it (RFC 6749, section 5.2).
struct Failure {
    error: String,
    error_description: String,
}

impl Message for Failure {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self { error: parts.needed_text(&["error"])?, error_description: parts.text(&["error_description"])? })
    }
}

impl Failure {
    fn error(&self) -> Error {
        let message = match self.error.as_str() {
            "access_denied" => "the sign-in was denied in the browser".to_owned(),
            "expired_token" => "the code expired before anybody used it".to_owned(),
            other => {
                let reason = if self.error_description.is_empty() { other } else { &self.error_description };
                format!("the OpenID provider refused: {}", printable_prefix(reason, 200))
            }
        };
        Error::new(ErrorCode::SignInRefused, message)
    }
}

fn failure(response: &Response) -> Option<Failure> {
    (response.status >= 400).then(|| parsed(&response.body)).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answer, form_of};
    use super::*;
    use serde_json::json;

    fn provider() -> Provider {
        let base = BaseUrl::parse("https://auth.test").unwrap();
        let body = json!({"issuer": "https://auth.test/", "token_endpoint": "https://auth.test/t", "device_authorization_endpoint": "https://auth.test/d"});
        parse_discovery(&answer(200, &body), &base).unwrap()
    }

    #[test]
    fn another_issuer_s_configuration_is_refused() {
        let base = BaseUrl::parse("https://auth.test").unwrap();
        let refused = |body| parse_discovery(&answer(200, &body), &base).unwrap_err().code();
        let other = json!({"issuer": "https://b.test", "token_endpoint": "https://b.test/t", "device_authorization_endpoint": "https://b.test/d"});
        assert_eq!(refused(other), ErrorCode::UnexpectedResponse);
        assert_eq!(
            refused(json!({"issuer": "https://auth.test", "token_endpoint": "https://auth.test/t"})),
            ErrorCode::UnexpectedResponse
        );
        let plain = json!({"issuer": "https://auth.test", "token_endpoint": "http://auth.test/t", "device_authorization_endpoint": "https://auth.test/d"});
        assert_eq!(refused(plain), ErrorCode::UnexpectedResponse);
    }

    #[test]
    fn a_code_is_polled_for_with_the_client_s_id() {
        let body = json!({"device_code": "d c", "user_code": "AB-CD", "verification_uri": "https://auth.test/activate", "expires_in": 900});
        let code = parse_authorization(&answer(200, &body)).unwrap();
        assert_eq!((code.interval_seconds, code.user_code.as_str()), (5, "AB-CD"));
        let form = form_of(&provider().poll("c", &code));
        assert_eq!(
            form,
            "client_id=c&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d%20c"
        );
        assert!(!format!("{code:?}").contains("d c"));
        let of = |rest: &str| {
            let body = format!(r#"{{"device_code":"d","user_code":"u","verification_url":"https://a.test",{rest}}}"#);
            parse_authorization(&Response::new(200, body)).map_err(|error| error.code())
        };
        let code = of(r#""expires_in":9,"interval":2,"verification_uri_complete":null"#).unwrap();
        assert_eq!((code.verification_uri.as_str(), code.interval_seconds), ("https://a.test", 2));
        for rest in [
            r#""a":1"#,
            r#""expires_in":"9""#,
            r#""expires_in":9,"interval":"2""#,
            r#""expires_in":9,"user_code":"v""#,
            r#""expires_in":9,"verification_uri":5"#,
        ] {
            assert_eq!(of(rest).err(), Some(ErrorCode::UnexpectedResponse), "{rest}");
        }
    }

    #[test]
    fn waiting_and_refusing_are_told_apart() {
        let poll = |status, body| parse_poll(&answer(status, &body));
        assert!(matches!(poll(400, json!({"error": "authorization_pending"})), Ok(Progress::Pending)));
        assert!(matches!(poll(429, json!({"error": "slow_down"})), Ok(Progress::SlowDown)));
        assert!(matches!(poll(200, json!({"id_token": "t"})), Ok(Progress::Agreed(_))));
        for error in ["access_denied", "expired_token", "invalid_client"] {
            assert_eq!(poll(400, json!({"error": error})).unwrap_err().code(), ErrorCode::SignInRefused);
        }
        assert_eq!(poll(200, json!({"access_token": "t"})).unwrap_err().code(), ErrorCode::UnexpectedResponse);
        assert_eq!(parse_poll(&Response::new(502, "<html>")).unwrap_err().code(), ErrorCode::ServerError);
    }
}
