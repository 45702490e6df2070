//! Saying in a few words why no answer came.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use pulltoken_client::host::SendFailure;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode};
use reqwest::Url;

use crate::trust;

/// Tells failures, in the light of the limits that were set.
pub(crate) struct Failures {
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
}

impl Failures {
    /// The failure of a request to this URL, whose host is named and whose query is not.
    pub(crate) fn lost(&self, error: &reqwest::Error, url: &Url) -> SendFailure {
        let may_have_arrived = !error.is_connect() && !error.is_builder();
        let host = url.host_str().unwrap_or_default();
        let place = match url.port() {
            Some(port) => format!("the platform at {host}:{port}"),
            None => format!("the platform at {host}"),
        };
        let error = if error.is_timeout() && error.is_connect() {
            let limit = self.connect_timeout;
            Error::new(ErrorCode::Timeout, format!("could not reach {place}: no connection within {limit:?}"))
        } else if error.is_timeout() {
            let limit = self.timeout;
            Error::new(ErrorCode::Timeout, format!("could not reach {place}: no whole answer within {limit:?}"))
        } else {
            broken(error, &format!("could not reach {place}"))
        };
        SendFailure { error, may_have_arrived }
    }
}

/// The failure to make a client.
pub(crate) fn unprepared(error: &reqwest::Error) -> Error {
    broken(error, "could not prepare a connection").with_code(ErrorCode::Tls)
}

fn broken(error: &reqwest::Error, what: &str) -> Error {
    let message = format!("{what}: {}", printable_prefix(&innermost(error), 200));
    if !causes(error).any(|cause| cause.is::<rustls::Error>()) {
        return Error::new(ErrorCode::Network, message);
    }
    match trust::passed_over() {
        Some(note) => Error::new(ErrorCode::Tls, format!("{message}; {note}")),
        None => Error::new(ErrorCode::Tls, message),
    }
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| below(*error))
}

/// The cause of a cause. An `io::Error` hides from `source` what it carries.
fn below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let carried = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match carried {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| "unknown cause".to_owned(), ToString::to_string)
}
