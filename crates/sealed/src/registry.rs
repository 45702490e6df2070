//! The one server that a credential may go to.

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{BaseUrl, Ecosystem, Error, ErrorCode, Result};

use crate::path::{self, Grammar, Rules};
use crate::target::Authority;

/// Scheme, host, port and paths of the registry, from the configuration alone.
#[derive(Debug)]
pub(crate) struct Registry {
    tls: bool,
    authority: Authority,
    /// Scheme, host and port as URLs have them.
    origin: String,
    pub(crate) rules: Rules,
}

impl Registry {
    /// `paths` stand in for the ecosystem's own.
    ///
    /// # Errors
    /// `usage` for an ecosystem that another registry serves, for paths that are none, and for an
    /// https URL whose host is an address: a certificate for it could not be held to one name.
    pub(crate) fn new(url: &BaseUrl, ecosystem: Ecosystem, paths: Option<&[String]>) -> Result<Self> {
        let usage = |message: String, hint: &'static str| Error::new(ErrorCode::Usage, message).with_hint(hint);
        let tls = url.origin().starts_with("https://");
        let port = url.authority().get(url.host().len() + 1..).and_then(|port| port.parse().ok());
        let port = port.unwrap_or(if tls { 443 } else { 80 });
        let authority = Authority::new(url.host(), port).ok_or_else(|| {
            usage(format!("{url} names no host that can be connected to"), "check the registry's URL")
        })?;
        if tls && authority.name().parse::<std::net::IpAddr>().is_ok() {
            let message = format!("{} is an address, and the sealed registry needs a name", authority.host());
            return Err(usage(message, "name the registry by its host name"));
        }
        if let Some(path) = paths.unwrap_or_default().iter().find(|path| !path::is_prefix(path)) {
            let message = format!("{} is no path of a repository", printable_prefix(path, 200));
            return Err(usage(message, "write a path that begins and ends with a slash, without encoded characters"));
        }
        let base = url.as_str().get(url.origin().len()..).unwrap_or_default();
        let prefixes: Vec<String> = match paths {
            Some(paths) => paths.iter().map(|path| format!("{base}{path}")).collect(),
            None => ecosystem.registry_paths().map(|path| format!("{base}{path}")).collect(),
        };
        if prefixes.is_empty() {
            let message = format!("{ecosystem} is not served by the libraries registry");
            return Err(usage(message, "name a libraries ecosystem such as javascript"));
        }
        let grammar = match ecosystem {
            Ecosystem::JavaScript | Ecosystem::JavaScriptAthena => Grammar::Npm,
            _ => Grammar::Files,
        };
        Ok(Self { tls, authority, origin: url.origin().to_owned(), rules: Rules { prefixes, grammar } })
    }

    /// Whether the registry is spoken to over TLS; if not, it is on loopback.
    pub(crate) fn is_tls(&self) -> bool {
        self.tls
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The host alone, as certificates name it.
    pub(crate) fn host(&self) -> &str {
        self.authority.host()
    }

    /// `https://HOST`, with the port where it is not the scheme's own.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether `Host` or the front of an absolute target means the registry. The scheme's own port
    /// may be left away or written out.
    pub(crate) fn is_called(&self, authority: &[u8]) -> bool {
        let default = if self.tls { 443 } else { 80 };
        let read = Authority::parse(authority)
            .or_else(|| std::str::from_utf8(authority).ok().and_then(|host| Authority::new(host, default)));
        read.is_some_and(|read| read.is_same_as(&self.authority))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(url: &str) -> Result<Registry> {
        Registry::new(&BaseUrl::parse(url).unwrap(), Ecosystem::JavaScript, None)
    }

    #[test]
    fn is_what_the_configuration_says() {
        let r = registry("https://Libraries.cgr.dev/base").unwrap();
        assert_eq!((r.is_tls(), r.authority().to_string().as_str()), (true, "libraries.cgr.dev:443"));
        assert_eq!(r.rules.prefixes, ["/base/javascript/", "/base/javascript-upstream/"]);
        assert_eq!(registry("http://127.0.0.1:4873").unwrap().authority().port(), 4873);
        assert_eq!(registry("http://[::1]:4873").unwrap().authority().name(), "::1");
        assert_eq!(registry("https://192.0.2.1").unwrap_err().code(), ErrorCode::Usage);
        let oci = Registry::new(&BaseUrl::parse("https://a.test").unwrap(), Ecosystem::Oci, None);
        assert_eq!(oci.unwrap_err().code(), ErrorCode::Usage);
    }

    #[test]
    fn a_repository_manager_has_paths_of_its_own() {
        let with = |path: &str| {
            let url = BaseUrl::parse("https://manager.example/root").unwrap();
            Registry::new(&url, Ecosystem::JavaScript, Some(&[path.to_owned()]))
        };
        assert!(with("/repository/npm/").unwrap().rules.read(b"/root/repository/npm/left-hand").is_ok());
        for path in ["", "npm/", "/npm", "//", "/../", "/a%2fb/", "/a b/", "/a?/"] {
            assert_eq!(with(path).unwrap_err().code(), ErrorCode::Usage, "{path}");
        }
    }

    #[test]
    fn is_called_by_its_name_alone() {
        let r = registry("https://libraries.cgr.dev").unwrap();
        for name in ["libraries.cgr.dev", "LIBRARIES.CGR.DEV:443"] {
            assert!(r.is_called(name.as_bytes()), "{name}");
        }
        for name in
            ["", "libraries.cgr.dev.", "libraries.cgr.dev:80", "libraries.cgr.dev:", "x@libraries.cgr.dev", "a.test"]
        {
            assert!(!r.is_called(name.as_bytes()), "{name}");
        }
        let r = registry("http://[::1]:1").unwrap();
        assert!(r.is_called(b"[::1]:1") && !r.is_called(b"[::1]"));
    }
}
