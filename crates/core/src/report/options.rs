//! What a report is asked beyond the pair itself.

use crate::ecosystem::Ecosystem;
use crate::uidp::Uidp;

/// Questions to a report; what is `None` is not asked.
#[derive(Clone, Debug)]
pub struct InspectOptions {
    /// What the pair is used for. A token says nothing of roles, so this decides which registry a
    /// session has to be for, and nothing else.
    pub ecosystem: Option<Ecosystem>,
    /// The issuer's URL: a pull token's audience, a session's issuer.
    pub issuer: Option<String>,
    /// A session's audience; the libraries registry's if not given.
    pub audience: Option<String>,
    /// The organisation (or folder) that a pull token's identity has to lie in.
    pub parent: Option<Uidp>,
    /// From how many seconds before its end on a credential counts as expiring.
    pub expiring_within_seconds: u64,
    /// Whether the pair stood in a URL, where the username has `_` or `%2F` for `/`.
    pub in_url: bool,
}

impl InspectOptions {
    /// Fourteen days.
    pub const EXPIRING_WITHIN_SECONDS: u64 = 14 * 24 * 3600;
}

impl Default for InspectOptions {
    fn default() -> Self {
        Self {
            ecosystem: None,
            issuer: None,
            audience: None,
            parent: None,
            expiring_within_seconds: Self::EXPIRING_WITHIN_SECONDS,
            in_url: false,
        }
    }
}
