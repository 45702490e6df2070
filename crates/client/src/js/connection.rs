//! What a `Client` of JavaScript holds: the platform's addresses, and a host whose connections all of
//! its calls share.

use futures_util::future::{self, Either, FutureExt as _};
use pulltoken_core::api::{DEFAULT_API, DEFAULT_ISSUER};
use pulltoken_core::formats::DEFAULT_REGISTRY;
use pulltoken_core::js::{self, Fields, FromFields, read};
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result, Secret};
use serde::Serialize;

use super::calls::Call;
use super::cancellation::{Cancellation, Wish};
use super::listener::Listener;
use super::{access, change, create, entitlements, list, rotate, sign_in, sweep, who};
use crate::client::{Client, Endpoints};
use crate::create::interrupted;
use crate::host::{BoxFuture, Host, MaySend};
use crate::session::Session;

/// Where the platform is; the vendor's own addresses where absent.
#[derive(Debug, Default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Endpoints", optional_fields))]
pub struct EndpointsInput {
    /// The API's URL, `https://console-api.enforce.dev`.
    pub api: Option<String>,
    /// The issuer's URL, which pull tokens name as their audience: `https://issuer.enforce.dev`.
    pub issuer: Option<String>,
    /// The libraries registry's URL, `https://libraries.cgr.dev`.
    pub registry: Option<String>,
}

impl FromFields for EndpointsInput {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            api: fields.optional_text("api")?,
            issuer: fields.optional_text("issuer")?,
            registry: fields.optional_text("registry")?,
        })
    }
}

