//! Lists of the v2 API, which come in pages.

use serde::Deserialize;

use super::unset;

/// The most that the platform gives in one page.
pub const PAGE_SIZE: usize = 200;

/// A page, and where the next one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The token of the next page; `None` on the last.
    pub next: Option<String>,
}

/// The part of a list's answer that all lists have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NextPage {
    #[serde(default, deserialize_with = "unset")]
    next_page_token: String,
}

impl NextPage {
    pub(super) fn page<T>(self, items: Vec<T>) -> Page<T> {
        Page { items, next: Some(self.next_page_token).filter(|token| !token.is_empty()) }
    }
}

/// The query of a list: below which group, and which page.
pub(super) fn query<'a>(below: Option<&'a str>, page: Option<&'a str>) -> Vec<(&'static str, &'a str)> {
    let mut query = vec![("page_size", "200")];
    query.extend(below.map(|group| ("uidp.descendants_of", group)));
    query.extend(page.map(|token| ("page_token", token)));
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_asked_for_is_the_largest() {
        assert_eq!(query(None, Some("t")), [("page_size", PAGE_SIZE.to_string().as_str()), ("page_token", "t")]);
    }
}
