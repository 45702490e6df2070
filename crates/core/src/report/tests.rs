use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Ecosystem, Secret, Uidp};

const ORG: &str = "0123456789abcdef0123456789abcdef01234567";
const ID: &str = "0123456789abcdef0123456789abcdef01234567/00112233aabbccdd";
const ISSUER: &str = "https://issuer.enforce.dev";
const NOW: i64 = 1_800_000_000;
const DAY: i64 = 86_400;

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(NOW).unwrap()
}

fn jwt(header: &Value, payload: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", encode(header), encode(payload), URL_SAFE_NO_PAD.encode([7u8; 512]))
}

fn pull_token(changes: Value) -> String {
    let mut payload = json!({
        "iss": "https://pulltoken.issuer.chainguard.dev", "sub": "pull-token-0a1b", "aud": [ISSUER],
        "iat": NOW - DAY, "exp": NOW + 100 * DAY,
    });
    merge(&mut payload, changes);
    jwt(&json!({"alg": "RS256", "typ": "JWT"}), &payload)
}

fn session(changes: Value) -> String {
    let mut payload =
        json!({"iss": ISSUER, "sub": ORG, "aud": ["libraries.cgr.dev"], "iat": NOW - 60, "exp": NOW + 100 * DAY});
    merge(&mut payload, changes);
    jwt(&json!({"alg": "RS256"}), &payload)
}

fn merge(payload: &mut Value, changes: Value) {
    if let Value::Object(changes) = changes {
        for (name, value) in changes {
            payload[name] = value;
        }
    }
}

fn look(username: &str, password: &str) -> CredentialReport {
    look_with(username, password, &InspectOptions::default())
}

fn look_with(username: &str, password: &str, options: &InspectOptions) -> CredentialReport {
    inspect(&Credentials::new(username, Secret::new(password)), now(), options)
}

fn codes(report: &CredentialReport) -> Vec<ProblemCode> {
    report.problems.iter().map(|problem| problem.code).collect()
}

fn assert_is(report: &CredentialReport, state: State, expected: &[ProblemCode]) {
    assert_eq!((report.state, codes(report)), (state, expected.to_vec()), "{report:#?}");
}

#[test]
fn a_good_pull_token_is_valid_and_read() {
    let report = look(ID, &pull_token(json!({})));
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        json!({
            "kind": "pull_token", "state": "valid", "expiresAt": "2027-04-25T08:00:00Z", "secondsLeft": 100 * DAY,
            "issuer": "https://pulltoken.issuer.chainguard.dev", "subject": "pull-token-0a1b", "audience": [ISSUER],
            "problems": [],
        })
    );
}

#[test]
fn what_is_unknown_is_left_out() {
    let report = look(ID, "hunter2");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["kind", "problems", "state"]);
    assert_eq!((&json["kind"], &json["state"]), (&json!("unknown"), &json!("malformed")));
}

