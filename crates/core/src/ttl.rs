//! Durations in Go's grammar, and the time to live of a pull token.
//!
//! The vendor's tools are written in Go and take its durations, so `1h30m`, `1.5h` and `.5m` have to
//! mean here what they mean there (package `time` of Go's standard library).

use std::fmt;

use crate::error::{Error, ErrorCode, Result};
use crate::text::printable_prefix;

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
/// One past the largest magnitude: Go counts nanoseconds in a signed 64-bit number.
const LIMIT: u64 = 1 << 63;

/// A span of time as Go's `time.Duration` holds it: signed nanoseconds, about ±292 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoDuration(i64);

impl GoDuration {
    /// Reads what Go's `time.ParseDuration` reads: an optional sign, then `0` or decimal numbers
    /// with a unit each (`ns us µs μs ms s m h`).
    ///
    /// # Errors
    /// `invalid_ttl`, saying which of missing number, missing unit, unknown unit or overflow it is.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |what: &str| {
            let shown = printable_prefix(text, 40);
            Error::new(ErrorCode::InvalidTtl, format!("`{shown}` is not a duration: {what}"))
        };
        let (negative, mut rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        if rest == "0" {
            return Ok(Self(0));
        }
        if rest.is_empty() {
            return Err(invalid("it holds no number"));
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (number, after) = Number::take(rest).ok_or_else(|| invalid("a number is missing"))?;
            let number = number.ok_or_else(|| invalid("the number is too large"))?;
            let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
            let unit = match &after[..end] {
                "" => return Err(invalid("a unit is missing (ns, us, ms, s, m or h)")),
                "ns" => 1,
                "us" | "µs" | "μs" => MICROSECOND,
                "ms" => MILLISECOND,
                "s" => SECOND,
                "m" => MINUTE,
                "h" => HOUR,
                other => return Err(invalid(&format!("unknown unit `{}`", printable_prefix(other, 10)))),
            };
            total = number
                .times(unit)
                .and_then(|part| total.checked_add(part))
                .filter(|sum| *sum <= LIMIT)
                .ok_or_else(|| invalid("it is too long"))?;
            rest = &after[end..];
        }
        match (negative, i64::try_from(total)) {
            (false, Ok(value)) => Ok(Self(value)),
            (true, Ok(value)) => Ok(Self(-value)),
            (true, Err(_)) => Ok(Self(i64::MIN)),
            (false, Err(_)) => Err(invalid("it is too long")),
        }
    }

    /// Nanoseconds, negative for the past.
    pub fn nanoseconds(self) -> i64 {
        self.0
    }
}

/// An unsigned decimal as Go reads it: whole part and fraction apart, the fraction's digits that
/// do not fit ignored.
struct Number {
    whole: u64,
    fraction: u64,
    scale: f64,
}

impl Number {
    /// The number at the start of `text` and what follows it. The outer `None`: there is no digit;
    /// the inner one: the whole part overflows.
    fn take(text: &str) -> Option<(Option<Self>, &str)> {
        let (digits, rest) = split_digits(text);
        let mut whole = Some(0u64);
        for digit in digits.bytes() {
            whole = whole
                .filter(|value| *value <= LIMIT / 10)
                .map(|value| value * 10 + u64::from(digit - b'0'))
                .filter(|value| *value <= LIMIT);
        }
        let (fraction_digits, rest) = match rest.strip_prefix('.') {
            Some(after) => split_digits(after),
            None => ("", rest),
        };
        if digits.is_empty() && fraction_digits.is_empty() {
            return None;
        }
        let (mut fraction, mut scale) = (0u64, 1f64);
        for digit in fraction_digits.bytes() {
            let next = match fraction <= (LIMIT - 1) / 10 {
                true => fraction * 10 + u64::from(digit - b'0'),
                false => break,
            };
            if next > LIMIT {
                break;
            }
            fraction = next;
            scale *= 10.0;
        }
        Some((whole.map(|whole| Self { whole, fraction, scale }), rest))
    }

    /// This many units, in nanoseconds; `None` when over Go's limit.
    fn times(&self, unit: u64) -> Option<u64> {
        let value = self.whole.checked_mul(unit).filter(|value| *value <= LIMIT)?;
        // Go computes the fraction in floating point; so must this, to agree in the last digit.
        let part = (self.fraction as f64 * (unit as f64 / self.scale)) as u64;
        value.checked_add(part).filter(|value| *value <= LIMIT)
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// The text that Go's `Duration.String` gives: `720h0m0s`, `1.5s`, `300ms`, `0s`.
impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        match magnitude {
            0 => f.write_str("0s"),
            n if n < MICROSECOND => write!(f, "{n}ns"),
            n if n < MILLISECOND => write_decimal(f, n, MICROSECOND, "µs"),
            n if n < SECOND => write_decimal(f, n, MILLISECOND, "ms"),
            n => {
                let (hours, minutes) = (n / HOUR, n % HOUR / MINUTE);
                if hours > 0 {
                    write!(f, "{hours}h")?;
                }
                if hours > 0 || minutes > 0 {
                    write!(f, "{minutes}m")?;
                }
                write_decimal(f, n % MINUTE, SECOND, "s")
            }
        }
    }
}

fn write_decimal(f: &mut fmt::Formatter<'_>, value: u64, unit: u64, name: &str) -> fmt::Result {
    write!(f, "{}", value / unit)?;
    if !value.is_multiple_of(unit) {
        let width = unit.ilog10() as usize;
        let digits = format!("{:0width$}", value % unit);
        write!(f, ".{}", digits.trim_end_matches('0'))?;
    }
    f.write_str(name)
}

