//! Packages of a real npm registry, passed on so that they seem to be this one's.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};

use futures_util::TryStreamExt;
use http::header::{ACCEPT, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use serde_json::Value;

use super::error;
use crate::http::{Payload, Reply, Request};

/// A real registry behind this one.
pub(crate) struct Upstream {
    base: String,
    client: reqwest::Client,
    /// Where a download really is, by the path it has here.
    downloads: Mutex<HashMap<String, String>>,
}

impl Upstream {
    /// `base` is the registry's URL. Certificates are checked against the machine's roots.
    pub(crate) fn new(base: &str) -> Result<Self, String> {
        let url = reqwest::Url::parse(base).map_err(|error| format!("{base}: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{base}: an http or https URL is needed"));
        }
        let client = reqwest::Client::builder().build().map_err(|error| error.to_string())?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { base, client, downloads: Mutex::default() })
    }

    /// Answers for `path` below the repository, whose URL here is `here`.
    pub(crate) async fn answer(&self, request: &Request, path: &str, name: &str, here: &str) -> Reply {
        let download = path.get(name.len()..).is_some_and(|rest| rest.starts_with("/-/"));
        let result = if download { self.download(path).await } else { self.document(request, path, name, here).await };
        result.unwrap_or_else(|failure| {
            // The outermost message is only that something failed; the cause says what.
            let cause = failure.source().map_or_else(|| failure.to_string(), ToString::to_string);
            error(StatusCode::BAD_GATEWAY, &format!("the upstream registry failed: {cause}"))
        })
    }

    async fn document(&self, request: &Request, path: &str, name: &str, here: &str) -> Result<Reply, reqwest::Error> {
        let accept = request.headers.get(ACCEPT).cloned();
        let accept = accept.unwrap_or(HeaderValue::from_static("application/json"));
        // A scoped name is one segment upstream.
        let upstream_path = path.replacen(name, &name.replace('/', "%2f"), 1);
        let url = format!("{}/{upstream_path}", self.base);
        let answer = self.client.get(url).header(ACCEPT, accept).send().await?;
        let status = answer.status();
        let content_type = answer.headers().get(http::header::CONTENT_TYPE).cloned();
        let bytes = answer.bytes().await?;
        if !status.is_success() {
            let status = if status == StatusCode::NOT_FOUND { status } else { StatusCode::BAD_GATEWAY };
            return Ok(error(status, "not found upstream"));
        }
        let Ok(mut document) = serde_json::from_slice::<Value>(&bytes) else {
            return Ok(error(StatusCode::BAD_GATEWAY, "the upstream registry sent no JSON"));
        };
        self.point_here(&mut document, name, here);
        let mut reply = Reply::json(StatusCode::OK, &document);
        if let Some(content_type) = content_type {
            reply.headers.insert(http::header::CONTENT_TYPE, content_type);
        }
        Ok(reply)
    }

    /// Makes every `dist.tarball` a URL of this registry.
    fn point_here(&self, document: &mut Value, name: &str, here: &str) {
        let mut downloads = self.downloads.lock().unwrap_or_else(PoisonError::into_inner);
        let mut point = |manifest: &mut Value| {
            let Some(tarball) = manifest.pointer_mut("/dist/tarball") else { return };
            let Some(real) = tarball.as_str() else { return };
            let file = real.rsplit('/').next().unwrap_or_default();
            let path = format!("{name}/-/{file}");
            downloads.insert(path.clone(), real.to_owned());
            *tarball = Value::String(format!("{here}/{path}"));
        };
        match document.get_mut("versions").and_then(Value::as_object_mut) {
            Some(versions) => versions.values_mut().for_each(point),
            None => point(document),
        }
    }

    async fn download(&self, path: &str) -> Result<Reply, reqwest::Error> {
        let known = {
            let downloads = self.downloads.lock().unwrap_or_else(PoisonError::into_inner);
            downloads.get(path).cloned()
        };
        let url = known.unwrap_or_else(|| format!("{}/{path}", self.base));
        let answer = self.client.get(url).send().await?;
        let status = answer.status();
        if !status.is_success() {
            let status = if status == StatusCode::NOT_FOUND { status } else { StatusCode::BAD_GATEWAY };
            return Ok(error(status, "not found upstream"));
        }
        let mut headers = HeaderMap::new();
        if let Some(length) = answer.headers().get(CONTENT_LENGTH) {
            headers.insert(CONTENT_LENGTH, length.clone());
        }
        let frames = answer.bytes_stream().map_ok(Frame::data).map_err(std::io::Error::other);
        let body = Payload::Stream(StreamBody::new(frames).boxed_unsync());
        Ok(Reply { status, headers, body, authenticated: false })
    }
}
