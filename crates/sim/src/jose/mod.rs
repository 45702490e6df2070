//! JSON Web Tokens and keys: signed for the simulator's own issuers, verified for everybody's.

mod jwks;
mod signer;
mod token;

pub(crate) use jwks::PublicKeys;
pub(crate) use signer::Signer;
pub(crate) use token::{Claims, Token};
