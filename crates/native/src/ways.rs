//! The way that a request's connection takes: directly, by the proxies of the environment, or to
//! another address than its URL's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use pulltoken_core::{BaseUrl, Error, ErrorCode, Result};
use reqwest::Client;
use reqwest::header::{HOST, HeaderValue};
use reqwest::redirect::Policy;

use crate::connect_to::Target;
use crate::options::TransportOptions;
use crate::{failure, trust};

/// The clients for all ways, each with its pool of connections, made when first needed: reading the
/// system's authorities takes longer than most requests.
pub(crate) struct Ways {
    options: TransportOptions,
    clients: Mutex<HashMap<Way, Client>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Way {
    /// To loopback, where no proxy has to read along.
    Direct,
    /// As the proxy variables say.
    Environment,
    /// Elsewhere, past any proxy.
    To(Target, Versions),
}

/// The versions of HTTP that are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Versions {
    All,
    /// HTTP/1.1, whose `Host` can differ from the URL's.
    One,
}

impl Ways {
    pub(crate) fn new(options: TransportOptions) -> Self {
        Self { options, clients: Mutex::default() }
    }

    /// The client for a request, which is changed where its connection is made elsewhere.
    ///
    /// # Errors
    /// `insecure_url` for plain http beyond loopback; `usage` for a connection that cannot be made
    /// elsewhere; those of [`trust::apply`].
    pub(crate) fn client(&self, request: &mut reqwest::Request) -> Result<Client> {
        let way = self.way(request)?;
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&way) {
            return Ok(client.clone());
        }
        let client = self.build(&way)?;
        clients.insert(way, client.clone());
        Ok(client)
    }

    fn way(&self, request: &mut reqwest::Request) -> Result<Way> {
        let server = BaseUrl::parse(&request.url().origin().ascii_serialization())?;
        let port = request.url().port_or_known_default().unwrap_or_default();
        match self.options.connect_to.iter().find_map(|rule| rule.target(server.host(), port)) {
            Some(target) => elsewhere(request, &server, target),
            None if server.is_loopback() => Ok(Way::Direct),
            None => Ok(Way::Environment),
        }
    }

    fn build(&self, way: &Way) -> Result<Client> {
        let mut builder = Client::builder()
            .user_agent(concat!("pulltoken/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(self.options.connect_timeout)
            .timeout(self.options.timeout);
        match way {
            Way::Environment => {}
            Way::Direct => builder = builder.no_proxy(),
            Way::To(target, versions) => {
                builder = builder.no_proxy().dns_resolver(target.clone());
                if *versions == Versions::One {
                    builder = builder.http1_only();
                }
            }
        }
        let builder = trust::apply(builder, self.options.ca_file.as_deref())?;
        builder.build().map_err(|error| failure::unprepared(&error))
    }
}

/// Points a request to the target. Its URL's host stays what it is wherever there is a certificate,
/// since reqwest holds the certificate to it; the port comes from [`Target`]'s resolver, which is
/// heard where the URL names none.
fn elsewhere(request: &mut reqwest::Request, server: &BaseUrl, target: Target) -> Result<Way> {
    let internal = || Error::new(ErrorCode::Internal, "a request could not be sent elsewhere");
    let host = HeaderValue::from_str(server.authority()).map_err(|_| internal())?;
    if request.url().scheme() == "http" {
        // Refuses to send a session over plain http to another machine.
        BaseUrl::parse(&format!("http://{target}"))?;
        let url = request.url_mut();
        url.set_host(Some(&target.url_host())).map_err(|_| internal())?;
        url.set_port(Some(target.port)).map_err(|()| internal())?;
        request.headers_mut().insert(HOST, host);
        return Ok(Way::Direct);
    }
    if server.host().trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok() {
        let message = format!("connections to {} cannot be made elsewhere: it is an address", server.host());
        return Err(Error::new(ErrorCode::Usage, message).with_hint("put the address that you mean into the URL"));
    }
    if request.url().port().is_none() {
        return Ok(Way::To(target, Versions::All));
    }
    request.url_mut().set_port(None).map_err(|()| internal())?;
    request.headers_mut().insert(HOST, host);
    Ok(Way::To(target, Versions::One))
}
