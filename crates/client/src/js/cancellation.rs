//! The wish to stop a call, made of an `AbortSignal`.

use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{self, AbortHandle, AbortRegistration, Abortable};

use crate::host::BoxFuture;

/// Ends when the call is to stop.
pub type Wish = BoxFuture<'static, ()>;

/// The wish to stop one call. It may come before the call begins.
#[derive(Debug)]
pub struct Cancellation {
    handle: AbortHandle,
    registration: Mutex<Option<AbortRegistration>>,
}

impl Default for Cancellation {
    fn default() -> Self {
        let (handle, registration) = AbortHandle::new_pair();
        Self { handle, registration: Mutex::new(Some(registration)) }
    }
}

impl Cancellation {
    /// Makes the wish known.
    pub fn cancel(&self) {
        self.handle.abort();
    }

    /// Ends with the wish. For one call: a second one would never hear of it.
    pub fn wish(&self) -> Wish {
        let registration = self.registration.lock().unwrap_or_else(PoisonError::into_inner).take();
        match registration {
            Some(registration) => Box::pin(Abortable::new(future::pending::<()>(), registration).map(drop)),
            None => Box::pin(future::pending()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_heard_early_and_late() {
        let cancellation = Cancellation::default();
        cancellation.cancel();
        assert_eq!(cancellation.wish().now_or_never(), Some(()));
        let cancellation = Cancellation::default();
        let mut wish = cancellation.wish();
        assert_eq!((&mut wish).now_or_never(), None);
        cancellation.cancel();
        assert_eq!(wish.now_or_never(), Some(()));
    }
}
