//! The four traits of a host, on what JavaScript has everywhere: `fetch`, `Date`, timers and WebCrypto.

mod answer;
mod failure;
mod fetch;
mod keys;
mod request;

use std::time::Duration;

use js_sys::{Date, Function, Reflect};
use pulltoken_client::host::{BoxFuture, Clock, Entropy, KeyMaker, SendFailure, SigningKey, Transport};
use pulltoken_core::http::{Request, Response};
use pulltoken_core::{Error, ErrorCode, Result, Timestamp};
use wasm_bindgen::{JsCast as _, JsValue};

/// Network, clock, chance and keys of the place this module runs in.
pub(crate) struct WebHost {
    /// What sends, in the place of the global `fetch`.
    fetch: Option<Function>,
}

impl WebHost {
    /// A host that sends with this function, or with the global one.
    pub(crate) fn new(fetch: Option<Function>) -> Self {
        Self { fetch }
    }
}

impl Transport for WebHost {
    fn send(&self, request: Request) -> BoxFuture<'_, std::result::Result<Response, SendFailure>> {
        Box::pin(fetch::send(self.fetch.as_ref(), request))
    }
}

impl Clock for WebHost {
    fn now(&self) -> Timestamp {
        now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(gloo_timers::future::sleep(time))
    }
}

impl Entropy for WebHost {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        keys::crypto()?
            .get_random_values_with_u8_array(buffer)
            .map(drop)
            .map_err(|_| Error::new(ErrorCode::Internal, "WebCrypto gives no random numbers"))
    }
}

impl KeyMaker for WebHost {
    fn make_key(&self) -> BoxFuture<'_, Result<Box<dyn SigningKey>>> {
        Box::pin(keys::make())
    }
}

/// The present moment by the clock of this place.
fn now() -> Timestamp {
    // Whole milliseconds, far from where an f64 gets coarse.
    Timestamp::from_unix_millis(Date::now() as i64).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A value of the global object; `undefined` where it has none.
fn global(name: &str) -> JsValue {
    property(&js_sys::global().unchecked_into(), name)
}

/// A property of whatever value; `undefined` where it has none, or throws when asked.
fn property(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