#[test]
fn slips_in_writing_are_malformed_and_read_beneath() {
    use ProblemCode::*;
    let token = pull_token(json!({}));
    let (head, tail) = token.split_at(200);
    for (username, password, expected) in [
        ("", token.clone(), vec![UsernameMissing]),
        (ID, String::new(), vec![PasswordMissing]),
        (ID, " \n".into(), vec![PasswordMissing]),
        (ID, format!("\"{token}\""), vec![Quoted]),
        (ID, format!("'{token}'"), vec![Quoted]),
        (ID, format!("“{token}”"), vec![Quoted]),
        (ID, format!("{token}\""), vec![Quoted]),
        (ID, format!("{token}\n"), vec![LineBreak]),
        (ID, format!("{head}\r\n  {tail}"), vec![LineBreak]),
        (ID, format!("{head} {tail}"), vec![WhiteSpace]),
        (ID, format!("{head}\u{200b}{tail}"), vec![WhiteSpace]),
        (ID, format!(" {token}"), vec![WhiteSpace]),
        (ID, format!("export {token}"), vec![AssignmentLeftIn]),
        (ID, format!("export CHAINGUARD_JAVASCRIPT_TOKEN={token}"), vec![AssignmentLeftIn]),
        (ID, format!("CHAINGUARD_JAVASCRIPT_TOKEN=\"{token}\""), vec![AssignmentLeftIn, Quoted]),
        (ID, format!("$env:CHAINGUARD_TOKEN = '{token}'"), vec![AssignmentLeftIn, Quoted]),
        (ID, format!("Bearer {token}"), vec![SchemeLeftIn]),
        (ID, "${CHAINGUARD_JAVASCRIPT_TOKEN}".into(), vec![UnexpandedVariable]),
        (ID, "$CHAINGUARD_JAVASCRIPT_TOKEN".into(), vec![UnexpandedVariable]),
        (ID, "\"$TOKEN\"".into(), vec![Quoted, UnexpandedVariable]),
        (ID, "%TOKEN%".into(), vec![UnexpandedVariable]),
        (ID, "{{ token }}".into(), vec![UnexpandedVariable]),
        ("${CHAINGUARD_JAVASCRIPT_IDENTITY_ID}", token.clone(), vec![UnexpandedVariable]),
        (&token, ID.into(), vec![Swapped]),
        (&token, "_token".into(), vec![Swapped, PullTokenUsername]),
        (ID, format!("{ID}:{token}"), vec![PairInPassword]),
        (ID, Credentials::new(ID, Secret::new(&*token)).basic().expose().into(), vec![PairInPassword]),
        (&format!("{ID}\n"), token.clone(), vec![LineBreak]),
        (&format!("'{ID}'"), token.clone(), vec![Quoted]),
        ("alice", token.clone(), vec![UsernameMalformed]),
        (&ID.to_uppercase(), token.clone(), vec![UsernameMalformed]),
    ] {
        assert_is(&look(username, &password), State::Malformed, &expected);
    }
    let report = look(ID, &format!("'{}'\n", pull_token(json!({"exp": NOW - 1}))));
    assert_is(&report, State::Malformed, &[Quoted, Expired]);
    assert_eq!((report.kind, report.seconds_left), (Kind::PullToken, Some(-1)));
}

