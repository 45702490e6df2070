//! Tokens and reports on them. The parts of an input are username, password, the present in
//! milliseconds and flags; with the flag `t` a token's header and payload stand in for the password.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pulltoken_core::jwt::UnverifiedJwt;
use pulltoken_core::report::{InspectOptions, State, inspect};
use pulltoken_core::{Credentials, Ecosystem, Secret, Timestamp, Uidp, js};

use super::MARK;
use super::input::parts;

pub(super) fn check(data: &[u8]) {
    let Some([username, password, now, flags, payload]) = parts(data) else { return };
    let now = now.parse::<i64>().ok().and_then(Timestamp::from_unix_millis).unwrap_or(Timestamp::UNIX_EPOCH);
    let (password, mark_is_elsewhere) = if flags.contains('t') {
        // The signature is the part of a token that nothing else may show.
        let token = format!("{}.{}.{MARK}abc", URL_SAFE_NO_PAD.encode(password), URL_SAFE_NO_PAD.encode(payload));
        (token, [username, password, payload].iter().any(|part| part.contains(MARK)))
    } else {
        (password.to_owned(), username.contains(MARK))
    };
    reports(&Credentials::new(username, Secret::new(password.as_str())), now, flags, mark_is_elsewhere);
    if flags.contains('s') {
        reports(&Credentials::new(password, Secret::new(username)), now, flags, true);
    }
}

fn reports(pair: &Credentials, now: Timestamp, flags: &str, mark_is_elsewhere: bool) {
    let options = options(flags);
    let report = inspect(pair, now, &options);
    assert_eq!(inspect(pair, now, &options), report, "another answer to the same question");

    let gravest = report.problems.iter().filter_map(|problem| problem.code.state()).min();
    assert_eq!(report.state, gravest.unwrap_or(State::Valid));
    assert_eq!(report.expires_at.is_some(), report.seconds_left.is_some());
    let jwt = UnverifiedJwt::parse(pair.password.expose());
    if report.state.is_usable() {
        let left = report.seconds_left.expect("what is usable has an end");
        assert!(left >= 0 && jwt.is_ok() && !pair.username.is_empty());
    }
    for problem in &report.problems {
        assert!(!problem.message.is_empty() && !problem.message.contains(|c: char| c.is_control()), "{problem:?}");
        assert!(problem.message.chars().count() < 2_000, "a long message: {problem:?}");
    }

    let json = serde_json::to_string(&report).expect("a report can be written");
    // A claim is no secret, and may be made of the same letters.
    let claimed = jwt.is_ok_and(|jwt| format!("{jwt:?}").contains(MARK));
    if pair.password.expose().contains(MARK) && !mark_is_elsewhere && !claimed {
        assert!(!json.contains(MARK) && !format!("{report:?}").contains(MARK), "a report shows a password: {json}");
    }
    if flags.is_empty() {
        let millis = now.unix_seconds() as f64 * 1_000.0;
        let answer = js::inspect_pair(pair.username.clone(), pair.password.expose().to_owned(), millis, "");
        let whole = inspect(pair, now.truncated_to_seconds(), &options);
        let expected = serde_json::json!({"ok": whole});
        assert_eq!(serde_json::from_str::<serde_json::Value>(&answer).expect("JSON"), expected);
    }
}

fn options(flags: &str) -> InspectOptions {
    let mut options = InspectOptions { in_url: flags.contains('u'), ..InspectOptions::default() };
    if flags.contains('o') {
        options.ecosystem = Some(Ecosystem::Oci);
    }
    if flags.contains('i') {
        options.issuer = Some("https://issuer.enforce.dev".to_owned());
    }
    if flags.contains('a') {
        options.audience = Some("libraries.cgr.dev".to_owned());
    }
    if flags.contains('p') {
        options.parent = Uidp::parse("0123456789abcdef0123456789abcdef01234567").ok();
    }
    if flags.contains('x') {
        options.expiring_within_seconds = u64::MAX;
    }
    options
}
