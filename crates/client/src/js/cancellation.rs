//! The wish to stop a call, made of an `AbortSignal`.

use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{self, AbortHandle, AbortRegistration, Abortable};

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
    pub(super) fn wish(&self) -> impl Future<Output = ()> + Unpin + use<> {
        let registration = self.registration.lock().unwrap_or_else(PoisonError::into_inner).take();
        match registration {
            Some(registration) => Abortable::new(future::pending::<()>(), registration).map(drop).left_future(),
            None => future::pending().right_future(),
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
