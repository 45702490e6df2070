//! Groups and roles, made, changed and removed.

use pulltoken_sim::{IdentitySpec, SessionSpec, Sim};
use serde_json::{Value, json};

use crate::support::{Api, names};

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_folder_is_made_changed_and_removed_by_who_may() {
    let sim = Sim::builder().start().unwrap();
    let (owner, viewer, org) = (Api::of(&sim, "owner"), Api::of(&sim, "viewer"), sim.organization().id);
    let path = format!("/iam/v1/groups/{org}");
    let body = json!({"name": "team one", "description": "a team", "resourceLimits": {"x": 1}});
    assert_eq!(viewer.call("POST", &path, &body).problem(), (403, 7));
    let made = owner.call("POST", &path, &body).json();
    let folder = id(&made);
    assert!(folder.starts_with(&format!("{org}/")));
    assert_eq!(made, json!({"id": folder, "name": "team one", "description": "a team"}));
    let path = format!("/iam/v1/groups/{folder}");
    assert_eq!(viewer.call("PUT", &path, &json!({"name": "x"})).problem(), (403, 7));
    // The whole group is sent: what is left out is unset.
    assert_eq!(owner.call("PUT", &path, &json!({"name": "team"})).json(), json!({"id": folder, "name": "team"}));
    assert_eq!(names(&viewer.get(&format!("/iam/v1/groups?uidp.children_of={org}")), "items", "name"), ["team"]);

    let below = owner.call("POST", &path, &json!({"name": "below"})).json();
    assert_eq!(owner.call_raw("DELETE", &path, "").problem(), (400, 9));
    assert_eq!(owner.call_raw("DELETE", &format!("/iam/v1/groups/{}", id(&below)), "").json(), json!({}));
    let identity = sim.add_identities(IdentitySpec::pull_token("one").organization(&folder)).unwrap().remove(0);
    assert_eq!(owner.call_raw("DELETE", &path, "").problem(), (400, 9));
    assert_eq!(owner.call_raw("DELETE", &format!("/iam/v1/identities/{identity}"), "").status, 200);
    sim.session(SessionSpec::new().role("viewer").group(&folder)).unwrap();
    let bindings = sim.role_bindings().len();
    assert_eq!(viewer.call_raw("DELETE", &path, "").problem(), (403, 7));
    assert_eq!(owner.call_raw("DELETE", &path, "").json(), json!({}));
    assert_eq!(sim.role_bindings().len(), bindings - 1);
    assert_eq!(owner.call_raw("DELETE", &path, "").problem(), (404, 5));
}

#[test]
fn an_organisation_belongs_to_the_person_who_makes_it_and_is_not_verified() {
    let sim = Sim::builder().start().unwrap();
    let token = sim.session(SessionSpec::new()).unwrap();
    let person = Api::new(&sim, &token);
    let made = person.call("POST", "/iam/v1/groups/", &json!({"name": "new.example"})).json();
    let me = person.get("/auth/v1/ok").json();
    assert_eq!(me["capabilities"][0]["group"]["id"], made["id"]);
    assert_eq!(me["capabilities"][0]["role"]["name"], "owner");
    let path = format!("/iam/v1/groups/{}", id(&made));
    let verified = json!({"name": "new.example", "verified": true});
    assert_eq!(person.call("PUT", &path, &verified).problem(), (403, 7));
    assert_eq!(person.call("POST", "/iam/v1/groups/", &verified).problem(), (403, 7));
    // A machine makes none.
    let machine = sim.add_identities(IdentitySpec::pull_token("machine").role("owner")).unwrap().remove(0);
    let token = sim.session(SessionSpec::new().identity(&machine)).unwrap();
    let body = json!({"name": "its-own"});
    assert_eq!(Api::new(&sim, &token).call("POST", "/iam/v1/groups/", &body).problem(), (403, 7));
    // A verified one stays so when it is sent back whole.
    let example = format!("/iam/v1/groups/{}", sim.organization().id);
    let body = json!({"name": "example", "verified": true});
    assert_eq!(Api::of(&sim, "owner").call("PUT", &example, &body).json()["verified"], true);
}

