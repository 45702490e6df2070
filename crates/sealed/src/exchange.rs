//! One request that was admitted, and what the client is told.

use std::io::Read as _;

use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use crate::answer::{Answer, Body};
use crate::clock;
use crate::headers;
use crate::mask::Mask;
use crate::path::Meaning;
use crate::quiet::within;
use crate::report::{Hasher, Served, Speaker, said};
use crate::retry;
use crate::upstream::{Answered, Failure, Question, Upstream};

/// The largest body of an error that is passed on, in bytes: it is searched for the credential.
const ERROR_LIMIT: usize = 64 << 10;

/// The answer, and what the report says of it.
pub(crate) struct Exchange {
    pub(crate) answer: Answer,
    /// `None` for what nobody wants to know of.
    pub(crate) served: Option<Served>,
}

/// Asks the registry, and makes its answer fit for the client.
pub(crate) async fn exchange(upstream: &Upstream, question: &Question, hash: bool) -> Exchange {
    let (answer, reason, speaker) = match upstream.ask(question).await {
        Ok(Answered { response, storage: Some(host), .. }) if !may_be_passed_on(response.status()) => {
            let (answer, reason) = storage_error(&host, &response);
            (answer, Some(reason), Speaker::Storage)
        }
        Ok(Answered { response, held, .. }) => {
            let (head, body) = response.into_parts();
            let mut headers = headers::for_client(&head.headers);
            let leaks: Vec<HeaderName> = headers
                .iter()
                .filter(|(_, value)| held.mask.finds(value.as_bytes()))
                .map(|(name, _)| name.clone())
                .collect();
            for name in leaks {
                headers.remove(name);
            }
            let length = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
            if question.method == Method::HEAD {
                (
                    Answer { status: head.status, headers, body: Body::Unsent(length), close: false },
                    None,
                    Speaker::Server,
                )
            } else if head.status.as_u16() >= 400 {
                error(head.status, headers, &head.headers, body, &held.mask, upstream).await
            } else {
                let download = matches!(question.allowed.meaning, Meaning::Tarball { .. });
                let hasher = (hash && download && head.status == StatusCode::OK).then(Hasher::new);
                (
                    Answer { status: head.status, headers, body: Body::Stream { body, hasher }, close: false },
                    None,
                    Speaker::Server,
                )
            }
        }
        Err(Failure { status, message }) => (Answer::local(status, &message), Some(message), Speaker::Ourselves),
    };
    let status = answer.status.as_u16();
    let told = status >= 400 || matches!(question.allowed.meaning, Meaning::Tarball { .. });
    let served = told.then(|| Served { reason, ..Served::new(&question.allowed, status).by(speaker) });
    Exchange { answer, served }
}

/// Whether an answer of a storage is what was asked for.
fn may_be_passed_on(status: StatusCode) -> bool {
    status.is_success() || status == StatusCode::NOT_MODIFIED
}

/// Stands in for the error of a storage, which may repeat the link that it was asked by: that is a
/// permission of its own. A redirect to nowhere is an error as well.
fn storage_error(host: &str, response: &Response<Incoming>) -> (Answer, String) {
    let said = response.status();
    let message = format!("the storage that the registry redirects to ({host}) answered {}", said.as_u16());
    let status = if said.as_u16() >= 400 { said } else { StatusCode::BAD_GATEWAY };
    let mut answer = Answer::local(status, &message);
    let wish = retry::wish(said, response.headers(), clock::now());
    answer.headers.extend(wish.map(|wish| (RETRY_AFTER, HeaderValue::from(wish.as_secs()))));
    (answer, message)
}

/// An error as the registry told it, the credential masked.
async fn error(
    status: StatusCode,
    mut headers: HeaderMap,
    upstream_headers: &HeaderMap,
    body: Incoming,
    mask: &Mask,
    upstream: &Upstream,
) -> (Answer, Option<String>, Speaker) {
    for name in [CONTENT_ENCODING, CONTENT_RANGE, ETAG, HeaderName::from_static("digest")] {
        headers.remove(name);
    }
    let collected = match collect(body, upstream).await {
        Ok(collected) => collected.and_then(|bytes| decoded(&bytes, upstream_headers)),
        Err(()) => {
            let message = format!("the registry's answer ({status}) broke off");
            return (Answer::local(StatusCode::BAD_GATEWAY, &message), Some(message), Speaker::Ourselves);
        }
    };
    let Some(bytes) = collected else {
        let own = Answer::local(
            status,
            &format!("the registry answered {} at a length or in an encoding that is not shown", status.as_u16()),
        );
        headers.extend(own.headers);
        return (Answer { status, headers, body: own.body, close: false }, None, Speaker::Server);
    };
    let masked = mask.apply(&bytes);
    let reason = said(&masked);
    if !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    (Answer { status, headers, body: Body::Whole(masked.into()), close: false }, reason, Speaker::Server)
}

/// The whole body; `None` where it is longer than is shown.
async fn collect(mut body: Incoming, upstream: &Upstream) -> Result<Option<Bytes>, ()> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = within(upstream.quiet_limit, body.frame()).await.map_err(|_| ())? {
        if let Ok(data) = frame.map_err(|_| ())?.into_data() {
            if bytes.len() + data.len() > ERROR_LIMIT {
                return Ok(None);
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(Some(bytes.freeze()))
}

/// The body as text can be searched in it; `None` for encodings other than gzip and where it grows
/// beyond the limit.
fn decoded(bytes: &Bytes, headers: &HeaderMap) -> Option<Bytes> {
    let encoding = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    match encoding.as_deref() {
        None | Some(b"" | b"identity") => Some(bytes.clone()),
        Some(b"gzip" | b"x-gzip") => {
            let mut out = Vec::new();
            let limit = ERROR_LIMIT as u64 + 1;
            MultiGzDecoder::new(bytes.as_ref()).take(limit).read_to_end(&mut out).ok()?;
            (out.len() <= ERROR_LIMIT).then(|| out.into())
        }
        Some(_) => None,
    }
}
