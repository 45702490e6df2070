//! The credential of the moment, and getting another in time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderValue, StatusCode};
use pulltoken_core::{Error, ErrorCode, Result};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::clock;
use crate::mask::Mask;
use crate::options::{Lent, Renew};
use crate::quiet::within;

/// A credential that lasts no longer than this is renewed before it is used.
const MARGIN_SECONDS: i64 = 60;

/// How long a renewal may take: requests wait for it.
const RENEWAL_LIMIT: Duration = Duration::from_secs(60);

/// One credential, in the forms that are needed of it.
pub(crate) struct Held {
    lent: Lent,
    /// The value of `Authorization`, marked sensitive.
    pub(crate) header: HeaderValue,
    pub(crate) mask: Mask,
    /// Whether it is the one that this run began with.
    is_first: bool,
    /// Whether the registry has taken it.
    worked: AtomicBool,
}

impl Held {
    fn new(lent: Lent, is_first: bool) -> Result<Self> {
        if lent.credentials.username.contains(':') {
            let message = "the username holds a colon, which Basic authentication cannot hold";
            return Err(Error::new(ErrorCode::ValueNotRepresentable, message));
        }
        // The pair leaves here for the registry.
        let text = Zeroizing::new(format!("Basic {}", lent.credentials.basic().expose()));
        let mut header = HeaderValue::from_str(&text)
            .map_err(|_| Error::new(ErrorCode::ValueNotRepresentable, "the credential fits in no header"))?;
        header.set_sensitive(true);
        Ok(Self { mask: Mask::new(&lent.credentials), header, lent, is_first, worked: AtomicBool::new(false) })
    }

    /// Remembers that the registry took it, where the status of its answer shows that: others are
    /// given without a look at the credential.
    pub(crate) fn was_answered(&self, status: StatusCode) {
        let refused_or_missing = matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::CONFLICT);
        if status.is_success() || status.is_redirection() || refused_or_missing {
            self.worked.store(true, Ordering::Relaxed);
        }
    }

    fn seconds_left(&self) -> i64 {
        self.lent.expires_at.map_or(i64::MAX, |at| at.seconds_since(clock::now()))
    }
}

/// Holds the credential, and renews it: when a minute is left, and when it was refused.
pub(crate) struct Purse {
    state: Mutex<State>,
    /// Held by the one who renews.
    renewing: tokio::sync::Mutex<()>,
    renew: Option<Arc<dyn Renew>>,
}

struct State {
    held: Arc<Held>,
    tried_early: bool,
    tried_after_refusal: bool,
    failure: Option<Error>,
}

impl Purse {
    /// # Errors
    /// `value_not_representable` for a pair that fits in no header.
    pub(crate) fn new(lent: Lent, renew: Option<Arc<dyn Renew>>) -> Result<Self> {
        let held = Arc::new(Held::new(lent, true)?);
        let state = State { held, tried_early: false, tried_after_refusal: false, failure: None };
        Ok(Self { state: Mutex::new(state), renewing: tokio::sync::Mutex::default(), renew })
    }

    /// The credential to use now, renewed first if it is about to expire.
    pub(crate) async fn current(&self) -> Arc<Held> {
        let (held, tried) = self.look(|state| (Arc::clone(&state.held), state.tried_early));
        if self.renew.is_none() || tried || held.seconds_left() > MARGIN_SECONDS {
            return held;
        }
        let turn = match self.renewing.try_lock() {
            Ok(turn) => turn,
            // Somebody is at it, and the old one still serves.
            Err(_) if held.seconds_left() > 0 => return held,
            Err(_) => self.renewing.lock().await,
        };
        if self.look(|state| Arc::ptr_eq(&state.held, &held) && !state.tried_early) {
            self.replace(&held).await;
            // Only for the one that is still there: a new one begins anew.
            self.look(|state| state.tried_early = Arc::ptr_eq(&state.held, &held));
        }
        drop(turn);
        self.look(|state| Arc::clone(&state.held))
    }

    /// Another credential in place of one that the registry refused, if there is one: the same for
    /// all whose requests were refused.
    pub(crate) async fn instead_of(&self, refused: &Arc<Held>) -> Option<Arc<Held>> {
        let _turn = self.renewing.lock().await;
        let is_current = self.look(|state| Arc::ptr_eq(&state.held, refused));
        if is_current {
            // One that never worked came from a renewal itself: another would fare no better.
            let hopeless = !refused.is_first && !refused.worked.load(Ordering::Relaxed);
            let tried = self.look(|state| std::mem::replace(&mut state.tried_after_refusal, true));
            if tried || hopeless {
                return None;
            }
            self.replace(refused).await;
        }
        let held = self.look(|state| Arc::clone(&state.held));
        (!Arc::ptr_eq(&held, refused)).then_some(held)
    }

