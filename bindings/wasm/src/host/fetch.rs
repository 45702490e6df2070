//! Sending: one request, and its whole answer within the limit of time.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{self, Either};
use gloo_timers::future::sleep;
use js_sys::{Function, Promise};
use pulltoken_client::host::SendFailure;
use pulltoken_core::http::{Request, Response};
use pulltoken_core::{Error, ErrorCode};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use super::{answer, failure, global, request};

/// For one request from the first byte to the answer's last.
const LIMIT: Duration = Duration::from_secs(60);

/// Sends a request by this function, or by the global `fetch`.
///
/// Dropping the future ends the request. Whatever the function does, there is an answer or a failure:
/// it may throw at once, give something else than a `Response`, or never answer.
pub(super) async fn send(own: Option<&Function>, request: Request) -> Result<Response, SendFailure> {
    let unsent = |error| SendFailure { error, may_have_arrived: false };
    let stopping = Stopping::new().map_err(unsent)?;
    let built = request::request(&request, &stopping.0.signal()).map_err(unsent)?;
    let fetch = match own {
        Some(function) => function.clone(),
        None => global("fetch").dyn_into().map_err(|_| {
            unsent(Error::new(ErrorCode::Internal, "there is no fetch here").with_hint("give one to the client"))
        })?,
    };
    let exchange = pin!(async {
        let sent = fetch.call1(&JsValue::UNDEFINED, &built).map_err(|thrown| failure::of(&thrown, &request.url))?;
        let answer = wait(&sent).await.map_err(|thrown| failure::of(&thrown, &request.url))?;
        answer::read(&answer, &request.url).await
    });
    match future::select(exchange, pin!(sleep(LIMIT))).await {
        Either::Left((answered, _)) => answered,
        Either::Right(_) => Err(failure::late(&request.url, LIMIT)),
    }
}

/// Waits for a promise, or for whatever value stands in its place.
pub(super) async fn wait(value: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(value)).await
}

/// Ends the request when nobody waits for it any more.
struct Stopping(AbortController);

impl Stopping {
    fn new() -> Result<Self, Error> {
        AbortController::new()
            .map(Self)
            .map_err(|_| Error::new(ErrorCode::Internal, "there is no AbortController here"))
    }
}

impl Drop for Stopping {
    fn drop(&mut self) {
        self.0.abort();
    }
}
