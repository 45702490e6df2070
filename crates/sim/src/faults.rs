//! Faults on demand: which requests go wrong, how often, and in which way.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::log::Part;

/// What happens to a request instead of, or after, being handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Not handled; an error body with this HTTP status, gRPC code and message.
    Status {
        /// The HTTP status.
        status: u16,
        /// The gRPC code in the body.
        code: u8,
        /// The message in the body.
        message: String,
    },
    /// Not handled; an intermediary's HTML page with this HTTP status.
    Html(u16),
    /// Not handled; the connection is reset.
    Reset,
    /// Handled, and the connection is reset instead of an answer.
    ResetAfterHandling,
    /// Handled, and no answer ever comes.
    HandleThenHang,
    /// Not handled, and no answer ever comes.
    Hang,
    /// Handled after this long.
    Delay(Duration),
    /// Handled; half of the body arrives and the connection is cut.
    Truncate,
    /// Handled; the body arrives in 16 pieces with this pause before each.
    SlowDrip(Duration),
    /// Not handled; this HTTP status with a `Retry-After` header.
    RetryAfter {
        /// The HTTP status, 429 or 503 as a rule.
        status: u16,
        /// The value of `Retry-After`.
        seconds: u64,
    },
}

/// A rule: requests that match it suffer its action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    method: String,
    path_prefix: String,
    part: Option<Part>,
    skip: u32,
    times: Option<u32>,
    action: Action,
}

impl Fault {
    /// Requests of `method` (`*` for any) whose path, as sent, begins with `path_prefix`.
    /// Every one of them, answered 503 with code 14, unless said otherwise.
    pub fn on(method: &str, path_prefix: &str) -> Self {
        Self {
            method: method.to_ascii_uppercase(),
            path_prefix: path_prefix.to_owned(),
            part: None,
            skip: 0,
            times: None,
            action: Action::Status {
                status: 503,
                code: 14,
                message: "the service is currently unavailable".to_owned(),
            },
        }
    }

    /// Only requests to this part.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.part = Some(part);
        self
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Wears off after this many requests.
    #[must_use]
    pub fn times(mut self, requests: u32) -> Self {
        self.times = Some(requests);
        self
    }

    /// What happens to them.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.action = action;
        self
    }

    fn matches(&self, part: Part, method: &str, path: &str) -> bool {
        self.part.is_none_or(|wanted| wanted == part)
            && (self.method == "*" || self.method == method)
            && path.starts_with(&self.path_prefix)
    }
}

/// The rules in force.
#[derive(Debug, Default)]
pub struct Faults {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    hit: Condvar,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<(usize, Fault)>,
    hits: Vec<u32>,
}

/// A fault that was added: tells how often it was hit and waits for that.
#[derive(Clone, Debug)]
pub struct FaultHandle {
    shared: Arc<Shared>,
    id: usize,
}

impl Faults {
    /// Puts a rule in force. The first added that matches a request wins.
    pub fn add(&self, fault: Fault) -> FaultHandle {
        let mut state = self.shared.lock();
        let id = state.hits.len();
        state.hits.push(0);
        state.rules.push((id, fault));
        FaultHandle { shared: Arc::clone(&self.shared), id }
    }

    /// Withdraws all rules.
    pub fn clear(&self) {
        self.shared.lock().rules.clear();
    }

    /// How often each fault was hit, in the order in which they were added.
    pub fn hits(&self) -> Vec<u32> {
        self.shared.lock().hits.clone()
    }

    /// Waits until any fault has been hit; false when `timeout` passed without one.
    pub fn wait_hit(&self, timeout: Duration) -> bool {
        self.shared.wait(timeout, |state| state.hits.iter().any(|hits| *hits > 0))
    }

    pub(crate) fn take(&self, part: Part, method: &str, path: &str) -> Option<Taken> {
        let mut state = self.shared.lock();
        let index = state.rules.iter().position(|(_, fault)| fault.matches(part, method, path))?;
        let (id, fault) = state.rules.get_mut(index)?;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        let handle = FaultHandle { shared: Arc::clone(&self.shared), id: *id };
        let action = fault.action.clone();
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                state.rules.remove(index);
            }
        }
        Some(Taken { action, handle })
    }
}

/// A fault that applies to a request. It counts as hit once the request has come as far as it will.
pub(crate) struct Taken {
    pub(crate) action: Action,
    handle: FaultHandle,
}

impl Taken {
    pub(crate) fn hit(&self) {
        let mut state = self.handle.shared.lock();
        if let Some(hits) = state.hits.get_mut(self.handle.id) {
            *hits += 1;
        }
        drop(state);
        self.handle.shared.hit.notify_all();
    }
}

impl FaultHandle {
    /// Its place in the order in which faults were added, from 0.
    pub(crate) fn index(&self) -> usize {
        self.id
    }

    /// How many requests it was applied to.
    pub fn hits(&self) -> u32 {
        self.shared.lock().hits.get(self.id).copied().unwrap_or(0)
    }

    /// Waits for the first hit: the request has arrived and, where the action says so, was
    /// handled. False when `timeout` passed without one.
    pub fn wait(&self, timeout: Duration) -> bool {
        self.shared.wait(timeout, |state| state.hits.get(self.id).is_some_and(|hits| *hits > 0))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, timeout: Duration, done: impl Fn(&State) -> bool) -> bool {
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        while !done(&state) {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                return false;
            };
            state = self.hit.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}
