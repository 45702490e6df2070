//! `HOST:PORT:ADDRESS:PORT`: connections for one host are made to another, as by curl's option.

use std::fmt;
use std::net::Ipv6Addr;

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A rule: which connections are made elsewhere, and where. Names and certificates stay those of
/// the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectTo {
    host: Option<String>,
    port: Option<u16>,
    address: Option<String>,
    address_port: Option<u16>,
}

impl ConnectTo {
    /// Reads `HOST:PORT:ADDRESS:PORT`. An empty HOST or PORT means any, an empty ADDRESS or second
    /// PORT the same as before. IPv6 addresses stand in brackets.
    ///
    /// # Errors
    /// `usage`, naming the part that is wrong.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |what: &str| {
            let message = format!("`{}` cannot be connected to: {what}", printable_prefix(text, 80));
            Error::new(ErrorCode::Usage, message)
                .with_hint("write HOST:PORT:ADDRESS:PORT, for example a.test:443:127.0.0.1:8443")
        };
        let parts = split(text).ok_or_else(|| invalid("it has not four parts"))?;
        let host = |part: &str| match part {
            "" => Ok(None),
            part if is_host(part) => Ok(Some(part.to_ascii_lowercase())),
            _ => Err(invalid("a host is malformed")),
        };
        let port = |part: &str| match part {
            "" => Ok(None),
            part if part.bytes().all(|b| b.is_ascii_digit()) => match part.parse() {
                Ok(port) if port > 0 => Ok(Some(port)),
                _ => Err(invalid("a port is not between 1 and 65535")),
            },
            _ => Err(invalid("a port is not a number")),
        };
        let [from, from_port, to, to_port] = parts;
        Ok(Self { host: host(from)?, port: port(from_port)?, address: host(to)?, address_port: port(to_port)? })
    }
}

impl fmt::Display for ConnectTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = |part: &Option<String>| part.clone().unwrap_or_default();
        let port = |part: Option<u16>| part.map(|port| port.to_string()).unwrap_or_default();
        let (from, to) = (host(&self.host), host(&self.address));
        write!(f, "{from}:{}:{to}:{}", port(self.port), port(self.address_port))
    }
}

impl ConnectTo {
    /// Where connections to this host and port are made, if the rule is for them. Both hosts are
    /// written as in a URL.
    pub fn target(&self, host: &str, port: u16) -> Option<Target> {
        let fits = self.host.as_deref().is_none_or(|own| own == host) && self.port.is_none_or(|own| own == port);
        let address = self.address.as_deref().unwrap_or(host);
        fits.then(|| Target {
            host: address.trim_matches(['[', ']']).to_owned(),
            port: self.address_port.unwrap_or(port),
        })
    }
}

/// The four parts, at the colons outside brackets.
fn split(text: &str) -> Option<[&str; 4]> {
    let mut inside = false;
    let parts: Vec<&str> = text
        .split(|c| {
            inside = (inside || c == '[') && c != ']';
            c == ':' && !inside
        })
        .collect();
    parts.try_into().ok()
}

fn is_host(text: &str) -> bool {
    match text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok()),
        None => text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')),
    }
}

/// Where a connection is made: a host without brackets, and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The host or address.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Target {
    /// The host as a URL has it.
    pub(crate) fn url_host(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.url_host(), self.port)
    }
}

/// Answers every name with the target's own addresses and port.
impl Resolve for Target {
    fn resolve(&self, _: Name) -> Resolving {
        let target = (self.host.clone(), self.port);
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host(target).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(rule: &str, host: &str, port: u16) -> Option<String> {
        ConnectTo::parse(rule).unwrap().target(host, port).map(|target| target.to_string())
    }

    #[test]
    fn a_rule_is_for_its_host_and_port() {
        let rule = "A.test:443:127.0.0.1:8443";
        assert_eq!(target(rule, "a.test", 443).as_deref(), Some("127.0.0.1:8443"));
        assert_eq!(target(rule, "a.test", 444), None);
        assert_eq!(target(rule, "b.a.test", 443), None);
        assert_eq!(target("[::1]:1:[::2]:2", "[::1]", 1).as_deref(), Some("[::2]:2"));
    }

    #[test]
    fn what_is_empty_is_any_or_the_same() {
        assert_eq!(target("::b.test:1", "a.test", 443).as_deref(), Some("b.test:1"));
        assert_eq!(target("a.test::b.test:", "a.test", 443).as_deref(), Some("b.test:443"));
        assert_eq!(target("a.test:443::8443", "a.test", 443).as_deref(), Some("a.test:8443"));
        assert_eq!(target(":443:[::1]:", "a.test", 443).as_deref(), Some("[::1]:443"));
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for text in [
            "",
            "a.test",
            "a:1:b",
            "a:1:b:2:3",
            "a:x:b:2",
            "a:0:b:2",
            "a:1:b:65536",
            "a:+1:b:2",
            "a b:1:c:2",
            "[::1:1:b:2",
            "[x]:1:b:2",
            "a:1:[127.0.0.1]:2",
            "https://a.test:1:b:2",
        ] {
            assert_eq!(ConnectTo::parse(text).unwrap_err().code(), ErrorCode::Usage, "{text}");
        }
    }
}
