//! The platform's API: one file per call, each building its request and reading its answer.
//!
//! The REST mapping is grpc-gateway's: proto3 JSON in camelCase, unset fields written or left out,
//! unknown fields to be ignored, errors as `{"code", "message", "details"}`.

pub mod binding_list;
pub mod ci_identities;
pub mod device;
pub mod entitlements;
pub mod exchange;
pub mod groups;
pub mod headless;
pub mod identities;
pub mod identity_list;
pub mod identity_update;
pub mod oauth;
pub mod organization_check;
pub mod pages;
pub mod problem;
mod reader;
pub mod refresh;
pub mod registry;
pub mod role_bindings;
pub mod roles;
pub mod whoami;

use reader::{Message, Parts, Read, Shape, parsed};

use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Method, Request, Response, encode_query};
use crate::secret::Secret;

/// The vendor's API, which is also the audience of a session for it.
pub const DEFAULT_API: &str = "https://console-api.enforce.dev";
/// The vendor's issuer.
pub const DEFAULT_ISSUER: &str = "https://issuer.enforce.dev";
/// The audience of a session that opens the registry by itself.
pub const REGISTRY_AUDIENCE: &str = "libraries.cgr.dev";

/// Where the API is and who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The API's address, [`DEFAULT_API`] unless configured otherwise.
    pub api: BaseUrl,
    /// A session whose audience is the API.
    pub session: Secret,
}

impl Caller {
    fn get(&self, path: &str, query: &[(&str, &str)]) -> Request {
        let mut url = self.api.join(path);
        for (index, (name, value)) in query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            url.push_str(&encode_query(value));
        }
        Request::new(Method::Get, url, &self.session)
    }

    fn request(&self, method: Method, path: &str) -> Request {
        Request::new(method, self.api.join(path), &self.session)
    }
}

/// Reads the body of a successful answer.
///
/// # Errors
/// The platform's own error as [`problem::error`] reads it, or `unexpected_response`.
fn read<T: Shape>(response: &Response, what: &str) -> Result<T> {
    if !(200..300).contains(&response.status) {
        return Err(problem::error(response, what));
    }
    parsed(&response.body).ok_or_else(|| {
        Error::new(ErrorCode::UnexpectedResponse, format!("{what}: the answer is not what the platform sends"))
            .with_answer(response.status, response.request_id.clone())
    })
}

/// The list in `{"items": […]}`, the shape of every list of the v1 API.
///
/// # Errors
/// As [`read`].
fn items<T: Shape>(response: &Response, what: &str) -> Result<Vec<T>> {
    struct Items<T>(Vec<T>);

    impl<T: Shape> Message for Items<T> {
        fn of(parts: &mut Parts<'_>) -> Read<Self> {
            parts.list(&["items"]).map(Self)
        }
    }

    read(response, what).map(|Items(items)| items)
}

#[cfg(test)]
pub(crate) mod testing {
    //! What the tests of the single calls share.
    use super::*;
    use serde_json::Value;

    pub(crate) const ORG: &str = "0123456789abcdef0123456789abcdef01234567";

    pub(crate) fn caller() -> Caller {
        Caller { api: BaseUrl::parse("https://api.test").unwrap(), session: Secret::new("session") }
    }

    pub(crate) fn answer(status: u16, body: &Value) -> Response {
        Response::new(status, body.to_string())
    }

    pub(crate) fn form_of(request: &Request) -> String {
        let Some(crate::http::Body::Form(text)) = &request.body else { panic!("no form") };
        text.expose().to_owned()
    }

    pub(crate) fn body_of(request: &Request) -> Value {
        let Some(crate::http::Body::Json(text)) = &request.body else { panic!("no JSON body") };
        serde_json::from_str(text).unwrap()
    }
}
