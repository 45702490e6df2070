//! The order of the calls, held against a host that answers when it is told to.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future;
use pulltoken_core::http::{Request, Response};
use pulltoken_core::jwk::RsaPublicKey;
use pulltoken_core::{BaseUrl, Description, Ecosystem, Error, ErrorCode, Name, Result, Secret, Timestamp, Ttl};
use serde_json::{Value, json};

use super::{NewPullToken, Parent, PullToken, Stamp};
use crate::Client;
use crate::client::Endpoints;
use crate::host::{BoxFuture, Clock, Entropy, KeyMaker, SendFailure, SigningKey, Transport};
use crate::session::Session;

type Answer = std::result::Result<(u16, Value), SendFailure>;

const ORG: &str = "0123456789abcdef0123456789abcdef01234567";
const IDENTITY: &str = "0123456789abcdef0123456789abcdef01234567/0011223344556677";

/// Answers all requests of a wave once nothing else can go on.
struct Host {
    sent: Mutex<Vec<String>>,
    waiting: Mutex<VecDeque<Waker>>,
    open: Mutex<bool>,
    answer: Box<dyn Fn(&str) -> Answer + Send + Sync>,
}

impl Transport for &Host {
    fn send(&self, request: Request) -> BoxFuture<'_, std::result::Result<Response, SendFailure>> {
        let line = format!("{} {}", request.method.as_str(), request.url.trim_start_matches("https://api.test"));
        self.sent.lock().unwrap().push(line.clone());
        let mut asked = false;
        Box::pin(future::poll_fn(move |context| {
            if asked && *self.open.lock().unwrap() {
                let (status, body) = match (self.answer)(&line) {
                    Ok(answer) => answer,
                    Err(failure) => return Poll::Ready(Err(failure)),
                };
                return Poll::Ready(Ok(Response::new(status, body.to_string())));
            }
            asked = true;
            self.waiting.lock().unwrap().push_back(context.waker().clone());
            Poll::Pending
        }))
    }
}

impl Clock for &Host {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(1_000).unwrap()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(future::ready(()))
    }
}

impl Entropy for &Host {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        buffer.fill(0xab);
        Ok(())
    }
}

struct Key(RsaPublicKey);

impl KeyMaker for &Host {
    fn make_key(&self) -> BoxFuture<'_, Result<Box<dyn SigningKey>>> {
        let key: Box<dyn SigningKey> = Box::new(Key(RsaPublicKey { modulus: vec![1], exponent: vec![1, 0, 1] }));
        Box::pin(future::ready(Ok(key)))
    }
}

impl SigningKey for Key {
    fn public_key(&self) -> &RsaPublicKey {
        &self.0
    }

