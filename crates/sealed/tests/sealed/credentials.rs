//! Renewing the credential in the middle of an install.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::BoxFuture;
use pulltoken_core::{Error, ErrorCode, Result, Timestamp};
use pulltoken_sealed::{Lent, Renew, SealedOptions};

use crate::support::*;

struct Once(AtomicU32, Result<Lent>);

impl Renew for Once {
    fn renew(&self) -> BoxFuture<'_, Result<Lent>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { self.1.clone() })
    }
}

fn renewing(options: SealedOptions, lent: Result<Lent>) -> (Sealed, Arc<Once>) {
    let once = Arc::new(Once(AtomicU32::new(0), lent));
    let renew = Some(Arc::clone(&once) as Arc<dyn Renew>);
    (Sealed::start(SealedOptions { renew, ..options }), once)
}

#[test]
fn a_refused_credential_is_renewed_once_for_all_requests() {
    let sim = sim();
    let (sealed, once) = renewing(options(&sim, secret("expired")), Ok(lent(&sim)));
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(|| sealed.get("/javascript/left-hand").status)).collect();
        for status in asked {
            assert_eq!(status.join().unwrap(), 200);
        }
    });
    assert_eq!(once.0.load(Ordering::SeqCst), 1);
    assert!(sealed.proxy().explain().is_none());
}

#[test]
fn a_renewal_that_fails_is_told_with_the_refusal() {
    let sim = sim();
    let failure = Err(Error::new(ErrorCode::SessionExpired, "the session has expired"));
    let (sealed, once) = renewing(options(&sim, secret("expired")), failure);
    for _ in 0..3 {
        let answer = sealed.get("/javascript/left-hand");
        assert_eq!(answer.status, 401);
        assert!(!answer.head.to_lowercase().contains("www-authenticate"));
    }
    assert_eq!(once.0.load(Ordering::SeqCst), 1);
    let why = sealed.proxy().explain().unwrap();
    assert_eq!(why.code(), ErrorCode::Unauthenticated);
    assert!(why.hint().contains("the session has expired"), "{}", why.hint());
}

#[test]
fn a_credential_that_is_about_to_expire_is_renewed_before_it_is_used() {
    let sim = sim();
    let in_30_seconds = {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        Timestamp::from_unix_seconds(now as i64 + 30)
    };
    let old = Lent { expires_at: in_30_seconds, ..secret("about-to-expire") };
    let (sealed, once) = renewing(options(&sim, old), Ok(lent(&sim)));
    assert_eq!(sealed.get("/javascript/left-hand").status, 200);
    assert_eq!(sealed.get("/javascript/left-hand").status, 200);
    assert!(sim.requests().iter().all(|request| request.authenticated));
    assert_eq!(once.0.load(Ordering::SeqCst), 1);
}
