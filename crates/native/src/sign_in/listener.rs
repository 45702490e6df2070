//! The listener that the browser comes back to.
//!
//! It is bound to the same port of 127.0.0.1 and ::1 before the browser opens, so that nobody else
//! can be `localhost`. The browser is opened at `/start`, which leads to the issuer once: the
//! address of the issuer's page holds a nonce, which therefore stands in no process's arguments.

use std::convert::Infallible;
use std::io;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::{Method, Request, Response, StatusCode};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use pulltoken_client::host::BoxFuture;
use pulltoken_client::sign_in::{Page, Visitor};
use pulltoken_core::{Error, ErrorCode, Result, Secret};
use pulltoken_peer::Owner;
use tokio::net::TcpListener;
use tokio::process::Child;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinSet;

use super::launch;
use super::page::{onward, page};

/// Ports to try until one is free on both addresses.
const PORTS_TO_TRY: usize = 20;
/// How long the last page is waited for.
const FAREWELL: Duration = Duration::from_secs(3);

/// What the person at the terminal is told.
#[derive(Debug)]
pub enum Told<'a> {
    /// The browser opens this address of ours.
    Opening(&'a str),
    /// No browser could be opened: this page of the issuer is to be opened by hand.
    OpenYourself(&'a str),
    /// Another user of this machine, of this number, came to the address and was turned away.
    Stranger(u32),
}

/// A browser of this machine. Dropping it stops listening.
pub struct BrowserVisit<'a> {
    port: u16,
    shared: Arc<Shared>,
    returns: mpsc::Receiver<Came>,
    strangers: mpsc::Receiver<u32>,
    waiting: Option<oneshot::Sender<Response<String>>>,
    browser: Option<Child>,
    page: Option<Secret>,
    tell: Box<dyn FnMut(Told<'_>) + Send + Sync + 'a>,
    ask: Box<dyn FnMut(&str) -> bool + Send + Sync + 'a>,
    _listeners: JoinSet<()>,
}

/// Somebody who came back, and who waits for an answer.
struct Came {
    query: Secret,
    answer: oneshot::Sender<Response<String>>,
}

/// What the listeners and the flow both see.
struct Shared {
    host: String,
    start: Mutex<Option<Secret>>,
    last: Mutex<Last>,
    seen: Notify,
    returns: mpsc::Sender<Came>,
    strangers: mpsc::Sender<u32>,
    /// Who called `sudo`: their browser may come back to us.
    sudo_user: Option<u32>,
}

/// The page at `/`.
#[derive(Clone)]
enum Last {
    Waiting,
    Success,
    Failure(String),
}

impl<'a> BrowserVisit<'a> {
    /// Binds the listener. `tell` hears what happens, `ask` is asked whether an identity is the
    /// person's own.
    ///
    /// # Errors
    /// `network` where no port is free.
    pub async fn bind(
        tell: impl FnMut(Told<'_>) + Send + Sync + 'a,
        ask: impl FnMut(&str) -> bool + Send + Sync + 'a,
    ) -> Result<Self> {
        let (port, sockets) = bind().await.map_err(|error| {
            Error::new(ErrorCode::Network, format!("no local port to come back to: {error}"))
                .with_hint("sign in with `pulltoken login --headless`")
        })?;
        let (sender, returns) = mpsc::channel(1);
        let (stranger, strangers) = mpsc::channel(1);
        let sudo_user = std::env::var("SUDO_UID").ok().and_then(|uid| uid.parse().ok());
        let shared = Arc::new(Shared {
            host: format!("localhost:{port}"),
            start: Mutex::new(None),
            last: Mutex::new(Last::Waiting),
            seen: Notify::new(),
            returns: sender,
            strangers: stranger,
            sudo_user,
        });
        let mut listeners = JoinSet::new();
        for socket in sockets {
            listeners.spawn(serve(socket, Arc::clone(&shared)));
        }
        Ok(Self {
            port,
            shared,
            returns,
            strangers,
            waiting: None,
            browser: None,
            page: None,
            tell: Box::new(tell),
            ask: Box::new(ask),
            _listeners: listeners,
        })
    }

    /// Says that the page has to be opened by hand.
    fn by_hand(&mut self) {
        if let Some(page) = &self.page {
            // On the person's own terminal: nothing else is left.
            (self.tell)(Told::OpenYourself(page.expose()));
        }
    }
}

impl Visitor for BrowserVisit<'_> {
    fn redirect_base(&self) -> String {
        format!("http://localhost:{}/callback", self.port)
    }

    fn open(&mut self, page: Secret) -> BoxFuture<'_, Result<()>> {
        *lock(&self.shared.start) = Some(page.clone());
        self.page = Some(page);
        Box::pin(async move {
            let start = format!("http://localhost:{}/start", self.port);
            match launch::open(&start) {
                Ok(child) => {
                    (self.tell)(Told::Opening(&start));
                    self.browser = Some(child);
                }
                Err(_) => self.by_hand(),
            }
            Ok(())
        })
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Secret>> {
        Box::pin(async move {
            loop {
                tokio::select! {
                    biased;
                    came = self.returns.recv() => return self.take(came),
                    Some(uid) = self.strangers.recv() => {
                        // One is enough to be told of: nobody else fills the terminal.
                        self.strangers.close();
                        (self.tell)(Told::Stranger(uid));
                    }
                    ended = ended(&mut self.browser) => {
                        self.browser = None;
                        if !ended.is_ok_and(|status| status.success()) {
                            self.by_hand();
                        }
                    }
                }
            }
        })
    }

    fn answer(&mut self, answer: Page) -> BoxFuture<'_, ()> {
        let last = match answer {
            Page::Success => Last::Success,
            Page::Failure(reason) => Last::Failure(reason),
            Page::Stranger => {
                self.respond(page(StatusCode::FORBIDDEN, "Not signed in", "This is not the sign-in that was begun."));
                return Box::pin(async {});
            }
            Page::Onward(target) => {
                self.respond(onward(&target));
                return Box::pin(async {});
            }
        };
        *lock(&self.shared.last) = last;
        // Away from the address that holds the token.
        let answered = self.respond(onward(&Secret::new(format!("http://{}/", self.shared.host))));
        Box::pin(async move {
            if answered {
                // Not an error: the browser may have been closed.
                let _ = tokio::time::timeout(FAREWELL, self.shared.seen.notified()).await;
            }
        })
    }

    fn confirm(&mut self, identity: &str) -> BoxFuture<'_, bool> {
        let confirmed = (self.ask)(identity);
        Box::pin(async move { confirmed })
    }
}

