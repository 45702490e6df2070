//! Capabilities, call by call.

use pulltoken_sim::{IdentitySpec, SessionSpec, Sim};
use serde_json::json;

use crate::support::{Api, identity, names};

const CREATOR: &str = "libraries.javascript.pull_token_creator";

#[test]
fn a_creator_makes_a_pull_token_of_its_own_ecosystem_and_no_other() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.organization().id;
    let creator = Api::of(&sim, CREATOR);
    let made = creator.call("POST", &format!("/iam/v1/identities/{org}"), &identity(&sim, "s", 600)).json();
    let bind = |role: &str| {
        let body = json!({"identity": made["id"], "role": creator.role(role)});
        creator.call("POST", &format!("/iam/v1/rolebindings/{org}"), &body)
    };
    assert_eq!(bind("libraries.javascript.pull").status, 200);
    assert_eq!(bind("libraries.java.pull").problem(), (403, 7));
    assert_eq!(bind("owner").problem(), (403, 7));
    assert_eq!(sim.identities()[0].roles, ["libraries.javascript.pull"]);
}

#[test]
fn a_creator_can_neither_list_change_nor_delete() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.organization().id;
    let creator = Api::of(&sim, CREATOR);
    let made = creator.call("POST", &format!("/iam/v1/identities/{org}"), &identity(&sim, "s", 600)).json();
    let path = format!("/iam/v1/identities/{}", made["id"].as_str().unwrap());
    assert_eq!(creator.call_raw("DELETE", &path, "").problem(), (403, 7));
    assert_eq!(creator.call("PUT", &path, &identity(&sim, "s", 600)).problem(), (403, 7));
    assert_eq!(creator.get(&format!("/iam/v1/identities?uidp.descendants_of={org}")).json(), json!({}));
    assert_eq!(creator.get(&format!("/iam/v2/identities?uidp.descendants_of={org}")).json()["identities"], json!(null));
    assert_eq!(creator.get(&format!("/iam/v1/rolebindings?uidp.descendants_of={org}")).json(), json!({}));
    assert_eq!(sim.identities().len(), 1);
}

#[test]
fn a_viewer_sees_and_does_nothing() {
    let sim = Sim::builder().identities(IdentitySpec::pull_token("one")).start().unwrap();
    let org = sim.organization().id;
    let viewer = Api::of(&sim, "viewer");
    let listed = viewer.get(&format!("/iam/v1/identities?uidp.descendants_of={org}"));
    assert_eq!(names(&listed, "items", "name"), ["one"]);
    let id = &sim.identities()[0].id;
    let role = viewer.role("libraries.java.pull");
    let binding = json!({"identity": id, "role": role});
    assert_eq!(viewer.call("POST", &format!("/iam/v1/rolebindings/{org}"), &binding).problem(), (403, 7));
    assert_eq!(viewer.call_raw("DELETE", &format!("/iam/v1/identities/{id}"), "").problem(), (403, 7));
    assert_eq!(viewer.call_raw("POST", &format!("/libraries/v1/entitlements/{org}"), "9").problem(), (403, 7));
}

#[test]
fn a_role_holds_where_it_was_granted_and_below() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.organization().id;
    let folder = sim.add_folder(&org, "folder").unwrap();
    let token = sim.session(SessionSpec::new().role("owner").group(&folder)).unwrap();
    let caller = Api::new(&sim, &token);
    let body = identity(&sim, "s", 600);
    assert_eq!(caller.call("POST", &format!("/iam/v1/identities/{org}"), &body).problem(), (403, 7));
    assert_eq!(caller.call("POST", &format!("/iam/v1/identities/{folder}"), &body).status, 200);
}

#[test]
fn another_organisation_is_out_of_reach_and_the_root_is_nobodys() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    let body = identity(&sim, "s", 600);
    let elsewhere = "0".repeat(40);
    assert_eq!(owner.call("POST", &format!("/iam/v1/identities/{elsewhere}"), &body).problem(), (403, 7));
    assert_eq!(owner.call("POST", "/iam/v1/identities/", &body).problem(), (403, 7));
    assert_eq!(owner.call("POST", "/iam/v1/identities", &body).problem(), (403, 7));
    let below = format!("{}/0000000000000000", sim.organization().id);
    assert_eq!(owner.call("POST", &format!("/iam/v1/identities/{below}"), &body).problem(), (404, 5));
}

#[test]
fn looking_an_identity_up_needs_no_capability() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.organization().id;
    let creator = Api::of(&sim, CREATOR);
    creator.call("POST", &format!("/iam/v1/identities/{org}"), &identity(&sim, "the-subject", 600));
    let path = "/iam/v1/identities/lookup?issuer=https%3A%2F%2Fpulltoken.issuer.chainguard.dev&subject=the-subject";
    assert_eq!(creator.get(path).json()["id"], json!(sim.identities()[0].id));
    let nobody = Api::new(&sim, &sim.session(SessionSpec::new()).unwrap());
    assert_eq!(nobody.get(path).status, 200);
    assert_eq!(nobody.get(&path.replace("the-subject", "another")).problem(), (404, 5));
    let uid = nobody.get("/iam/v2/identities:lookupIdentity?issuer=https://idp.example.com&subject=new").json();
    assert_eq!(uid["uid"].as_str().unwrap().len(), 40);
}
