//! The few pages that a browser sees of us.

use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};
use pulltoken_core::Secret;

/// A page with a heading and one sentence.
pub(super) fn page(status: StatusCode, heading: &str, text: &str) -> Response<String> {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{0} – pulltoken</title><h1>{0}</h1><p>{1}</p></html>\n",
        escaped(heading),
        escaped(text)
    );
    let mut response = Response::new(body);
    *response.status_mut() = status;
    guard(&mut response);
    response
}

/// Sends the browser elsewhere.
pub(super) fn onward(target: &Secret) -> Response<String> {
    // To the browser, which the address is for.
    match HeaderValue::try_from(target.expose()) {
        Ok(location) => {
            let mut response = Response::new(String::new());
            *response.status_mut() = StatusCode::SEE_OTHER;
            response.headers_mut().insert(LOCATION, location);
            guard(&mut response);
            response
        }
        Err(_) => page(StatusCode::INTERNAL_SERVER_ERROR, "Not signed in", "The issuer's address cannot be opened."),
    }
}

/// Nothing is loaded, kept or told to the next page.
fn guard(response: &mut Response<String>) {
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuer_s_words_are_no_markup() {
        let page = page(StatusCode::FORBIDDEN, "Not signed in", "<img src=x onerror='alert(1)'>&\"");
        assert!(page.body().contains("&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;&quot;"));
        assert!(page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
    }
}
