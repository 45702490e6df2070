//! The request log: what arrived where, with every credential masked.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::builder::Observer;

/// One of the servers the simulator plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The platform API.
    Api,
    /// The issuer and its token exchange.
    Issuer,
    /// The console a person opens in a browser.
    Console,
    /// The libraries registry.
    Registry,
    /// The object store that the registry's downloads may redirect to.
    Storage,
}

impl Part {
    pub(crate) const ALL: [Self; 5] = [Self::Api, Self::Issuer, Self::Console, Self::Registry, Self::Storage];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Issuer => "issuer",
            Self::Console => "console",
            Self::Registry => "registry",
            Self::Storage => "storage",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A request as the log keeps it. It is there from its arrival on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// Where it arrived.
    pub part: Part,
    /// The HTTP method.
    pub method: String,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The query as it was sent; empty where there was none.
    pub query: String,
    /// The status answered; `None` until then, and for good where a fault kept the answer back.
    pub status: Option<u16>,
    /// Whether the credential it carried was accepted.
    pub authenticated: bool,
    /// The scheme of the `Authorization` header followed by `***`.
    pub authorization: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The `X-Request-Id` that the answer carries.
    pub request_id: String,
}

/// All requests since the start or the last clearing.
pub(crate) struct RequestLog {
    entries: Mutex<Entries>,
    changed: Condvar,
    observer: Option<Observer>,
}

#[derive(Debug, Default)]
struct Entries {
    requests: Vec<LoggedRequest>,
    /// How many were cleared, so that tickets of older requests point nowhere.
    cleared: usize,
}

/// Where the request stands in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket(usize);

impl RequestLog {
    /// `observer` is called with every request once it is answered.
    pub(crate) fn new(observer: Option<Observer>) -> Self {
        Self { entries: Mutex::default(), changed: Condvar::new(), observer }
    }

    pub(crate) fn arrived(&self, request: LoggedRequest) -> Ticket {
        let mut entries = self.lock();
        entries.requests.push(request);
        let ticket = Ticket(entries.cleared + entries.requests.len() - 1);
        drop(entries);
        self.changed.notify_all();
        ticket
    }

    pub(crate) fn authenticated(&self, ticket: Ticket) {
        self.update(ticket, |request| request.authenticated = true);
    }

    pub(crate) fn answered(&self, ticket: Ticket, status: u16) {
        let mut answered = None;
        self.update(ticket, |request| {
            request.status = Some(status);
            answered = Some(request.clone());
        });
        if let (Some(observer), Some(request)) = (&self.observer, answered) {
            observer(&request);
        }
    }

    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.lock().requests.clone()
    }

    pub(crate) fn clear(&self) {
        let mut entries = self.lock();
        entries.cleared += entries.requests.len();
        entries.requests.clear();
    }

    /// The first request that satisfies `wanted`, waiting for it until `timeout` has passed.
    pub(crate) fn wait_for(&self, wanted: impl Fn(&LoggedRequest) -> bool, timeout: Duration) -> Option<LoggedRequest> {
        let deadline = Instant::now() + timeout;
        let mut entries = self.lock();
        loop {
            if let Some(found) = entries.requests.iter().find(|request| wanted(request)) {
                return Some(found.clone());
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            entries = self.changed.wait_timeout(entries, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn update(&self, ticket: Ticket, change: impl FnOnce(&mut LoggedRequest)) {
        let mut entries = self.lock();
        let index = ticket.0.checked_sub(entries.cleared);
        if let Some(request) = index.and_then(|index| entries.requests.get_mut(index)) {
            change(request);
        }
        drop(entries);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `Basic abc` becomes `Basic ***`; what has no scheme is hidden whole.
pub(crate) fn mask(authorization: &str) -> String {
    match authorization.split_once(' ') {
        Some((scheme, _)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            format!("{scheme} ***")
        }
        _ => "***".to_owned(),
    }
}