    fn sign_once(self: Box<Self>, _: Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>>> {
        Box::pin(future::ready(Ok(vec![1, 2, 3])))
    }
}

fn good(line: &str) -> Answer {
    let capabilities = json!(["identity.create", "role_bindings.create", "roles.list", "libraries.javascript.list"]);
    let body = match line {
        _ if line.starts_with("GET /auth/v1/ok") => {
            json!({"subject": ORG, "capabilities": [{"group": {"id": ORG}, "role": {"name": "x", "capabilities": capabilities}}]})
        }
        _ if line.starts_with("GET /iam/v1/groups") => json!({"items": [{"id": ORG, "name": "example"}]}),
        _ if line.starts_with("GET /iam/v1/roles") => {
            json!({"items": [{"id": "role", "name": "libraries.javascript.pull", "capabilities": ["libraries.javascript.list"]}]})
        }
        _ if line.starts_with("GET /libraries/v1/entitlements") => json!({"items": [{"ecosystem": "JAVASCRIPT"}]}),
        _ if line.starts_with("POST /iam/v1/identities") || line.contains("/lookup?") => json!({"id": IDENTITY}),
        _ => json!({}),
    };
    Ok((200, body))
}

/// Runs the flow to its end; the result, and how many times it had to wait for answers.
fn create(
    parent: &str,
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> (Result<PullToken>, usize, Vec<String>) {
    let host =
        Host { sent: Mutex::default(), waiting: Mutex::default(), open: Mutex::new(false), answer: Box::new(answer) };
    let url = |text| BaseUrl::parse(text).unwrap();
    let endpoints =
        Endpoints { api: url("https://api.test"), issuer: url("https://issuer.test"), registry: url("https://r.test") };
    let session = Session::new(Secret::new("eyJhbGciOiJub25lIn0.e30.c2ln"), Timestamp::UNIX_EPOCH).unwrap();
    let client = Client::new(&host, endpoints, &session);
    let wanted = NewPullToken {
        parent: Parent::parse(parent),
        ecosystems: vec![Ecosystem::JavaScript],
        ttl: Ttl::parse("1h").unwrap(),
        name: Name::parse("ci").unwrap(),
        stamp: Stamp::Given(Description::default()),
    };
    let mut flow = pin!(client.create_pull_token(wanted, Box::pin(future::pending::<()>())));
    let mut context = Context::from_waker(Waker::noop());
    let mut waves = 0;
    loop {
        *host.open.lock().unwrap() = false;
        if let Poll::Ready(result) = flow.as_mut().poll(&mut context) {
            let sent = host.sent.lock().unwrap().clone();
            return (result, waves, sent);
        }
        waves += 1;
        assert!(waves < 20, "no end: {:?}", host.sent.lock().unwrap());
        // The answers of this wave arrive together; what they set off is sent and waits in turn.
        *host.open.lock().unwrap() = true;
        for waker in host.waiting.lock().unwrap().drain(..) {
            waker.wake();
        }
        if let Poll::Ready(result) = flow.as_mut().poll(&mut context) {
            let sent = host.sent.lock().unwrap().clone();
            return (result, waves, sent);
        }
    }
}

#[test]
fn three_waves_with_an_identifier_and_four_with_a_name() {
    let (made, waves, sent) = create(ORG, good);
    let made = made.unwrap();
    assert_eq!(waves, 3, "{sent:?}");
    assert_eq!((made.credentials.username.as_str(), made.expires_at.unix_seconds()), (IDENTITY, 1_000 + 3_600));
    let (made, waves, sent) = create("example", good);
    assert!(made.is_ok());
    assert_eq!(waves, 4, "{sent:?}");
}

#[test]
fn an_identity_whose_answer_was_lost_is_found_by_its_subject() {
    let lost = |line: &str| {
        if line.starts_with("POST /iam/v1/identities") {
            return Err(SendFailure { error: Error::new(ErrorCode::Timeout, "lost"), may_have_arrived: true });
        }
        good(line)
    };
    let (failed, _, sent) = create(ORG, lost);
    assert_eq!(failed.unwrap_err().code(), ErrorCode::Timeout);
    let lookup = sent.iter().find(|line| line.contains("/lookup?")).unwrap();
    assert!(lookup.ends_with(&format!("subject=pull-token-{}", "ab".repeat(20))), "{lookup}");
    assert_eq!(sent.last().unwrap(), &format!("DELETE /iam/v1/identities/{IDENTITY}"));
}

#[test]
fn a_request_that_never_left_needs_no_search() {
    let unreachable = |line: &str| {
        if line.starts_with("POST /iam/v1/identities") {
            return Err(SendFailure { error: Error::new(ErrorCode::Network, "refused"), may_have_arrived: false });
        }
        good(line)
    };
    let (failed, _, sent) = create(ORG, unreachable);
    assert_eq!(failed.unwrap_err().code(), ErrorCode::Network);
    assert!(!sent.iter().any(|line| line.contains("/lookup?") || line.starts_with("DELETE")), "{sent:?}");
}

#[test]
fn where_even_the_search_fails_the_subject_is_named() {
    let dead = |line: &str| {
        if line.starts_with("POST") || line.contains("/lookup?") {
            return Err(SendFailure { error: Error::new(ErrorCode::Network, "cut"), may_have_arrived: true });
        }
        good(line)
    };
    let (failed, _, sent) = create(ORG, dead);
    let error = failed.unwrap_err();
    assert_eq!(error.code(), ErrorCode::RollbackFailed);
    assert!(
        error.hint().contains(&format!("pull-token-{}", "ab".repeat(20))) && error.hint().contains("`example`"),
        "{}",
        error.hint()
    );
    assert_eq!(sent.iter().filter(|line| line.contains("/lookup?")).count(), 4);
}
