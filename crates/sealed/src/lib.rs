//! A loopback proxy that holds the registry's credential, so that no package manager has to.
//!
//! The client is given the proxy's URL and a bundle of certificate authorities, and nothing secret
//! of the registry's. Its requests to the registry end here, are held against an allow-list, get
//! the credential and go on over one warm connection; what is redirected is fetched without it.
//! Every other connection is a plain tunnel.
//!
//! What is decided stands in files that neither read nor write anything: `target`, `path`,
//! `headers`, `admit`, `redirect`, `public_address`, `retry`, `mask`.

mod admit;
mod answer;
mod authority;
mod bundle;
mod chain;
mod clock;
mod connection;
mod dial;
mod exchange;
mod explain;
mod head;
mod headers;
mod idle;
mod link;
mod listener;
mod mask;
mod options;
mod password;
mod path;
mod proxy;
mod public_address;
mod purse;
mod quiet;
mod redirect;
mod registry;
mod report;
mod retry;
mod stream;
mod target;
mod upstream;

pub use options::{Lent, Proxies, Renew, Reroute, SealedOptions};
pub use proxy::SealedProxy;
pub use report::{Served, Source};
