//! Which header lines pass, in either direction. Everything else stays behind.

use http::HeaderMap;
use http::header::{self, HeaderName};

/// What the registry is told of the client's request.
const TO_REGISTRY: [HeaderName; 3] = [header::ACCEPT, header::ACCEPT_ENCODING, header::USER_AGENT];
/// Beside those and `Range`, all that begin with one of these.
const TO_REGISTRY_BEGINNINGS: [&str; 3] = ["if-", "npm-", "pacote-"];
/// What describes the body of a question that is POSTed. Its length is set where it is sent.
const OF_A_BODY: [HeaderName; 2] = [header::CONTENT_TYPE, header::CONTENT_ENCODING];

/// What the client is told of an answer. The length is set where the answer is written.
const TO_CLIENT: [HeaderName; 18] = [
    header::ACCEPT_RANGES,
    header::AGE,
    header::CACHE_CONTROL,
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::DATE,
    header::ETAG,
    header::EXPIRES,
    header::LAST_MODIFIED,
    header::RETRY_AFTER,
    header::VARY,
    header::WARNING,
    HeaderName::from_static("npm-notice"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("x-request-id"),
];

/// The lines of a request that go to the registry.
pub(crate) fn for_registry(client: &HeaderMap, with_body: bool) -> HeaderMap {
    picked(client, |name| {
        TO_REGISTRY.contains(name)
            || *name == header::RANGE
            || TO_REGISTRY_BEGINNINGS.iter().any(|beginning| name.as_str().starts_with(beginning))
            || with_body && OF_A_BODY.contains(name)
    })
}

/// The lines of a request that follow a redirect to another server, which has nothing to do with npm.
pub(crate) fn for_elsewhere(client: &HeaderMap) -> HeaderMap {
    picked(client, |name| TO_REGISTRY.contains(name) || *name == header::RANGE || name.as_str().starts_with("if-"))
}

/// The lines of an answer that go to the client.
pub(crate) fn for_client(answer: &HeaderMap) -> HeaderMap {
    picked(answer, |name| TO_CLIENT.contains(name))
}

fn picked(headers: &HeaderMap, passes: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let mut picked = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers.iter().filter(|(name, _)| passes(name)) {
        picked.append(name.clone(), value.clone());
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn map(names: &[&str]) -> HeaderMap {
        let pair = |name: &&str| (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_static("x"));
        names.iter().map(pair).collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    const SECRETS: [&str; 14] = [
        "authorization",
        "proxy-authorization",
        "proxy-connection",
        "cookie",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "content-length",
        "x-forwarded-for",
        "forwarded",
    ];

    #[test]
    fn requests_bring_what_installers_need() {
        let client = map(&[
            &SECRETS[..],
            &["accept", "if-none-match", "npm-command", "pacote-version", "range", "content-type"],
        ]
        .concat());
        assert_eq!(
            names(&for_registry(&client, false)),
            ["accept", "if-none-match", "npm-command", "pacote-version", "range"]
        );
        assert!(for_registry(&client, true).contains_key("content-type"));
        assert_eq!(names(&for_elsewhere(&client)), ["accept", "if-none-match", "range"]);
    }

    #[test]
    fn answers_set_nothing_and_send_nobody_elsewhere() {
        let answer = map(&[
            "content-type",
            "etag",
            "set-cookie",
            "alt-svc",
            "www-authenticate",
            "location",
            "link",
            "refresh",
            "proxy-authenticate",
            "connection",
            "transfer-encoding",
            "content-length",
            "strict-transport-security",
        ]);
        assert_eq!(names(&for_client(&answer)), ["content-type", "etag"]);
    }
}
