//! How often and in which order a listing asks, held against a host that answers when it is told to.

use pulltoken_core::ErrorCode;
use serde_json::{Value, json};

use super::{ListFilter, Listing, Which};
use crate::create::Parent;
use crate::testing::{Answer, Host};
use pulltoken_core::Result;

const ORG: &str = "0123456789abcdef0123456789abcdef01234567";

/// A platform with so many pull tokens and a role binding for each, which may count the things that it
/// lists, and may do something odd with `skip`.
#[derive(Clone, Copy)]
struct Platform {
    tokens: usize,
    counts: bool,
    page: usize,
    skips: Skips,
}

#[derive(Clone, Copy, PartialEq)]
enum Skips {
    Well,
    Never,
    Refused,
    /// One thing was deleted between the next page and the one after.
    AfterADeletion,
}

const USUAL: Platform = Platform { tokens: 450, counts: true, page: 200, skips: Skips::Well };

impl Platform {
    fn answer(self, line: &str) -> Answer {
        let capabilities = json!(["identity.list", "role_bindings.list"]);
        Ok((200, match line {
            _ if line.starts_with("GET /auth/v1/ok") => {
                json!({"subject": ORG, "capabilities": [{"group": {"id": ORG}, "role": {"name": "x", "capabilities": capabilities}}]})
            }
            _ if line.starts_with("GET /iam/v1/groups") => json!({"items": [{"id": ORG, "name": "example"}]}),
            _ if line.contains("&skip=") && self.skips == Skips::Refused => {
                return Ok((400, json!({"code": 3, "message": "unknown field skip"})));
            }
            _ if line.starts_with("GET /iam/v2/identities?") => self.page(line, "identities", |id| {
                json!({"uid": id, "name": "ci", "staticKeys": {"issuer": "https://pulltoken.issuer.chainguard.dev"}})
            }),
            _ => self.page(line, "roleBindings", |id| {
                json!({"uid": id, "identity": {"uid": id}, "group": {"uid": ORG}, "role": {"uid": "r", "name": "apk.pull"}})
            }),
        }))
    }

    fn page(self, line: &str, field: &str, item: impl Fn(String) -> Value) -> Value {
        let mut start =
            line.split_once("page_token=from-").map_or(0, |(_, rest)| rest.split('&').next().unwrap().parse().unwrap());
        let mut gone = 0;
        if line.contains("&skip=200") && self.skips != Skips::Never {
            gone = usize::from(self.skips == Skips::AfterADeletion);
            start += 200 + gone;
        }
        let end = self.tokens.min(start + self.page);
        let items: Vec<_> = (start..end).map(|index| item(format!("{ORG}/{index:016x}"))).collect();
        let mut page = json!({field: items});
        if end < self.tokens {
            page["nextPageToken"] = json!(format!("from-{end}"));
        }
        if self.counts {
            page["totalCount"] = json!((self.tokens - gone).to_string());
        }
        page
    }

    /// Lists, and tells how often it waited and what it sent.
    fn list(self, parent: Option<&str>) -> (Result<Listing>, usize, Vec<String>) {
        let host = Host::new(move |line| self.answer(line));
        let client = host.client();
        let filter = ListFilter {
            parent: parent.map(Parent::parse),
            ecosystem: None,
            which: Which::All,
            expiring_within_seconds: None,
        };
        let (listing, waves) = host.run(client.list_pull_tokens(&filter));
        (listing, waves, host.sent())
    }
}

/// Every token once, each with its role.
#[track_caller]
fn assert_whole(listing: Result<Listing>, tokens: usize) {
    let listing = listing.unwrap();
    let ids: std::collections::BTreeSet<_> = listing.tokens.iter().map(|one| one.id.as_str()).collect();
    assert_eq!((listing.tokens.len(), ids.len()), (tokens, tokens));
    assert!(listing.tokens.iter().all(|one| one.roles.len() == 1));
}

#[test]
fn pages_are_asked_for_one_ahead_and_both_lists_side_by_side() {
    // Tokens, pages of each list, waves: the first page alone, then two at a time.
    for (tokens, pages, waves) in
        [(0, 1, 1), (200, 1, 1), (201, 2, 2), (400, 2, 2), (401, 3, 2), (1_000, 5, 3), (1_001, 6, 4)]
    {
        let platform = Platform { tokens, ..USUAL };
        let (listing, waited, sent) = platform.list(Some(ORG));
        assert_whole(listing, tokens);
        assert_eq!((waited, sent.len()), (waves, 2 * pages + 2), "{tokens}: {sent:?}");
        let (listing, waited, sent) = platform.list(None);
        assert_whole(listing, tokens);
        assert_eq!((waited, sent.len()), (waves, 2 * pages + 1), "{tokens}: {sent:?}");
    }
    // By a name, the organisation comes first.
    let (listing, waited, sent) = USUAL.list(Some("example"));
    assert_whole(listing, 450);
    assert_eq!((waited, sent.len()), (3, 8), "{sent:?}");
}

#[test]
fn what_is_not_counted_or_comes_in_other_pages_is_read_by_its_tokens() {
    for platform in [Platform { counts: false, ..USUAL }, Platform { page: 100, ..USUAL }] {
        let (listing, _, sent) = platform.list(None);
        assert_whole(listing, 450);
        assert!(!sent.iter().any(|line| line.contains("skip=")), "{sent:?}");
    }
}

#[test]
fn a_page_that_may_not_follow_does_not_count() {
    for skips in [Skips::Never, Skips::Refused, Skips::AfterADeletion] {
        let (listing, _, sent) = Platform { tokens: 1_000, skips, ..USUAL }.list(None);
        assert_whole(listing, 1_000);
        // It was tried once for each list.
        assert_eq!(sent.iter().filter(|line| line.contains("skip=")).count(), 2, "{sent:?}");
    }
}

#[test]
fn a_page_that_comes_again_and_again_is_an_error() {
    let host = Host::new(|line| {
        Ok((
            200,
            match line {
                _ if line.starts_with("GET /auth") => json!({"subject": ORG}),
                _ => json!({"nextPageToken": "same"}),
            },
        ))
    });
    let client = host.client();
    let filter = ListFilter { parent: None, ecosystem: None, which: Which::All, expiring_within_seconds: None };
    let (listing, _) = host.run(client.list_pull_tokens(&filter));
    assert_eq!(listing.unwrap_err().code(), ErrorCode::UnexpectedResponse);
}
