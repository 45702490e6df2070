//! The address of a service: an origin, perhaps with a path, that credentials may be sent to.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::error::{Error, ErrorCode, Result};
use crate::text::printable_prefix;

/// An absolute `https` URL (or `http` on loopback) without user, query and fragment.
///
/// Kept in normal form: lower-case scheme and host, no default port, no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    text: String,
    host: std::ops::Range<usize>,
    origin_end: usize,
}

impl BaseUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// `invalid_url` for anything but an absolute http or https URL made of ASCII without user,
    /// query, fragment and dot segments; `insecure_url` for plain http to another machine.
    pub fn parse(text: &str) -> Result<Self> {
        // A URL with a user in it may hold a password: such a one is not shown.
        let shown =
            || if text.contains('@') { "the URL".to_owned() } else { format!("`{}`", printable_prefix(text, 80)) };
        let invalid = |what: &str| Error::new(ErrorCode::InvalidUrl, format!("{} cannot be used: {what}", shown()));
        let (scheme, rest) = text.split_once("://").ok_or_else(|| invalid("it does not begin with https://"))?;
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return Err(invalid("only https and http are known")),
        };
        if !rest.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>')) {
            return Err(invalid("it holds a character that has to be percent-encoded"));
        }
        if rest.contains(['?', '#']) {
            return Err(invalid("it has a query or fragment"));
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(invalid("it holds a user name"));
        }
        if path
            .split('/')
            .any(|segment| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | ".."))
        {
            return Err(invalid("its path holds a dot segment"));
        }
        let (host, port) = split_port(authority).ok_or_else(|| invalid("its host or port is malformed"))?;
        let host = host.to_ascii_lowercase();
        if scheme == "http" && !is_loopback(&host) {
            return Err(Error::new(ErrorCode::InsecureUrl, format!("{} is plain http to another machine", shown())));
        }
        let mut out = format!("{scheme}://");
        let start = out.len();
        out.push_str(&host);
        let host = start..out.len();
        if let Some(port) = port.filter(|port| *port != default_port) {
            out.push_str(&format!(":{port}"));
        }
        let origin_end = out.len();
        out.push_str(path.trim_end_matches('/'));
        Ok(Self { text: out, host, origin_end })
    }

    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.text[..self.origin_end]
    }

    /// The host name or address; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.text[self.host.clone()]
    }

    /// Host and, where it is not the scheme's own, port.
    pub fn authority(&self) -> &str {
        &self.text[self.host.start..self.origin_end]
    }

    /// Whether the host is this machine, by a name or address that cannot be another.
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.host())
    }

    /// The URL followed by a path that begins with `/`.
    pub fn join(&self, path: &str) -> String {
        debug_assert!(path.starts_with('/'));
        format!("{}{path}", self.text)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let end = match authority.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')?;
            rest[..end].parse::<Ipv6Addr>().ok()?;
            end + 2
        }
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at(end);
    let named = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    if host.is_empty() || !(host.starts_with('[') || host.bytes().all(named)) {
        return None;
    }
    match rest.strip_prefix(':') {
        None => rest.is_empty().then_some((host, None)),
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port > 0).map(|port| (host, Some(port)))
        }
        Some(_) => None,
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || host.trim_matches(['[', ']']).parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_kept_in_normal_form() {
        for (text, normal) in [
            ("https://Libraries.CGR.dev:443/", "https://libraries.cgr.dev"),
            ("HTTPS://example.test:8443/a/b//", "https://example.test:8443/a/b"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("http://[::1]:4873/x", "http://[::1]:4873/x"),
            ("http://localhost:1", "http://localhost:1"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().as_str(), normal);
        }
        let url = BaseUrl::parse("https://example.test:8443/a").unwrap();
        assert_eq!(
            (url.origin(), url.host(), url.authority()),
            ("https://example.test:8443", "example.test", "example.test:8443")
        );
        assert_eq!(url.join("/b"), "https://example.test:8443/a/b");
    }

    #[test]
    fn refuses_what_could_go_elsewhere() {
        for text in [
            "",
            "libraries.cgr.dev",
            "ftp://a.test",
            "https://",
            "https://user:pw@a.test",
            "https://a.test?x",
            "https://a.test#x",
            "https://a.test/../b",
            "https://a.test/%2e%2E/b",
            "https://a.test:0",
            "https://a.test:65536",
            "https://a.test:+1",
            "https://a.test:",
            "https://a b.test",
            "https://ä.test",
            "https://a.test\\b",
            "https://[::1",
            "https://[x]",
            "https://a.test\n",
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap_err().code(), ErrorCode::InvalidUrl, "{text}");
        }
        let secret = BaseUrl::parse("https://user:hunter2@a.test").unwrap_err();
        assert!(!secret.message().contains("hunter2"));
        for text in ["http://a.test", "http://127.0.0.1.a.test", "http://10.0.0.1"] {
            assert_eq!(BaseUrl::parse(text).unwrap_err().code(), ErrorCode::InsecureUrl, "{text}");
        }
    }
}
