//! One question to the registry: with the credential, again where that may help, and on where it is
//! redirected, without the credential.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, LOCATION};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::time::sleep;
use url::Url;

use crate::clock;
use crate::dial::DialErrorKind;
use crate::headers;
use crate::link::{LinkError, Pool, RegistryPool};
use crate::path::Allowed;
use crate::purse::{Held, Purse};
use crate::quiet::within;
use crate::redirect::{self, Elsewhere, HOPS, Hop};
use crate::registry::Registry;
use crate::retry::{self, Outcome};

/// What is asked for, as it has passed every rule.
pub(crate) struct Question {
    pub(crate) method: Method,
    pub(crate) allowed: Allowed,
    /// The client's own header lines, not yet picked.
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The head of an answer, its body still to come.
pub(crate) struct Answered {
    pub(crate) response: Response<Incoming>,
    /// The credential that was sent for it.
    pub(crate) held: Arc<Held>,
    /// The host that gave it, where that is not the registry but the storage that it redirects to.
    pub(crate) storage: Option<String>,
}

/// Why there is no answer to pass on: what the client is told instead.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    /// One line without a secret.
    pub(crate) message: String,
}

impl Failure {
    fn bad_gateway(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_GATEWAY, message: message.into() }
    }
}

/// The way upstream.
pub(crate) struct Upstream {
    pub(crate) registry: Arc<Registry>,
    pub(crate) pool: RegistryPool,
    pub(crate) elsewhere: Pool,
    pub(crate) purse: Purse,
    pub(crate) quiet_limit: Duration,
}

impl Upstream {
    /// Asks the registry.
    ///
    /// # Errors
    /// [`Failure`], where no answer came or none that may be passed on.
    pub(crate) async fn ask(&self, question: &Question) -> Result<Answered, Failure> {
        let mut held = self.purse.current().await;
        let mut response = self.ask_registry(question, &question.allowed, Some(&held)).await?;
        if response.status() == StatusCode::UNAUTHORIZED
            && let Some(newer) = self.purse.instead_of(&held).await
        {
            held = newer;
            response = self.ask_registry(question, &question.allowed, Some(&held)).await?;
        }
        held.was_answered(response.status());
        let (response, storage) = self.follow(question, response).await?;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Failure::bad_gateway("the registry wants to change the protocol (101)"));
        }
        Ok(Answered { response, held, storage })
    }

    /// Follows redirects to their end, and gives the host there where it is not the registry.
    async fn follow(
        &self,
        question: &Question,
        first: Response<Incoming>,
    ) -> Result<(Response<Incoming>, Option<String>), Failure> {
        let refused = |why: &str| Failure::bad_gateway(format!("the registry's redirect is not followed: {why}"));
        let (mut response, mut storage) = (first, None);
        let mut from = Url::parse(&format!("{}{}", self.registry.origin(), question.allowed.path_and_query()))
            .map_err(|_| refused("its own URL cannot be read"))?;
        for hop in 0.. {
            let redirects = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
            let Some(location) = response.headers().get(LOCATION).filter(|_| redirects) else {
                return Ok((response, storage));
            };
            if question.method == Method::POST {
                return Err(refused("what was asked for is asked by POST"));
            }
            if hop == HOPS {
                return Err(refused("it is the sixth in a row"));
            }
            let next = redirect::next(&self.registry, &from, location.as_bytes()).map_err(|why| refused(why.0))?;
            (response, storage) = match next {
                Hop::Registry(allowed) => {
                    let text = format!("{}{}", self.registry.origin(), allowed.path_and_query());
                    from = Url::parse(&text).map_err(|_| refused("it leads to what is no URL"))?;
                    (self.ask_registry(question, &allowed, None).await?, None)
                }
                Hop::Elsewhere(elsewhere) => {
                    from = elsewhere.url().clone();
                    let host = elsewhere.authority().host().to_owned();
                    (self.ask_elsewhere(question, &elsewhere).await?, Some(host))
                }
            };
        }
        Ok((response, storage))
    }

    async fn ask_registry(
        &self,
        question: &Question,
        allowed: &Allowed,
        held: Option<&Arc<Held>>,
    ) -> Result<Response<Incoming>, Failure> {
        let uri = exact_uri(&self.registry, allowed.path_and_query())?;
        let mut headers = headers::for_registry(&question.headers, !question.body.is_empty());
        if let Some(held) = held {
            headers.insert(AUTHORIZATION, held.header.clone());
        }
        let send = || async {
            let request = request(&question.method, &uri, &headers, &question.body)?;
            self.one_try(self.registry.host(), self.pool.send(request)).await
        };
        again(&question.method, send).await
    }

    async fn ask_elsewhere(&self, question: &Question, to: &Elsewhere) -> Result<Response<Incoming>, Failure> {
        let headers = headers::for_elsewhere(&question.headers);
        let uri = to.url().as_str().parse::<Uri>();
        let uri = uri.map_err(|_| Failure::bad_gateway("the registry's redirect leads to what is no URL"))?;
        // From a registry of https it leads to https alone. From one of plain http, which is on
        // loopback, it may lead to any host in the clear: no credential goes along.
        debug_assert!(to.is_tls() || !self.registry.is_tls());
        let send = || async {
            let request = request(&question.method, &uri, &headers, &Bytes::new())?;
            let sent = async { self.elsewhere.request(request).await.map_err(LinkError::from) };
            self.one_try(to.authority().host(), sent).await
        };
        again(&question.method, send).await
    }

    async fn one_try(
        &self,
        host: &str,
        sent: impl Future<Output = Result<Response<Incoming>, LinkError>>,
    ) -> Result<Response<Incoming>, Lost> {
        match within(self.quiet_limit, sent).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                let (status, outcome) = match error.kind() {
                    DialErrorKind::Network | DialErrorKind::Downgraded => (StatusCode::BAD_GATEWAY, Outcome::Lost),
                    DialErrorKind::Timeout => (StatusCode::GATEWAY_TIMEOUT, Outcome::Lost),
                    DialErrorKind::Tls | DialErrorKind::Refused => (StatusCode::BAD_GATEWAY, Outcome::Hopeless),
                };
                Err(Lost { outcome, failure: Failure { status, message: format!("{host} gave no answer: {error}") } })
            }
            Err(_) => {
                let message = format!("{host} gave no answer within {:?}", self.quiet_limit);
                let failure = Failure { status: StatusCode::GATEWAY_TIMEOUT, message };
                Err(Lost { outcome: Outcome::Hopeless, failure })
            }
        }
    }
}

