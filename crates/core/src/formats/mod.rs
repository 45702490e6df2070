//! How each build tool wants a credential written. One file a format.

mod list;
mod options;

pub use list::Format;
pub use options::{ParsedEntry, RenderOptions, Rendered, Warning};
