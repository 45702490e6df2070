//! Where a request wants to go, read from the target as it was sent.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A host and a port, as `CONNECT` names them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Authority {
    host: String,
    port: u16,
}

impl Authority {
    /// Reads `HOST:PORT`. Nothing is decoded, added or left away.
    ///
    /// `None` for a user, for a host that is no ASCII name or address, and for a port that is not
    /// 1 to 65535 in plain digits.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (host, port) = text.rsplit_once(':')?;
        let plain = (1..=5).contains(&port.len()) && !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit());
        let port: u16 = port.parse().ok().filter(|_| plain)?;
        let known = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok()),
            None => !host.is_empty() && host.len() <= 255 && host.bytes().all(is_name),
        };
        known.then(|| Self { host: host.to_owned(), port })
    }

    /// From parts that have been read elsewhere; `None` if they are no host and port.
    pub(crate) fn new(host: &str, port: u16) -> Option<Self> {
        Self::parse(format!("{host}:{port}").as_bytes())
    }

    /// The host as a URL has it: an IPv6 address in brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The host as a resolver takes it, without brackets.
    pub(crate) fn name(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether this is the machine itself, by a name or address that cannot be another.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
            || self.name().parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
    }

    /// The same host, ASCII letter case ignored, and the same port.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.port == other.port && self.host.eq_ignore_ascii_case(&other.host)
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

/// A request's target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    /// `CONNECT HOST:PORT`
    Tunnel(Authority),
    /// `GET http://AUTHORITY/PATH`: the scheme, what stands before the path, and the rest.
    Absolute { scheme: &'a str, authority: &'a [u8], path: &'a [u8] },
    /// `GET /PATH`
    Origin(&'a [u8]),
}

impl<'a> Target<'a> {
    /// Reads a target; `None` where it is none of the three.
    pub(crate) fn parse(method: &str, target: &'a [u8]) -> Option<Self> {
        if method == "CONNECT" {
            return Authority::parse(target).map(Self::Tunnel);
        }
        if target.starts_with(b"/") {
            return Some(Self::Origin(target));
        }
        let (scheme, rest) = ["http", "https"].into_iter().find_map(|scheme| {
            let (start, rest) = target.split_at_checked(scheme.len() + 3)?;
            (start.get(..scheme.len())?.eq_ignore_ascii_case(scheme.as_bytes()) && start.ends_with(b"://"))
                .then_some((scheme, rest))
        })?;
        let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        Some(Self::Absolute { scheme, authority, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_read_as_it_stands() {
        let host = |text: &str| Authority::parse(text.as_bytes()).map(|authority| authority.to_string());
        for text in ["libraries.cgr.dev:443", "Libraries.CGR.dev:1", "a.:65535", "[::1]:80", "127.0.0.1:8080", "a_b:1"]
        {
            assert_eq!(host(text).as_deref(), Some(text));
        }
        for text in [
            "",
            ":443",
            "a",
            "a:",
            "a:0",
            "a:65536",
            "a:99999999999999999999",
            "a:+1",
            "a:-1",
            "a:0443",
            "a: 443",
            "a:4 43",
            "a:443x",
            "a:0x1bb",
            "a:443:443",
            "user@a:443",
            "user:pw@a:443",
            "a%2eb:443",
            "a/b:443",
            "ä.test:443",
            "a\\b:443",
            "::1:443",
            "[::1:443",
            "[x]:443",
            "a?b:443",
            "a#b:443",
            "https://a:443",
        ] {
            assert_eq!(host(text), None, "{text}");
        }
    }

    #[test]
    fn only_the_exact_host_is_the_same() {
        let registry = Authority::parse(b"libraries.cgr.dev:443").unwrap();
        let same = |text: &str| registry.is_same_as(&Authority::parse(text.as_bytes()).unwrap());
        assert!(same("libraries.cgr.dev:443") && same("LIBRARIES.cgr.DEV:443"));
        for other in ["libraries.cgr.dev.:443", "libraries.cgr.dev:8443", "x.libraries.cgr.dev:443", "cgr.dev:443"] {
            assert!(!same(other), "{other}");
        }
    }

    #[test]
    fn targets_have_three_forms() {
        assert_eq!(Target::parse("GET", b"/a?b"), Some(Target::Origin(b"/a?b")));
        let absolute = Target::Absolute { scheme: "http", authority: b"a:1", path: b"/b" };
        assert_eq!(Target::parse("GET", b"HTTP://a:1/b"), Some(absolute));
        let bare = Target::Absolute { scheme: "https", authority: b"user@a", path: b"?x" };
        assert_eq!(Target::parse("GET", b"https://user@a?x"), Some(bare));
        assert!(matches!(Target::parse("CONNECT", b"a:1"), Some(Target::Tunnel(_))));
        for (method, target) in
            [("CONNECT", &b"/"[..]), ("GET", b"*"), ("GET", b"a:1"), ("GET", b"ftp://a/"), ("GET", b"http:/a")]
        {
            assert_eq!(Target::parse(method, target), None);
        }
    }
}
