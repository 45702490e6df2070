//! A simulated platform that pulltoken is tested against: the API, the issuer, the console, the
//! libraries registry and an object store, each on a loopback port of its own.
//!
//! It promises to refuse what the real platform refuses: signatures, audiences, expiries, roles
//! and entitlements are checked, and JSON, queries and paths are read by the gateway's rules.
//! Where the real platform's behaviour is not known it is strict rather than kind.
//!
//! | part | what is simulated |
//! |---|---|
//! | API | who-am-I; groups, roles, role bindings, identities and entitlements with the capability each call needs; identities and role bindings in version 2, with pages |
//! | issuer | signing in with a browser (a built-in page, or an external OpenID Connect provider), with a headless code (X25519) and with a device code (RFC 8628); token exchange for people, pull tokens and CI jobs; refresh tokens that rotate; discovery and keys; the organisation check |
//! | console | a page that says what this is |
//! | registry | the npm protocol for a few packages, upstream fallback, credentials and policies; the other ecosystems' front doors |
//! | storage | the object store that downloads redirect to |
//!
//! The clock can be moved, requests are logged, and faults can be injected.
//!
//! ```
//! let sim = pulltoken_sim::Sim::builder().start()?;
//! assert_eq!(sim.organization().name, "example");
//! assert!(sim.token("owner").is_some());
//! # Ok::<(), pulltoken_sim::StartError>(())
//! ```

mod addresses;
mod api;
mod builder;
mod clock;
mod console;
mod control;
mod cors;
mod faults;
mod gateway;
mod http;
mod issuer;
mod jose;
mod limits;
mod log;
mod problem;
mod registry;
mod seed;
mod server;
mod sim;
mod snapshot;
mod spec;
mod state;
mod tls;
mod world;

pub use addresses::Addresses;
pub use builder::{SimBuilder, StartError};
pub use clock::Clock;
pub use faults::{Action, Fault, FaultHandle, Faults};
pub use log::{LoggedRequest, Part};
pub use registry::Package;
pub use sim::{Organization, PullToken, Sim};
pub use snapshot::{IdentitySnapshot, RoleBindingSnapshot};
pub use spec::{IdTokenSpec, IdentitySpec, OrganizationSpec, SessionSpec};
