//! Who am I, groups, roles, bindings, entitlements: the plain calls.

use pulltoken_sim::{IdentitySpec, OrganizationSpec, SessionSpec, Sim};
use serde_json::json;

use crate::support::{Api, counted, http, identity, names, send};

#[test]
fn who_am_i_tells_the_token_and_the_roles() {
    let sim = Sim::builder().start().unwrap();
    let answer = Api::of(&sim, "viewer").get("/auth/v1/ok");
    let me = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!(me["issuer"], sim.addresses().issuer);
    assert_eq!(me["audience"], json!([sim.addresses().api]));
    assert_eq!(me["capabilities"][0]["group"]["name"], "example");
    assert_eq!(me["capabilities"][0]["role"]["name"], "viewer");
    let held = me["capabilities"][0]["role"]["capabilities"].as_array().unwrap();
    assert!(held.contains(&json!("identity.list")) && !held.contains(&json!("libraries.javascript.list")));
    assert!(me["expiry"].as_str().unwrap().ends_with('Z') && me["email"].as_str().unwrap().contains('@'));
    assert!(answer.header("x-request-id").is_some());
}

#[test]
fn a_bearer_is_checked_for_signature_time_audience_and_issuer() {
    let sim = Sim::builder().start().unwrap();
    let url = format!("{}/auth/v1/ok", sim.addresses().api);
    let status = |token: &str| send(http().get(&url).bearer_auth(token)).problem();
    assert_eq!(send(http().get(&url)).problem(), (401, 16));
    assert_eq!(send(http().get(&url).header("authorization", "Basic abc")).problem(), (401, 16));
    assert_eq!(status(&sim.token("expired").unwrap()), (401, 16));
    let foreign = sim.session(SessionSpec::new().role("owner").audience("libraries.cgr.dev")).unwrap();
    assert_eq!(status(&foreign), (401, 16));
    let misnamed = sim.session(SessionSpec::new().role("owner").issuer("https://issuer.example.com")).unwrap();
    assert_eq!(status(&misnamed), (401, 16));
    let other = Sim::builder().start().unwrap();
    assert_eq!(status(&other.token("owner").unwrap()), (401, 16));
    let valid = sim.token("owner").unwrap();
    let (signed, _) = valid.rsplit_once('.').unwrap();
    let (_, signature) = sim.token("viewer").unwrap().rsplit_once('.').map(|(a, b)| (a.len(), b.to_owned())).unwrap();
    assert_eq!(status(&format!("{signed}.{signature}")), (401, 16));
    let real = sim.session(SessionSpec::new().audience("https://console-api.enforce.dev")).unwrap();
    assert_eq!(send(http().get(&url).bearer_auth(real)).status, 200);
}

#[test]
fn a_session_ends_when_its_time_comes() {
    let sim = Sim::builder().start().unwrap();
    let token = sim.session(SessionSpec::new().expires_in(std::time::Duration::from_secs(60))).unwrap();
    assert_eq!(Api::new(&sim, &token).get("/auth/v1/ok").status, 200);
    sim.clock().advance(std::time::Duration::from_secs(61));
    assert_eq!(Api::new(&sim, &token).get("/auth/v1/ok").problem(), (401, 16));
}

#[test]
fn groups_are_found_by_name_and_only_where_they_may_be_seen() {
    let sim = Sim::builder()
        .organization(OrganizationSpec::new("twin"))
        .organization(OrganizationSpec::new("twin"))
        .start()
        .unwrap();
    let owner = Api::of(&sim, "owner");
    let all = names(&owner.get("/iam/v1/groups?uidp.in_root=true"), "items", "name");
    let expected = [("example".to_owned(), 1), ("twin".to_owned(), 2)];
    assert_eq!(counted(all), expected.into());
    assert_eq!(names(&owner.get("/iam/v1/groups?name=twin"), "items", "id").len(), 2);
    assert_eq!(owner.get("/iam/v1/groups?name=another-example").json(), json!({}));
    let creator = Api::of(&sim, "libraries.java.pull_token_creator");
    assert_eq!(names(&creator.get("/iam/v1/groups"), "items", "name"), ["example"]);
    let nobody = Api::new(&sim, &sim.session(SessionSpec::new()).unwrap());
    assert_eq!(nobody.get("/iam/v1/groups").json(), json!({}));
}

