//! The calls that talk to the platform, over this machine's network and keys.

use napi::Status;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use pulltoken_client::js;
use pulltoken_core::js::{failure, success};
use pulltoken_native::{HttpTransport, NativeHost};

use crate::{options, stored};

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
pub struct Connection {
    inner: js::Connection<NativeHost>,
    /// Connections that are made elsewhere, each in its normal form.
    connect_to: Vec<String>,
}

#[napi]
impl Connection {
    /// Reads the JSON text of `Endpoints`, `connectTo` and `caFile`; opens nothing yet. What is wrong
    /// with them is the answer to every call.
    #[napi(constructor)]
    pub fn new(options: String) -> Self {
        let mut connect_to = Vec::new();
        let host = || {
            let options = options::read(&options)?;
            connect_to = options.connect_to.iter().map(ToString::to_string).collect();
            Ok(NativeHost::new(HttpTransport::new(options)))
        };
        let inner = js::Connection::open(&options, host);
        Self { inner, connect_to }
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
        self.inner.call(&name, session, &arguments, &cancellation.0, &mut told).await
    }

    /// `getCredentials` with what this machine has of its user, from JSON text to JSON text.
    #[napi(ts_return_type = "Promise<string>")]
    pub async fn credentials(&self, arguments: String, cancellation: &Cancellation) -> String {
        let found = async {
            let (host, endpoints) = self.inner.parts()?;
            stored::credentials(host, endpoints, self.connect_to.clone(), &arguments, &cancellation.0).await
        };
        match found.await {
            Ok(found) => success(&found),
            Err(error) => failure(&error),
        }
    }

    /// The access token of the stored session for the API, or `null`, as JSON text. `shared` is the
    /// value of `PULLTOKEN_SHARED_CACHE`.
    #[napi(ts_return_type = "Promise<string>")]
    pub async fn stored_session(&self, shared: Option<String>, cancellation: &Cancellation) -> String {
        let found = async {
            let (host, endpoints) = self.inner.parts()?;
            stored::session(host, endpoints, self.connect_to.clone(), shared.as_deref(), &cancellation.0).await
        };
        match found.await {
            Ok(found) => success(&found),
            Err(error) => failure(&error),
        }
    }
}
