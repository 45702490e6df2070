//! Signing in by device code (RFC 8628) at the OpenID provider that discovery names.

use super::{object, strange, value};
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Method, Request, Response};
use crate::json::Value;
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
    let what = "find the OpenID provider";
    let configuration = object(response, what)?;
    let refused = |message: String| Err(Error::new(ErrorCode::UnexpectedResponse, message));
    let (Some(issuer), Some(token)) = (configuration.text("issuer"), configuration.text("token_endpoint")) else {
        return Err(strange(response, what));
    };
    if issuer.trim_end_matches('/') != provider.as_str() {
        let own = printable_prefix(issuer, 80);
        return refused(format!("the OpenID provider at {provider} says that it is {own}"));
    }
    let Some(device_authorization) = configuration.text("device_authorization_endpoint") else {
        return refused(format!("the OpenID provider at {provider} offers no sign-in by device code"));
    };
    let endpoint = |url: &str| match BaseUrl::parse(url.split('?').next().unwrap_or_default()) {
        // As it was written: to another server a slash at the end is another place.
        Ok(_) => Ok(url.to_owned()),
        Err(error) => {
            let message = format!("the OpenID provider at {provider} names an endpoint: {}", error.message());
            Err(Error::new(ErrorCode::UnexpectedResponse, message))
        }
    };
    Ok(Provider { device_authorization: endpoint(device_authorization)?, token: endpoint(token)? })
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
    let what = "ask for a device code";
    let message = object(response, what)?;
    let code = || {
        Some(DeviceCode {
            code: Secret::new(message.text("device_code")?),
            user_code: message.text("user_code")?.to_owned(),
            // Some providers kept the name of a draft.
            verification_uri: message.text("verification_uri").or(message.text("verification_url"))?.to_owned(),
            verification_uri_complete: message.text("verification_uri_complete").map(str::to_owned),
            expires_in_seconds: message.whole("expires_in")?,
            interval_seconds: message.whole("interval").filter(|own| *own > 0).unwrap_or(DEFAULT_INTERVAL_SECONDS),
        })
    };
    code().ok_or_else(|| strange(response, what))
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
    let what = "wait for the sign-in";
    let tokens = object(response, what)?;
    tokens.text("id_token").map(|token| Progress::Agreed(Secret::new(token))).ok_or_else(|| strange(response, what))
}

/// A refusal as OAuth writes it (RFC 6749, section 5.2).
struct Failure {
    error: String,
    error_description: Option<String>,
}

impl Failure {
    fn error(&self) -> Error {
        let message = match self.error.as_str() {
            "access_denied" => "the sign-in was denied in the browser".to_owned(),
            "expired_token" => "the code expired before anybody used it".to_owned(),
            other => {
                let reason = self.error_description.as_deref().unwrap_or(other);
                format!("the OpenID provider refused: {}", printable_prefix(reason, 200))
            }
        };
        Error::new(ErrorCode::SignInRefused, message)
    }
}

fn failure(response: &Response) -> Option<Failure> {
    let Some(Value::Object(message)) = value(response).filter(|_| response.status >= 400) else { return None };
    let text = |name: &str| message.text(name).map(str::to_owned);
    Some(Failure { error: text("error")?, error_description: text("error_description") })
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