/// A try without an answer.
struct Lost {
    outcome: Outcome,
    failure: Failure,
}

impl From<Failure> for Lost {
    fn from(failure: Failure) -> Self {
        Self { outcome: Outcome::Hopeless, failure }
    }
}

/// Sends until there is an answer to pass on, or no hope for one.
async fn again<F: Future<Output = Result<Response<Incoming>, Lost>>>(
    method: &Method,
    send: impl Fn() -> F,
) -> Result<Response<Incoming>, Failure> {
    for tries in 1.. {
        let tried = send().await;
        let outcome = match &tried {
            Ok(response) => {
                let status = response.status();
                Outcome::Answer(status, retry::wish(status, response.headers(), clock::now()))
            }
            Err(lost) => lost.outcome,
        };
        let Some((least, more)) = retry::pause(outcome, tries).filter(|_| method.is_idempotent()) else {
            return tried.map_err(|lost| lost.failure);
        };
        drop(tried);
        sleep(least + retry::jitter(more)).await;
    }
    Err(Failure::bad_gateway("the registry was asked too often"))
}

/// The registry's URI with exactly this path and query.
fn exact_uri(registry: &Registry, path_and_query: &PathAndQuery) -> Result<Uri, Failure> {
    let changed = || Failure::bad_gateway("the path would be sent on changed");
    let uri = Uri::builder()
        .scheme(if registry.is_tls() { "https" } else { "http" })
        .authority(registry.origin().rsplit('/').next().unwrap_or_default())
        .path_and_query(path_and_query.clone())
        .build()
        .map_err(|_| changed())?;
    let sent = uri.path_and_query().map(PathAndQuery::as_str).unwrap_or_default();
    if sent != path_and_query.as_str() || registry.rules.read(sent.as_bytes()).is_err() {
        return Err(changed());
    }
    Ok(uri)
}

fn request(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Result<Request<Full<Bytes>>, Failure> {
    let mut request = Request::new(Full::new(body.clone()));
    *request.method_mut() = method.clone();
    *request.uri_mut() = uri.clone();
    *request.headers_mut() = headers.clone();
    if method == Method::POST {
        request.headers_mut().insert(http::header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::{BaseUrl, Ecosystem};

    #[test]
    fn the_uri_is_the_registrys_with_the_clients_bytes() {
        for (base, uri) in [
            ("https://libraries.cgr.dev", "https://libraries.cgr.dev/javascript/@a%2Fb?c=%20"),
            ("http://[::1]:4873", "http://[::1]:4873/javascript/@a%2Fb?c=%20"),
        ] {
            let registry = Registry::new(&BaseUrl::parse(base).unwrap(), Ecosystem::JavaScript, None).unwrap();
            let allowed = registry.rules.read(b"/javascript/@a%2Fb?c=%20").unwrap();
            assert_eq!(exact_uri(&registry, allowed.path_and_query()).unwrap().to_string(), uri);
        }
    }
}
