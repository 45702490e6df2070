//! What a program with an operating system under it lends to [`pulltoken_client`]: network, clock,
//! chance and keys.

mod failure;
mod host;
mod keys;
mod private_folder;
mod transport;

pub use host::{NativeHost, now};
pub use private_folder::private_folder;
pub use transport::{HttpTransport, TransportOptions};
