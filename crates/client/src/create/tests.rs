//! The order of the calls, held against a host that answers when it is told to.

use futures_util::future;
use pulltoken_core::{Description, Ecosystem, Error, ErrorCode, Name, Result, Ttl};
use serde_json::json;

use super::{NewPullToken, Parent, PullToken, Stamp};
use crate::host::SendFailure;
use crate::testing::{Answer, Host};

const ORG: &str = "0123456789abcdef0123456789abcdef01234567";
const IDENTITY: &str = "0123456789abcdef0123456789abcdef01234567/0011223344556677";

fn good(line: &str) -> Answer {
    let capabilities = json!(["identity.create", "role_bindings.create", "roles.list", "libraries.javascript.list"]);
    let body = match line {
        _ if line.starts_with("GET /auth/v1/ok") => {
            json!({"subject": ORG, "capabilities": [{"group": {"id": ORG}, "role": {"name": "x", "capabilities": capabilities}}]})
        }
        _ if line.starts_with("GET /iam/v1/groups") => json!({"items": [{"id": ORG, "name": "example"}]}),
        _ if line.starts_with("GET /iam/v1/roles") => {
            json!({"items": [{"id": "role", "name": "libraries.javascript.pull", "capabilities": ["libraries.javascript.list"]}]})
        }
        _ if line.starts_with("GET /libraries/v1/entitlements") => json!({"items": [{"ecosystem": "JAVASCRIPT"}]}),
        _ if line.starts_with("POST /iam/v1/identities") || line.contains("/lookup?") => json!({"id": IDENTITY}),
        _ => json!({}),
    };
    Ok((200, body))
}