    /// Why the last renewal failed, if it did.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.look(|state| state.failure.clone())
    }

    /// Gets a new credential into the place of the old, if there is one.
    async fn replace(&self, old: &Held) {
        let Some(renew) = &self.renew else { return };
        let too_slow = || Error::new(ErrorCode::Timeout, "the credential was not renewed in time");
        let renewed = within(RENEWAL_LIMIT, renew.renew()).await.unwrap_or_else(|_| Err(too_slow()));
        let renewed = renewed.and_then(|lent| {
            // Compared here, never sent.
            let (old, new) = (old.lent.credentials.password.expose(), lent.credentials.password.expose());
            if bool::from(old.as_bytes().ct_eq(new.as_bytes())) {
                return Err(Error::new(
                    ErrorCode::CredentialsUnusable,
                    "the renewal brought the same credential again",
                ));
            }
            Held::new(lent, false)
        });
        self.look(|state| match renewed {
            Ok(held) => {
                *state = State { held: Arc::new(held), tried_early: false, tried_after_refusal: false, failure: None };
            }
            Err(error) => state.failure = Some(error),
        });
    }

    fn look<T>(&self, at: impl FnOnce(&mut State) -> T) -> T {
        at(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::BoxFuture;
    use pulltoken_core::{Credentials, Secret};
    use std::sync::atomic::AtomicU32;

    fn lent(password: &str, seconds_left: Option<i64>) -> Lent {
        let expires_at = seconds_left.map(|seconds| clock::now().plus_seconds(seconds));
        Lent { credentials: Credentials::new("org/id", Secret::new(password)), expires_at }
    }

    /// Gives passwords in turn, after every other task has had its turn.
    struct Renewals(AtomicU32, Vec<Result<&'static str>>);

    impl Renew for Renewals {
        fn renew(&self) -> BoxFuture<'_, Result<Lent>> {
            Box::pin(async {
                tokio::task::yield_now().await;
                let index = self.0.fetch_add(1, Ordering::SeqCst);
                self.1[index as usize].clone().map(|password| lent(password, None))
            })
        }
    }

    fn purse(first: Lent, renewals: Vec<Result<&'static str>>) -> (Purse, Arc<Renewals>) {
        let renewals = Arc::new(Renewals(AtomicU32::new(0), renewals));
        (Purse::new(first, Some(Arc::clone(&renewals) as Arc<dyn Renew>)).unwrap(), renewals)
    }

    fn calls(renewals: &Renewals) -> u32 {
        renewals.0.load(Ordering::SeqCst)
    }

    fn password(held: &Held) -> &str {
        held.lent.credentials.password.expose()
    }

    #[tokio::test]
    async fn many_refusals_are_one_renewal() {
        let (purse, renewals) = purse(lent("old", None), vec![Ok("new")]);
        let refused = purse.current().await;
        let asked = futures_util::future::join_all((0..20).map(|_| purse.instead_of(&refused))).await;
        assert!(asked.iter().all(|held| held.as_deref().map(password) == Some("new")));
        assert_eq!(calls(&renewals), 1);
    }

    #[tokio::test]
    async fn a_renewal_that_brings_nothing_is_not_tried_again() {
        for outcome in [Ok("old"), Err(Error::new(ErrorCode::Network, "no network"))] {
            let (purse, renewals) = purse(lent("old", None), vec![outcome]);
            let refused = purse.current().await;
            assert!(purse.instead_of(&refused).await.is_none() && purse.instead_of(&refused).await.is_none());
            assert_eq!(calls(&renewals), 1);
            assert!(purse.failure().is_some());
        }
    }

    #[tokio::test]
    async fn what_never_worked_is_not_renewed_on_and_on() {
        let (purse, renewals) = purse(lent("old", None), vec![Ok("new"), Ok("newer")]);
        let first = purse.current().await;
        let second = purse.instead_of(&first).await.unwrap();
        assert!(purse.instead_of(&second).await.is_none());
        assert_eq!(calls(&renewals), 1);
        for (statuses, works) in [
            (&[200, 206, 302, 304, 403, 404, 409][..], true),
            (&[400, 401, 407, 408, 421, 429, 431, 500, 502, 503, 504], false),
        ] {
            for status in statuses {
                let (purse, renewals) = self::purse(lent("old", None), vec![Ok("new"), Ok("newer")]);
                let second = purse.instead_of(&purse.current().await).await.unwrap();
                second.was_answered(StatusCode::from_u16(*status).unwrap());
                assert_eq!(purse.instead_of(&second).await.is_some(), works, "{status}");
                assert_eq!(calls(&renewals), if works { 2 } else { 1 }, "{status}");
            }
        }
    }

    #[tokio::test]
    async fn a_minute_before_its_end_it_is_renewed_once() {
        let (purse, renewals) = purse(lent("old", Some(59)), vec![Ok("new")]);
        let held = futures_util::future::join_all((0..5).map(|_| purse.current())).await;
        assert_eq!(held.iter().map(|held| password(held)).collect::<Vec<_>>(), ["new", "old", "old", "old", "old"]);
        assert_eq!((password(&*purse.current().await), calls(&renewals)), ("new", 1));
        let (purse, renewals) = self::purse(lent("old", Some(0)), vec![Ok("new")]);
        let held = futures_util::future::join_all((0..5).map(|_| purse.current())).await;
        assert!(held.iter().all(|held| password(held) == "new") && calls(&renewals) == 1);
        let (purse, renewals) = self::purse(lent("old", Some(3600)), vec![]);
        assert_eq!((password(&*purse.current().await), calls(&renewals)), ("old", 0));
    }

    #[test]
    fn the_header_is_not_shown() {
        let held = Held::new(lent("hunter2", None), true).unwrap();
        assert_eq!(format!("{:?}", held.header), "Sensitive");
    }
}
