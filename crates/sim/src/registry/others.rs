//! Python and Java, as far as a credential's test needs them: one package of each.

use http::{Method, StatusCode};

use super::{access, error};
use crate::http::{Reply, Request};
use crate::state::Shared;

/// Answers a request below `/python/` or `/java/`.
pub(crate) fn answer(shared: &Shared, request: &Request, ecosystem: &str) -> Reply {
    if let Err(refusal) = access::authorize(shared, request, ecosystem) {
        return refusal.reply();
    }
    if !matches!(request.method, Method::GET | Method::HEAD) {
        let reply = error(StatusCode::METHOD_NOT_ALLOWED, "the registry is read-only");
        return reply.authenticated(true);
    }
    let path = request.raw_path.trim_start_matches('/');
    let found = match path {
        "python/simple/" => Some(("text/html; charset=utf-8", SIMPLE_INDEX)),
        "python/simple/left-hand/" => Some(("text/html; charset=utf-8", SIMPLE_PROJECT)),
        "java/com/example/left-hand/maven-metadata.xml" => Some(("application/xml", METADATA)),
        "java/com/example/left-hand/1.0.0/left-hand-1.0.0.pom" => Some(("application/xml", POM)),
        _ => None,
    };
    match found {
        Some((content_type, body)) => Reply::new(StatusCode::OK, content_type, body),
        None => error(StatusCode::NOT_FOUND, "not found"),
    }
    .authenticated(true)
}

const SIMPLE_INDEX: &str = "<!DOCTYPE html>\n<html><body>\n\
    <a href=\"/python/simple/left-hand/\">left-hand</a>\n</body></html>\n";

const SIMPLE_PROJECT: &str = "<!DOCTYPE html>\n<html><head><title>left-hand</title></head><body></body></html>\n";

const METADATA: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metadata>\
    <groupId>com.example</groupId><artifactId>left-hand</artifactId>\
    <versioning><latest>1.0.0</latest><release>1.0.0</release>\
    <versions><version>1.0.0</version></versions></versioning></metadata>\n";

const POM: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion>\
    <groupId>com.example</groupId><artifactId>left-hand</artifactId><version>1.0.0</version>\
    <packaging>pom</packaging></project>\n";
