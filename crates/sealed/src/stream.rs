//! A client's connection: bytes that were read too early come first, and it can end abnormally.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::head::{self, Head, Malformed};
use crate::quiet::{Silence, within};

/// What a head takes as a rule, in bytes: read at once.
const HEAD: usize = 2 << 10;
/// How long a client may keep a connection between two requests.
const IDLE_LIMIT: Duration = Duration::from_secs(600);
/// How long, and for how many bytes, a client that is being refused is listened to, so that it gets
/// to read why.
const FAREWELL: (Duration, usize) = (Duration::from_secs(1), 1 << 20);

/// A stream whose first bytes have been read already.
pub(crate) struct Prefixed<S> {
    prefix: Bytes,
    stream: S,
}

impl<S> Prefixed<S> {
    pub(crate) fn new(prefix: Bytes, stream: S) -> Self {
        Self { prefix, stream }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Prefixed<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.prefix.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let length = self.prefix.len().min(buf.remaining());
        buf.put_slice(&self.prefix.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Prefixed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// A connection that can be told to end with a reset, which no client takes for the end of a body.
pub(crate) trait Client: AsyncRead + AsyncWrite + Send + Unpin {
    /// Lets the connection be reset when it is dropped.
    fn break_off(&self);
}

impl Client for TcpStream {
    fn break_off(&self) {
        // Where it fails the client still sees an end before its time.
        let _ = self.set_zero_linger();
    }
}

impl<S: Client> Client for Prefixed<S> {
    fn break_off(&self) {
        self.stream.break_off();
    }
}

impl<S: Client> Client for TlsStream<S> {
    fn break_off(&self) {
        self.get_ref().0.break_off();
    }
}

/// A client's connection and what has been read of it and not yet been used.
pub(crate) struct Inbound<S> {
    pub(crate) stream: S,
    buffer: BytesMut,
}

/// Why no head was read.
#[derive(Debug)]
pub(crate) enum NoHead {
    /// The client has closed the connection, or kept it too long.
    Gone,
    /// To be answered with 400.
    Malformed(Malformed),
    /// To be answered with 431.
    TooLarge,
    /// To be answered with 408.
    Slow,
}

impl<S: Client> Inbound<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, buffer: BytesMut::with_capacity(HEAD) }
    }

    /// The stream, with what has been read of it.
    pub(crate) fn into_stream(self) -> Prefixed<S> {
        Prefixed::new(self.buffer.freeze(), self.stream)
    }

    /// Reads the next head.
    pub(crate) async fn head(&mut self, quiet_limit: Duration) -> Result<Head, NoHead> {
        loop {
            let skipped = head::empty_lines(&self.buffer);
            self.buffer.advance(skipped);
            match head::length(&self.buffer).map_err(NoHead::Malformed)? {
                Some(length) if length <= head::LIMIT => {
                    let bytes = self.buffer.split_to(length);
                    return Head::read(&bytes).map_err(NoHead::Malformed);
                }
                None if self.buffer.len() < head::LIMIT => {}
                Some(_) | None => return Err(NoHead::TooLarge),
            }
            let begun = !self.buffer.is_empty();
            let limit = if begun { quiet_limit } else { IDLE_LIMIT };
            match within(limit, self.stream.read_buf(&mut self.buffer)).await {
                Ok(Ok(1..)) => {}
                Err(Silence) if begun => return Err(NoHead::Slow),
                Ok(Ok(0) | Err(_)) | Err(Silence) => return Err(NoHead::Gone),
            }
        }
    }

    /// Reads a body of this length; `None` if it does not come.
    pub(crate) async fn body(&mut self, length: usize, quiet_limit: Duration) -> Option<Bytes> {
        while self.buffer.len() < length {
            match within(quiet_limit, self.stream.read_buf(&mut self.buffer)).await {
                Ok(Ok(1..)) => {}
                _ => return None,
            }
        }
        let body = self.buffer.split_to(length).freeze();
        // What came after it moves out, or the body's memory would stay for as long as the connection.
        self.buffer = BytesMut::from(self.buffer.as_ref());
        Some(body)
    }

    /// Ends the connection after an answer that the client is to read, whatever it is still sending.
    pub(crate) async fn farewell(mut self) {
        let (time, mut bytes) = FAREWELL;
        let listen = async {
            if self.stream.shutdown().await.is_err() {
                return;
            }
            let mut heard = vec![0; 8192];
            while let Ok(length @ 1..) = self.stream.read(&mut heard).await {
                bytes = bytes.saturating_sub(length);
                if bytes == 0 {
                    return;
                }
            }
        };
        // Whoever keeps talking is cut off.
        let _ = tokio::time::timeout(time, listen).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bodys_memory_is_not_kept_for_what_comes_after_it() {
        const LENGTH: usize = 4 << 20;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        let send = async {
            client.write_all(&vec![b'x'; LENGTH]).await.unwrap();
            client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        };
        let mut inbound = Inbound::new(server);
        let limit = Duration::from_secs(20);
        let ((), body) = tokio::join!(send, inbound.body(LENGTH, limit));
        assert_eq!(body.unwrap().len(), LENGTH);
        assert!(!inbound.buffer.try_reclaim(LENGTH / 2));
        assert!(inbound.head(limit).await.unwrap().request_line().is_ok());
    }
}
