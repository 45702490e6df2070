//! Runs the cases of tests/vectors on values and reports through the functions that JavaScript
//! calls. tests/parity runs the same files through the bindings.
#![allow(clippy::disallowed_methods, reason = "the cases are files; it is the library that reads none")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a case that cannot be read is a failed test")]

use std::fs;
use std::path::Path;

use pulltoken_core::{Timestamp, js};
use serde_json::{Value, json};

#[test]
fn ttl() {
    run("ttl");
}

#[test]
fn uidp() {
    run("uidp");
}

#[test]
fn names() {
    run("names");
}

#[test]
fn ecosystems() {
    run("ecosystems");
}

#[test]
fn report() {
    run("report");
}

/// Every case of a folder; all failures are shown at once.
fn run(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(folder);
    let mut failures = Vec::new();
    let mut count = 0;
    for file in fs::read_dir(&folder).unwrap() {
        let cases: Vec<Value> = serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap();
        for case in cases {
            count += 1;
            let seen = outcome(&case);
            if !matches(&seen, &case["expect"]) {
                failures.push(format!("{}\n  expected {}\n  seen     {seen}", case["name"], case["expect"]));
            }
        }
    }
    assert!(count > 0, "no cases in {}", folder.display());
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
}

fn outcome(case: &Value) -> Value {
    let mut arguments = case.clone();
    if let Some(now) = case["now"].as_str() {
        arguments["now"] = json!(Timestamp::parse(now).unwrap().unix_seconds() * 1000);
    }
    let function = match case["call"].as_str().unwrap() {
        "parseTtl" => js::parse_ttl,
        "parseUidp" => js::parse_uidp,
        "validateName" => js::validate_name,
        "validateDescription" => js::validate_description,
        "ecosystems" => js::ecosystems,
        "ecosystemOfRole" => js::ecosystem_of_role,
        "inspectCredentials" => js::inspect_credentials,
        other => panic!("no call {other}"),
    };
    let mut answer: Value = serde_json::from_str(&function(&arguments.to_string())).unwrap();
    // Of a problem the code is promised; texts may change.
    if let Some(problems) = answer["ok"]["problems"].as_array() {
        answer["ok"]["problems"] = problems.iter().map(|problem| problem["code"].clone()).collect();
    }
    answer
}

/// A value is expected whole; an error by its code and a part of its message.
fn matches(seen: &Value, expected: &Value) -> bool {
    match expected.get("error") {
        None => seen.get("ok") == Some(expected),
        Some(code) => {
            let message = seen["error"]["message"].as_str().unwrap_or_default();
            seen["error"]["code"] == *code && message.contains(expected["message"].as_str().unwrap_or_default())
        }
    }
}
