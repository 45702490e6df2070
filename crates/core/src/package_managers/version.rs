//! A package manager's version, as far as it decides anything.

use std::fmt;

/// Major and minor; what comes after them decides nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second.
    pub minor: u32,
}

impl Version {
    /// Reads `4`, `4.1`, `4.1.0`, `4.1.0-rc.1` or `4.1.0+sha512.…`; `None` for anything else, such as
    /// a tag or a range.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers = text.split(['-', '+']).next()?;
        let mut parts = numbers.split('.').map(|part| part.parse().ok().filter(|_| digits(part)));
        let major = parts.next()??;
        let minor = parts.next().unwrap_or(Some(0))?;
        (parts.all(|part: Option<u32>| part.is_some())).then_some(Self { major, minor })
    }
}

fn digits(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_nothing_else() {
        let read = |text: &str| Version::parse(text).map(|version| version.to_string());
        for (text, version) in [("4", "4.0"), ("4.1", "4.1"), ("10.9.9", "10.9"), ("4.1.0-rc.2", "4.1")] {
            assert_eq!(read(text).as_deref(), Some(version));
        }
        assert_eq!(read("9.15.4+sha512.ab").as_deref(), Some("9.15"));
        for text in ["", "latest", "^4", "4.x", "4..1", "+4", "4.-1", ".", "99999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
