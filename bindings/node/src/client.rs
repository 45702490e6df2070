//! The calls that talk to the platform, over this machine's network and keys.

use std::sync::Arc;

use napi_derive::napi;
use pulltoken_client::js;
use pulltoken_native::{HttpTransport, NativeHost, TransportOptions, now};
use tokio::sync::Notify;

/// The wish to stop a call, made of an `AbortSignal`.
#[napi]
#[derive(Default)]
pub struct Cancellation(Arc<Notify>);

#[napi]
impl Cancellation {
    /// Nothing is cancelled yet.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the wish known, also to a call that has not begun.
    #[napi]
    pub fn cancel(&self) {
        self.0.notify_one();
    }
}

/// `createPullToken` of `pulltoken_client::js`, from JSON text to JSON text.
#[napi(ts_return_type = "Promise<string>")]
pub async fn create_pull_token(arguments: String, cancellation: &Cancellation) -> String {
    let wish = Arc::clone(&cancellation.0);
    let interrupt = Box::pin(async move { wish.notified().await });
    let host = |_: &_| Ok(NativeHost::new(HttpTransport::new(TransportOptions::default())));
    js::create_pull_token(&arguments, now(), host, interrupt).await
}
