//! Trying again: which requests, after what, how often, and how long apart.

use std::time::Duration;

use pulltoken_core::api::problem;
use pulltoken_core::http::{Method, Request, Response};
use pulltoken_core::{ErrorCode, Result};

use crate::host::{BoxFuture, Host, SendFailure};

/// The longest wish of a server that is fulfilled. Who asks for more is told to the user instead.
const LONGEST_WISH: Duration = Duration::from_secs(60);
/// No try begins later than this after the first, so that a server that never answers does not
/// hold a caller for four time-outs.
const PATIENCE_SECONDS: i64 = 120;

/// What became of one try or of all.
type Sent = std::result::Result<Response, SendFailure>;

/// After what a request is sent again, and how soon.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rules {
    /// Once.
    Never,
    /// At most four times: after 429, 502, 503 and 504, and where the network failed. The pauses are
    /// exponential with full jitter (any length up to a limit that doubles from 200 ms to 5 s), so that
    /// clients that failed together do not come back together.
    Idempotent,
    /// At most three times, as the issuer's exchanges want it: after 502 and 503 and where the body has
    /// one of these gRPC codes, 100 to 200 ms apart. A lost answer may have spent the token.
    Exchange(&'static [u32]),
}

impl Rules {
    /// The rules for a method of the API.
    pub(crate) fn of(method: Method) -> Self {
        if method.is_idempotent() { Self::Idempotent } else { Self::Never }
    }

    fn tries(self) -> u32 {
        match self {
            Self::Never => 1,
            Self::Idempotent => 4,
            Self::Exchange(_) => 3,
        }
    }

    /// Whether another try may help.
    fn allow_another(self, sent: &Sent) -> bool {
        match (self, sent) {
            (Self::Never, _) | (Self::Exchange(_), Err(_)) => false,
            (Self::Idempotent, Ok(answer)) => matches!(answer.status, 429 | 502 | 503 | 504),
            (Self::Idempotent, Err(failure)) => {
                matches!(failure.error.code(), ErrorCode::Network | ErrorCode::Timeout)
            }
            (Self::Exchange(codes), Ok(answer)) => {
                matches!(answer.status, 502 | 503)
                    || answer.status >= 400 && problem::grpc_code(answer).is_some_and(|code| codes.contains(&code))
            }
        }
    }

    /// A pause of our own choice after so many tries: its least, and what chance may add.
    fn pause(self, tries: u32) -> (Duration, Duration) {
        match self {
            Self::Never | Self::Idempotent => {
                let limit = Duration::from_millis(200).saturating_mul(1 << (tries - 1));
                (Duration::ZERO, limit.min(Duration::from_secs(5)))
            }
            Self::Exchange(_) => (Duration::from_millis(100), Duration::from_millis(100)),
        }
    }
}

/// As [`send`], where it does not matter whether a lost request arrived. Boxed, as whatever many flows wait
/// for is: a future that is not has a copy of its states in each of them.
pub(crate) fn answer<H: Host>(host: &H, request: Request, rules: Rules) -> BoxFuture<'_, Result<Response>> {
    Box::pin(async move { send(host, request, rules).await.map_err(|failure| failure.error) })
}

/// Sends a request, and again as the rules allow.
///
/// Dropping the future stops it, pauses included. The answer or failure of the last try is the
/// result, and says how many there were.
pub(crate) async fn send<H: Host>(host: &H, request: Request, rules: Rules) -> Sent {
    let began = host.now();
    let mut may_be_done = false;
    let mut tries = 1;
    loop {
        let sent = host.send(request.clone()).await;
        if request.method == Method::Delete && may_be_done && matches!(&sent, Ok(answer) if answer.status == 404) {
            // An earlier try did it, though its answer was lost.
            return Ok(Response { tries, ..Response::new(200, "{}") });
        }
        let wish = sent.as_ref().ok().and_then(|answer| answer.retry_after).unwrap_or_default();
        let late = host.now().seconds_since(began) >= PATIENCE_SECONDS;
        if tries == rules.tries() || late || wish > LONGEST_WISH || !rules.allow_another(&sent) {
            return told(sent, tries);
        }
        may_be_done |= may_have_been_done(&sent);
        let (least, more) = rules.pause(tries);
        host.sleep(wish.max(least) + jitter(host, more)).await;
        tries += 1;
    }
}

/// Any length up to the limit; the limit itself where the machine has no chance to give.
fn jitter<H: Host>(host: &H, limit: Duration) -> Duration {
    let mut random = [0xff; 4];
    if host.fill(&mut random).is_err() {
        return limit;
    }
    limit.mul_f64(f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX))
}

/// Whether a try that got no good answer may have reached its end all the same.
fn may_have_been_done(sent: &Sent) -> bool {
    match sent {
        Ok(answer) => matches!(answer.status, 502..=504),
        Err(failure) => failure.may_have_arrived,
    }
}

fn told(sent: Sent, tries: u32) -> Sent {
    match sent {
        Ok(answer) => Ok(Response { tries, ..answer }),
        Err(failure) => Err(SendFailure { error: failure.error.after_tries(tries), ..failure }),
    }
}

#[cfg(test)]
mod tests;
