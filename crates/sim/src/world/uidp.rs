//! Identifiers of the platform: a root of 40 hex digits, children of 16 each, parted by slashes.

use std::fmt;

use aws_lc_rs::digest;
use serde::Serialize;

/// A well-formed identifier.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub(crate) struct Uidp(String);

impl Uidp {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut segments = text.split('/');
        let root = segments.next()?;
        let well_formed = is_hex(root, 40) && segments.all(|segment| is_hex(segment, 16));
        well_formed.then(|| Self(text.to_owned()))
    }

    /// The identifier a person has who signs in with this issuer and subject.
    pub(crate) fn of_user(issuer: &str, subject: &str) -> Self {
        let hash = digest::digest(&digest::SHA256, format!("{issuer}\n{subject}").as_bytes());
        Self(hex(&hash.as_ref()[..20]))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_root(&self) -> bool {
        !self.0.contains('/')
    }

    pub(crate) fn root(&self) -> Self {
        Self(self.0.split('/').next().unwrap_or_default().to_owned())
    }

    /// The identifier one level up; `None` for a root.
    pub(crate) fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// Whether this is `ancestor` itself or lies below it.
    pub(crate) fn is_at_or_below(&self, ancestor: &Self) -> bool {
        self == ancestor || self.is_below(ancestor)
    }

    /// Whether this lies below `ancestor`, on whole segments.
    pub(crate) fn is_below(&self, ancestor: &Self) -> bool {
        self.0.strip_prefix(&ancestor.0).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl fmt::Display for Uidp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes new identifiers: unpredictable ones, from one seed, so that making one cannot fail.
#[derive(Debug)]
pub(crate) struct UidpSource {
    seed: [u8; 32],
    made: u64,
}

impl UidpSource {
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self { seed, made: 0 })
    }

    pub(crate) fn root(&mut self) -> Uidp {
        Uidp(self.hex(20))
    }

    pub(crate) fn child_of(&mut self, parent: &Uidp) -> Uidp {
        Uidp(format!("{parent}/{}", self.hex(8)))
    }

    /// `bytes` (at most 32) fresh bytes as lower-case hex digits.
    pub(crate) fn hex(&mut self, bytes: usize) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&self.seed);
        context.update(&self.made.to_be_bytes());
        self.made += 1;
        hex(&context.finish().as_ref()[..bytes.min(32)])
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ancestor_is_one_of_whole_segments() {
        let org = Uidp::parse(&"a".repeat(40)).unwrap();
        let child = Uidp::parse(&format!("{org}/{}", "b".repeat(16))).unwrap();
        assert!(child.is_below(&org) && !org.is_below(&org) && org.is_at_or_below(&org));
        assert_eq!(child.parent(), Some(org.clone()));
        assert_eq!(Uidp::parse(&format!("{org}/")), None);
        assert_eq!(Uidp::parse(&"A".repeat(40)), None);
    }
}
