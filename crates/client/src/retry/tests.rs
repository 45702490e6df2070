//! Tries and pauses, held against a host that answers by a script and waits in no time.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use futures_util::future::{self, FutureExt as _};
use pulltoken_core::{Error, Result, Secret, Timestamp};

use super::*;
use crate::host::{BoxFuture, Clock, Entropy, KeyMaker, SigningKey, Transport};

/// Answers in this order; time passes by what is slept and by `seconds_per_try`.
struct Script {
    answers: Mutex<VecDeque<Sent>>,
    sent: Mutex<u32>,
    pauses: Mutex<Vec<Duration>>,
    clock: Mutex<i64>,
    seconds_per_try: i64,
    chance: u8,
    wakes: bool,
}

impl Transport for Script {
    fn send(&self, _: Request) -> BoxFuture<'_, Sent> {
        *self.sent.lock().unwrap() += 1;
        *self.clock.lock().unwrap() += self.seconds_per_try;
        Box::pin(future::ready(self.answers.lock().unwrap().pop_front().unwrap()))
    }
}

impl Clock for Script {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(*self.clock.lock().unwrap()).unwrap()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        self.pauses.lock().unwrap().push(time);
        *self.clock.lock().unwrap() += i64::try_from(time.as_secs()).unwrap();
        if self.wakes { Box::pin(future::ready(())) } else { Box::pin(future::pending()) }
    }
}

impl Entropy for Script {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        buffer.fill(self.chance);
        Ok(())
    }
}

impl KeyMaker for Script {
    fn make_key(&self) -> BoxFuture<'_, Result<Box<dyn SigningKey>>> {
        Box::pin(future::ready(Err(Error::new(ErrorCode::Internal, "no keys here"))))
    }
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Sent>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            sent: Mutex::default(),
            pauses: Mutex::default(),
            clock: Mutex::new(1_000),
            seconds_per_try: 0,
            chance: 0xff,
            wakes: true,
        }
    }

    fn run(&self, method: Method) -> Sent {
        self.run_by(method, Rules::of(method))
    }

    fn run_by(&self, method: Method, rules: Rules) -> Sent {
        send(self, request(method), rules).now_or_never().expect("nothing here has to wait")
    }

    fn sent(&self) -> u32 {
        *self.sent.lock().unwrap()
    }

    fn pauses(&self) -> Vec<u128> {
        self.pauses.lock().unwrap().iter().map(Duration::as_millis).collect()
    }
}

fn request(method: Method) -> Request {
    Request::new(method, "https://api.test/x".into(), &Secret::new("session"))
}

fn answer(status: u16) -> Sent {
    Ok(Response::new(status, ""))
}

fn asking(status: u16, seconds: u64) -> Sent {
    Ok(Response { retry_after: Some(Duration::from_secs(seconds)), ..Response::new(status, "") })
}

fn lost(code: ErrorCode, may_have_arrived: bool) -> Sent {
    Err(SendFailure { error: Error::new(code, "cut"), may_have_arrived })
}

#[test]
fn what_passes_is_tried_again_after_growing_pauses() {
    for failing in [|| answer(429), || answer(502), || answer(503), || answer(504)] {
        let script = Script::of([failing(), failing(), failing(), answer(200)]);
        let got = script.run(Method::Get).unwrap();
        assert_eq!((got.status, got.tries, script.sent()), (200, 4, 4));
        assert_eq!(script.pauses(), [200, 400, 800]);
    }
    for (code, arrived) in [(ErrorCode::Network, false), (ErrorCode::Network, true), (ErrorCode::Timeout, true)] {
        let script = Script::of([lost(code, arrived), answer(200)]);
        assert_eq!(script.run(Method::Put).unwrap().tries, 2);
    }
}

#[test]
fn the_jitter_is_full() {
    let script = Script { chance: 0, ..Script::of([answer(503), answer(200)]) };
    script.run(Method::Get).unwrap();
    assert_eq!(script.pauses(), [0]);
    let script = Script { chance: 0x80, ..Script::of([answer(503), answer(503), answer(200)]) };
    script.run(Method::Get).unwrap();
    assert_eq!(script.pauses(), [100, 200]);
}

#[test]
fn the_fourth_try_is_the_last_and_the_result_says_so() {
    let script = Script::of((0..5).map(|_| answer(503)));
    let got = script.run(Method::Get).unwrap();
    assert_eq!((got.status, got.tries, script.sent()), (503, 4, 4));
    let script = Script::of((0..5).map(|_| lost(ErrorCode::Network, true)));
    let failure = script.run(Method::Delete).unwrap_err();
    assert_eq!((failure.error.message(), script.sent()), ("cut (after 4 tries)", 4));
    assert!(failure.may_have_arrived);
}

