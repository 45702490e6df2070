//! The calls that talk to the platform, over what a browser, a runtime or a worker lends.

use js_sys::Function;
use pulltoken_client::js;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::host::WebHost;

/// The wish to stop a call, made of an `AbortSignal`.
#[wasm_bindgen]
#[derive(Default)]
pub struct Cancellation(js::Cancellation);

#[wasm_bindgen]
impl Cancellation {
    /// Nothing is cancelled yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the wish known, also to a call that has not begun.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

/// The platform, reached by `fetch`.
#[wasm_bindgen]
pub struct Connection(js::Connection<WebHost>);

#[wasm_bindgen]
impl Connection {
    /// Reads the JSON text of `Endpoints`; sends nothing yet. What is wrong with them is the answer to
    /// every call. `fetch` takes a `Request` in the place of the global function.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, fetch: Option<Function>) -> Self {
        Self(js::Connection::open(options, || Ok(WebHost::new(fetch))))
    }

    /// A call of `pulltoken_client::js`, from JSON text to JSON text. `listener` hears JSON texts, too.
    pub async fn call(
        &self,
        name: String,
        session: String,
        arguments: String,
        cancellation: &Cancellation,
        listener: Option<Function>,
    ) -> String {
        let mut told = |text: String| {
            if let Some(listener) = &listener {
                // The package's own function, which throws nothing.
                let _ = listener.call1(&JsValue::UNDEFINED, &JsValue::from_str(&text));
            }
        };
        self.0.call(&name, session, &arguments, &cancellation.0, &mut told).await
    }
}
