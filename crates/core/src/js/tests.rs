use serde_json::{Value, json};

use super::*;

fn call(function: fn(&str) -> String, arguments: &Value) -> Value {
    serde_json::from_str(&function(&arguments.to_string())).unwrap()
}

#[test]
fn results_come_in_an_envelope() {
    assert_eq!(
        call(parse_ttl, &json!({"text": "1.5h"})),
        json!({"ok": {"seconds": 5400, "nanoseconds": 0, "text": "1h30m0s"}})
    );
    assert_eq!(call(validate_name, &json!({"text": "ci"})), json!({"ok": null}));
    assert_eq!(call(ecosystem_of_role, &json!({"role": "libraries.go.pull"})), json!({"ok": "go"}));
    assert_eq!(call(ecosystem_of_role, &json!({"role": "custom"})), json!({"ok": null}));
    let root = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(call(parse_uidp, &json!({"text": root})), json!({"ok": {"id": root, "root": root, "parent": "/"}}));
    let error = call(parse_ttl, &json!({"text": "9000h"}));
    assert_eq!((&error["error"]["code"], error.get("ok")), (&json!("ttl_out_of_range"), None));
}

#[test]
fn the_bindings_export_every_function() {
    macro_rules! names {
        ($($name:ident as $js:ident;)+) => { [$(stringify!($js),)+] };
    }
    assert_eq!(crate::for_each_js_function!(names), FUNCTIONS);
}

#[test]
fn wrong_arguments_are_named_and_not_shown() {
    let message = |function, arguments: Value| {
        let answer = call(function, &arguments);
        assert_eq!(answer["error"]["code"], "usage", "{answer}");
        answer["error"]["message"].as_str().unwrap().to_owned()
    };
    let pair = |username: Value, password: Value| json!({"credentials": {"username": username, "password": password}, "now": 0});
    for (arguments, expected) in [
        (json!({}), "inspectCredentials: missing value `credentials`"),
        (
            json!({"credentials": "hunter2, expected x", "now": 0}),
            "inspectCredentials: expected an object in `credentials`",
        ),
        (
            json!({"credentials": {"password": "hunter2"}}),
            "inspectCredentials: missing value `username` in `credentials`",
        ),
        (pair(json!(5), json!("x")), "inspectCredentials: expected a string in `credentials.username`"),
        (pair(json!("x"), json!({"hunter2": 1})), "inspectCredentials: expected a string in `credentials.password`"),
    ] {
        assert_eq!(message(inspect_credentials, arguments), expected);
    }
    let mut arguments = pair(json!("x"), json!("y"));
    for seconds in [json!(-1), json!(0.5), json!("hunter2")] {
        arguments["options"] = json!({"expiringWithinSeconds": seconds});
        assert_eq!(
            message(inspect_credentials, arguments.clone()),
            "inspectCredentials: expected a whole number that is not negative in `options.expiringWithinSeconds`"
        );
    }
    assert_eq!(message(parse_ttl, json!(null)), "parseTtl: expected an object");
    let half = parse_ttl(r#"{"text":"\ud800"}"#);
    assert!(half.contains("half of a surrogate pair in `text`"), "{half}");
    assert!(parse_ttl("{").contains(r#""code":"usage""#));
}

#[test]
fn a_report_takes_its_options_from_text() {
    let asked = |now: Value, options: Value| {
        call(
            inspect_credentials,
            &json!({"credentials": {"username": "_token", "password": "x"}, "now": now, "options": options}),
        )
    };
    assert_eq!(asked(json!(0), json!({}))["ok"]["state"], "malformed");
    assert_eq!(asked(json!(0.5), json!({"ecosystem": "JAVA", "parent": null}))["ok"]["state"], "malformed");
    assert_eq!(asked(json!(0), json!({"ecosystem": "cobol"}))["error"]["code"], "unknown_ecosystem");
    assert_eq!(asked(json!(0), json!({"parent": "x"}))["error"]["code"], "invalid_uidp");
    assert_eq!(asked(json!(1e300), json!({}))["error"]["code"], "invalid_time");
}

#[test]
fn a_pair_of_texts_is_reported_on_alike() {
    let credentials = json!({"username": "_token", "password": "a.b.c"});
    for options in [json!({}), json!({"ecosystem": "java"}), json!({"parent": "x"})] {
        let through_json =
            inspect_credentials(&json!({"credentials": credentials, "now": 5, "options": options}).to_string());
        assert_eq!(inspect_pair("_token".into(), "a.b.c".into(), 5.0, &options.to_string()), through_json);
    }
    let plain = inspect_credentials(&json!({"credentials": credentials, "now": 5}).to_string());
    assert_eq!(inspect_pair("_token".into(), "a.b.c".into(), 5.0, ""), plain);
    assert!(inspect_pair("_token".into(), "x".into(), 5.0, r#"{"inUrl":5}"#).contains(r#""code":"usage""#));
    assert!(inspect_pair("_token".into(), "x".into(), f64::NAN, "").contains(r#""code":"invalid_time""#));
}

#[test]
fn the_table_follows_the_registry() {
    let rows = call(super::ecosystems, &json!({"registry": "https://a.test/"}));
    let row = rows["ok"].as_array().unwrap().iter().find(|row| row["ecosystem"] == "javascript").unwrap();
    assert_eq!(
        row,
        &json!({
            "ecosystem": "javascript", "role": "libraries.javascript.pull",
            "creatorRole": "libraries.javascript.pull_token_creator", "entitlement": "JAVASCRIPT",
            "identityVariable": "CHAINGUARD_JAVASCRIPT_IDENTITY_ID", "tokenVariable": "CHAINGUARD_JAVASCRIPT_TOKEN",
            "authVariable": "CHAINGUARD_JAVASCRIPT_AUTH",
            "repositoryUrls": ["https://a.test/javascript/", "https://a.test/javascript-upstream/"],
        })
    );
}