#[test]
fn names_are_those_of_the_platform() {
    let sim = Sim::builder().start().unwrap();
    let (owner, org) = (Api::of(&sim, "owner"), sim.organization().id);
    for kind in ["groups", "roles"] {
        let call = |body: Value| owner.call("POST", &format!("/iam/v1/{kind}/{org}"), &body).problem();
        let capabilities = json!(["groups.list"]);
        assert_eq!(call(json!({"capabilities": capabilities})), (400, 3));
        assert_eq!(call(json!({"name": "Team", "capabilities": capabilities})), (400, 3));
        assert_eq!(call(json!({"name": "team", "description": "a\tb", "capabilities": capabilities})), (400, 3));
        let absent = format!("/iam/v1/{kind}/{org}/0000000000000000");
        let body = json!({"name": "team", "capabilities": capabilities});
        assert_eq!(owner.call("POST", &absent, &body).problem(), (404, 5));
        assert_eq!(owner.call("PUT", &absent, &body).problem(), (404, 5));
        assert_eq!(owner.call_raw("DELETE", &absent, "").problem(), (404, 5));
    }
}

#[test]
fn a_role_gives_no_more_than_its_maker_holds() {
    let sim = Sim::builder().start().unwrap();
    let (owner, org) = (Api::of(&sim, "owner"), sim.organization().id);
    let path = format!("/iam/v1/roles/{org}");
    let role = |name: &str, capabilities: &[&str]| json!({"name": name, "capabilities": capabilities});
    assert_eq!(Api::of(&sim, "viewer").call("POST", &path, &role("r", &["groups.list"])).problem(), (403, 7));
    assert_eq!(owner.call("POST", &path, &role("r", &[])).problem(), (400, 3));
    assert_eq!(owner.call("POST", &path, &role("r", &["groups.invent"])).problem(), (400, 3));
    let makers = role("maker", &["roles.create", "roles.update", "roles.list", "groups.list"]);
    let makers = owner.call("POST", &path, &makers).json();
    assert_eq!(makers["capabilities"], json!(["groups.list", "roles.create", "roles.list", "roles.update"]));
    assert_eq!(owner.call("POST", &path, &role("maker", &["groups.list"])).problem(), (409, 6));

    let maker = Api::new(&sim, &sim.session(SessionSpec::new().role("maker")).unwrap());
    assert_eq!(maker.call("POST", &path, &role("big", &["identity.delete"])).problem(), (403, 7));
    let small = maker.call("POST", &path, &role("small", &["groups.list"])).json();
    let small = format!("/iam/v1/roles/{}", id(&small));
    assert_eq!(maker.call("PUT", &small, &role("small", &["identity.delete"])).problem(), (403, 7));
    assert_eq!(
        maker.call("PUT", &small, &role("small", &["roles.list"])).json()["capabilities"],
        json!(["roles.list"])
    );
    assert_eq!(maker.call_raw("DELETE", &small, "").problem(), (403, 7));
    assert_eq!(owner.call_raw("DELETE", &small, "").json(), json!({}));
    // One that is bound stays; the platform's own are nobody's to change.
    assert_eq!(owner.call_raw("DELETE", &format!("/iam/v1/roles/{}", id(&makers)), "").problem(), (400, 9));
    let built_in = format!("/iam/v1/roles/{}", owner.role("viewer"));
    assert_eq!(owner.call_raw("DELETE", &built_in, "").problem(), (403, 7));
    assert_eq!(owner.call("PUT", &built_in, &role("viewer", &["groups.list"])).problem(), (403, 7));
}

#[test]
fn an_organisations_role_is_seen_and_bound_there_alone() {
    let sim = Sim::builder().start().unwrap();
    let (owner, org) = (Api::of(&sim, "owner"), sim.organization().id);
    let body = json!({"name": "viewer", "capabilities": ["groups.list"]});
    let own = id(&owner.call("POST", &format!("/iam/v1/roles/{org}"), &body).json());
    // The name alone does not tell it from the platform's role.
    assert_eq!(names(&owner.get("/iam/v1/roles?name=viewer"), "items", "name").len(), 2);
    assert_eq!(names(&owner.get(&format!("/iam/v1/roles?parent={org}")), "items", "id"), std::slice::from_ref(&own));
    assert_eq!(names(&owner.get("/iam/v1/roles?name=viewer&parent=/"), "items", "name").len(), 1);
    let elsewhere = sim.add_organization(pulltoken_sim::OrganizationSpec::new("elsewhere")).unwrap().id;
    let stranger = Api::new(&sim, &sim.session(SessionSpec::new().role("viewer").group(&elsewhere)).unwrap());
    assert_eq!(names(&stranger.get("/iam/v1/roles?name=viewer"), "items", "name").len(), 1);
    let identity = sim.add_identities(IdentitySpec::pull_token("one")).unwrap().remove(0);
    let body = json!({"identity": identity, "role": own});
    assert_eq!(owner.call("POST", &format!("/iam/v1/rolebindings/{elsewhere}"), &body).problem(), (404, 5));
    assert_eq!(owner.call("POST", &format!("/iam/v1/rolebindings/{org}"), &body).status, 200);
}
