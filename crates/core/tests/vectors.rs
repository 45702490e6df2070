//! Runs the cases of tests/vectors/formats through the functions that JavaScript calls.
//! tests/parity runs the same files through the bindings.
#![cfg(feature = "editors")]
#![allow(clippy::disallowed_methods, reason = "the cases are files; it is the library that reads none")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a malformed case is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

use pulltoken_core::js;
use serde_json::{Value, json};

#[test]
fn formats() {
    let mut failures = Vec::new();
    let mut count = 0;
    for file in files() {
        let cases: Vec<Value> = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        count += cases.len();
        for case in cases {
            let (seen, warnings) = outcome(&case);
            let wanted = case.get("warnings").cloned().unwrap_or_else(|| json!([]));
            if seen != case["expect"] || warnings != wanted {
                let file = file.file_name().unwrap().display();
                failures.push(format!(
                    "{file}: {}\n  expected {} {wanted}\n  seen     {seen} {warnings}",
                    case["name"], case["expect"]
                ));
            }
        }
    }
    assert!(count > 300, "only {count} cases");
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
}

/// What an edit puts in goes again: the text is then as if it had been cleaned at once.
#[test]
fn an_edited_case_can_be_cleaned() {
    let folder = files().into_iter().find(|file| file.ends_with("edit.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_slice(&fs::read(folder).unwrap()).unwrap();
    for case in cases {
        let remove = |text: &Value| {
            let arguments =
                json!({"text": text, "format": case["format"], "options": case.get("options").unwrap_or(&json!({}))});
            outcome(&merge(&arguments, "remove")).0
        };
        assert_eq!(remove(&case["expect"]), remove(&case["text"]), "{}", case["name"]);
    }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/formats");
    fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect()
}

fn merge(arguments: &Value, call: &str) -> Value {
    let mut case = arguments.clone();
    case["call"] = json!(call);
    case
}

/// The value or error, and the codes of the warnings.
fn outcome(case: &Value) -> (Value, Value) {
    let function = match case["call"].as_str().unwrap() {
        "render" => js::render,
        "edit" => js::edit,
        "remove" => js::remove,
        "parse" => js::parse,
        "parseNetrc" => js::parse_netrc,
        "githubMasks" => js::github_masks,
        other => panic!("no call {other}"),
    };
    let answer: Value = serde_json::from_str(&function(&case.to_string())).unwrap();
    if let Some(error) = answer.get("error") {
        return (json!({"error": error["code"]}), json!([]));
    }
    let value = &answer["ok"];
    match value["warnings"].as_array() {
        Some(warnings) => (value["text"].clone(), warnings.iter().map(|warning| warning["code"].clone()).collect()),
        None => (value.clone(), json!([])),
    }
}
