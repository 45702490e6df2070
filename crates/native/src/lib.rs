//! What a program with an operating system under it lends to [`pulltoken_client`]: network, clock,
//! chance, keys, a store for sessions and a browser to sign in with; and what it owes to whom it starts
//! programs for.

mod clock;
mod connect_to;
pub mod core_limit;
mod failure;
mod here;
mod host;
mod job;
mod keys;
mod message;
mod options;
mod pair_cache;
mod private_folder;
mod search;
mod session_store;
pub mod sign_in;
mod transport;
mod trust;
mod user_sessions;
mod vendor_cache;
mod ways;

pub use clock::now;
pub use connect_to::{ConnectTo, Target};
pub use here::Here;
pub use host::NativeHost;
pub use job::ci_job;
pub use options::TransportOptions;
pub use pair_cache::FilePairs;
pub use private_folder::{existing_private_folder, private_folder};
pub use search::{Search, Wanted};
pub use session_store::FileSessions;
pub use transport::HttpTransport;
pub use trust::{authorities_in, trusted_roots};
pub use user_sessions::{UserSessions, shares_vendors};
pub use vendor_cache::VendorCache;