#[test]
fn the_hierarchy_filters_leave_the_group_itself_out() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.organization().id;
    let folder = sim.add_folder(&org, "folder").unwrap();
    sim.add_folder(&folder, "deep").unwrap();
    let owner = Api::of(&sim, "owner");
    let list = |query: &str| names(&owner.get(&format!("/iam/v1/groups?{query}")), "items", "name");
    assert_eq!(list(&format!("uidp.descendantsOf={org}")), ["folder", "deep"]);
    assert_eq!(list(&format!("uidp.children_of={org}")), ["folder"]);
    assert_eq!(list(&format!("uidp.ancestors_of={folder}")), ["example"]);
    assert_eq!(list(&format!("uidp.ids={org}&uidp.ids={folder}")), ["example", "folder"]);
}

#[test]
fn roles_are_found_by_name_by_whoever_may_list_them() {
    let sim = Sim::builder().start().unwrap();
    let creator = Api::of(&sim, "libraries.java.pull_token_creator");
    let role = creator.get("/iam/v1/roles?name=libraries.javascript.pull").json();
    assert_eq!(role["items"][0]["capabilities"], json!(["libraries.entitlements.list", "libraries.javascript.list"]));
    assert_eq!(creator.get("/iam/v1/roles?name=libraries.cobol.pull").json(), json!({}));
    assert!(names(&creator.get("/iam/v1/roles"), "items", "name").contains(&"libraries.go_athena.pull".to_owned()));
    let puller = sim.session(SessionSpec::new().role("libraries.java.pull")).unwrap();
    assert_eq!(Api::new(&sim, &puller).get("/iam/v1/roles").json(), json!({}));
}

#[test]
fn a_binding_is_made_listed_changed_and_deleted() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.organization().id;
    let ids = sim.add_identities(IdentitySpec::pull_token("one")).unwrap();
    let owner = Api::of(&sim, "owner");
    let path = format!("/iam/v1/rolebindings/{org}");
    let body = json!({"identity": ids[0], "role": owner.role("registry.pull")});
    let made = owner.call("POST", &path, &body);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((made.status, made.json()["identity"].clone()), (200, json!(ids[0])));
    assert_eq!(owner.call("POST", &path, &body).problem(), (409, 6));
    let listed = owner.get(&format!("/iam/v1/rolebindings?uidp.descendants_of={org}")).json();
    let mine = listed["items"].as_array().unwrap().iter().find(|it| it["id"] == id.as_str()).unwrap();
    assert_eq!((&mine["group"]["name"], &mine["role"]["name"]), (&json!("example"), &json!("registry.pull")));
    let change = json!({"identity": ids[0], "role": owner.role("libraries.java.pull")});
    assert_eq!(owner.call("PUT", &format!("/iam/v1/rolebindings/{id}"), &change).status, 200);
    assert_eq!(sim.identities()[0].roles, ["libraries.java.pull"]);
    let deleted = owner.call_raw("DELETE", &format!("/iam/v1/rolebindings/{id}"), "");
    assert_eq!((deleted.status, deleted.json()), (200, json!({})));
    assert_eq!(owner.call_raw("DELETE", &format!("/iam/v1/rolebindings/{id}"), "").problem(), (404, 5));
    assert!(sim.identities()[0].roles.is_empty());
}

#[test]
fn a_binding_needs_both_of_its_sides() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.organization().id;
    let owner = Api::of(&sim, "owner");
    let role = owner.role("registry.pull");
    let id = sim.add_identities(IdentitySpec::pull_token("one")).unwrap().remove(0);
    let path = format!("/iam/v1/rolebindings/{org}");
    let absent = format!("{org}/0000000000000000");
    assert_eq!(owner.call("POST", &path, &json!({"identity": absent, "role": role})).problem(), (404, 5));
    assert_eq!(owner.call("POST", &path, &json!({"identity": id, "role": org})).problem(), (404, 5));
    assert_eq!(owner.call("POST", &path, &json!({"identity": id, "role": "owner"})).problem(), (400, 3));
    assert_eq!(owner.call("POST", &path, &json!({"identity": id})).problem(), (400, 3));
}

