//! Asking again: after what, how often, and how long apart.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use pulltoken_core::Timestamp;
use pulltoken_core::http::Response;

/// How often a request is sent at most.
const TRIES: u32 = 4;
/// The longest wish of a server that is fulfilled. Longer ones are passed on to the client.
const LONGEST_WISH: Duration = Duration::from_secs(30);
const SHORTEST_LIMIT: Duration = Duration::from_millis(200);
const LONGEST_LIMIT: Duration = Duration::from_secs(5);

/// What a try came to, as far as it matters for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An answer, and how long its `Retry-After` wants the client to wait.
    Answer(StatusCode, Option<Duration>),
    /// No byte of an answer.
    Lost,
    /// A failure that another try would meet as well, such as a certificate that is not believed.
    Hopeless,
}

/// How long an answer wants the client to wait, by its own clock where it tells that.
pub(crate) fn wish(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    Response::of_head(status.as_u16(), header, now).retry_after
}

/// How long to wait before the next try: at least so much, and at most so much more; `None` if there
/// is to be none. `tries` counts those made.
pub(crate) fn pause(outcome: Outcome, tries: u32) -> Option<(Duration, Duration)> {
    if tries >= TRIES {
        return None;
    }
    let wish = match outcome {
        Outcome::Answer(status, wish) => {
            if !matches!(status.as_u16(), 429 | 502 | 503 | 504) {
                return None;
            }
            wish.unwrap_or_default()
        }
        Outcome::Lost => Duration::ZERO,
        Outcome::Hopeless => return None,
    };
    // Full jitter: clients that failed together do not come back together.
    let limit = SHORTEST_LIMIT.saturating_mul(1 << tries.saturating_sub(1)).min(LONGEST_LIMIT);
    (wish <= LONGEST_WISH).then_some((wish, limit))
}

/// Any length up to the limit; the limit itself where the machine has no chance to give.
pub(crate) fn jitter(limit: Duration) -> Duration {
    let mut random = [0xff; 4];
    match getrandom::fill(&mut random) {
        Ok(()) => limit.mul_f64(f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX)),
        Err(_) => limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_tries_after_what_may_pass() {
        for status in [429, 502, 503, 504] {
            let outcome = Outcome::Answer(StatusCode::from_u16(status).unwrap(), None);
            assert!((1..4).all(|tries| pause(outcome, tries).is_some()) && pause(outcome, 4).is_none());
        }
        for status in [200, 304, 400, 401, 403, 404, 409, 500, 501] {
            assert_eq!(pause(Outcome::Answer(StatusCode::from_u16(status).unwrap(), None), 1), None);
        }
        assert!(pause(Outcome::Lost, 3).is_some() && pause(Outcome::Lost, 4).is_none());
        assert_eq!(pause(Outcome::Hopeless, 1), None);
    }

    #[test]
    fn wishes_are_seconds_or_dates_by_the_servers_clock() {
        let of = |pairs: &[(&'static str, &'static str)]| {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
            };
            let now = Timestamp::parse_http_date("Sun, 06 Nov 1994 08:00:00 GMT").unwrap();
            wish(StatusCode::SERVICE_UNAVAILABLE, &pairs.iter().map(pair).collect(), now)
        };
        let seven = Some(Duration::from_secs(7));
        assert_eq!(of(&[("retry-after", "7")]), seven);
        assert_eq!(of(&[("retry-after", "Sun, 06 Nov 1994 08:00:07 GMT")]), seven);
        let (date, at) = ("Mon, 07 Nov 1994 10:00:00 GMT", "Mon, 07 Nov 1994 10:00:07 GMT");
        assert_eq!(of(&[("retry-after", at), ("date", date)]), seven);
        assert_eq!(of(&[("retry-after", date), ("date", at)]), Some(Duration::ZERO));
        assert_eq!(of(&[("retry-after", "soon")]), None);
        assert_eq!(of(&[("date", date)]), None);
    }

    #[test]
    fn a_wish_is_fulfilled_up_to_a_limit() {
        let after =
            |seconds| pause(Outcome::Answer(StatusCode::SERVICE_UNAVAILABLE, Some(Duration::from_secs(seconds))), 1);
        assert_eq!(after(30).map(|(least, _)| least), Some(Duration::from_secs(30)));
        assert_eq!(after(31), None);
    }
}
