//! The gateway's rules: paths, methods, queries, JSON.

use pulltoken_sim::{IdentitySpec, Sim};
use serde_json::{Value, json};

use crate::support::{Api, http, identity, names, send, with};

#[test]
fn an_unknown_path_is_404_and_a_wrong_method_501() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    let unknown = owner.get("/iam/v1/nothing");
    assert_eq!(unknown.problem(), (404, 5));
    assert_eq!(unknown.json()["details"], json!([]));
    assert_eq!(owner.get("/iam/v1/groups/").problem(), (501, 12));
    assert_eq!(owner.call_raw("PATCH", "/iam/v1/identities/x", "").problem(), (501, 12));
    assert_eq!(owner.call_raw("DELETE", "/auth/v1/ok", "").problem(), (501, 12));
    // What the gateway itself refuses needs no token.
    assert_eq!(send(http().get(format!("{}/nothing", sim.addresses().api))).problem(), (404, 5));
}

#[test]
fn a_slash_in_a_path_may_be_encoded_or_not() {
    let sim = Sim::builder().identities(IdentitySpec::pull_token("one").count(2)).start().unwrap();
    let owner = Api::of(&sim, "owner");
    for (identity, slash) in sim.identities().iter().zip(["/", "%2F"]) {
        let path = format!("/iam/v1/identities/{}", identity.id.replace('/', slash));
        assert_eq!(owner.call_raw("DELETE", &path, "").status, 200);
    }
    assert!(sim.identities().is_empty());
}

#[test]
fn a_malformed_identifier_is_an_invalid_argument() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    let org = sim.organization().id;
    for id in [format!("{org}/"), format!("{org}/ABCDEF0123456789"), "x".to_owned()] {
        assert_eq!(owner.call_raw("DELETE", &format!("/iam/v1/identities/{id}"), "").problem(), (400, 3), "{id}");
    }
    assert_eq!(owner.get("/iam/v1/groups?uidp.descendants_of=example").problem(), (400, 3));
}

#[test]
fn query_names_go_by_both_spellings_and_unknown_ones_are_ignored() {
    let sim = Sim::builder().identities(IdentitySpec::pull_token("one")).start().unwrap();
    let owner = Api::of(&sim, "owner");
    let org = sim.organization().id;
    for query in ["uidp.descendants_of", "uidp.descendantsOf"] {
        let listed = owner.get(&format!("/iam/v1/identities?{query}={org}&nonsense=1&uidp.nonsense=2"));
        assert_eq!(names(&listed, "items", "name"), ["one"], "{query}");
    }
}

#[test]
fn a_badly_typed_query_value_is_refused() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    for query in [
        "page_size=many",
        "page_size=99999999999",
        "page_size=1&page_size=2",
        "page_size=-1",
        "skip=-1",
        "uidp.in_root=perhaps",
        "name.first=x",
        "relationship_type=STATIC",
        "relationship_type=17",
        "uidp=x",
    ] {
        assert_eq!(owner.get(&format!("/iam/v2/identities?{query}")).problem(), (400, 3), "{query}");
    }
    for query in ["relationship_type=RELATIONSHIP_TYPE_STATIC", "relationshipType=2", "uidp.in_root=T"] {
        assert_eq!(owner.get(&format!("/iam/v2/identities?{query}")).status, 200, "{query}");
    }
}

#[test]
fn json_is_read_in_both_spellings_and_unknown_fields_are_discarded() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    let path = format!("/iam/v1/identities/{}", sim.organization().id);
    let mut body = identity(&sim, "s", 600);
    let keys = body["static"].as_object_mut().unwrap().remove("issuerKeys").unwrap();
    body["static"]["issuer_keys"] = keys.clone();
    body["fieldOfTomorrow"] = json!({"deep": [1, 2]});
    body["description"] = Value::Null;
    let made = owner.call("POST", &path, &body);
    assert_eq!((made.status, &made.json()["static"]["issuerKeys"]), (200, &keys));
    let twice = with(&body, "/static/issuerKeys", keys);
    assert_eq!(owner.call("POST", &path, &twice).problem(), (400, 3));
}

#[test]
fn a_badly_typed_json_value_is_refused() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    let path = format!("/iam/v1/identities/{}", sim.organization().id);
    let body = identity(&sim, "s", 600);
    for (pointer, value) in [
        ("/name", json!(1)),
        ("/description", json!(["x"])),
        ("/static", json!("x")),
        ("/static/expiration", json!(1_800_000_000)),
        ("/static/audiences", json!("one")),
        ("/static/issuerKeys", json!({"keys": []})),
        ("/servicePrincipal", json!(true)),
    ] {
        assert_eq!(owner.call("POST", &path, &with(&body, pointer, value)).problem(), (400, 3), "{pointer}");
    }
    let twice = body.to_string().replacen('{', r#"{"name":"other","#, 1);
    for text in [twice.as_str(), "{", "[]", "\"x\"", "null", ""] {
        assert_eq!(owner.call_raw("POST", &path, text).problem(), (400, 3), "{text}");
    }
    assert!(sim.identities().is_empty());
}

#[test]
fn unset_fields_are_left_out_or_spelled_out() {
    let terse = Sim::builder().identities(IdentitySpec::pull_token("one")).start().unwrap();
    let item = Api::of(&terse, "owner").get("/iam/v1/identities").json()["items"][0].clone();
    assert!(item.get("lastSeen").is_none() && item.get("description").is_none());
    let wordy = Sim::builder().write_unset_fields(true).identities(IdentitySpec::pull_token("one")).start().unwrap();
    let owner = Api::of(&wordy, "owner");
    let item = owner.get("/iam/v1/identities").json()["items"][0].clone();
    assert_eq!((item.get("lastSeen"), &item["description"]), (Some(&Value::Null), &json!("")));
    assert_eq!(item["static"]["audiences"], json!([]));
    // A member of a oneof that is not the one is never written.
    assert!(item.get("claimMatch").is_none());
    assert_eq!(owner.get("/iam/v1/groups?name=none").json(), json!({"items": []}));
    let page = owner.get("/iam/v2/identities").json();
    assert_eq!((&page["nextPageToken"], &page["skipped"]), (&json!(""), &json!(0)));
}

#[test]
fn a_newer_server_sends_fields_that_nobody_knows() {
    let sim = Sim::builder().unknown_fields(true).start().unwrap();
    let me = Api::of(&sim, "owner").get("/auth/v1/ok").json();
    assert!(me.get("fieldOfTomorrow").is_some());
    assert!(me["capabilities"][0]["role"].get("fieldOfTomorrow").is_some());
}

#[test]
fn moments_carry_nanoseconds() {
    let sim = Sim::builder().identities(IdentitySpec::pull_token("one").count(20)).start().unwrap();
    let listed = Api::of(&sim, "owner").get("/iam/v1/identities");
    let digits = names(&listed, "items", "createdAt")
        .into_iter()
        .map(|it| it.trim_end_matches('Z').split_once('.').map_or(0, |(_, digits)| digits.len()));
    assert_eq!(digits.max(), Some(9));
}

#[test]
fn an_old_server_has_no_version_two() {
    let sim = Sim::builder().without_v2(true).start().unwrap();
    let owner = Api::of(&sim, "owner");
    assert_eq!(owner.get("/iam/v2/identities").problem(), (404, 5));
    assert_eq!(owner.get("/iam/v1/identities").status, 200);
}
