//! Our requests as reqwest's, and the heads of its answers as ours.

use pulltoken_core::http::{Authorization, Body, Method, Request, Response};
use pulltoken_core::{Error, ErrorCode, Result};
use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};

use crate::clock::now;

/// The request to send.
///
/// # Errors
/// `session_unusable` for a token that fits in no header, `internal` for a URL that is none.
pub(crate) fn request(request: Request) -> Result<reqwest::Request> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    };
    let url = Url::parse(&request.url)
        .map_err(|error| Error::new(ErrorCode::Internal, format!("a request could not be built: {error}")))?;
    let mut built = reqwest::Request::new(method, url);
    built.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    // Goes to the server in a header marked as sensitive, so that no log shows it.
    let authorization = match &request.authorization {
        Authorization::Bearer(token) => Some(format!("Bearer {}", token.expose())),
        Authorization::Basic(pair) => Some(format!("Basic {}", pair.expose())),
        Authorization::Nobody => None,
    };
    if let Some(text) = authorization {
        let mut value = HeaderValue::try_from(text)
            .map_err(|_| Error::new(ErrorCode::SessionUnusable, "the session holds characters that no header may"))?;
        value.set_sensitive(true);
        built.headers_mut().insert(AUTHORIZATION, value);
    }
    if let Some(body) = request.body {
        let (kind, text) = match body {
            Body::Json(text) => ("application/json", text),
            // Goes to the issuer, which the form is for.
            Body::Form(text) => ("application/x-www-form-urlencoded", text.expose().to_owned()),
        };
        built.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        *built.body_mut() = Some(text.into());
    }
    Ok(built)
}

/// An answer without its body. `url` is what was asked for.
pub(crate) fn head(answer: &reqwest::Response, url: &Url) -> Response {
    let headers = answer.headers();
    Response {
        redirect: text(headers, LOCATION.as_str()).and_then(|target| redirect(url, &target)),
        ..Response::of_head(answer.status().as_u16(), |name| text(headers, name), now())
    }
}

/// A header's text, with what is no UTF-8 in it replaced.
fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Where a `Location` points, without what may be secret in it: user, query and fragment.
fn redirect(from: &Url, location: &str) -> Option<String> {
    let mut target = from.join(location).ok()?;
    target.set_query(None);
    target.set_fragment(None);
    if target.has_host() {
        // Fails for URLs without a host alone.
        let _ = target.set_username("");
        let _ = target.set_password(None);
    }
    Some(target.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::Secret;

    #[test]
    fn a_session_that_fits_in_no_header_is_refused_without_being_shown() {
        for token in ["a\r\nb", "a\0b", "a\u{7f}"] {
            let request = Request::new(Method::Get, "https://a.test/".into(), &Secret::new(token));
            let error = super::request(request).unwrap_err();
            assert_eq!(error.code(), ErrorCode::SessionUnusable);
            assert!(!error.message().contains(token));
        }
        let request = Request::new(Method::Get, "not a URL".into(), &Secret::new("t"));
        assert_eq!(super::request(request).unwrap_err().code(), ErrorCode::Internal);
    }

    #[test]
    fn a_built_request_hides_its_session() {
        let request = Request::new(Method::Get, "https://a.test/".into(), &Secret::new("hunter2"));
        assert!(!format!("{:?}", super::request(request).unwrap()).contains("hunter2"));
    }

    #[test]
    fn a_redirect_is_named_without_its_secrets() {
        let from = Url::parse("https://a.test/x/y").unwrap();
        for (location, named) in [
            ("https://user:hunter2@b.test/sign-in?token=hunter2#hunter2", Some("https://b.test/sign-in")),
            ("/z?hunter2", Some("https://a.test/z")),
            ("//c.test", Some("https://c.test/")),
            ("mailto:someone", Some("mailto:someone")),
            ("https://[", None),
        ] {
            assert_eq!(redirect(&from, location).as_deref(), named);
        }
    }
}
