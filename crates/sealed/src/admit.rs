//! Which requests are sent on: everything that can be said against one before the registry is asked.

use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode};

use crate::answer::Recipient;
use crate::head::{Head, Malformed, RequestLine, Version};
use crate::path::{Allowed, Grammar, Meaning, Refusal};
use crate::registry::Registry;
use crate::target::Target;

/// The largest body of a question that is POSTed, in bytes.
const BODY_LIMIT: u64 = 16 << 20;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// On the connection to the proxy itself: each brings the password, and names its server.
    Proxy,
    /// Inside a tunnel to the registry.
    Tunnel,
}

/// A request that may be sent on.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) method: Method,
    pub(crate) allowed: Allowed,
    /// The length of its body.
    pub(crate) length: usize,
    /// Whether the client waits to be told to send the body.
    pub(crate) expects_continue: bool,
}

/// Why a request is not sent on, and how it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) why: &'static str,
    /// The methods that would be taken, for a 405.
    pub(crate) allow: Option<&'static str>,
    /// Whether more may come on the connection that is not to be read as a request.
    pub(crate) close: bool,
}

impl Refused {
    fn new(status: StatusCode, why: &'static str) -> Self {
        Self { status, why, allow: None, close: true }
    }

    fn bad(why: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, why)
    }

    fn method(allow: &'static str, why: &'static str) -> Self {
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, why) }
    }
}

/// Reads a request that is for the registry.
///
/// # Errors
/// [`Refused`].
pub(crate) fn admit(
    registry: &Registry,
    head: &Head,
    line: &RequestLine<'_>,
    place: Place,
) -> Result<Admitted, Refused> {
    let path = addressed(registry, head, line, place)?;
    let framing = Framing::read(head).map_err(|why| Refused::bad(why.0))?;
    if matches!(line.method, "GET" | "HEAD") && framing != Framing::Length(0) {
        return Err(Refused::bad("a GET or HEAD has no body"));
    }
    let may_be_posted = registry.rules.grammar == Grammar::Npm;
    let method = match line.method {
        "GET" => Method::GET,
        "HEAD" => Method::HEAD,
        "POST" if may_be_posted => Method::POST,
        _ => return Err(read_only()),
    };
    let allowed = registry.rules.read(path).map_err(|refusal| match refusal {
        Refusal::Ambiguous(why) => Refused::bad(why),
        Refusal::TooLong => Refused::new(StatusCode::URI_TOO_LONG, "the path is over 2 KB"),
        Refusal::NotListed if method == Method::POST => read_only(),
        Refusal::NotListed => {
            let why = "a sealed registry lends its credential for packages alone, and this is no path of one";
            Refused { close: framing != Framing::Length(0), ..Refused::new(StatusCode::FORBIDDEN, why) }
        }
    })?;
    if (method == Method::POST) != (allowed.meaning == Meaning::Audit) {
        return Err(if method == Method::POST { read_only() } else { only_posted() });
    }
    let length = match framing {
        Framing::Length(length @ 0..=BODY_LIMIT) => usize::try_from(length).unwrap_or(usize::MAX),
        Framing::Length(_) => return Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is over 16 MB")),
        Framing::Encoded => return Err(Refused::bad("a body has to have a Content-Length")),
    };
    let expects_continue =
        head.headers.get(EXPECT).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"));
    Ok(Admitted { method, allowed, length, expects_continue })
}

/// Who is to get the answer, and whether more may come on the connection.
pub(crate) fn recipient(head: &Head, line: &RequestLine<'_>) -> Recipient {
    let says = |token: &str| connection_says(&head.headers, token);
    let keep = match line.version {
        Version::Http11 => !says("close"),
        Version::Http10 => says("keep-alive") && !says("close"),
    };
    Recipient { version: line.version, keep, head_only: line.method == "HEAD" }
}

/// A `CONNECT` is not followed by a body.
///
/// # Errors
/// [`Refused`] for one that announces one.
pub(crate) fn without_body(head: &Head) -> Result<(), Refused> {
    match Framing::read(head) {
        Ok(Framing::Length(0)) => Ok(()),
        Ok(_) => Err(Refused::bad("a CONNECT has no body")),
        Err(why) => Err(Refused::bad(why.0)),
    }
}

/// The path of a request that means the registry.
fn addressed<'a>(registry: &Registry, head: &Head, line: &RequestLine<'a>, place: Place) -> Result<&'a [u8], Refused> {
    let bad = Refused::bad;
    let elsewhere = || Refused::new(StatusCode::MISDIRECTED_REQUEST, "this is not the registry that is sealed");
    let target = Target::parse(line.method, line.target).ok_or_else(|| bad("the target cannot be read"))?;
    match head.only(HOST).map_err(|why| bad(why.0))? {
        Some(host) if !registry.is_called(host.as_bytes()) => return Err(elsewhere()),
        None if line.version == Version::Http11 => return Err(bad("there is no Host")),
        _ => {}
    }
    match (target, place) {
        (Target::Origin(path), Place::Tunnel) => Ok(path),
        (Target::Origin(_), Place::Proxy) => Err(bad("this is a proxy: a request names its server")),
        (Target::Absolute { scheme, authority, path }, _) => {
            if (scheme == "https") != registry.is_tls() || !registry.is_called(authority) {
                return Err(elsewhere());
            }
            // Over TLS the registry is reached through a tunnel, never in the clear.
            if place == Place::Proxy && registry.is_tls() {
                return Err(bad("a registry of https is reached by CONNECT"));
            }
            Ok(path)
        }
        (Target::Tunnel(_), _) => Err(Refused::method("GET, HEAD", "there are no tunnels in a tunnel")),
    }
}

fn read_only() -> Refused {
    Refused::method(
        "GET, HEAD",
        "a sealed registry is read-only; publish and log in without it (PULLTOKEN_BYPASS=1 steps aside)",
    )
}

fn only_posted() -> Refused {
    Refused::method("POST", "this is asked by POST")
}

/// What follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length(u64),
    /// By `Transfer-Encoding`.
    Encoded,
}

impl Framing {
    fn read(head: &Head) -> Result<Self, Malformed> {
        let length = match head.only(CONTENT_LENGTH)? {
            None => None,
            Some(value) => {
                let digits =
                    value.to_str().ok().filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
                Some(
                    digits
                        .and_then(|digits| digits.parse().ok())
                        .ok_or(Malformed("the Content-Length is no number"))?,
                )
            }
        };
        match (head.headers.contains_key(TRANSFER_ENCODING), length) {
            (false, length) => Ok(Self::Length(length.unwrap_or(0))),
            (true, None) => Ok(Self::Encoded),
            (true, Some(_)) => Err(Malformed("there is both a Content-Length and a Transfer-Encoding")),
        }
    }
}

fn connection_says(headers: &HeaderMap, token: &str) -> bool {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(token))
}

#[cfg(test)]
mod tests;
