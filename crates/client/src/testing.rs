//! What the tests of the flows share: a host that holds all answers back until nothing else can go on,
//! so that what is asked for side by side is told from what is asked for in turn.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future;
use pulltoken_core::http::{Request, Response};
use pulltoken_core::jwk::RsaPublicKey;
use pulltoken_core::{BaseUrl, Result, Secret, Timestamp};
use serde_json::Value;

use crate::Client;
use crate::client::Endpoints;
use crate::host::{BoxFuture, Clock, Entropy, KeyMaker, SendFailure, SigningKey, Transport};
use crate::session::Session;

/// A status and a body, or no answer.
pub(crate) type Answer = std::result::Result<(u16, Value), SendFailure>;

/// A host that is at 1,000 seconds after 1970, draws 0xab and answers method and path as it was told.
#[derive(Clone)]
pub(crate) struct Host(Arc<Inner>);

struct Inner {
    sent: Mutex<Vec<String>>,
    waiting: Mutex<Vec<Waker>>,
    /// Waves whose answers have arrived.
    waves: Mutex<usize>,
    answer: Box<dyn Fn(&str) -> Answer + Send + Sync>,
}

impl Host {
    pub(crate) fn new(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            sent: Mutex::default(),
            waiting: Mutex::default(),
            waves: Mutex::default(),
            answer: Box::new(answer),
        }))
    }

    /// A client of this host.
    pub(crate) fn client(&self) -> Client<Self> {
        let url = |text| BaseUrl::parse(text).unwrap();
        let endpoints = Endpoints {
            api: url("https://api.test"),
            issuer: url("https://issuer.test"),
            registry: url("https://registry.test"),
        };
        let session = Session::new(Secret::new("eyJhbGciOiJub25lIn0.e30.c2ln"), Timestamp::UNIX_EPOCH).unwrap();
        Client::new(self.clone(), endpoints, &session)
    }

    /// What was sent: the method and, of the API, the path.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.0.sent.lock().unwrap().clone()
    }

    /// Runs a flow to its end: the result, and how many times it had to wait for answers.
    pub(crate) fn run<T>(&self, flow: impl Future<Output = T>) -> (T, usize) {
        let mut flow = pin!(flow);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(result) = flow.as_mut().poll(&mut context) {
                return (result, *self.0.waves.lock().unwrap());
            }
            // The answers of a wave arrive together; what they set off is sent and waits in turn.
            *self.0.waves.lock().unwrap() += 1;
            assert!(*self.0.waves.lock().unwrap() < 50, "no end: {:?}", self.sent());
            for waker in std::mem::take(&mut *self.0.waiting.lock().unwrap()) {
                waker.wake();
            }
        }
    }
}

impl Transport for Host {
    fn send(&self, request: Request) -> BoxFuture<'_, std::result::Result<Response, SendFailure>> {
        let line = format!("{} {}", request.method.as_str(), request.url.trim_start_matches("https://api.test"));
        self.0.sent.lock().unwrap().push(line.clone());
        let sent_after = *self.0.waves.lock().unwrap();
        Box::pin(future::poll_fn(move |context| {
            if *self.0.waves.lock().unwrap() > sent_after {
                return Poll::Ready(
                    (self.0.answer)(&line).map(|(status, body)| Response::new(status, body.to_string())),
                );
            }
            self.0.waiting.lock().unwrap().push(context.waker().clone());
            Poll::Pending
        }))
    }
}

impl Clock for Host {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(1_000).unwrap()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(future::ready(()))
    }
}

impl Entropy for Host {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        buffer.fill(0xab);
        Ok(())
    }
}

struct Key(RsaPublicKey);

impl KeyMaker for Host {
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
