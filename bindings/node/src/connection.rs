//! The calls that talk to the platform, over this machine's network and keys.

use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use pulltoken_client::js;
use pulltoken_native::{HttpTransport, NativeHost};

use crate::options;

/// The wish to stop a call, made of an `AbortSignal`.
#[napi]
#[derive(Default)]
pub struct Cancellation(js::Cancellation);

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
        self.0.cancel();
    }
}

/// A function of JavaScript that hears JSON texts. It does not keep the process alive by itself.
type Listener = ThreadsafeFunction<String, (), String, Status, false, true>;

/// The platform, reached over one pool of connections.
#[napi]
pub struct Connection(js::Connection<NativeHost>);

#[napi]
impl Connection {
    /// Reads the JSON text of `Endpoints`, `connectTo` and `caFile`; opens nothing yet. What is wrong
    /// with them is the answer to every call.
    #[napi(constructor)]
    pub fn new(options: String) -> Self {
        let host = || Ok(NativeHost::new(HttpTransport::new(options::read(&options)?)));
        Self(js::Connection::open(&options, host))
    }

    /// A call of `pulltoken_client::js`, from JSON text to JSON text.
    #[napi(ts_return_type = "Promise<string>")]
    pub async fn call(
        &self,
        name: String,
        session: String,
        arguments: String,
        cancellation: &Cancellation,
        listener: Option<Listener>,
    ) -> String {
        let mut told = |text: String| {
            if let Some(listener) = &listener {
                // Fails where Node is about to end; nobody listens then.
                let _ = listener.call(text, ThreadsafeFunctionCallMode::NonBlocking);
            }
        };
        self.0.call(&name, session, &arguments, &cancellation.0, &mut told).await
    }
}