/// Runs the flow to its end; the result, how many times it had to wait for answers, and what was sent.
fn create(
    parent: &str,
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> (Result<PullToken>, usize, Vec<String>) {
    create_named(None, parent, answer)
}

fn create_named(
    name: Option<&str>,
    parent: &str,
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> (Result<PullToken>, usize, Vec<String>) {
    let host = Host::new(answer);
    let client = host.client();
    let wanted = NewPullToken {
        parent: Parent::parse(parent),
        ecosystems: vec![Ecosystem::JavaScript],
        ttl: Ttl::parse("1h").unwrap(),
        name: name.map(|name| Name::parse(name).unwrap()),
        warn_of_namesakes: true,
        stamp: Stamp::Given(Description::default()),
    };
    let (made, waves) = host.run(client.create_pull_token(wanted, Box::pin(future::pending::<()>())));
    (made, waves, host.sent())
}

/// A caller who may list identities, and what the list of those called `ci` holds.
fn with_namesakes(list: serde_json::Value) -> impl Fn(&str) -> Answer + Send + Sync + 'static {
    move |line| {
        let (status, mut body) = good(line)?;
        if line.starts_with("GET /auth/v1/ok") {
            let held = body["capabilities"][0]["role"]["capabilities"].as_array_mut().unwrap();
            held.push(json!("identity.list"));
        }
        if line.starts_with("GET /iam/v2/identities") {
            assert!(line.contains(&format!("uidp.descendants_of={ORG}")) && line.ends_with("&name=ci"), "{line}");
            return Ok((200, json!({"identities": list})));
        }
        Ok((status, body))
    }
}

fn namesake(end: u8, expires: &str) -> serde_json::Value {
    json!({"uid": format!("{ORG}/00112233445566{end:02x}"), "name": "ci",
        "staticKeys": {"issuer": "https://pulltoken.issuer.chainguard.dev", "expirationTime": expires}})
}

#[test]
fn a_live_namesake_is_told_without_a_further_wave() {
    // The host's clock stands at 1,000 seconds.
    let (expired, live) = (namesake(1, "1970-01-01T00:16:40Z"), namesake(2, "1970-01-01T00:16:41Z"));
    // The look-up may see the new token itself.
    let itself = namesake(0x77, "1970-01-01T01:16:40Z");
    let mut stranger = live.clone();
    stranger["staticKeys"]["issuer"] = json!("https://elsewhere.test");
    for (parent, expected) in [(ORG, 3), ("example", 4)] {
        let list = json!([expired, stranger, itself, live]);
        let (made, waves, sent) = create_named(Some("ci"), parent, with_namesakes(list));
        let warnings = made.unwrap().warnings;
        assert_eq!((waves, warnings.len()), (expected, 1), "{sent:?}");
        assert_eq!(warnings[0].code, "name_in_use");
        assert!(warnings[0].message.contains(&format!("{ORG}/0011223344556602")), "{}", warnings[0].message);
    }
    let several = with_namesakes(json!([live, namesake(3, "2026-01-01T00:00:00Z")]));
    let warnings = create_named(Some("ci"), ORG, several).0.unwrap().warnings;
    assert!(warnings[0].message.starts_with("2 other live pull tokens of `example`"), "{}", warnings[0].message);
    let (made, _, _) = create_named(Some("ci"), ORG, with_namesakes(json!([expired, stranger, itself])));
    assert_eq!(made.unwrap().warnings, []);
}

#[test]
fn namesakes_are_not_asked_about_where_nothing_would_be_learnt() {
    // No name was chosen; and a creator may not list.
    for (name, answer) in [
        (None, Box::new(with_namesakes(json!([]))) as Box<dyn Fn(&str) -> Answer + Send + Sync>),
        (Some("ci"), Box::new(good)),
    ] {
        let (made, waves, sent) = create_named(name, ORG, answer);
        assert_eq!((made.unwrap().name.as_str(), waves), (name.unwrap_or("pull-token"), 3));
        assert!(!sent.iter().any(|line| line.starts_with("GET /iam/v2/identities")), "{sent:?}");
    }
}

#[test]
fn a_look_up_of_namesakes_that_fails_is_silent() {
    let listing = with_namesakes(json!([]));
    let (made, waves, _) = create_named(Some("ci"), ORG, move |line| match line {
        _ if line.starts_with("GET /iam/v2/identities") => Ok((500, json!({"code": 13, "message": "no"}))),
        _ => listing(line),
    });
    assert_eq!((made.unwrap().warnings, waves), (vec![], 3));
}

#[test]
fn three_waves_with_an_identifier_and_four_with_a_name() {
    let (made, waves, sent) = create(ORG, good);
    let made = made.unwrap();
    assert_eq!(waves, 3, "{sent:?}");
    assert_eq!((made.credentials.username.as_str(), made.expires_at.unix_seconds()), (IDENTITY, 1_000 + 3_600));
    let (made, waves, sent) = create("example", good);
    assert!(made.is_ok());
    assert_eq!(waves, 4, "{sent:?}");
}

#[test]
fn an_identity_whose_answer_was_lost_is_found_by_its_subject() {
    let lost = |line: &str| {
        if line.starts_with("POST /iam/v1/identities") {
            return Err(SendFailure { error: Error::new(ErrorCode::Timeout, "lost"), may_have_arrived: true });
        }
        good(line)
    };
    let (failed, _, sent) = create(ORG, lost);
    assert_eq!(failed.unwrap_err().code(), ErrorCode::Timeout);
    let lookup = sent.iter().find(|line| line.contains("/lookup?")).unwrap();
    assert!(lookup.ends_with(&format!("subject=pull-token-{}", "ab".repeat(20))), "{lookup}");
    assert_eq!(sent.last().unwrap(), &format!("DELETE /iam/v1/identities/{IDENTITY}"));
}

#[test]
fn a_request_that_never_left_needs_no_search() {
    let unreachable = |line: &str| {
        if line.starts_with("POST /iam/v1/identities") {
            return Err(SendFailure { error: Error::new(ErrorCode::Network, "refused"), may_have_arrived: false });
        }
        good(line)
    };
    let (failed, _, sent) = create(ORG, unreachable);
    assert_eq!(failed.unwrap_err().code(), ErrorCode::Network);
    assert!(!sent.iter().any(|line| line.contains("/lookup?") || line.starts_with("DELETE")), "{sent:?}");
}

#[test]
fn where_even_the_search_fails_the_subject_is_named() {
    let dead = |line: &str| {
        if line.starts_with("POST") || line.contains("/lookup?") {
            return Err(SendFailure { error: Error::new(ErrorCode::Network, "cut"), may_have_arrived: true });
        }
        good(line)
    };
    let (failed, _, sent) = create(ORG, dead);
    let error = failed.unwrap_err();
    assert_eq!(error.code(), ErrorCode::RollbackFailed);
    assert!(
        error.hint().contains(&format!("pull-token-{}", "ab".repeat(20))) && error.hint().contains("`example`"),
        "{}",
        error.hint()
    );
    assert_eq!(sent.iter().filter(|line| line.contains("/lookup?")).count(), 4);
}