#[test]
fn entitlements_are_listed_of_one_organisation() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.organization().id;
    let owner = Api::of(&sim, "owner");
    let answer = owner.get(&format!("/libraries/v1/entitlements?parent_id={org}"));
    let expected = ["JAVA", "JAVASCRIPT", "PYTHON"].map(|it| (it.to_owned(), 1));
    assert_eq!(counted(names(&answer, "items", "ecosystem")), expected.into());
    let one = owner.get(&format!("/libraries/v1/entitlements?parentId={org}&ecosystems=JAVA")).json();
    assert_eq!(one["items"][0]["policy"], "POLICY_CHAINGUARD_AND_UPSTREAM");
    assert_eq!((&one["items"][0]["source"], &one["items"][0]["cooldownDays"]), (&json!("SOURCE_SFDC"), &json!(7)));
    assert_eq!(owner.get("/libraries/v1/entitlements").problem(), (400, 3));
    let nobody = Api::new(&sim, &sim.session(SessionSpec::new()).unwrap());
    assert_eq!(nobody.get(&format!("/libraries/v1/entitlements?parent_id={org}")).json(), json!({}));
}

#[test]
fn an_entitlement_is_created_by_its_bare_number() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.organization().id;
    let owner = Api::of(&sim, "owner");
    let path = format!("/libraries/v1/entitlements/{org}");
    assert_eq!(owner.call_raw("POST", &path, "\"GO\"").problem(), (400, 3));
    assert_eq!(owner.call_raw("POST", &path, "{\"ecosystem\":9}").problem(), (400, 3));
    assert_eq!(owner.call_raw("POST", &path, "").problem(), (400, 3));
    assert_eq!(owner.call_raw("POST", &path, "99").problem(), (400, 3));
    assert_eq!(owner.call_raw("POST", &format!("{path}?cooldown_days=3651"), "9").problem(), (400, 3));
    assert_eq!(owner.call_raw("POST", &format!("{path}?policy=CHAINGUARD"), "9").problem(), (400, 3));
    let made = owner.call_raw("POST", &format!("{path}?policy=POLICY_CHAINGUARD&cooldown_days=3"), "9").json();
    assert_eq!((&made["ecosystem"], &made["cooldownDays"]), (&json!("GO"), &json!(3)));
    assert_eq!(owner.call_raw("POST", &path, "9").problem(), (409, 6));
    let id = made["id"].as_str().unwrap();
    let viewer = Api::of(&sim, "viewer");
    assert_eq!(viewer.call_raw("DELETE", &format!("/libraries/v1/entitlements/{id}"), "").problem(), (403, 7));
    assert_eq!(owner.call_raw("DELETE", &format!("/libraries/v1/entitlements/{id}"), "").status, 200);
    assert_eq!(owner.call_raw("DELETE", &format!("/libraries/v1/entitlements/{id}"), "").problem(), (404, 5));
}

#[test]
fn an_ecosystem_of_a_newer_server_is_listed_by_its_name() {
    let sim = Sim::builder().organization(OrganizationSpec::new("newer").entitlement("COBOL")).start().unwrap();
    let owner = Api::of(&sim, "owner");
    let org = names(&owner.get("/iam/v1/groups?name=newer"), "items", "id").remove(0);
    let answer = owner.get(&format!("/libraries/v1/entitlements?parent_id={org}"));
    assert_eq!(names(&answer, "items", "ecosystem"), ["COBOL"]);
}

#[test]
fn deleting_an_identity_takes_its_bindings_along() {
    let sim = Sim::builder().start().unwrap();
    let before = sim.role_bindings().len();
    let token = sim.pull_token("javascript").unwrap();
    assert_eq!(sim.role_bindings().len(), before + 1);
    let owner = Api::of(&sim, "owner");
    assert_eq!(owner.call_raw("DELETE", &format!("/iam/v1/identities/{}", token.username), "").json(), json!({}));
    assert!(sim.identities().is_empty());
    assert_eq!(sim.role_bindings().len(), before);
}

#[test]
fn nothing_is_made_by_a_request_that_is_refused() {
    let sim = Sim::builder().start().unwrap();
    let viewer = Api::of(&sim, "viewer");
    let path = format!("/iam/v1/identities/{}", sim.organization().id);
    assert_eq!(viewer.call("POST", &path, &identity(&sim, "s", 600)).problem(), (403, 7));
    assert!(sim.identities().is_empty());
}

#[test]
fn the_console_has_an_address_for_the_pull_tokens_of_an_organization() {
    let sim = Sim::builder().start().unwrap();
    let open = |path: &str| send(http().get(format!("{}{path}", sim.addresses().console))).status;
    assert_eq!(open("/"), 200);
    assert_eq!(open("/org/example/settings/pull-tokens"), 200);
    for path in ["/org/nobody/settings/pull-tokens", "/org/example", "/org/example%2Fx/settings/pull-tokens"] {
        assert_eq!(open(path), 404, "{path}");
    }
}
