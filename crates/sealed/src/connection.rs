//! One client's connection: its password first, then tunnels for others and requests for the registry.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::admit::{self, Place};
use crate::answer::{Answer, Recipient};
use crate::dial::{DialErrorKind, Dialer, Reach};
use crate::exchange::exchange;
use crate::idle::Idle;
use crate::password::Password;
use crate::report::{Entry, Report};
use crate::stream::{Client, Inbound, NoHead, Prefixed};
use crate::target::{Authority, Target};
use crate::upstream::{Question, Upstream};

/// How long a client may take for its side of the encryption.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(20);
/// How many bodies that are POSTed are held at a time.
const BODIES: usize = 2;

/// How many bytes of a tunnel are held at a time, each way.
const TUNNEL_BUFFER: usize = 32 << 10;

/// What all connections share.
pub(crate) struct Context {
    pub(crate) password: Password,
    pub(crate) upstream: Upstream,
    pub(crate) dialer: Arc<Dialer>,
    /// Ends the TLS that is meant for the registry; none where that is plain http.
    pub(crate) acceptor: Option<TlsAcceptor>,
    pub(crate) report: Report,
    pub(crate) hash_downloads: bool,
    pub(crate) quiet_limit: Duration,
    pub(crate) bodies: Semaphore,
    pub(crate) idle: Idle,
}

impl Context {
    pub(crate) fn bodies() -> Semaphore {
        Semaphore::new(BODIES)
    }
}

/// How a connection goes on after its requests.
enum End<S> {
    /// It ends here, orderly; the client may still be sending.
    Farewell(Inbound<S>),
    /// It is closed already.
    Gone,
    /// Its stream belongs to a tunnel from here on.
    Tunnel(Prefixed<S>, Authority),
}

/// Serves a connection to its end.
pub(crate) async fn serve(context: &Context, stream: TcpStream) {
    match requests(context, Inbound::new(stream), Place::Proxy).await {
        End::Gone => {}
        End::Farewell(inbound) => inbound.farewell().await,
        End::Tunnel(stream, to) if to.is_same_as(context.upstream.registry.authority()) => {
            registry(context, stream).await;
        }
        End::Tunnel(stream, to) => tunnel(context, stream, &to).await,
    }
}

/// Answers requests until the connection is used otherwise.
async fn requests<S: Client>(context: &Context, mut inbound: Inbound<S>, place: Place) -> End<S> {
    loop {
        let head = match inbound.head(context.quiet_limit).await {
            Ok(head) => head,
            Err(why) => return refuse_head(context, inbound, why).await,
        };
        let line = head.request_line();
        let head_only = line.as_ref().is_ok_and(|line| line.method == "HEAD");
        let last = Recipient { head_only, ..Recipient::of_the_last() };
        if place == Place::Proxy && !context.password.opens(&head) {
            return tell(context, inbound, Answer::password_wanted(), last).await;
        }
        let line = match line {
            Ok(line) => line,
            Err(why) => return tell(context, inbound, Answer::last(StatusCode::BAD_REQUEST, why.0), last).await,
        };
        if place == Place::Proxy && line.method == "CONNECT" {
            let Some(Target::Tunnel(to)) = Target::parse(line.method, line.target) else {
                let answer = Answer::last(StatusCode::BAD_REQUEST, "CONNECT names a host and a port from 1 to 65535");
                return tell(context, inbound, answer, last).await;
            };
            return match admit::without_body(&head) {
                Ok(()) => End::Tunnel(inbound.into_stream(), to),
                Err(refused) => tell(context, inbound, Answer::refused(refused), last).await,
            };
        }
        let recipient = admit::recipient(&head, &line);
        let admitted = match admit::admit(&context.upstream.registry, &head, &line, place) {
            Ok(admitted) => admitted,
            Err(refused) if refused.close => return tell(context, inbound, Answer::refused(refused), recipient).await,
            Err(refused) => {
                let answer = Answer::refused(refused);
                let mut nothing = Entry::new(&context.report, None);
                match answer.write(&mut inbound.stream, recipient, context.quiet_limit, &mut nothing).await {
                    Ok(written) if written.keep => continue,
                    Ok(_) => return End::Farewell(inbound),
                    Err(_) => return broken_off(&inbound.stream),
                }
            }
        };
        let Some((body, _permit)) = body(context, &mut inbound, &admitted).await else { return End::Gone };
        let question =
            Question { method: admitted.method, allowed: admitted.allowed, headers: head.headers.clone(), body };
        context.report.note_request();
        let done = Box::pin(exchange(&context.upstream, &question, context.hash_downloads)).await;
        let mut entry = Entry::new(&context.report, done.served);
        match done.answer.write(&mut inbound.stream, recipient, context.quiet_limit, &mut entry).await {
            Ok(written) if written.keep => {}
            Ok(_) => return End::Farewell(inbound),
            Err(_) => return broken_off(&inbound.stream),
        }
    }
}

