//! Where the parts listen, and the real names they stand in for.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use serde::Serialize;

use crate::log::Part;

/// The base URLs of all parts, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Addresses {
    /// The platform API.
    pub api: String,
    /// The issuer.
    pub issuer: String,
    /// The console.
    pub console: String,
    /// The libraries registry.
    pub registry: String,
    /// The object store, on another host name (`localhost`) on purpose.
    pub storage: String,
}

impl Addresses {
    pub(crate) fn of(&self, part: Part) -> &str {
        match part {
            Part::Api => &self.api,
            Part::Issuer => &self.issuer,
            Part::Console => &self.console,
            Part::Registry => &self.registry,
            Part::Storage => &self.storage,
        }
    }

    /// `host:port` of a part.
    pub(crate) fn authority(&self, part: Part) -> &str {
        self.of(part).trim_start_matches("http://")
    }

    /// The port of a part, in digits.
    pub(crate) fn port(&self, part: Part) -> &str {
        self.authority(part).rsplit(':').next().unwrap_or_default()
    }
}

/// The host name a part serves over TLS.
pub(crate) fn real_name(part: Part) -> &'static str {
    match part {
        Part::Api => "console-api.enforce.dev",
        Part::Issuer => "issuer.enforce.dev",
        Part::Console => "console.chainguard.dev",
        Part::Registry => "libraries.cgr.dev",
        Part::Storage => "storage.example.com",
    }
}

/// The listening sockets of all parts, bound before anything is served.
pub(crate) struct Sockets {
    pub(crate) addresses: Addresses,
    pub(crate) listeners: Vec<(Part, TcpListener)>,
}

impl Sockets {
    /// Binds every part on loopback: free ports, or `base` to `base` + 4.
    pub(crate) fn bind(base: Option<u16>) -> Result<Self, String> {
        let mut listeners = Vec::new();
        let mut urls = Vec::new();
        for (offset, part) in (0..).zip(Part::ALL) {
            let port = match base {
                None => 0,
                Some(base) => {
                    base.checked_add(offset).ok_or_else(|| format!("port base {base} leaves no room for five ports"))?
                }
            };
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .map_err(|error| format!("cannot listen on 127.0.0.1:{port}: {error}"))?;
            let port = listener.local_addr().map_err(|error| error.to_string())?.port();
            if part == Part::Storage {
                // `localhost` may mean either; where there is no IPv6, IPv4 serves alone.
                if let Ok(also) = TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
                    listeners.push((part, also));
                }
                urls.push(format!("http://localhost:{port}"));
            } else {
                urls.push(format!("http://127.0.0.1:{port}"));
            }
            listeners.push((part, listener));
        }
        let [api, issuer, console, registry, storage] =
            <[String; 5]>::try_from(urls).map_err(|_| "a part is missing".to_owned())?;
        Ok(Self { addresses: Addresses { api, issuer, console, registry, storage }, listeners })
    }
}
