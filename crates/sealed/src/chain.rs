//! Asking another proxy for a tunnel.

use bytes::BytesMut;
use http::HeaderValue;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::dial::{DialError, DialErrorKind};
use crate::stream::Prefixed;
use crate::target::Authority;

/// The largest head of a proxy's answer, in bytes.
const LIMIT: usize = 32 << 10;

/// Lets a proxy connect to a host. What it sends beyond its answer belongs to the tunnel.
pub(crate) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    mut proxy: S,
    authorization: Option<&HeaderValue>,
    to: &Authority,
) -> Result<Prefixed<S>, DialError> {
    let network =
        |error: std::io::Error| DialError::new(DialErrorKind::Network, format!("it cannot be spoken to: {error}"));
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n").into_bytes();
    if let Some(value) = authorization {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(value.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    proxy.write_all(&request).await.map_err(network)?;
    proxy.flush().await.map_err(network)?;
    let mut answer = BytesMut::new();
    loop {
        let malformed = DialError::new(DialErrorKind::Network, "it does not speak HTTP");
        let mut headers = vec![httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Response::new(&mut headers);
        match head.parse(&answer) {
            Ok(httparse::Status::Complete(length)) => {
                return match head.code {
                    Some(200..=299) => Ok(Prefixed::new(answer.split_off(length).freeze(), proxy)),
                    Some(407) => Err(DialError::new(
                        DialErrorKind::Refused,
                        "it wants other credentials (407); put user and password into HTTPS_PROXY",
                    )),
                    Some(status @ (502..=504 | 429)) => {
                        Err(DialError::new(DialErrorKind::Network, format!("it answered {status}")))
                    }
                    code => Err(DialError::new(
                        DialErrorKind::Refused,
                        format!("it refuses the connection to {to} ({})", code.unwrap_or_default()),
                    )),
                };
            }
            Ok(httparse::Status::Partial) if answer.len() < LIMIT => {}
            Ok(httparse::Status::Partial) | Err(_) => return Err(malformed),
        }
        if proxy.read_buf(&mut answer).await.map_err(network)? == 0 {
            return Err(DialError::new(DialErrorKind::Network, "it closed the connection"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::duplex;

    async fn answered(answer: &'static [u8]) -> Result<Vec<u8>, DialErrorKind> {
        let (ours, mut theirs) = duplex(1 << 16);
        let to = Authority::parse(b"a.test:443").unwrap();
        let proxy = async {
            let mut request = vec![0; 512];
            let length = theirs.read(&mut request).await.unwrap();
            let request = String::from_utf8(request[..length].to_vec()).unwrap();
            assert_eq!(
                request,
                "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\nProxy-Authorization: Basic x\r\n\r\n"
            );
            theirs.write_all(answer).await.unwrap();
            drop(theirs);
        };
        let value = HeaderValue::from_static("Basic x");
        let (tunnel, ()) = tokio::join!(connect(ours, Some(&value), &to), proxy);
        let mut tunnel = tunnel.map_err(|error| error.kind)?;
        let mut rest = Vec::new();
        tunnel.read_to_end(&mut rest).await.unwrap();
        Ok(rest)
    }

    #[tokio::test]
    async fn bytes_after_the_answer_are_the_tunnels() {
        assert_eq!(answered(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello").await.unwrap(), b"hello");
    }

    #[tokio::test]
    async fn refusals_are_told_from_failures() {
        for (answer, kind) in [
            (&b"HTTP/1.1 407 No\r\n\r\n"[..], DialErrorKind::Refused),
            (b"HTTP/1.1 403 No\r\n\r\n", DialErrorKind::Refused),
            (b"HTTP/1.1 503 Later\r\n\r\n", DialErrorKind::Network),
            (b"SSH-2.0-x\r\n", DialErrorKind::Network),
            (b"", DialErrorKind::Network),
        ] {
            assert_eq!(answered(answer).await.unwrap_err(), kind);
        }
    }
}
