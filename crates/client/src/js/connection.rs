//! What a `Client` of JavaScript holds: the platform's addresses, and a host whose connections all of
//! its calls share.

use futures_util::future::{self, Either};
use pulltoken_core::formats::DEFAULT_REGISTRY;
use pulltoken_core::js::{self, read};
use pulltoken_core::{BaseUrl, Result, Secret};
use serde::{Deserialize, Serialize};

use super::calls::Call;
use super::cancellation::Cancellation;
use super::sweep::Progress;
use super::{access, change, create, entitlements, list, rotate, sweep, who};
use crate::client::{Client, Endpoints};
use crate::create::interrupted;
use crate::host::Host;
use crate::session::Session;

/// Where the platform is; the vendor's own addresses where absent.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Endpoints", optional_fields))]
pub struct EndpointsInput {
    /// The API's URL, `https://console-api.enforce.dev`.
    pub api: Option<String>,
    /// The issuer's URL, which pull tokens name as their audience: `https://issuer.enforce.dev`.
    pub issuer: Option<String>,
    /// The libraries registry's URL, `https://libraries.cgr.dev`.
    pub registry: Option<String>,
}

impl EndpointsInput {
    fn read(self) -> Result<Endpoints> {
        let url = |given: Option<String>, default: &str| BaseUrl::parse(given.as_deref().unwrap_or(default));
        Ok(Endpoints {
            api: url(self.api, "https://console-api.enforce.dev")?,
            issuer: url(self.issuer, "https://issuer.enforce.dev")?,
            registry: url(self.registry, DEFAULT_REGISTRY)?,
        })
    }
}

/// The platform, once its addresses are read; what was wrong with them otherwise.
pub struct Connection<H>(Result<(H, Endpoints)>);

impl<H: Host> Connection<H> {
    /// Reads the JSON text of [`EndpointsInput`] and takes the host. Nothing is sent, and what is
    /// wrong with either is the answer to every call.
    pub fn open(options: &str, host: impl FnOnce() -> Result<H>) -> Self {
        let endpoints = read::<EndpointsInput>("Client", options).and_then(EndpointsInput::read);
        Self(endpoints.and_then(|endpoints| Ok((host()?, endpoints))))
    }

    /// Makes a call by its name: from the JSON text of its arguments to that of its result in an
    /// envelope. `session` is a token for the API, empty where there is none; `told` hears how far a
    /// sweep is.
    pub async fn call(
        &self,
        name: &str,
        session: String,
        arguments: &str,
        cancellation: &Cancellation,
        told: impl FnMut(Progress),
    ) -> String {
        let session = Secret::new(session);
        match self.answer(name, session, arguments, cancellation.wish(), told).await {
            Ok(answer) => answer,
            Err(error) => js::failure(&error),
        }
    }

    async fn answer(
        &self,
        name: &str,
        session: Secret,
        text: &str,
        wish: impl Future<Output = ()> + Unpin,
        told: impl FnMut(Progress),
    ) -> Result<String> {
        let call = Call::parse(name)?;
        let (host, endpoints) = self.0.as_ref().map_err(Clone::clone)?;
        if call == Call::VerifyAccess {
            let arguments = read(name, text)?;
            return envelope(stoppable(wish, READING, access::verify(host, &endpoints.registry, arguments)).await);
        }
        let session = Session::new(session, host.now())?;
        let client = Client::new(host, endpoints.clone(), &session);
        let client = &client;
        match call {
            Call::Whoami => envelope(stoppable(wish, READING, who::whoami(client)).await),
            Call::Organizations => envelope(stoppable(wish, READING, client.organizations()).await),
            Call::CreatePullToken => envelope(create::create(client, read(name, text)?, wish).await),
            Call::ListPullTokens => envelope(stoppable(wish, READING, list::list(client, read(name, text)?)).await),
            Call::UpdatePullToken => {
                envelope(stoppable(wish, CHANGING, change::update(client, read(name, text)?)).await)
            }
            Call::DeletePullToken => {
                envelope(stoppable(wish, CHANGING, change::delete(client, read(name, text)?)).await)
            }
            Call::DeleteExpiredPullTokens => envelope(sweep::sweep(client, read(name, text)?, wish, told).await),
            Call::RotatePullToken => envelope(rotate::rotate(client, read(name, text)?, wish).await),
            Call::SetRole => envelope(stoppable(wish, CHANGING, change::set_role(client, read(name, text)?)).await),
            Call::ListEntitlements => {
                envelope(stoppable(wish, READING, entitlements::list(client, read(name, text)?)).await)
            }
            Call::CreateEntitlement => {
                envelope(stoppable(wish, CHANGING, entitlements::create(client, read(name, text)?)).await)
            }
            Call::DeleteEntitlement => {
                envelope(stoppable(wish, CHANGING, entitlements::delete(client, read(name, text)?)).await)
            }
            // Needs no session and was answered above.
            Call::VerifyAccess => envelope(Ok(())),
        }
    }
}

/// What stopping a call that reads leaves open: nothing.
pub(super) const READING: &str = "nothing was changed";
/// What stopping a call that changes something leaves open.
const CHANGING: &str = "the platform may have carried out what was under way";

/// The flow's result, unless the wish to stop comes first.
pub(super) async fn stoppable<T>(
    wish: impl Future<Output = ()> + Unpin,
    open: &str,
    flow: impl Future<Output = Result<T>>,
) -> Result<T> {
    match future::select(std::pin::pin!(flow), wish).await {
        Either::Left((result, _)) => result,
        Either::Right(((), _)) => Err(interrupted(open)),
    }
}

fn envelope<T: Serialize>(result: Result<T>) -> Result<String> {
    result.map(|value| js::success(&value))
}
