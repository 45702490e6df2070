//! The Node-API module: hands JSON text through to [`pulltoken_core::js`] and [`pulltoken_client::js`].

#![allow(unsafe_code, reason = "napi's macros write the calls into Node")]

pub mod connection;
mod options;
mod stored;

use napi_derive::napi;
use pulltoken_core::js;

macro_rules! export {
    ($($name:ident as $js:ident;)+) => {
        $(
            #[doc = concat!("`", stringify!($js), "` of `pulltoken_core::js`, from JSON text to JSON text.")]
            #[napi]
            pub fn $name(arguments: String) -> String {
                js::$name(&arguments)
            }
        )+
    };
}

pulltoken_core::for_each_js_function!(export);

/// `getCredentials` of `pulltoken_client::js`, from JSON text to JSON text.
#[napi]
pub fn get_credentials(arguments: String, now: f64) -> String {
    pulltoken_client::js::get_credentials(&arguments, now)
}

/// `inspectCredentials` for two texts, a moment and options as JSON text or nothing.
#[napi]
pub fn inspect_pair(username: String, password: String, now: f64, options: String) -> String {
    js::inspect_pair(username, password, now, &options)
}
