//! What tests outside Rust add to the world.

use pulltoken_sim::Sim;
use serde_json::{Value, json};

use crate::support::{Answer, Api, http, names, send};

fn add(sim: &Sim, what: &str, body: &Value) -> Answer {
    send(http().post(format!("{}/__sim/{what}", sim.addresses().api)).json(body))
}

fn listed(sim: &Sim, organization: &str) -> Vec<Value> {
    let path = format!("/iam/v1/identities?uidp.descendants_of={organization}");
    Api::of(sim, "owner").get(&path).json()["items"].as_array().cloned().unwrap_or_default()
}

#[test]
fn pull_tokens_are_added_with_their_times_and_roles() {
    let sim = Sim::builder().start().unwrap();
    let organization = sim.organization().id;
    let before = listed(&sim, &organization).len();
    let old = json!({"name": "old", "organization": organization, "count": 3, "roles": ["libraries.java.pull"],
        "expiresIn": -60, "description": "of last year"});
    let ids = add(&sim, "pull_tokens", &old).json()["ids"].as_array().unwrap().clone();
    assert_eq!(ids.len(), 3);
    let all = listed(&sim, &organization);
    assert_eq!(all.len(), before + 3);
    let first = all.iter().find(|one| one["id"] == ids[0]).unwrap();
    assert_eq!((&first["name"], &first["description"]), (&json!("old 1"), &json!("of last year")));
    assert!(first["static"]["expiration"].as_str() < Some(crate::support::moment(&sim, 0).as_str()));

    let bindings =
        Api::of(&sim, "owner").get(&format!("/iam/v1/rolebindings?uidp.descendants_of={organization}")).json();
    let of_first = bindings["items"].as_array().unwrap().iter().filter(|one| one["identity"] == ids[0]);
    assert_eq!(of_first.map(|one| one["role"]["name"].clone()).collect::<Vec<_>>(), [json!("libraries.java.pull")]);
}

#[test]
fn organizations_are_added_for_the_owner() {
    let sim = Sim::builder().start().unwrap();
    let id = add(&sim, "organizations", &json!({"name": "elsewhere", "entitlements": ["JAVA"]})).json()["id"].clone();
    let seen = Api::of(&sim, "owner").get("/iam/v1/groups?uidp.in_root=true");
    assert!(names(&seen, "items", "name").contains(&"elsewhere".to_owned()));
    let path = format!("/libraries/v1/entitlements?parent_id={}", id.as_str().unwrap());
    assert_eq!(names(&Api::of(&sim, "owner").get(&path), "items", "ecosystem"), ["JAVA"]);
}

#[test]
fn what_cannot_be_added_is_refused() {
    let sim = Sim::builder().start().unwrap();
    let organization = sim.organization().id;
    for body in [
        json!({"name": "a"}),
        json!({"name": "a", "organization": "example"}),
        json!({"name": "a", "organization": organization, "roles": ["no.such.role"]}),
        json!({"name": "a", "organization": organization, "count": 1_000_000}),
        json!({"name": "a", "organization": organization, "colour": "red"}),
    ] {
        assert_eq!(add(&sim, "pull_tokens", &body).status, 400, "{body}");
    }
    assert_eq!(add(&sim, "organizations", &json!({})).status, 400);
}
