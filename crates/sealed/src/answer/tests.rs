use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::Request;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, DuplexStream, ReadBuf};
use tokio::sync::mpsc;

use super::*;
use crate::report::Report;

const LIMIT: Duration = Duration::from_secs(20);

/// A client that tells of every piece that is written to it.
struct Pieces(mpsc::UnboundedSender<Vec<u8>>);

impl AsyncRead for Pieces {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, piece: &[u8]) -> Poll<io::Result<usize>> {
        let sent = self.0.send(piece.to_vec());
        Poll::Ready(sent.map(|()| piece.len()).map_err(|_| io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Client for Pieces {
    fn break_off(&self) {}
}

/// A server's answer whose body is `length` bytes long, and the server's end, where it is written.
async fn announced(length: usize) -> (Answer, DuplexStream) {
    let (ours, mut server) = tokio::io::duplex(1 << 20);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(ours)).await.unwrap();
    tokio::spawn(connection);
    let asked = tokio::spawn(async move {
        sender.ready().await.unwrap();
        sender.send_request(Request::new(http_body_util::Empty::<Bytes>::new())).await.unwrap()
    });
    server.read_u8().await.unwrap();
    server.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").as_bytes()).await.unwrap();
    let body = asked.await.unwrap().into_body();
    let body = Body::Stream { body, hasher: None };
    (Answer { status: StatusCode::OK, headers: HeaderMap::new(), body, close: false }, server)
}

/// Writes it, and gives the pieces as they come.
fn written(answer: Answer) -> mpsc::UnboundedReceiver<Vec<u8>> {
    let (sender, pieces) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let to = Recipient { keep: true, ..Recipient::of_the_last() };
        let report = Report::default();
        answer.write(&mut Pieces(sender), to, LIMIT, &mut Entry::new(&report, None)).await.map(|_| ())
    });
    pieces
}

// Time stands still as long as there is something to do.
#[tokio::test(start_paused = true)]
async fn a_small_answer_is_one_piece() {
    let (answer, mut server) = announced(30_000).await;
    server.write_all(&[b'x'; 20_000]).await.unwrap();
    let mut pieces = written(answer);
    // The rest comes when the first part has been taken.
    tokio::task::yield_now().await;
    server.write_all(&[b'x'; 10_000]).await.unwrap();
    let first = pieces.recv().await.unwrap();
    assert!(first.starts_with(b"HTTP/1.1 200 OK\r\ncontent-length: 30000\r\n\r\nx"));
    assert_eq!(first.iter().filter(|byte| **byte == b'x').count(), 30_000);
    assert_eq!(pieces.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn what_has_come_waits_for_the_rest_no_longer_than_a_moment() {
    let (answer, mut server) = announced(30_000).await;
    server.write_all(&[b'x'; 20_000]).await.unwrap();
    let mut pieces = written(answer);
    let mut seen = 0;
    while seen < 20_000 {
        seen += pieces.recv().await.unwrap().iter().filter(|byte| **byte == b'x').count();
    }
    // Only now.
    server.write_all(&[b'x'; 10_000]).await.unwrap();
    assert_eq!(pieces.recv().await.unwrap(), [b'x'; 10_000]);
    assert_eq!(pieces.recv().await, None);
}

#[tokio::test(start_paused = true)]
async fn more_than_is_gathered_is_passed_on_as_it_comes() {
    let (answer, mut server) = announced(GATHER * 3).await;
    let mut pieces = written(answer);
    assert!(pieces.recv().await.unwrap().ends_with(b"\r\n\r\n"));
    server.write_all(&vec![b'x'; GATHER * 3]).await.unwrap();
    let mut seen = 0;
    while seen < GATHER * 3 {
        seen += pieces.recv().await.unwrap().len();
    }
    assert_eq!(pieces.recv().await, None);
}
