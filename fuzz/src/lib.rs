//! What the targets check. It stands with the core's tests, which replay the corpus.

#[path = "../../crates/core/tests/properties/mod.rs"]
mod properties;

pub use properties::{FAMILIES, FORMATS, check};
