//! Knowing for how long nobody has been here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts clients, and remembers when the last one left.
#[derive(Clone)]
pub(crate) struct Idle(Arc<Mutex<State>>);

struct State {
    clients: usize,
    since: Instant,
}

/// A client that is here, until it is dropped.
pub(crate) struct Busy(Idle);

impl Idle {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { clients: 0, since: Instant::now() })))
    }

    /// Somebody has come.
    pub(crate) fn busy(&self) -> Busy {
        self.look(|state| state.clients += 1);
        Busy(self.clone())
    }

    /// How long nobody has been here; zero as long as somebody is.
    pub(crate) fn duration(&self) -> Duration {
        self.look(|state| if state.clients == 0 { state.since.elapsed() } else { Duration::ZERO })
    }

    fn look<T>(&self, at: impl FnOnce(&mut State) -> T) -> T {
        at(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.look(|state| *state = State { clients: state.clients.saturating_sub(1), since: Instant::now() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_from_when_the_last_one_left() {
        let idle = Idle::new();
        let (one, two) = (idle.busy(), idle.busy());
        drop(one);
        assert_eq!(idle.duration(), Duration::ZERO);
        drop(two);
        while idle.duration() == Duration::ZERO {
            std::thread::yield_now();
        }
        let left = Instant::now();
        drop(idle.busy());
        assert!(idle.duration() <= left.elapsed());
    }
}
