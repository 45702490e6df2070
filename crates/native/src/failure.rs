//! Saying in a few words why no answer came.

use std::error::Error as StdError;
use std::io;

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode};

/// The error for a request that got no answer. The URL's host is named, its query is not.
pub(crate) fn describe(error: &reqwest::Error, what: &str) -> Error {
    let host = error.url().and_then(|url| {
        url.host_str().map(|host| match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    });
    let place = host.map_or_else(|| what.to_owned(), |host| format!("{what} at {host}"));
    if error.is_timeout() {
        return Error::new(ErrorCode::Timeout, format!("could not {place}: it took too long"));
    }
    let code = if has_tls_cause(error) { ErrorCode::Tls } else { ErrorCode::Network };
    Error::new(code, format!("could not {place}: {}", printable_prefix(&innermost(error), 200)))
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

fn has_tls_cause(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.is::<rustls::Error>())
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| "unknown cause".to_owned(), ToString::to_string)
}
