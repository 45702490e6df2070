//! Moments in UTC, as the platform and JWTs write them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use crate::error::{Error, ErrorCode, Result};
use crate::text::printable_prefix;

/// A moment in UTC with nanoseconds. The time of day always comes from outside the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(OffsetDateTime);

impl Timestamp {
    /// From seconds since 1970; `None` outside the years -9999 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp(seconds).ok().map(Self)
    }

    /// From milliseconds since 1970, as JavaScript counts.
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok().map(Self)
    }

    /// Reads RFC 3339 with any offset and up to nine fractional digits.
    ///
    /// # Errors
    /// `invalid_time`.
    pub fn parse(text: &str) -> Result<Self> {
        OffsetDateTime::parse(text, &Rfc3339).map(|moment| Self(moment.to_offset(UtcOffset::UTC))).map_err(|_| {
            let shown = printable_prefix(text, 40);
            Error::new(ErrorCode::InvalidTime, format!("`{shown}` is not a date and time of RFC 3339"))
        })
    }

    /// Whole seconds since 1970, rounded towards the past.
    pub fn unix_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// The moment so many seconds later; the last representable one if that is out of range.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(time::Duration::seconds(seconds)))
    }

    /// Seconds from `earlier` to this, negative if this comes first; rounded towards the past.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        let span = self.0 - earlier.0;
        span.whole_seconds() - i64::from(span.subsec_nanoseconds() < 0)
    }

    /// The moment without its fraction of a second.
    #[must_use]
    pub fn truncated_to_seconds(self) -> Self {
        Self(self.0.truncate_to_second())
    }
}

/// RFC 3339 in UTC, the fraction left out where it is zero.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_offsets_and_fractions() {
        let moment = Timestamp::parse("2026-12-24T11:00:00.123456789+01:00").unwrap();
        assert_eq!(moment.to_string(), "2026-12-24T10:00:00.123456789Z");
        assert_eq!(moment.truncated_to_seconds().to_string(), "2026-12-24T10:00:00Z");
        assert!(Timestamp::parse("2026-12-24").is_err());
    }

    #[test]
    fn counts_seconds_towards_the_past() {
        let early = Timestamp::parse("2026-12-24T10:00:00.5Z").unwrap();
        let late = Timestamp::parse("2026-12-24T10:00:02Z").unwrap();
        assert_eq!(late.seconds_since(early), 1);
        assert_eq!(early.seconds_since(late), -2);
        assert_eq!(early.plus_seconds(2).seconds_since(early), 2);
    }
}
