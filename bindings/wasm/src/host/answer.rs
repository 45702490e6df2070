//! What `fetch` gave, as our answer. Each part is asked for with care: a stand-in for `fetch` may give
//! anything.

use js_sys::{Array, Function, Reflect, Uint8Array};
use pulltoken_client::host::SendFailure;
use pulltoken_core::http::Response;
use pulltoken_core::{Error, ErrorCode};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Url;

use super::fetch::wait;
use super::{failure, global, now, property};

/// Reads the whole answer to a request for this URL.
pub(super) async fn read(answer: &JsValue, url: &str) -> Result<Response, SendFailure> {
    // A browser keeps from pages where a redirect points, its status included.
    if property(answer, "type").as_string().as_deref() == Some("opaqueredirect") {
        return Ok(Response::new(302, ""));
    }
    let strange = || {
        let error = Error::new(ErrorCode::UnexpectedResponse, "what fetch gave is no Response");
        SendFailure { error, may_have_arrived: true }
    };
    let (Some(status), Ok(get), Ok(body)) = (
        property(answer, "status").as_f64().filter(|status| (200.0..=599.0).contains(status)),
        property(&property(answer, "headers"), "get").dyn_into::<Function>(),
        property(answer, "arrayBuffer").dyn_into::<Function>(),
    ) else {
        return Err(strange());
    };
    let headers = property(answer, "headers");
    let header = |name: &str| get.call1(&headers, &JsValue::from_str(name)).ok().and_then(|value| value.as_string());
    let lost = |thrown: JsValue| failure::of(&thrown, url);
    let buffer = wait(&body.call0(answer).map_err(lost)?).await.map_err(lost)?;
    Ok(Response {
        body: bytes(&buffer).ok_or_else(strange)?,
        redirect: header("location").and_then(|target| redirect(url, &target)),
        ..Response::of_head(status as u16, header, now())
    })
}

/// The bytes of an `ArrayBuffer`, of whichever realm.
fn bytes(buffer: &JsValue) -> Option<Vec<u8>> {
    let constructor = global("Uint8Array").dyn_into::<Function>().ok()?;
    let view = buffer.is_object().then(|| Reflect::construct(&constructor, &Array::of1(buffer)))?.ok()?;
    Some(view.unchecked_into::<Uint8Array>().to_vec())
}

/// Where a `Location` points, without what may be secret in it: user, query and fragment.
fn redirect(from: &str, location: &str) -> Option<String> {
    let target = Url::new_with_base(location, from).ok()?;
    target.set_username("");
    target.set_password("");
    target.set_search("");
    target.set_hash("");
    Some(target.href())
}
