//! What a program with an operating system under it lends to [`pulltoken_client`]: network, clock,
//! chance and keys.

mod clock;
mod connect_to;
mod failure;
mod host;
mod keys;
mod message;
mod options;
mod private_folder;
mod transport;
mod trust;
mod ways;

pub use clock::now;
pub use connect_to::ConnectTo;
pub use host::NativeHost;
pub use options::TransportOptions;
pub use private_folder::private_folder;
pub use transport::HttpTransport;
