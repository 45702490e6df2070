//! What a token must say for its holder to be an identity.

use std::collections::BTreeMap;
use std::fmt;

/// All of it has to fit. What is `None` or empty is not looked at, but for the audience: without one
/// the platform wants its issuer's host name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimMatch {
    /// `iss`.
    pub issuer: Option<Matcher>,
    /// `sub`.
    pub subject: Option<Matcher>,
    /// `aud`.
    pub audience: Option<Matcher>,
    /// Other claims, to the letter.
    pub claims: BTreeMap<String, String>,
    /// Other claims, by pattern.
    pub claim_patterns: BTreeMap<String, String>,
}

/// A text, or a pattern in Go's RE2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matcher {
    /// This text and no other.
    Exact(String),
    /// Whatever fits.
    Pattern(String),
}

impl ClaimMatch {
    /// Whether both trust the same jobs. A server may write out the audience that it takes where none
    /// is given.
    pub fn trusts_as(&self, other: &Self, default_audience: &str) -> bool {
        let named = |one: &Self| one.audience.clone().filter(|it| *it != Matcher::Exact(default_audience.to_owned()));
        named(self) == named(other)
            && self.issuer == other.issuer
            && self.subject == other.subject
            && self.claims == other.claims
            && self.claim_patterns == other.claim_patterns
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(text) | Self::Pattern(text) => f.write_str(text),
        }
    }
}
