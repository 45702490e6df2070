//! Moments in UTC, as the platform and JWTs write them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

use crate::error::{Error, ErrorCode, Result};
use crate::text::printable_prefix;

/// A moment in UTC with nanoseconds. The time of day always comes from outside the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(OffsetDateTime);

/// The first moment that RFC 3339 can write.
const FIRST: OffsetDateTime = match OffsetDateTime::from_unix_timestamp(-62_167_219_200) {
    Ok(moment) => moment,
    Err(_) => OffsetDateTime::UNIX_EPOCH,
};

/// The months as HTTP writes them, with the spaces around them.
const MONTHS: [&str; 12] =
    [" Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "];

impl Timestamp {
    /// The first moment of 1970.
    pub const UNIX_EPOCH: Self = Self(OffsetDateTime::UNIX_EPOCH);

    /// From seconds since 1970; `None` outside the years 0 to 9999, which RFC 3339 can write.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(Self::writable)
    }

    /// From milliseconds since 1970, as JavaScript counts.
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        let moment = OffsetDateTime::from_unix_timestamp(millis.div_euclid(1000)).ok()?;
        // 0 to 999.
        let fraction = millis.rem_euclid(1000) as u16;
        moment.replace_millisecond(fraction).ok().and_then(Self::writable)
    }

    fn writable(moment: OffsetDateTime) -> Option<Self> {
        (0..=9999).contains(&moment.year()).then_some(Self(moment))
    }

    /// Reads RFC 3339 with any offset and up to nine fractional digits.
    ///
    /// # Errors
    /// `invalid_time`.
    pub fn parse(text: &str) -> Result<Self> {
        OffsetDateTime::parse(text, &Rfc3339)
            .ok()
            .and_then(|moment| moment.checked_to_offset(UtcOffset::UTC))
            .and_then(Self::writable)
            .ok_or_else(|| {
                let shown = printable_prefix(text, 40);
                Error::new(ErrorCode::InvalidTime, format!("`{shown}` is not a date and time of RFC 3339"))
            })
    }

    /// Reads the date of an HTTP header: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
    /// Its two obsolete forms, which no server has to be able to write, are not read.
    pub fn parse_http_date(text: &str) -> Option<Self> {
        // Every part of it has its place; the day of the week says nothing new.
        let (_, text) = text.split_once(", ")?;
        let day = text.get(..2)?.parse().ok()?;
        let month = MONTHS.iter().zip(1..).find_map(|(name, number)| (text.get(2..7)? == *name).then_some(number))?;
        let year = text.get(7..11)?.parse().ok()?;
        let time = text.get(11..)?.strip_prefix(' ')?.strip_suffix(" GMT")?;
        let mut parts = time.split(':').map(|part| part.parse::<u8>().ok().filter(|_| part.len() == 2));
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        // A leap second is the last one before it.
        let time = Time::from_hms(hour, minute, second.min(59)).ok()?;
        Self::writable(OffsetDateTime::new_utc(date, time)).filter(|_| parts.next().is_none() && second <= 60)
    }

    /// Whole seconds since 1970, rounded towards the past.
    pub fn unix_seconds(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// The moment so many seconds later; the last representable one if that is out of range.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let moment = self.0.saturating_add(time::Duration::seconds(seconds));
        Self::writable(moment).unwrap_or(Self(FIRST))
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
    fn reads_the_dates_of_http() {
        let moment = Timestamp::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(moment.to_string(), "1994-11-06T08:49:37Z");
        let leap = Timestamp::parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT").unwrap();
        assert_eq!(leap.to_string(), "2016-12-31T23:59:59Z");
        for text in [
            "Sun, 06 Nov 1994 08:49:37 +0000",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, 06 Nov 19é4 08:49:37 GMT",
        ] {
            assert_eq!(Timestamp::parse_http_date(text), None, "{text}");
        }
        for text in ["", "Sun", "Sun, 06 Nov 1994", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(Timestamp::parse_http_date(text), None, "{text}");
        }
    }

    #[test]
    fn every_moment_can_be_written() {
        let (first, last) = (-62_167_219_200, 253_402_300_799);
        assert_eq!(Timestamp::from_unix_seconds(first).unwrap().to_string(), "0000-01-01T00:00:00Z");
        assert_eq!(Timestamp::from_unix_seconds(last).unwrap().to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Timestamp::from_unix_seconds(first - 1), None);
        assert_eq!(Timestamp::from_unix_millis(first * 1000 - 1), None);
        assert!(Timestamp::parse("0000-01-01T00:00:00+00:01").is_err());
        assert!(Timestamp::parse("9999-12-31T23:59:59-00:01").is_err());
        let moment = Timestamp::from_unix_seconds(0).unwrap();
        assert_eq!(moment.plus_seconds(i64::MIN).unix_seconds(), first);
        assert_eq!(moment.plus_seconds(i64::MAX).unix_seconds(), last);
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
