//! Spans of time as people say them.

use std::fmt;

/// A number of seconds, shown in the largest unit of which there are at least two: `90 seconds`,
/// `3 hours`, `12 days`. Rounded down.
pub(super) struct Span(pub(super) u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match self.0 {
            seconds if seconds >= 2 * 86_400 => (seconds / 86_400, "days"),
            seconds if seconds >= 2 * 3_600 => (seconds / 3_600, "hours"),
            seconds if seconds >= 2 * 60 => (seconds / 60, "minutes"),
            1 => (1, "second"),
            seconds => (seconds, "seconds"),
        };
        write!(f, "{number} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chooses_the_unit() {
        for (seconds, text) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7_199, "119 minutes"),
            (7_200, "2 hours"),
            (172_799, "47 hours"),
            (172_800, "2 days"),
        ] {
            assert_eq!(Span(seconds).to_string(), text);
        }
    }
}
