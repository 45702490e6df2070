//! Lists of the v2 API, which come in pages.

use super::reader::{Message, Parts, Read};
use crate::json::Value;

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

/// The part of a list's answer that all lists have.
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

impl Message for Place {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        let next_page_token = parts.text(&["nextPageToken"])?;
        Ok(Self { next_page_token, total_count: count(&parts.value(&["totalCount"])?) })
    }
}

/// Reads a count, which proto3 JSON writes as a string and takes as a number too. What is neither is
/// as good as not told.
fn count(value: &Value<'_>) -> Option<u64> {
    match value {
        Value::Number(number) => number.whole(),
        Value::Text(text) => text.parse().ok(),
        _ => None,
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
    use crate::json;

    #[test]
    fn the_size_asked_for_and_passed_over_is_the_largest() {
        let size = PAGE_SIZE.to_string();
        assert_eq!(query(None, At::Token("t")), [("page_size", size.as_str()), ("page_token", "t")]);
        assert_eq!(query(None, At::AfterToken("t"))[2], ("skip", size.as_str()));
    }

    #[test]
    fn a_count_is_a_string_or_a_number() {
        let of = |json: &str| count(&json::read(json).unwrap());
        assert_eq!((of(r#""450""#), of("450"), of("0")), (Some(450), Some(450), Some(0)));
        assert_eq!((of("null"), of(r#""""#), of("-1"), of("[1]")), (None, None, None, None));
    }
}
