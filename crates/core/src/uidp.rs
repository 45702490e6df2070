//! UIDPs: the platform's path-like identifiers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, ErrorCode, Result};
use crate::text::printable_prefix;

const ROOT_DIGITS: usize = 40;
const CHILD_DIGITS: usize = 16;

/// An identifier such as `0f…/1a…`: 40 lower-case hex digits for an organisation or user, then
/// `/` and 16 more for each level below. The platform's public SDK defines them so.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Uidp(String);

impl Uidp {
    /// Reads an identifier.
    ///
    /// # Errors
    /// `invalid_uidp` with the position (in characters, from 1) of what is wrong.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |position: usize, what: &str| {
            let shown = printable_prefix(text, 80);
            Err(Error::new(
                ErrorCode::InvalidUidp,
                format!("`{shown}` is not an identifier: {what} at position {position}"),
            ))
        };
        let mut position = 1;
        for (level, segment) in text.split('/').enumerate() {
            let wanted = if level == 0 { ROOT_DIGITS } else { CHILD_DIGITS };
            if let Some(bad) = segment.chars().take(wanted).position(|c| !matches!(c, '0'..='9' | 'a'..='f')) {
                return invalid(position + bad, "expected a lower-case hex digit");
            }
            // All that was looked at is ASCII, so bytes and characters agree up to `wanted`.
            if segment.len() < wanted {
                return invalid(position + segment.len(), &format!("expected {wanted} hex digits"));
            }
            if segment.len() > wanted {
                return invalid(position + wanted, "expected `/` or the end");
            }
            position += wanted + 1;
        }
        Ok(Self(text.to_owned()))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The organisation or user at the top.
    pub fn root(&self) -> Self {
        Self(self.0[..ROOT_DIGITS].to_owned())
    }

    /// Whether this is an organisation or user itself.
    pub fn is_root(&self) -> bool {
        self.0.len() == ROOT_DIGITS
    }

    /// What contains this; `None` for a root, whose parent the platform writes as `/`.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// Whether `other` lies anywhere below this. Nothing lies below itself.
    pub fn is_ancestor_of(&self, other: &Self) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether `other` is this or lies below it: the reach of a role bound here.
    pub fn covers(&self, other: &Self) -> bool {
        self == other || self.is_ancestor_of(other)
    }
}

impl fmt::Display for Uidp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uidp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORG: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn knows_its_family() {
        let child = Uidp::parse(&format!("{ORG}/0011223344556677/8899aabbccddeeff")).unwrap();
        let parent = child.parent().unwrap();
        assert_eq!(parent.as_str(), format!("{ORG}/0011223344556677"));
        assert_eq!(child.root().as_str(), ORG);
        assert_eq!(child.root().parent(), None);
        assert!(parent.is_ancestor_of(&child) && !child.is_ancestor_of(&parent) && !child.is_ancestor_of(&child));
        assert!(child.covers(&child) && child.root().covers(&child));
    }

    #[test]
    fn an_ancestor_is_a_prefix_of_whole_segments() {
        // Not constructible through parse, so the prefix rule is shown on siblings.
        let one = Uidp::parse(&format!("{ORG}/0011223344556677")).unwrap();
        let other = Uidp::parse(&format!("{ORG}/0011223344556678")).unwrap();
        assert!(!one.covers(&other));
    }

    #[test]
    fn says_where_it_is_wrong() {
        let position = |text: &str| {
            let message = Uidp::parse(text).unwrap_err().message().to_owned();
            message.rsplit(' ').next().unwrap().parse::<usize>().unwrap()
        };
        assert_eq!(position(""), 1);
        assert_eq!(position("012"), 4);
        assert_eq!(position(&ORG.replace('b', "B")), 12);
        assert_eq!(position(&format!("{ORG}0")), 41);
        assert_eq!(position(&format!("{ORG}/")), 42);
        assert_eq!(position(&format!("{ORG}/001122334455667é")), 57);
        assert_eq!(position(&format!("{ORG}\n")), 41);
    }
}
