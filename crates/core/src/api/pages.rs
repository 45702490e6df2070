//! Lists of the v2 API, which come in pages.

use std::fmt;

use serde::Deserializer;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The most that the platform gives in one page.
pub const PAGE_SIZE: usize = 200;

/// Which page of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At<'a> {
    /// The first.
    Start,
    /// The one that a page before it gave this token for.
    Token(&'a str),
    /// The one after that, by passing over a full page.
    AfterToken(&'a str),
}

/// A page, and where the next one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it and of use here.
    pub items: Vec<T>,
    /// How many items the server gave, those of no use included.
    pub given: usize,
    /// The token of the next page; `None` on the last.
    pub next: Option<String>,
    /// How long the whole list is, where the server tells.
    pub total: Option<u64>,
}

/// The part of a list's answer that all lists have. (Not flattened into them by serde: it would keep
/// a second copy of every page.)
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) next_page_token: String,
    pub(super) total_count: Option<u64>,
}

impl Place {
    pub(super) fn page<T>(self, given: usize, items: Vec<T>) -> Page<T> {
        let next = Some(self.next_page_token).filter(|token| !token.is_empty());
        Page { items, given, next, total: self.total_count }
    }
}

/// Reads a count, which proto3 JSON writes as a string and takes as a number too. What is neither is
/// as good as not told.
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<u64>, D::Error> {
    deserializer.deserialize_any(Count)
}

struct Count;

impl<'de> Visitor<'de> for Count {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count")
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> std::result::Result<Option<u64>, E> {
        Ok(Some(number))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Option<u64>, E> {
        Ok(text.parse().ok())
    }
    fn visit_unit<E: de::Error>(self) -> std::result::Result<Option<u64>, E> {
        Ok(None)
    }
    fn visit_bool<E: de::Error>(self, _: bool) -> std::result::Result<Option<u64>, E> {
        Ok(None)
    }
    fn visit_i64<E: de::Error>(self, _: i64) -> std::result::Result<Option<u64>, E> {
        Ok(None)
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> std::result::Result<Option<u64>, E> {
        Ok(None)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Option<u64>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<Option<u64>, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

/// The query of a list: below which group, and which page.
pub(super) fn query<'a>(below: Option<&'a str>, at: At<'a>) -> Vec<(&'static str, &'a str)> {
    let mut query = vec![("page_size", "200")];
    query.extend(below.map(|group| ("uidp.descendants_of", group)));
    match at {
        At::Start => {}
        At::Token(token) => query.push(("page_token", token)),
        At::AfterToken(token) => query.extend([("page_token", token), ("skip", "200")]),
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_asked_for_and_passed_over_is_the_largest() {
        let size = PAGE_SIZE.to_string();
        assert_eq!(query(None, At::Token("t")), [("page_size", size.as_str()), ("page_token", "t")]);
        assert_eq!(query(None, At::AfterToken("t"))[2], ("skip", size.as_str()));
    }

    #[test]
    fn a_count_is_a_string_or_a_number() {
        let of = |json: &str| count(&mut serde_json::Deserializer::from_str(json)).unwrap();
        assert_eq!((of(r#""450""#), of("450"), of("0")), (Some(450), Some(450), Some(0)));
        assert_eq!((of("null"), of(r#""""#), of("-1"), of("[1]")), (None, None, None, None));
    }
}