impl EndpointsInput {
    fn read(self) -> Result<Endpoints> {
        let url = |given: Option<String>, default: &str| BaseUrl::parse(given.as_deref().unwrap_or(default));
        Ok(Endpoints {
            api: url(self.api, DEFAULT_API)?,
            issuer: url(self.issuer, DEFAULT_ISSUER)?,
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

    /// The host and the addresses.
    ///
    /// # Errors
    /// What was wrong with either.
    pub fn parts(&self) -> Result<(&H, &Endpoints)> {
        self.0.as_ref().map(|(host, endpoints)| (host, endpoints)).map_err(Clone::clone)
    }

    /// Makes a call by its name: from the JSON text of its arguments to that of its result in an
    /// envelope. `session` is a token for the API, empty where there is none; `told` hears how far a
    /// sweep is, and which code or page a person needs to sign in, as JSON texts.
    pub async fn call(
        &self,
        name: &str,
        session: String,
        arguments: &str,
        cancellation: &Cancellation,
        told: &mut Listener<'_>,
    ) -> String {
        match self.answer(name, Secret::new(session), arguments, cancellation.wish(), told).await {
            Ok(answer) => answer,
            Err(error) => js::failure(&error),
        }
    }

    async fn answer(
        &self,
        name: &str,
        session: Secret,
        arguments: &str,
        wish: Wish,
        told: &mut Listener<'_>,
    ) -> Result<String> {
        let call = Call::parse(name)?;
        let (host, endpoints) = self.parts()?;
        if !call.needs_session() {
            return anonymous_flow(&host, endpoints, call, arguments, wish, told)?.await;
        }
        let session = Session::new(session, host.now())?;
        let client = Client::new(host, endpoints.clone(), &session);
        flow(&client, call, arguments, wish, told)?.await
    }
}

/// The flow of a call that needs no session. Over a lent host as those of a client are, so that what
/// both use is there once.
fn anonymous_flow<'a, H: Host>(
    host: &'a &H,
    at: &'a Endpoints,
    call: Call,
    text: &str,
    wish: Wish,
    told: &'a mut Listener<'_>,
) -> Result<BoxFuture<'a, Result<String>>> {
    let name = call.as_str();
    Ok(match call {
        Call::VerifyAccess => stoppable(wish, READING, boxed(access::verify(host, &at.registry, read(name, text)?))),
        Call::ExchangeToken => stoppable(wish, READING, boxed(sign_in::exchange(host, at, read(name, text)?))),
        Call::RefreshSession => stoppable(wish, CHANGING, boxed(sign_in::refresh(host, at, read(name, text)?))),
        Call::SignInByDevice => stoppable(wish, READING, boxed(sign_in::by_device(host, at, read(name, text)?, told))),
        Call::SignInHeadless => {
            stoppable(wish, READING, boxed(sign_in::by_headless(host, at, read(name, text)?, told)))
        }
        Call::CheckOrganization => stoppable(wish, READING, boxed(sign_in::check(host, at, read(name, text)?))),
        _ => return Err(Error::new(ErrorCode::Internal, "this call needs a session")),
    })
}

/// The flow of a call that needs a session.
fn flow<'a, H: Host>(
    client: &'a Client<&H>,
    call: Call,
    text: &str,
    wish: Wish,
    told: &'a mut Listener<'_>,
) -> Result<BoxFuture<'a, Result<String>>> {
    let name = call.as_str();
    Ok(match call {
        Call::Whoami => stoppable(wish, READING, boxed(who::whoami(client))),
        Call::Organizations => stoppable(wish, READING, boxed(client.organizations())),
        Call::CreatePullToken => boxed(create::create(client, read(name, text)?, wish)),
        Call::ListPullTokens => stoppable(wish, READING, boxed(list::list(client, read(name, text)?))),
        Call::UpdatePullToken => stoppable(wish, CHANGING, boxed(change::update(client, read(name, text)?))),
        Call::DeletePullToken => stoppable(wish, CHANGING, boxed(change::delete(client, read(name, text)?))),
        Call::DeleteExpiredPullTokens => boxed(sweep::sweep(client, read(name, text)?, wish, told)),
        Call::RotatePullToken => boxed(rotate::rotate(client, read(name, text)?, wish)),
        Call::SetRole => stoppable(wish, CHANGING, boxed(change::set_role(client, read(name, text)?))),
        Call::ListEntitlements => stoppable(wish, READING, boxed(entitlements::list(client, read(name, text)?))),
        Call::CreateEntitlement => stoppable(wish, CHANGING, boxed(entitlements::create(client, read(name, text)?))),
        Call::DeleteEntitlement => stoppable(wish, CHANGING, boxed(entitlements::delete(client, read(name, text)?))),
        _ => return Err(Error::new(ErrorCode::Internal, "this call needs no session")),
    })
}

/// What stopping a call that reads leaves open: nothing.
pub(super) const READING: &str = "nothing was changed";
/// What stopping a call that changes something leaves open.
const CHANGING: &str = "the platform may have carried out what was under way";

/// The result of a flow that may simply be left, unless the wish to stop comes first.
///
/// # Errors
/// `interrupted`; those of the flow.
pub async fn unless_stopped<T>(wish: Wish, flow: impl Future<Output = Result<T>> + MaySend) -> Result<T> {
    stoppable(wish, READING, Box::pin(flow)).await
}

/// The flow with its result in an envelope. Boxed, so that what is done with flows is there once.
fn boxed<'a, T: Serialize>(flow: impl Future<Output = Result<T>> + MaySend + 'a) -> BoxFuture<'a, Result<String>> {
    Box::pin(flow.map(|result| result.map(|value| js::success(&value))))
}

/// The flow's result, unless the wish to stop comes first.
pub(super) fn stoppable<'a, T: 'a>(
    wish: impl Future<Output = ()> + Unpin + MaySend + 'a,
    open: &'static str,
    flow: BoxFuture<'a, Result<T>>,
) -> BoxFuture<'a, Result<T>> {
    Box::pin(future::select(flow, wish).map(|first| match first {
        Either::Left((result, _)) => result,
        Either::Right(((), _)) => Err(interrupted(open)),
    }))
}
