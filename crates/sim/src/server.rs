//! Accepts connections, reads requests, logs them, applies faults and hands them to their part.

mod connection;
mod respond;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{AUTHORIZATION, HeaderName, USER_AGENT};
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use self::connection::Connection;
use self::respond::Cut;
use crate::faults::Action;
use crate::http::{Body, Reply, Request};
use crate::log::{LoggedRequest, Part, mask};
use crate::problem::status_reply;
use crate::state::Shared;
use crate::{api, console, control, cors, issuer, registry};

/// The largest request body that is read, in bytes.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Serves a part until the runtime ends.
pub(crate) async fn serve(shared: Arc<Shared>, part: Part, listener: TcpListener, tls: Option<TlsAcceptor>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connect(Arc::clone(&shared), part, stream, tls.clone()));
            }
            // Out of descriptors, say: others may be freed meanwhile.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn connect(shared: Arc<Shared>, part: Part, stream: TcpStream, tls: Option<TlsAcceptor>) {
    // Answers are small; waiting for more to send would only cost time.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let service = |over_tls| {
        let reset = Arc::clone(&reset);
        service_fn(move |request| handle(Arc::clone(&shared), part, over_tls, Arc::clone(&reset), request))
    };
    let begins_tls = match &tls {
        Some(_) => {
            let mut first = [0; 1];
            matches!(stream.peek(&mut first).await, Ok(1) if first == [TLS_HANDSHAKE])
        }
        None => false,
    };
    let stream = Connection::new(stream, Arc::clone(&reset));
    // How a connection ended concerns its client alone.
    let _ = match tls {
        Some(acceptor) if begins_tls => match acceptor.accept(stream).await {
            Ok(stream) => {
                auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service(true)).await
            }
            Err(_) => return,
        },
        _ => {
            auto::Builder::new(TokioExecutor::new())
                .http1_only()
                .serve_connection(TokioIo::new(stream), service(false))
                .await
        }
    };
}

/// The first byte of every TLS connection.
const TLS_HANDSHAKE: u8 = 0x16;

async fn handle(
    shared: Arc<Shared>,
    part: Part,
    tls: bool,
    reset: Arc<AtomicBool>,
    request: http::Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let request = match read(part, tls, request).await {
        Ok(request) => request,
        Err(reply) => return Ok(respond::whole(reply)),
    };
    if let Some(reply) = control::answer(&shared, &request) {
        return Ok(respond::whole(reply));
    }
    let request_id = shared.world().ids.hex(8);
    let ticket = shared.log.arrived(LoggedRequest {
        part,
        method: request.method.to_string(),
        path: request.raw_path.clone(),
        query: request.query.clone(),
        status: None,
        authenticated: false,
        authorization: request.header(AUTHORIZATION).map(mask),
        user_agent: request.header(USER_AGENT).map(str::to_owned),
        request_id: request_id.clone(),
    });
    if let Some(reply) = cors::preflight(&shared, &request) {
        shared.log.answered(ticket, reply.status.as_u16());
        return Ok(respond::whole(cors::readable(&shared, part, reply)));
    }
    let fault = shared.faults.take(part, request.method.as_str(), &request.raw_path);
    let reply = match fault.as_ref().map(|fault| (&fault.action, fault)) {
        None => dispatch(&shared, &request).await,
        Some((Action::Status { status, code, message }, fault)) => {
            fault.hit();
            status_reply(status_code(*status), *code, message)
        }
        Some((Action::Html(status), fault)) => {
            fault.hit();
            respond::html_page(status_code(*status))
        }
        Some((Action::RetryAfter { status, seconds }, fault)) => {
            fault.hit();
            respond::retry_after(status_code(*status), *seconds)
        }
        Some((Action::Reset, fault)) => {
            fault.hit();
            reset.store(true, Ordering::SeqCst);
            return Err(Cut);
        }
        Some((Action::Hang, fault)) => {
            fault.hit();
            std::future::pending().await
        }
        Some((Action::Delay(pause), fault)) => {
            fault.hit();
            tokio::time::sleep(*pause).await;
            dispatch(&shared, &request).await
        }
        Some((action, fault)) => {
            let reply = dispatch(&shared, &request).await;
            if reply.authenticated {
                shared.log.authenticated(ticket);
            }
            fault.hit();
            match action {
                Action::ResetAfterHandling => {
                    reset.store(true, Ordering::SeqCst);
                    return Err(Cut);
                }
                Action::HandleThenHang => std::future::pending().await,
                _ => reply,
            }
        }
    };
    if reply.authenticated {
        shared.log.authenticated(ticket);
    }
    shared.log.answered(ticket, reply.status.as_u16());
    let reply = cors::readable(&shared, part, reply).with(HeaderName::from_static("x-request-id"), &request_id);
    match fault.map(|fault| fault.action) {
        Some(Action::Truncate) => Ok(respond::truncated(reply).await),
        Some(Action::SlowDrip(pause)) => Ok(respond::dripping(reply, pause).await),
        _ => Ok(respond::whole(reply)),
    }
}

async fn dispatch(shared: &Shared, request: &Request) -> Reply {
    match request.part {
        Part::Api => api::answer(shared, request),
        Part::Issuer => issuer::answer(shared, request).await,
        Part::Console => console::answer(shared, request),
        Part::Registry => registry::answer(shared, request).await,
        Part::Storage => registry::storage(shared, request),
    }
}

async fn read(part: Part, tls: bool, request: http::Request<Incoming>) -> Result<Request, Reply> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT)
        .collect()
        .await
        .map_err(|_| status_reply(StatusCode::PAYLOAD_TOO_LARGE, 8, "the body is too large"))?;
    Ok(Request {
        part,
        tls,
        method: head.method,
        raw_path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.to_bytes(),
    })
}

fn status_code(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