#[test]
fn what_is_no_token_is_malformed() {
    use ProblemCode::*;
    let token = pull_token(json!({}));
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
    for (password, code) in [
        ("hunter2".to_owned(), NotThreeParts),
        (format!("{token}.{token}"), NotThreeParts),
        (format!("{header}.e30"), NotThreeParts),
        (format!("{header}.e30."), BadBase64url),
        (format!("{header}.e3+.c2ln"), BadBase64url),
        (format!("{header}==.e30.c2ln"), BadBase64url),
        (format!("{header}.{}.c2ln", URL_SAFE_NO_PAD.encode("[]")), BadJson),
        (format!("{header}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"exp":"soon"}"#)), BadJson),
        (format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode("{}")), BadJson),
    ] {
        assert_is(&look(ID, &password), State::Malformed, &[code]);
    }
}

#[test]
fn the_algorithm_has_to_be_a_public_key_method() {
    let with = |algorithm: &str, issuer: &str, username: &str| {
        let payload = json!({"iss": issuer, "aud": "libraries.cgr.dev", "exp": NOW + 100 * DAY});
        look(username, &jwt(&json!({"alg": algorithm}), &payload))
    };
    let pulltoken = "https://pulltoken.issuer.chainguard.dev";
    for algorithm in ["none", "HS256", "ES256", "rs256", ""] {
        assert_is(&with(algorithm, pulltoken, ID), State::Malformed, &[ProblemCode::WrongAlgorithm]);
    }
    assert_is(&with("HS256", ISSUER, "_token"), State::Malformed, &[ProblemCode::WrongAlgorithm]);
    assert_is(&with("ES256", ISSUER, "_token"), State::Valid, &[]);
}

#[test]
fn times_are_held_against_the_clock() {
    use ProblemCode::*;
    let expiring = 1_209_600;
    for (claims, state, expected) in [
        (json!({"exp": NOW}), State::Expired, vec![Expired]),
        (json!({"exp": NOW - 3 * DAY}), State::Expired, vec![Expired]),
        (json!({"exp": NOW + 1}), State::Expiring, vec![Expiring]),
        (json!({"exp": NOW + expiring}), State::Expiring, vec![Expiring]),
        (json!({"exp": NOW + expiring + 1}), State::Valid, vec![]),
        (json!({"iat": NOW}), State::Valid, vec![]),
        (json!({"iat": NOW + 1}), State::NotYetValid, vec![NotYetValid]),
        (json!({"nbf": NOW + 90}), State::NotYetValid, vec![NotYetValid]),
        (json!({"exp": NOW - 1, "iat": NOW + 1}), State::Expired, vec![Expired, NotYetValid]),
        (json!({"exp": NOW + 1, "iat": NOW + 1}), State::NotYetValid, vec![Expiring, NotYetValid]),
        (json!({"exp": null}), State::Unusable, vec![ExpiryMissing]),
    ] {
        assert_is(&look(ID, &pull_token(claims)), state, &expected);
    }
    let ago = look(ID, &pull_token(json!({"exp": NOW - 3 * DAY})));
    assert_eq!(ago.problems[0].message, "the token expired 3 days ago, at 2027-01-12T08:00:00Z");
    let ahead = look(ID, &pull_token(json!({"nbf": NOW + 90})));
    assert_eq!(
        ahead.problems[0].message,
        "the token is valid from 2027-01-15T08:01:30Z, which is 90 seconds ahead of this clock (clock skew?)"
    );
}

#[test]
fn the_threshold_can_be_chosen() {
    let token = pull_token(json!({"exp": NOW + DAY}));
    let state = |seconds| {
        let options = InspectOptions { expiring_within_seconds: seconds, ..InspectOptions::default() };
        look_with(ID, &token, &options).state
    };
    assert_eq!((state(0), state(DAY as u64), state(u64::MAX)), (State::Valid, State::Expiring, State::Expiring));
}

#[test]
fn a_fraction_of_a_second_counts() {
    let half_past = Timestamp::from_unix_millis(NOW * 1000 + 500).unwrap();
    let seen = |exp: i64| {
        let token = pull_token(json!({"exp": exp}));
        let report = inspect(&Credentials::new(ID, Secret::new(token)), half_past, &InspectOptions::default());
        (report.state, report.seconds_left)
    };
    assert_eq!(seen(NOW), (State::Expired, Some(-1)));
    assert_eq!(seen(NOW + 1), (State::Expiring, Some(0)));
}

#[test]
fn issuer_and_audience_are_judged_when_asked() {
    let asked = |issuer: Option<&str>, audience: Option<&str>| InspectOptions {
        issuer: issuer.map(str::to_owned),
        audience: audience.map(str::to_owned),
        ..InspectOptions::default()
    };
    let (token, pass) = (pull_token(json!({})), session(json!({"aud": ["a", "libraries.cgr.dev"]})));
    assert_is(&look_with(ID, &token, &asked(Some("https://issuer.enforce.dev/"), None)), State::Valid, &[]);
    assert_is(
        &look_with(ID, &token, &asked(Some("https://other.test"), None)),
        State::Unusable,
        &[ProblemCode::WrongAudience],
    );
    assert_is(&look_with("_token", &pass, &asked(Some(ISSUER), Some("a"))), State::Valid, &[]);
    assert_is(
        &look_with("_token", &pass, &asked(Some("https://other.test"), Some("b"))),
        State::Unusable,
        &[ProblemCode::WrongAudience, ProblemCode::WrongIssuer],
    );
}

#[test]
fn a_session_goes_under_its_own_name_and_to_its_own_registry() {
    use ProblemCode::*;
    let good = session(json!({}));
    for username in ["_token", "token-user"] {
        let report = look(username, &good);
        assert_is(&report, State::Valid, &[]);
        assert_eq!(report.kind, Kind::Session);
    }
    assert_is(&look(ID, &good), State::Unusable, &[SessionUsername]);
    assert_is(&look("alice", &good), State::Unusable, &[SessionUsername]);
    let api = session(json!({"aud": "https://console-api.enforce.dev"}));
    assert_is(&look("_token", &api), State::Unusable, &[WrongAudience]);
    let options = InspectOptions { ecosystem: Some(Ecosystem::Oci), ..InspectOptions::default() };
    assert_is(&look_with("_token", &api, &options), State::Valid, &[]);
    // Another installation's session is known by its audience, subject or username.
    let elsewhere = session(json!({"iss": "https://issuer.test", "sub": "x", "aud": "y"}));
    assert_eq!(look("_token", &elsewhere).kind, Kind::Session);
    assert_is(&look(ID, &elsewhere), State::Unusable, &[ForeignToken]);
}

#[test]
fn a_pull_token_goes_under_its_identity() {
    use ProblemCode::*;
    let token = pull_token(json!({}));
    assert_is(&look("_token", &token), State::Unusable, &[PullTokenUsername]);
    assert_is(&look(ORG, &token), State::Unusable, &[UsernameNotIdentity]);
    let under = |parent: &str| {
        let options = InspectOptions { parent: Some(Uidp::parse(parent).unwrap()), ..InspectOptions::default() };
        look_with(ID, &token, &options)
    };
    assert_is(&under(ORG), State::Valid, &[]);
    assert_is(&under(&ORG.replace('0', "1")), State::Unusable, &[OutsideParent]);
}

#[test]
fn a_username_as_in_a_url_is_named_and_leaves_the_state_alone() {
    let token = pull_token(json!({}));
    for encoded in [ID.replace('/', "_"), ID.replace('/', "%2F"), ID.replace('/', "%2f")] {
        assert_is(&look(&encoded, &token), State::Valid, &[ProblemCode::UsernameEncoded]);
        let options = InspectOptions { in_url: true, ..InspectOptions::default() };
        assert_is(&look_with(&encoded, &token, &options), State::Valid, &[]);
    }
}

#[test]
fn foreign_claims_cannot_disguise_themselves() {
    let report = look("_token", &session(json!({"aud": "\u{202e}a\nb".repeat(100)})));
    let message = &report.problems[0].message;
    assert!(message.contains(r"\u{202e}") && !message.contains(['\n', '\u{202e}']), "{message}");
    assert!(message.len() < 1_000);
}

/// Ways to spoil a token, of which some leave it whole.
fn spoil(token: &str, way: u8, at: usize) -> String {
    let (head, tail) = token.split_at(at.min(token.len()));
    match way {
        0 => token.to_owned(),
        1 => format!("'{token}'"),
        2 => format!("{head}\n{tail}"),
        3 => format!("{head}${tail}"),
        4 => format!("export CHAINGUARD_TOKEN={token}"),
        5 => format!("Basic {token}"),
        6 => head.to_owned(),
        7 => format!("{head}.{tail}"),
        8 => format!("{head}:{tail}"),
        9 => format!("{ID}:{token}"),
        10 => base64::engine::general_purpose::STANDARD.encode(format!("{ID}:{token}")),
        _ => format!("{head}=\u{e9}{tail}"),
    }
}

proptest! {
    #[test]
    fn no_text_shows_a_piece_of_the_password(
        random in "[A-Za-z0-9_-]{40,120}", way in 0u8..12, at in 0usize..300, plain: bool, swapped: bool,
        exp in NOW - 1_000..NOW + 1_000,
    ) {
        let token = if plain { random.clone() } else { pull_token(json!({"exp": exp, "jti": random})) };
        let secret = spoil(&token, way, at);
        // Assignment and identity are no secret; they stand before the token.
        let secret_part = if way == 9 { token.clone() } else { secret.replace("CHAINGUARD_TOKEN", "") };
        let report = if swapped { look(&secret, ID) } else { look(ID, &secret) };
        let texts = format!("{report:?} {}", serde_json::to_string(&report.problems).unwrap());
        let pieces: Vec<char> = secret_part.chars().collect();
        for piece in pieces.windows(8).map(|window| window.iter().collect::<String>()) {
            prop_assert!(!texts.contains(&piece), "{} shows {}", texts, piece);
        }
    }

    #[test]
    fn nothing_makes_it_panic(username in "\\PC{0,60}", password in "(\\PC|[\\.\"'$%{}\\n=:]){0,80}", now: i64) {
        if let Some(now) = Timestamp::from_unix_seconds(now / 100_000_000) {
            let report = inspect(&Credentials::new(username, Secret::new(password)), now, &InspectOptions::default());
            prop_assert_eq!(report.state, State::Malformed);
        }
    }

    #[test]
    fn any_claims_can_be_told(exp: i64, iat: i64, iss in "\\PC{0,20}") {
        let token = jwt(&json!({"alg": "RS256"}), &json!({"iss": iss, "exp": exp / 50_000_000, "iat": iat / 50_000_000}));
        prop_assert!(serde_json::to_string(&look(ID, &token)).is_ok());
    }
}
