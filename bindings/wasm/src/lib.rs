//! The WebAssembly module: hands JSON text through to [`pulltoken_core::js`] and, for what talks to the
//! platform, to `pulltoken_client::js`. There is nothing of it on other targets, whose futures may have
//! to change threads.

#![cfg(target_family = "wasm")]
#![allow(unsafe_code, reason = "wasm-bindgen's macros write the calls into JavaScript")]

#[cfg(feature = "client")]
pub mod connection;
#[cfg(feature = "client")]
mod host;

use pulltoken_core::js;
use wasm_bindgen::prelude::wasm_bindgen;

macro_rules! export {
    ($($name:ident as $js:ident;)+) => {
        $(
            #[doc = concat!("`", stringify!($js), "` of `pulltoken_core::js`, from JSON text to JSON text.")]
            #[wasm_bindgen(js_name = $js)]
            pub fn $name(arguments: &str) -> String {
                js::$name(arguments)
            }
        )+
    };
}

pulltoken_core::for_each_js_function!(export);

/// `getCredentials` of `pulltoken_client::js`, from JSON text to JSON text.
#[cfg(feature = "chain")]
#[wasm_bindgen(js_name = getCredentials)]
pub fn get_credentials(arguments: &str, now: f64) -> String {
    pulltoken_client::js::get_credentials(arguments, now)
}

/// `inspectCredentials` for two texts, a moment and options as JSON text or nothing.
#[wasm_bindgen(js_name = inspectPair)]
pub fn inspect_pair(username: String, password: String, now: f64, options: &str) -> String {
    js::inspect_pair(username, password, now, options)
}
