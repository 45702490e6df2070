//! The calls of a client as JavaScript makes them: JSON text in, JSON text out, as in
//! [`pulltoken_core::js`]. A binding lends the host, the wish to stop and an ear for what is said meanwhile, and
//! hands the texts through.

mod access;
mod calls;
mod cancellation;
mod change;
mod connection;
mod create;
mod credentials;
mod entitlements;
mod list;
mod listener;
mod rotate;
mod sign_in;
mod sweep;
mod who;

pub use access::VerifyArguments;
pub use calls::Call;
pub use cancellation::{Cancellation, Wish};
pub use change::{DeleteArguments, SetRoleArguments, UpdateArguments};
pub use connection::{Connection, EndpointsInput, unless_stopped};
pub use create::{CreatedPullToken, NewPullTokenInput};
pub use credentials::{CredentialsArguments, Environment, FoundCredentials, get_credentials};
pub use entitlements::{CreateEntitlementArguments, DeleteEntitlementArguments, ListEntitlementsArguments};
pub use list::ListArguments;
pub use listener::Listener;
pub use rotate::{ReplacedPullToken, RotateArguments};
pub use sign_in::{DeviceArguments, DeviceCodeInfo, ExchangeArguments, HeadlessArguments, RefreshArguments};
pub use sweep::{Progress, SweepArguments, SweepReport};
pub use who::{HeldRoleInfo, WhoAmIInfo};
