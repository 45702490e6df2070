//! Waiting for a handful of things at once.
//!
//! All of them are asked whenever one of them may have come further, which is quick for a handful. What
//! futures-util has for any number brings a queue of its own for each type of future: a good part of the
//! smaller WebAssembly module.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use futures_util::future::{maybe_done, try_maybe_done};
use pulltoken_core::Result;

use crate::host::BoxFuture;

/// The results of all of them, in their order.
pub(crate) async fn all<'a, T>(futures: impl IntoIterator<Item = BoxFuture<'a, T>>) -> Vec<T> {
    let mut all: Vec<_> = futures.into_iter().map(maybe_done).collect();
    poll_fn(|context| {
        let mut state = Poll::Ready(());
        for one in &mut all {
            if Pin::new(one).poll(context).is_pending() {
                state = Poll::Pending;
            }
        }
        state
    })
    .await;
    all.iter_mut().filter_map(|one| Pin::new(one).take_output()).collect()
}

/// The results of all of them, in their order.
///
/// # Errors
/// The first that comes; the others are waited for no longer.
pub(crate) async fn try_all<'a, T>(futures: impl IntoIterator<Item = BoxFuture<'a, Result<T>>>) -> Result<Vec<T>> {
    let mut all: Vec<_> = futures.into_iter().map(try_maybe_done).collect();
    poll_fn(|context| {
        let mut state = Poll::Ready(Ok(()));
        for one in &mut all {
            match Pin::new(one).poll(context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => state = Poll::Pending,
            }
        }
        state
    })
    .await?;
    Ok(all.iter_mut().filter_map(|one| Pin::new(one).take_output()).collect())
}

/// The result of the first that ends, which is taken out; `None` where there are none.
pub(crate) fn first<'f, T>(futures: &'f mut Vec<BoxFuture<'_, T>>) -> impl Future<Output = Option<T>> + Unpin + 'f {
    poll_fn(move |context| {
        for (index, one) in futures.iter_mut().enumerate() {
            if let Poll::Ready(result) = one.as_mut().poll(context) {
                drop(futures.remove(index));
                return Poll::Ready(Some(result));
            }
        }
        if futures.is_empty() { Poll::Ready(None) } else { Poll::Pending }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::FutureExt as _;
    use futures_util::future::{pending, ready};
    use pulltoken_core::{Error, ErrorCode};

    use super::*;

    /// Polls until it ends: whatever waits here wakes itself.
    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        loop {
            if let Some(result) = future.as_mut().now_or_never() {
                return result;
            }
        }
    }

    /// Pending once, then this.
    fn late<'a, T: Send + Unpin + 'a>(value: T) -> BoxFuture<'a, T> {
        let (mut value, mut is_late) = (Some(value), false);
        Box::pin(poll_fn(move |context| {
            if !std::mem::replace(&mut is_late, true) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            value.take().map_or(Poll::Pending, Poll::Ready)
        }))
    }

    #[test]
    fn results_come_in_order_and_an_error_at_once() {
        assert_eq!(block_on(all([late(1), Box::pin(ready(2)), late(3)])), [1, 2, 3]);
        // The first waits for the second, which does not wait for its turn.
        let is_set = AtomicBool::new(false);
        let until_set = poll_fn(|context| {
            context.waker().wake_by_ref();
            if is_set.load(Ordering::Relaxed) { Poll::Ready(1) } else { Poll::Pending }
        });
        let setting = async {
            is_set.store(true, Ordering::Relaxed);
            2
        };
        let both = all([Box::pin(until_set) as BoxFuture<'_, _>, Box::pin(setting)]);
        // Asked twice at most: it would never end if it were one after the other.
        let mut both = std::pin::pin!(both);
        assert_eq!((both.as_mut().now_or_never(), both.as_mut().now_or_never()), (None, Some(vec![1, 2])));
        assert_eq!(block_on(try_all([late(Ok(1)), Box::pin(ready(Ok(2)))])).unwrap(), [1, 2]);
        let error = || Err::<u8, _>(Error::new(ErrorCode::Internal, "x"));
        let refused = try_all([Box::pin(pending()) as BoxFuture<'_, _>, late(error())]);
        assert_eq!(block_on(refused).unwrap_err().code(), ErrorCode::Internal);
        assert!(block_on(all::<u8>([])).is_empty());
    }

    #[test]
    fn the_first_that_ends_is_taken_out() {
        let mut futures = vec![Box::pin(pending()) as BoxFuture<'_, u8>, late(1), late(2)];
        assert_eq!(block_on(first(&mut futures)), Some(1));
        assert_eq!(block_on(first(&mut futures)), Some(2));
        assert_eq!((futures.len(), first(&mut futures).now_or_never()), (1, None));
        futures.clear();
        assert_eq!(block_on(first(&mut futures)), None);
    }
}
