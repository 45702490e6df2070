//! What is JSON, what is not, and where it ends.

use super::reader::DEEPEST;
use super::*;

/// What serde_json makes of the same text.
fn same(value: &Value<'_>, other: &serde_json::Value) -> bool {
    match (value, other) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Flag(flag), serde_json::Value::Bool(other)) => flag == other,
        (Value::Number(number), serde_json::Value::Number(other)) => {
            let (one, two) = (number.float(), other.as_f64().unwrap());
            other.as_i64().is_none_or(|whole| number.whole() == Some(whole))
                && (one == two || ((one - two) / two).abs() < 1e-15)
        }
        (Value::Text(text), serde_json::Value::String(other)) => text == other,
        (Value::List(list), serde_json::Value::Array(other)) => {
            list.len() == other.len() && list.iter().zip(other).all(|(one, two)| same(one, two))
        }
        (Value::Object(Object(members)), serde_json::Value::Object(other)) => {
            members.iter().all(|(name, value)| other.get(&**name).is_some_and(|other| same(value, other)))
        }
        _ => false,
    }
}

#[test]
fn values_are_read_as_serde_json_reads_them() {
    for text in [
        "null",
        " true\n",
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "0",
        "-0",
        "-1",
        "1.5",
        "0.1",
        "1e3",
        "1E-2",
        "12.5e+10",
        "1780272000000.25",
        "18446744073709551616",
        "123456789012345678901234567890",
        "1e-400",
        "9e99999999999",
        "99999999999999999999999e2147483647",
        "0.1e-2147483648",
        "\"\"",
        "\"a\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"a\\u00e4\\ud83d\\ude00ö\"",
        "[1,\"a\",[null],{\"b\":{}}]",
        "{\"a\":1,\"b\":[true,false]}",
        "\t{\"a\\n\" : 1 , \"\" : \"x\"}\r\n",
        "\"\u{7f}\u{2028}\"",
        // Not JSON.
        "",
        " ",
        "nul",
        "nulll",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "\"",
        "\"a",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\ud800\\n\"",
        "\"\\udc00\"",
        "\"\\ud800\\ud800\"",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "1e+",
        "1 1",
        "'a'",
        "\u{feff}1",
        "tru",
        "\u{b}1",
        "{\"a\":1}}",
        "// x\n1",
    ] {
        match (read(text), serde_json::from_str::<serde_json::Value>(text)) {
            (Ok(value), Ok(other)) => assert!(same(&value, &other), "{text}: {value:?}"),
            // It refuses what f64 cannot hold.
            (Ok(Value::Number(number)), Err(_)) => assert!(number.float().is_infinite(), "{text}"),
            (one, two) => assert!(one.is_err() && two.is_err(), "{text}: {one:?} {two:?}"),
        }
    }
    for depth in [127, 128, 129] {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(read(&text).is_ok(), depth <= DEEPEST, "{depth}");
    }
}

#[test]
fn a_name_may_not_occur_twice() {
    let Ok(Value::Object(mut object)) = read(r#"{"a":1,"b":2,"\u0061":3,"c":4}"#) else { panic!() };
    assert!(object.take("a").is_err());
    assert!(matches!(object.take("b"), Ok(Some(Value::Number(_)))));
    assert!(matches!(object.take("b"), Ok(None)));
    assert_eq!(object.left(), Some("c"));
}

#[test]
fn a_defect_has_a_place() {
    let Err(Defect { at, is_half, place }) = read(r#"{"a":{"b":["\ud800"]}}"#) else { panic!() };
    assert_eq!((at, is_half, place.as_str()), (18, true, "a.b"));
    let Err(Defect { at, is_half, place }) = read(r#"{"a": hunter2}"#) else { panic!() };
    assert_eq!((at, is_half, place.as_str()), (6, false, "a"));
}
