//! Where a redirect may lead: to another server over https without the credential, or back to the
//! registry by the same allow-list as any request.

use url::Url;

use crate::path::{Allowed, Meaning};
use crate::registry::Registry;
use crate::target::Authority;

/// The most hops that are followed.
pub(crate) const HOPS: usize = 5;

/// The next request, which carries no credential.
#[derive(Debug)]
pub(crate) enum Hop {
    /// Back to the registry.
    Registry(Allowed),
    /// To another server.
    Elsewhere(Elsewhere),
}

/// A URL of another server. Its query may be a permission of its own and is never shown.
#[derive(Clone)]
pub(crate) struct Elsewhere {
    url: Url,
    authority: Authority,
}

impl Elsewhere {
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }
}

impl std::fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.url.scheme(), self.authority)
    }
}

/// Why a redirect is not followed, without the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) &'static str);

/// Reads `Location` as it stands in an answer from `from`.
///
/// # Errors
/// [`Refused`].
pub(crate) fn next(registry: &Registry, from: &Url, location: &[u8]) -> Result<Hop, Refused> {
    let location = std::str::from_utf8(location).map_err(|_| Refused("it leads to what is no URL"))?;
    let mut url = from.join(location).map_err(|_| Refused("it leads to what is no URL"))?;
    url.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused("it leads to a URL with a user in it"));
    }
    let tls = match url.scheme() {
        "https" => true,
        "http" if !registry.is_tls() => false,
        _ => return Err(Refused("it leads away from https")),
    };
    let host = url.host_str().unwrap_or_default();
    let authority = url
        .port_or_known_default()
        .and_then(|port| Authority::new(host, port))
        .ok_or(Refused("it leads to no host that can be connected to"))?;
    if authority.is_same_as(registry.authority()) {
        if tls != registry.is_tls() {
            return Err(Refused("it leads to the registry by another scheme"));
        }
        let target = url.as_str().get(url.origin().ascii_serialization().len()..).unwrap_or_default();
        return match registry.rules.read(target.as_bytes()) {
            Ok(allowed) if allowed.meaning != Meaning::Audit => Ok(Hop::Registry(allowed)),
            Ok(_) | Err(_) => Err(Refused("it leads to a path of the registry that is not on the list")),
        };
    }
    Ok(Hop::Elsewhere(Elsewhere { url, authority }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::{BaseUrl, Ecosystem};

    fn hop(registry: &str, location: &str) -> Result<String, Refused> {
        let registry = Registry::new(&BaseUrl::parse(registry).unwrap(), Ecosystem::JavaScript, None).unwrap();
        let from = Url::parse(&format!("{}/javascript/x/-/x-1.0.0.tgz", registry.origin())).unwrap();
        next(&registry, &from, location.as_bytes()).map(|hop| match hop {
            Hop::Registry(allowed) => allowed.path_and_query().to_string(),
            Hop::Elsewhere(elsewhere) => elsewhere.url().to_string(),
        })
    }

    const REAL: &str = "https://libraries.cgr.dev";
    const LOCAL: &str = "http://127.0.0.1:4873";

    #[test]
    fn other_servers_are_reached_over_https() {
        assert_eq!(hop(REAL, "https://a.test/x?sig=1#f").unwrap(), "https://a.test/x?sig=1");
        assert_eq!(hop(REAL, "//a.test:8443/x").unwrap(), "https://a.test:8443/x");
        assert_eq!(hop(LOCAL, "http://localhost:9/x").unwrap(), "http://localhost:9/x");
        for location in [
            "http://a.test/x",
            "ftp://a.test/x",
            "file:///etc/passwd",
            "data:,x",
            "https://u:p@a.test/",
            "https://",
            "http:///x",
        ] {
            assert!(hop(REAL, location).is_err(), "{location}");
        }
    }

    #[test]
    fn the_registry_is_reached_by_the_list_alone() {
        assert_eq!(hop(REAL, "/javascript-upstream/x/-/x-1.0.0.tgz").unwrap(), "/javascript-upstream/x/-/x-1.0.0.tgz");
        assert_eq!(hop(REAL, "x-1.0.1.tgz?a=b").unwrap(), "/javascript/x/-/x-1.0.1.tgz?a=b");
        assert_eq!(hop(REAL, "https://LIBRARIES.cgr.dev:443/javascript/x").unwrap(), "/javascript/x");
        for location in [
            "/token",
            "/javascript/../token",
            "/javascript/%2e%2e/token",
            "/javascript/..%2ftoken",
            "/javascript/-/npm/v1/security/audits",
            "http://libraries.cgr.dev:443/javascript/x",
        ] {
            assert!(hop(REAL, location).is_err(), "{location}");
        }
        assert!(hop(LOCAL, "https://127.0.0.1:4873/javascript/x").is_err());
    }

    #[test]
    fn a_query_is_not_shown() {
        let registry = Registry::new(&BaseUrl::parse(REAL).unwrap(), Ecosystem::JavaScript, None).unwrap();
        let from = Url::parse(REAL).unwrap();
        let hop = next(&registry, &from, b"https://a.test/x?sig=hunter2").unwrap();
        assert!(!format!("{hop:?}").contains("hunter2"));
    }
}
