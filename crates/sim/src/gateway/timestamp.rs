//! Timestamps of proto3 JSON: RFC 3339, at most nine digits of a second, written in UTC.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Reads a timestamp as strictly as proto3 JSON does.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    let fraction = text.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
    let shaped = text.is_ascii() && text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
    if !shaped || fraction > 9 {
        return None;
    }
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// Writes a timestamp with 0, 3, 6 or 9 digits of a second, as many as it needs.
pub(crate) fn format(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(time::UtcOffset::UTC);
    let nanos = moment.nanosecond();
    let fraction = match nanos {
        0 => String::new(),
        n if n % 1_000_000 == 0 => format!(".{:03}", n / 1_000_000),
        n if n % 1_000 == 0 => format!(".{:06}", n / 1_000),
        n => format!(".{n:09}"),
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
        moment.year(),
        u8::from(moment.month()),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second(),
    )
}

/// A text that sorts as moments do.
pub(crate) fn sortable(moment: OffsetDateTime) -> String {
    format!("{:040}", moment.unix_timestamp_nanos())
}

/// Moments inside messages, for serde.
pub(crate) mod serde {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use time::OffsetDateTime;

    /// A moment as it stands in a message.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Moment(pub(crate) OffsetDateTime);

    impl Serialize for Moment {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&super::format(self.0))
        }
    }

    impl<'de> Deserialize<'de> for Moment {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            super::parse(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not a timestamp"))
        }
    }
}

pub(crate) use self::serde::Moment;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nanoseconds_survive_and_are_written_no_longer_than_needed() {
        for text in ["2026-11-24T05:42:00Z", "2026-11-24T05:42:00.120Z", "2026-11-24T05:42:00.000000001Z"] {
            assert_eq!(format(parse(text).unwrap()), text);
        }
        assert_eq!(format(parse("2026-11-24T06:42:00+01:00").unwrap()), "2026-11-24T05:42:00Z");
    }

    #[test]
    fn what_proto3_json_does_not_read_is_refused() {
        for text in
            ["2026-11-24", "2026-11-24 05:42:00Z", "2026-11-24T05:42:00.0000000001Z", "2026-11-24T05:42:00z", ""]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
