//! What JavaScript hears while a call is under way, as JSON text.

use serde::Serialize;

/// Hears what a call has to say before it is done.
#[cfg(not(target_family = "wasm"))]
pub type Listener<'a> = dyn FnMut(String) + Send + 'a;
/// Hears what a call has to say before it is done.
#[cfg(target_family = "wasm")]
pub type Listener<'a> = dyn FnMut(String) + 'a;

/// Says something.
pub(super) fn tell(told: &mut Listener<'_>, what: &impl Serialize) {
    // Texts and numbers: nothing here can fail to be written.
    told(serde_json::to_string(what).unwrap_or_default());
}