/// How long a pull token lives: more than zero and at most 8760h (365 days), the platform's limit.
/// An organisation's plan may allow less, which only the server can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ttl(GoDuration);

impl Ttl {
    /// The longest: 8760h, 365 days.
    pub const MAX: Self = Self(GoDuration((8_760 * HOUR) as i64));
    /// What the vendor's tools choose: 720h, 30 days.
    pub const DEFAULT: Self = Self(GoDuration((720 * HOUR) as i64));

    /// Reads a Go duration and holds it to the limits.
    ///
    /// # Errors
    /// `invalid_ttl` when it is no duration; `ttl_out_of_range` with the limit and the value in days.
    pub fn parse(text: &str) -> Result<Self> {
        let duration = GoDuration::parse(text)?;
        if duration <= GoDuration(0) {
            return Err(Error::new(
                ErrorCode::TtlOutOfRange,
                format!("a time to live of {duration} is not above zero"),
            ));
        }
        if duration > Self::MAX.0 {
            // By hand: what prints floats takes 8 KB of the smaller WebAssembly module.
            let tenth_of_a_day = 24 * HOUR / 10;
            let tenths = (duration.0.unsigned_abs() + tenth_of_a_day / 2) / tenth_of_a_day;
            let (days, rest) = (tenths / 10, tenths % 10);
            return Err(Error::new(
                ErrorCode::TtlOutOfRange,
                format!("a time to live of {duration} is {days}.{rest} days, the limit is 8760h (365 days)"),
            ));
        }
        Ok(Self(duration))
    }

    /// Whole seconds, without the rest.
    pub fn seconds(self) -> u64 {
        self.0.0.unsigned_abs() / SECOND
    }

    /// What the whole seconds leave, 0 to 999,999,999.
    pub fn nanoseconds(self) -> u32 {
        // Below 10^9 by the modulus.
        (self.0.0.unsigned_abs() % SECOND) as u32
    }

    /// Seconds, a fraction counted as a whole one: tokens expire at whole seconds.
    pub fn seconds_rounded_up(self) -> u64 {
        self.0.0.unsigned_abs().div_ceil(SECOND)
    }
}

impl Default for Ttl {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> String {
        GoDuration::parse(text).unwrap().to_string()
    }

    #[test]
    fn reads_and_writes_as_go_does() {
        for (text, expected) in [
            ("0", "0s"),
            ("-0", "0s"),
            ("+0", "0s"),
            ("1h30m", "1h30m0s"),
            ("1.5h", "1h30m0s"),
            (".5m", "30s"),
            ("1h0.5s", "1h0m0.5s"),
            ("1.s", "1s"),
            ("5µs", "5µs"),
            ("5μs", "5µs"),
            ("5us", "5µs"),
            ("-1.5ms", "-1.5ms"),
            ("720h", "720h0m0s"),
            ("1m1h1m", "1h2m0s"),
            ("100ns", "100ns"),
            ("1100ns", "1.1µs"),
            ("0.100000000000000000000h", "6m0s"),
            ("0.3333333333333333333h", "20m0s"),
            ("9223372036854775807ns", "2562047h47m16.854775807s"),
            ("-9223372036854775808ns", "-2562047h47m16.854775808s"),
            ("9223372036.854775807s", "2562047h47m16.854775807s"),
            ("0.830103483285477580700h", "49m48.372539827s"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_go_refuses() {
        for text in [
            "",
            "+",
            "-",
            "3",
            "s",
            ".",
            ".s",
            "-.s",
            "+.s",
            "1d",
            "1 h",
            " 1h",
            "1h ",
            "--1h",
            "1h-30m",
            "1H",
            "1e3s",
            "1,5h",
            "9223372036854775808ns",
            "9223372036854775.808us",
            "-9223372036854775809ns",
            "3000000h",
            "1hh",
            "٣h",
            "\u{85}85",
        ] {
            let error = GoDuration::parse(text).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidTtl, "{text}");
        }
    }

    #[test]
    fn a_ttl_has_limits() {
        assert_eq!(Ttl::parse("8760h").unwrap(), Ttl::MAX);
        assert_eq!(Ttl::parse("0.0000000005s").unwrap_err().code(), ErrorCode::TtlOutOfRange);
        assert_eq!(Ttl::parse("-1h").unwrap_err().code(), ErrorCode::TtlOutOfRange);
        let error = Ttl::parse("9000h").unwrap_err();
        assert_eq!(error.message(), "a time to live of 9000h0m0s is 375.0 days, the limit is 8760h (365 days)");
    }

    #[test]
    fn seconds_come_with_their_rest() {
        let ttl = Ttl::parse("1.25s").unwrap();
        assert_eq!((ttl.seconds(), ttl.nanoseconds(), ttl.seconds_rounded_up()), (1, 250_000_000, 2));
    }

    proptest! {
        #[test]
        fn canonical_text_reads_back(nanoseconds: i64) {
            let text = GoDuration(nanoseconds).to_string();
            prop_assert_eq!(GoDuration::parse(&text).unwrap(), GoDuration(nanoseconds), "{}", text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+]?[0-9.]{0,25}(ns|us|µs|ms|s|m|h|x|é)?[0-9.hms]{0,10}") {
            let _ = GoDuration::parse(&text);
        }
    }
}
