//! GitHub Actions.

use super::*;
use crate::ambient::asked;

const GITHUB: [(&str, &str); 3] = [
    ("GITHUB_ACTIONS", "true"),
    ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://run.test/token//x?api-version=2.0"),
    ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ask"),
];

#[test]
fn github_is_asked_for_the_audience() {
    let host = Recorded::answering(200, &format!(r#"{{"count":1,"value":"{TOKEN}"}}"#));
    assert_found(&Around::of(&GITHUB).ask(&host), System::GitHub, TOKEN);
    let url = "https://run.test/token//x?api-version=2.0&audience=issuer.test";
    assert_eq!(host.sent(), (Method::Get, url.to_owned(), "ask".to_owned()));
    let plain = [GITHUB[0], ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://run.test/t"), GITHUB[2]];
    let host = Recorded::silent();
    assert_eq!(Around::of(&plain).ask(&host).unwrap_err().code(), ErrorCode::InsecureUrl);
    assert!(host.sent.lock().unwrap().is_empty());
}

#[test]
fn a_parameter_finds_its_place() {
    for (url, whole) in [
        ("https://a.test/x", "https://a.test/x?n=a%2Fb"),
        ("https://a.test/x?", "https://a.test/x?n=a%2Fb"),
        ("https://a.test/x?y=1", "https://a.test/x?y=1&n=a%2Fb"),
        ("https://a.test/x?y=1&", "https://a.test/x?y=1&n=a%2Fb"),
    ] {
        assert_eq!(asked::with_parameter(url.to_owned(), "n", "a/b"), whole);
    }
}

#[test]
fn a_service_that_gives_none_is_told_apart() {
    for (status, code, tries) in [
        (401, ErrorCode::NoCiToken, 1),
        (403, ErrorCode::NoCiToken, 1),
        (302, ErrorCode::UnexpectedResponse, 1),
        (429, ErrorCode::RateLimited, 4),
        (503, ErrorCode::ServerError, 4),
        (200, ErrorCode::UnexpectedResponse, 1),
    ] {
        let host = Recorded::answering(status, r#"{"message":"ask"}"#);
        let error = Around::of(&GITHUB).ask(&host).unwrap_err();
        assert_eq!((error.code(), error.status(), host.sent.lock().unwrap().len()), (code, Some(status), tries));
        assert!(error.message().contains("GitHub Actions"), "{error}");
    }
}

/// The event's file of a pull request whose head has this JSON for a repository.
fn event(head: &str) -> String {
    format!(
        r#"{{"pull_request":{{"head":{{"repo":{head}}},"base":{{"repo":{{"full_name":"example/web","fork":false}}}}}}}}"#
    )
}

#[test]
fn a_missing_permission_is_not_a_fork() {
    let push = Around::of(&[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "push")]);
    let (message, hint) = push.refused();
    assert!(message.starts_with("`permissions: id-token: write` is missing"), "{message}");
    assert!(hint.contains("id-token: write") && !hint.contains("if-available"), "{hint}");

    let request = [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", "/e")];
    let of = |head| Around::of(&request).file("/e", &event(head)).refused();
    // A repository that is a fork itself has pull requests of its own, too.
    let (message, _) = of(r#"{"full_name":"Example/web","fork":true}"#);
    assert!(message.starts_with("`permissions: id-token: write` is missing"), "{message}");
    for head in [r#"{"full_name":"stranger/web","fork":true}"#, r#"{"full_name":"example/web2","fork":false}"#, "null"]
    {
        let (message, hint) = of(head);
        assert!(message.contains("from a fork (") && !message.contains("permissions"), "{message}");
        assert!(hint.contains("--if-available") && !hint.contains("id-token"), "{hint}");
    }
    let (message, hint) = Around::of(&request).refused();
    assert!(message.contains("from a fork, or `permissions: id-token: write` is missing"), "{message}");
    assert!(hint.contains("--if-available") && hint.contains("id-token: write"), "{hint}");
}

#[test]
fn half_of_githubs_variables_is_a_container_that_lacks_the_other() {
    let (message, hint) = Around::of(&GITHUB[..2]).refused();
    assert!(
        message.starts_with("only one of ACTIONS_ID_TOKEN_REQUEST_URL and") && hint.contains("container"),
        "{message}"
    );
}