#[test]
fn what_may_do_harm_or_cannot_help_is_sent_once() {
    for method in [Method::Post, Method::Patch] {
        let script = Script::of([answer(503), answer(200)]);
        assert_eq!((script.run(method).unwrap().status, script.sent()), (503, 1));
        let script = Script::of([lost(ErrorCode::Network, false), answer(200)]);
        assert_eq!((script.run(method).unwrap_err().error.message(), script.sent()), ("cut", 1));
    }
    for status in [200, 302, 400, 401, 403, 404, 409, 500, 501] {
        let script = Script::of([answer(status), answer(200)]);
        assert_eq!((script.run(Method::Get).unwrap().status, script.sent()), (status, 1));
    }
    for code in [ErrorCode::Tls, ErrorCode::UnexpectedResponse, ErrorCode::SessionUnusable] {
        let script = Script::of([lost(code, false), answer(200)]);
        assert!(script.run(Method::Get).is_err() && script.sent() == 1);
    }
}

#[test]
fn the_server_says_how_long_to_wait_at_least() {
    let script = Script::of([asking(429, 7), asking(503, 60), answer(200)]);
    assert_eq!(script.run(Method::Get).unwrap().tries, 3);
    assert_eq!(script.pauses(), [7_200, 60_400]);
    let script = Script::of([asking(429, 61), answer(200)]);
    let got = script.run(Method::Get).unwrap();
    assert_eq!((got.status, got.retry_after, script.sent()), (429, Some(Duration::from_secs(61)), 1));
    assert!(script.pauses().is_empty());
}

#[test]
fn no_try_begins_after_two_minutes() {
    let hanging = || (0..5).map(|_| lost(ErrorCode::Timeout, true));
    let script = Script { seconds_per_try: 60, ..Script::of(hanging()) };
    assert!(script.run(Method::Get).is_err());
    assert_eq!(script.sent(), 2);
    let script = Script { seconds_per_try: 10, ..Script::of(hanging()) };
    assert!(script.run(Method::Get).is_err());
    assert_eq!(script.sent(), 4);
}

#[test]
fn a_deletion_that_finds_nothing_left_has_been_done_before() {
    for first in [lost(ErrorCode::Timeout, true), answer(502), answer(504)] {
        let script = Script::of([first, answer(404)]);
        let got = script.run(Method::Delete).unwrap();
        assert_eq!((got.status, got.tries, &got.body[..]), (200, 2, &b"{}"[..]));
    }
    // Nothing can have been deleted by a try that did not get through.
    for first in [lost(ErrorCode::Network, false), answer(429)] {
        let script = Script::of([first, answer(404)]);
        assert_eq!(script.run(Method::Delete).unwrap().status, 404);
    }
    assert_eq!(Script::of([answer(404)]).run(Method::Delete).unwrap().status, 404);
    assert_eq!(Script::of([answer(502), answer(404)]).run(Method::Get).unwrap().status, 404);
}

#[test]
fn dropping_it_ends_the_tries() {
    let script = Script { wakes: false, ..Script::of([answer(503), answer(200)]) };
    {
        let mut sending = pin!(send(&script, request(Method::Get), Rules::Idempotent));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(sending.as_mut().poll(&mut context), Poll::Pending));
        assert_eq!(script.pauses(), [200]);
    }
    assert_eq!(script.sent(), 1);
}

#[test]
fn an_exchange_has_rules_of_its_own() {
    let rules = Rules::Exchange(&[14]);
    let busy = || Ok(Response::new(400, r#"{"code": 14, "message": "busy"}"#));
    let script = Script { chance: 0, ..Script::of([answer(502), busy(), answer(503), answer(200)]) };
    let got = script.run_by(Method::Post, rules).unwrap();
    assert_eq!((got.status, got.tries, script.pauses()), (503, 3, vec![100, 100]));
    let script = Script::of([answer(503), answer(200)]);
    script.run_by(Method::Post, rules).unwrap();
    assert_eq!(script.pauses(), [200]);
    let internal = Ok(Response::new(500, r#"{"code": 13}"#));
    for first in [answer(429), answer(504), internal, lost(ErrorCode::Network, true)] {
        let script = Script::of([first, answer(200)]);
        assert!(!matches!(script.run_by(Method::Post, rules), Ok(answer) if answer.status == 200));
        assert_eq!(script.sent(), 1);
    }
}
