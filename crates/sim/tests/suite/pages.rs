//! Lists in pages.

use std::time::Duration;

use pulltoken_sim::{IdentitySpec, Sim};
use serde_json::Value;

use crate::support::{Api, names};

/// Reads a list to its end and gives each page's names.
fn pages(api: &Api, path: &str, list: &str, field: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut token = String::new();
    loop {
        let answer = api.get(&format!("{path}&page_token={token}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        pages.push(names(&answer, list, field));
        match answer.json().get("nextPageToken").and_then(Value::as_str) {
            Some(next) => next.clone_into(&mut token),
            None => return pages,
        }
    }
}

#[test]
fn a_list_comes_in_pages_without_gaps_or_repeats() {
    let sim = Sim::builder().identities(IdentitySpec::pull_token("t").count(405)).start().unwrap();
    let owner = Api::of(&sim, "owner");
    let pages = pages(&owner, "/iam/v2/identities?page_size=1000", "identities", "uid");
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [200, 200, 5]);
    let all: Vec<String> = sim.identities().into_iter().map(|it| it.id).collect();
    assert_eq!(pages.concat(), all);
    let first = owner.get("/iam/v2/identities").json();
    assert_eq!(first["identities"].as_array().unwrap().len(), 50);
    assert_eq!(first["totalCount"], "405");
}

#[test]
fn a_page_goes_on_where_it_was_even_when_items_are_deleted_meanwhile() {
    let sim = Sim::builder().identities(IdentitySpec::pull_token("t").count(6)).start().unwrap();
    let owner = Api::of(&sim, "owner");
    let first = owner.get("/iam/v2/identities?page_size=2");
    for uid in names(&first, "identities", "uid") {
        owner.call_raw("DELETE", &format!("/iam/v2/identities/{uid}"), "");
    }
    let token = first.json()["nextPageToken"].as_str().unwrap().to_owned();
    let second = owner.get(&format!("/iam/v2/identities?page_size=200&page_token={token}"));
    let left: Vec<String> = sim.identities().into_iter().map(|it| it.id).collect();
    assert_eq!(names(&second, "identities", "uid"), left);
    assert_eq!(left.len(), 4);
}

#[test]
fn a_page_token_holds_for_its_query_alone_and_three_days() {
    let sim = Sim::builder().identities(IdentitySpec::pull_token("t").count(3)).start().unwrap();
    let owner = Api::of(&sim, "owner");
    let token = owner.get("/iam/v2/identities?page_size=1").json()["nextPageToken"].as_str().unwrap().to_owned();
    let other = owner.get(&format!("/iam/v2/identities?page_size=1&order_by=name&page_token={token}"));
    assert_eq!(other.problem(), (400, 3));
    let viewer = Api::of(&sim, "viewer").get(&format!("/iam/v2/identities?page_size=1&page_token={token}"));
    assert_eq!(viewer.problem(), (400, 3));
    assert_eq!(owner.get("/iam/v2/identities?page_token=1").problem(), (400, 3));
    let bindings = owner.get(&format!("/iam/v2/roleBindings?page_token={token}"));
    assert_eq!(bindings.problem(), (400, 3));
    sim.clock().advance(Duration::from_secs(3 * 24 * 3600 + 1));
    let later = sim.session(pulltoken_sim::SessionSpec::new().role("owner")).unwrap();
    let late = Api::new(&sim, &later).get(&format!("/iam/v2/identities?page_token={token}"));
    assert_eq!(late.problem(), (400, 3));
}

#[test]
fn order_and_skip_decide_what_a_page_holds() {
    let sim = Sim::builder().identities(IdentitySpec::pull_token("t").count(9)).start().unwrap();
    let owner = Api::of(&sim, "owner");
    let sorted = |page_size: usize| {
        let path = format!("/iam/v2/identities?order_by=name%20desc&page_size={page_size}");
        pages(&owner, &path, "identities", "name").concat()
    };
    let expected: Vec<String> = (1..=9).rev().map(|number| format!("t {number}")).collect();
    assert_eq!((sorted(4), sorted(200)), (expected.clone(), expected));
    let skipped = owner.get("/iam/v2/identities?order_by=name&skip=7");
    assert_eq!(names(&skipped, "identities", "name"), ["t 8", "t 9"]);
    assert_eq!((&skipped.json()["skipped"], &skipped.json()["totalCount"]), (&7.into(), &"9".into()));
    assert_eq!(owner.get("/iam/v2/identities?order_by=shoe_size").problem(), (400, 3));
    assert_eq!(owner.get("/iam/v2/identities?order_by=name%20up").problem(), (400, 3));
}

#[test]
fn identities_are_filtered_by_name_and_relationship() {
    let sim = Sim::builder()
        .identities(IdentitySpec::pull_token("token").count(2))
        .identities(IdentitySpec::claim_match("ci", "https://gitlab.com", "project:x"))
        .start()
        .unwrap();
    let owner = Api::of(&sim, "owner");
    let list = |query: &str| names(&owner.get(&format!("/iam/v2/identities?{query}")), "identities", "name");
    assert_eq!(list("relationship_type=RELATIONSHIP_TYPE_CLAIM_MATCH"), ["ci"]);
    assert_eq!(list("relationship_type=RELATIONSHIP_TYPE_STATIC").len(), 2);
    assert_eq!(list("name=token%201"), ["token 1"]);
}

#[test]
fn role_bindings_come_with_names_and_are_filtered_by_identity() {
    let sim = Sim::builder()
        .identities(IdentitySpec::pull_token("token").role("libraries.java.pull").role("registry.pull").count(60))
        .start()
        .unwrap();
    let owner = Api::of(&sim, "owner");
    let org = sim.organization().id;
    let uids =
        pages(&owner, &format!("/iam/v2/roleBindings?uidp.descendantsOf={org}&page_size=100"), "roleBindings", "uid");
    let expected = sim.role_bindings().into_iter().filter(|binding| binding.group == org).count();
    assert_eq!((uids[0].len(), uids.concat().len()), (100, expected));
    let id = &sim.identities()[0].id;
    let listed = owner.get(&format!("/iam/v2/roleBindings?identity={id}")).json();
    let first = &listed["roleBindings"][0];
    assert_eq!(listed["totalCount"], "2");
    assert_eq!((&first["identity"]["uid"], &first["group"]["name"]), (&id.as_str().into(), &"example".into()));
    assert!(first["role"]["name"].as_str().unwrap().ends_with("pull") && first["createTime"].is_string());
}

#[test]
fn a_binding_of_version_two_is_changed_in_place_and_deleting_it_twice_is_no_error() {
    let sim = Sim::builder().identities(IdentitySpec::pull_token("token").role("registry.pull")).start().unwrap();
    let owner = Api::of(&sim, "owner");
    let id = &sim.identities()[0].id;
    let uid = names(&owner.get(&format!("/iam/v2/roleBindings?identity={id}")), "roleBindings", "uid").remove(0);
    let path = format!("/iam/v2/roleBindings/{uid}");
    let body = serde_json::json!({ "roleUid": owner.role("libraries.python.pull") });
    let changed = owner.call("PATCH", &format!("{path}?updateMask=roleUid"), &body).json();
    assert_eq!(changed["role"]["name"], "libraries.python.pull");
    assert_eq!(owner.call("PATCH", &format!("{path}?updateMask=group"), &body).problem(), (400, 3));
    assert_eq!(owner.call_raw("DELETE", &path, "").status, 200);
    assert_eq!(owner.call_raw("DELETE", &path, "").status, 200);
    assert!(sim.identities()[0].roles.is_empty());
}