/// Reads the body of a question, of which only few are held at a time.
async fn body<'a, S: Client>(
    context: &'a Context,
    inbound: &mut Inbound<S>,
    admitted: &admit::Admitted,
) -> Option<(Bytes, Option<tokio::sync::SemaphorePermit<'a>>)> {
    if admitted.length == 0 {
        return Some((Bytes::new(), None));
    }
    let permit = context.bodies.acquire().await.ok()?;
    if admitted.expects_continue {
        inbound.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
        inbound.stream.flush().await.ok()?;
    }
    Some((inbound.body(admitted.length, context.quiet_limit).await?, Some(permit)))
}

/// Tells why a head was not read, where there is somebody to tell.
async fn refuse_head<S: Client>(context: &Context, inbound: Inbound<S>, why: NoHead) -> End<S> {
    let answer = match why {
        NoHead::Gone => return End::Gone,
        NoHead::Malformed(why) => Answer::last(StatusCode::BAD_REQUEST, why.0),
        NoHead::TooLarge => Answer::last(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the head is too large"),
        NoHead::Slow => Answer::last(StatusCode::REQUEST_TIMEOUT, "the head did not come in time"),
    };
    tell(context, inbound, answer, Recipient::of_the_last()).await
}

/// Writes the last answer of a connection.
async fn tell<S: Client>(context: &Context, mut inbound: Inbound<S>, answer: Answer, to: Recipient) -> End<S> {
    let mut nothing = Entry::new(&context.report, None);
    match answer.write(&mut inbound.stream, to, context.quiet_limit, &mut nothing).await {
        Ok(_) => End::Farewell(inbound),
        Err(_) => broken_off(&inbound.stream),
    }
}

fn broken_off<S: Client>(stream: &S) -> End<S> {
    stream.break_off();
    End::Gone
}

/// Ends the tunnel to the registry here.
async fn registry<S: Client>(context: &Context, mut stream: S) {
    if established(&mut stream).await.is_err() {
        return;
    }
    let Some(acceptor) = &context.acceptor else {
        return finish(requests(context, Inbound::new(stream), Place::Tunnel).await).await;
    };
    // Whoever asks for another name, or for another version of HTTP, is told so by TLS itself.
    match tokio::time::timeout(HANDSHAKE_LIMIT, acceptor.accept(stream).into_fallible()).await {
        Ok(Ok(stream)) => finish(requests(context, Inbound::new(stream), Place::Tunnel).await).await,
        Ok(Err((_, stream))) => Inbound::new(stream).farewell().await,
        Err(_) => {}
    }
}

async fn finish<S: Client>(end: End<S>) {
    if let End::Farewell(inbound) = end {
        inbound.farewell().await;
    }
}

/// Passes bytes to another server and back, whatever they are, until both sides have ended.
async fn tunnel<S: Client>(context: &Context, mut stream: S, to: &Authority) {
    let mut server = match context.dialer.dial(to, Reach::Anywhere).await {
        Ok(server) => server,
        Err(error) => {
            let status = match error.kind {
                DialErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
                _ => StatusCode::BAD_GATEWAY,
            };
            let answer = Answer::last(status, &error.to_string());
            finish(tell(context, Inbound::new(stream), answer, Recipient::of_the_last()).await).await;
            return;
        }
    };
    if established(&mut stream).await.is_err() {
        return;
    }
    if tokio::io::copy_bidirectional_with_sizes(&mut stream, &mut server, TUNNEL_BUFFER, TUNNEL_BUFFER).await.is_err() {
        stream.break_off();
    }
}

async fn established<S: Client>(stream: &mut S) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    stream.flush().await
}
