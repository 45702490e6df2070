//! Turns replies into responses: whole, cut short, drop by drop.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_LENGTH, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use crate::http::{Body, Payload, Reply};
use crate::problem::status_reply;

/// The request gets no answer: its connection ends.
#[derive(Debug)]
pub(super) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was cut on purpose")
    }
}

impl Error for Cut {}

pub(super) fn whole(reply: Reply) -> Response<Body> {
    let Reply { status, headers, body, .. } = reply;
    let mut response = Response::new(body.into_body());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Announces the whole body, sends half of it, and cuts the connection.
pub(super) async fn truncated(reply: Reply) -> Response<Body> {
    let (reply, bytes) = collect(reply).await;
    let half = bytes.slice(..bytes.len() / 2);
    let frames = stream::unfold(Some(half), |half| async {
        match half {
            Some(half) if !half.is_empty() => Some((Ok(Frame::data(half)), Some(Bytes::new()))),
            Some(_) => {
                // Lets the connection send what it has.
                tokio::task::yield_now().await;
                Some((Err(io::Error::new(io::ErrorKind::ConnectionAborted, Cut)), None))
            }
            None => None,
        }
    });
    let body = StreamBody::new(frames).boxed_unsync();
    announced(Reply { body: Payload::Stream(body), ..reply }, bytes.len())
}

/// Sends the body in pieces with a pause before each.
pub(super) async fn dripping(reply: Reply, pause: Duration) -> Response<Body> {
    const PIECES: usize = 16;
    let (reply, bytes) = collect(reply).await;
    let length = bytes.len();
    let size = length.div_ceil(PIECES).max(1);
    let frames = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(size.min(rest.len()));
        Some((Ok(Frame::data(piece)), rest))
    });
    let body = StreamBody::new(frames).boxed_unsync();
    announced(Reply { body: Payload::Stream(body), ..reply }, length)
}

/// A page as proxies and load balancers show it.
pub(super) fn html_page(status: StatusCode) -> Reply {
    let title = format!("{} {}", status.as_str(), status.canonical_reason().unwrap_or("Error"));
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n\
         <center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    Reply::new(status, "text/html", page)
}

pub(super) fn retry_after(status: StatusCode, seconds: u64) -> Reply {
    let (code, message) = match status {
        StatusCode::TOO_MANY_REQUESTS => (8, "rate limit exceeded"),
        _ => (14, "the service is currently unavailable"),
    };
    status_reply(status, code, message).with(RETRY_AFTER, &seconds.to_string())
}

async fn collect(reply: Reply) -> (Reply, Bytes) {
    let Reply { status, headers, body, authenticated } = reply;
    let bytes = match body {
        Payload::Full(bytes) => bytes,
        Payload::Stream(body) => body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default(),
    };
    (Reply { status, headers, body: Payload::Full(Bytes::new()), authenticated }, bytes)
}

fn announced(mut reply: Reply, length: usize) -> Response<Body> {
    reply.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    whole(reply)
}
