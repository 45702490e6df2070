//! A client of the platform: where it is, who asks, and the host that does the work.

use pulltoken_core::api::Caller;
use pulltoken_core::http::{Request, Response};
use pulltoken_core::{BaseUrl, Result};

use crate::host::{BoxFuture, Host, SendFailure};
use crate::retry::{self, Rules};
use crate::session::Session;

/// The platform's addresses.
#[derive(Clone, Debug)]
pub struct Endpoints {
    /// The API.
    pub api: BaseUrl,
    /// The issuer, which a pull token names as its audience.
    pub issuer: BaseUrl,
    /// The libraries registry.
    pub registry: BaseUrl,
}

/// Calls the platform for one session.
pub struct Client<H> {
    pub(crate) host: H,
    pub(crate) caller: Caller,
    pub(crate) endpoints: Endpoints,
}

impl<H: Host> Client<H> {
    /// A client; nothing is sent yet.
    pub fn new(host: H, endpoints: Endpoints, session: &Session) -> Self {
        let caller = Caller { api: endpoints.api.clone(), session: session.token().clone() };
        Self { host, caller, endpoints }
    }

    /// Sends a request where it does not matter whether a lost one arrived; if need be several
    /// times, where that does no harm.
    pub(crate) fn send(&self, request: Request) -> BoxFuture<'_, Result<Response>> {
        let rules = Rules::of(request.method);
        retry::answer(&self.host, request, rules)
    }

    /// Sends an exchange of tokens to the issuer.
    pub(crate) fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response>> {
        retry::answer(&self.host, request, Rules::Exchange(&[14]))
    }

    /// Sends a request that must not be left half done.
    pub(crate) fn send_once(&self, request: Request) -> BoxFuture<'_, std::result::Result<Response, SendFailure>> {
        self.host.send(request)
    }
}