impl BrowserVisit<'_> {
    fn take(&mut self, came: Option<Came>) -> Result<Secret> {
        let came = came.ok_or_else(|| Error::new(ErrorCode::Internal, "the listener for the browser stopped"))?;
        self.waiting = Some(came.answer);
        Ok(came.query)
    }

    /// Answers whoever came back last; whether anybody waits for it.
    fn respond(&mut self, response: Response<String>) -> bool {
        self.waiting.take().is_some_and(|waiting| waiting.send(response).is_ok())
    }
}

/// A port that is ours on both loopback addresses, or on the only one there is.
async fn bind() -> io::Result<(u16, Vec<TcpListener>)> {
    let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..PORTS_TO_TRY {
        let four = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = four.local_addr()?.port();
        match TcpListener::bind(("::1", port)).await {
            Ok(six) => return Ok((port, vec![four, six])),
            // Somebody is there already: on another port, nobody is.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => refused = error,
            Err(_) => return Ok((port, vec![four])),
        }
    }
    Err(refused)
}

/// Waits for a browser to end, for ever where there is none.
async fn ended(browser: &mut Option<Child>) -> io::Result<ExitStatus> {
    match browser {
        Some(browser) => browser.wait().await,
        None => std::future::pending().await,
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that ended before it was taken is no reason to stop.
        let Ok((stream, peer)) = listener.accept().await else { continue };
        // Now, while the other end is surely there.
        let owner = stream.local_addr().and_then(|local| pulltoken_peer::owner(local, peer));
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let owner = owner.unwrap_or(Owner::Untold);
            let service = service_fn(move |request| welcome(request, owner, Arc::clone(&shared)));
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(10)).keep_alive(false);
            // What a browser breaks off is its own affair.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// The link to the issuer and the way back are for this process's user alone.
async fn welcome(
    request: Request<Incoming>,
    owner: Owner,
    shared: Arc<Shared>,
) -> std::result::Result<Response<String>, Infallible> {
    match owner {
        Owner::Other(uid) if pulltoken_peer::is_stranger(owner, shared.sudo_user) => {
            // Whether it is told or not.
            let _ = shared.strangers.try_send(uid);
            let text = "This sign-in was begun by another user of this machine.";
            Ok(page(StatusCode::FORBIDDEN, "Not signed in", text))
        }
        _ => respond(request, shared).await,
    }
}

async fn respond(request: Request<Incoming>, shared: Arc<Shared>) -> std::result::Result<Response<String>, Infallible> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(|host| host.eq_ignore_ascii_case(&shared.host)) {
        let text = "This address was asked for under another name.";
        return Ok(page(StatusCode::MISDIRECTED_REQUEST, "Not signed in", text));
    }
    if request.method() != Method::GET {
        return Ok(page(StatusCode::METHOD_NOT_ALLOWED, "Not signed in", "This address is for looking at only."));
    }
    Ok(match request.uri().path() {
        "/start" => match lock(&shared.start).take() {
            Some(target) => onward(&target),
            None => {
                let text = "This address works once. Begin again with: pulltoken login";
                page(StatusCode::GONE, "Used already", text)
            }
        },
        "/callback" => came_back(request.uri().query().unwrap_or_default(), &shared).await,
        "/" => last_page(&shared),
        _ => page(StatusCode::NOT_FOUND, "Not found", "There is nothing at this address."),
    })
}

async fn came_back(query: &str, shared: &Shared) -> Response<String> {
    let over = || page(StatusCode::GONE, "Over already", "This sign-in is over. Begin again with: pulltoken login");
    if !matches!(*lock(&shared.last), Last::Waiting) {
        return over();
    }
    let (answer, answered) = oneshot::channel();
    if shared.returns.send(Came { query: Secret::new(query), answer }).await.is_err() {
        return over();
    }
    answered.await.unwrap_or_else(|_| over())
}

fn last_page(shared: &Shared) -> Response<String> {
    match lock(&shared.last).clone() {
        Last::Waiting => page(StatusCode::OK, "Waiting", "The sign-in is not over yet."),
        Last::Success => {
            shared.seen.notify_one();
            page(StatusCode::OK, "Signed in", "You can close this window and go back to the terminal.")
        }
        Last::Failure(reason) => {
            shared.seen.notify_one();
            page(StatusCode::FORBIDDEN, "Not signed in", &reason)
        }
    }
}

/// A value that several tasks see. Nothing that holds the lock can panic half-way.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
