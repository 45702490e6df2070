//! What an identity must be like.

use std::time::Duration;

use pulltoken_sim::{IdentitySpec, Sim};
use serde_json::{Value, json};

use crate::support::{Api, Rsa, identity, moment, with};

fn create(sim: &Sim, body: &Value) -> crate::support::Answer {
    Api::of(sim, "owner").call("POST", &format!("/iam/v1/identities/{}", sim.organization().id), body)
}

#[test]
fn an_identity_comes_back_as_it_was_stored() {
    let sim = Sim::builder().start().unwrap();
    let body = identity(&sim, "s", 600);
    let made = create(&sim, &body).json();
    assert!(made["id"].as_str().unwrap().starts_with(&format!("{}/", sim.organization().id)));
    for pointer in ["/name", "/description", "/static"] {
        assert_eq!(made.pointer(pointer), body.pointer(pointer));
    }
    let listed = Api::of(&sim, "owner").get(&format!("/iam/v1/identities?id={}", made["id"].as_str().unwrap())).json();
    assert_eq!(listed["items"], json!([made]));
}

#[test]
fn names_and_descriptions_have_their_alphabet() {
    let sim = Sim::builder().start().unwrap();
    let body = identity(&sim, "s", 600);
    for name in ["", "Upper", "ümlaut", "tab\t", "new\nline", "a/b"] {
        assert_eq!(create(&sim, &with(&body, "/name", json!(name))).problem(), (400, 3), "{name:?}");
    }
    for description in ["tab\t", "line\n", "cr\r", "ff\u{c}", &"x".repeat(513)] {
        let answer = create(&sim, &with(&body, "/description", json!(description)));
        assert_eq!(answer.problem(), (400, 3), "{description:?}");
    }
    assert!(sim.identities().is_empty());
    // Only ASCII white space counts as such, and lengths are of code points.
    let kept = format!("\u{a0}\u{2028}\u{b}{}", "ü".repeat(509));
    let good = with(&with(&body, "/name", json!("a .z_9-")), "/description", json!(kept));
    assert_eq!(create(&sim, &good).status, 200);
}

#[test]
fn an_expiry_lies_ahead_and_not_too_far() {
    let sim = Sim::builder().max_ttl(Duration::from_secs(168 * 3600)).start().unwrap();
    let with_expiry = |text: String| create(&sim, &with(&identity(&sim, "s", 0), "/static/expiration", json!(text)));
    assert_eq!(with_expiry(moment(&sim, -1)).problem(), (400, 3));
    let too_far = with_expiry(moment(&sim, 168 * 3600 + 30));
    assert_eq!(too_far.problem(), (400, 3));
    assert_eq!(too_far.json()["message"], "expiration must be at most 168h0m0s from now");
    assert_eq!(with_expiry("tomorrow".to_owned()).problem(), (400, 3));
    assert_eq!(with_expiry("2026-12-22T10:00:00.0000000001Z".to_owned()).problem(), (400, 3));
    assert_eq!(with_expiry(moment(&sim, 168 * 3600)).status, 200);
}

#[test]
fn registered_keys_must_be_usable_public_keys() {
    let sim = Sim::builder().start().unwrap();
    let good: Value = serde_json::from_str(&Rsa::shared().jwks()).unwrap();
    let bad = [
        json!("not json"),
        json!("{}"),
        json!({"keys": []}).to_string().into(),
        with(&good, "/keys/0/d", json!("AQAB")).to_string().into(),
        with(&good, "/keys/0/n", json!("AQAB")).to_string().into(),
        with(&good, "/keys/0/kty", json!("oct")).to_string().into(),
        with(&good, "/keys/0/n", Value::Null).to_string().into(),
        json!(""),
        // A point that is on no curve, and a kind of key that is not taken.
        json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "A".repeat(43), "y": "A".repeat(43)}]}).to_string().into(),
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "A".repeat(43)}]}).to_string().into(),
    ];
    for keys in bad {
        let answer = create(&sim, &with(&identity(&sim, "s", 600), "/static/issuerKeys", keys.clone()));
        assert_eq!(answer.problem(), (400, 3), "{keys}");
    }
    assert!(sim.identities().is_empty());
}

#[test]
fn issuer_and_subject_are_needed_and_unique() {
    let sim = Sim::builder().start().unwrap();
    let body = identity(&sim, "s", 600);
    assert_eq!(create(&sim, &with(&body, "/static/issuer", json!("no url"))).problem(), (400, 3));
    assert_eq!(create(&sim, &with(&body, "/static/subject", json!(""))).problem(), (400, 3));
    assert_eq!(create(&sim, &with(&body, "/static/audiences", json!(["a", "b"]))).problem(), (400, 3));
    assert_eq!(create(&sim, &json!({"name": "no-relationship"})).problem(), (400, 3));
    assert_eq!(create(&sim, &body).status, 200);
    assert_eq!(create(&sim, &body).problem(), (409, 6));
}

#[test]
fn a_claim_match_takes_one_of_each_pair() {
    let sim = Sim::builder().start().unwrap();
    let body = json!({"name": "ci", "claimMatch": {
        "issuer": "https://gitlab.com", "subjectPattern": "project_path:example/.*", "claims": {"ref": "main"},
    }});
    let made = create(&sim, &body).json();
    assert_eq!(made["claimMatch"], body["claimMatch"]);
    let both = with(&body, "/claimMatch/subject", json!("x"));
    assert_eq!(create(&sim, &both).problem(), (400, 3));
    assert_eq!(create(&sim, &with(&body, "/claimMatch/subjectPattern", json!("("))).problem(), (400, 3));
    assert_eq!(create(&sim, &json!({"name": "ci", "claimMatch": {"issuer": "https://x"}})).problem(), (400, 3));
    let two = with(&identity(&sim, "s", 600), "/claimMatch", body["claimMatch"].clone());
    assert_eq!(create(&sim, &two).problem(), (400, 3));
}

#[test]
fn a_put_replaces_the_whole_identity() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    let made = create(&sim, &identity(&sim, "s", 600)).json();
    let path = format!("/iam/v1/identities/{}", made["id"].as_str().unwrap());
    let renamed = with(&with(&made, "/name", json!("renamed")), "/description", Value::Null);
    let answer = owner.call("PUT", &path, &renamed).json();
    assert_eq!((&answer["name"], &answer["description"]), (&json!("renamed"), &Value::Null));
    assert_eq!(answer["static"], made["static"]);
    assert_eq!(owner.call("PUT", &path, &json!({"name": "renamed"})).problem(), (400, 3));
    let gone = format!("/iam/v1/identities/{}/0000000000000000", sim.organization().id);
    assert_eq!(owner.call("PUT", &gone, &renamed).problem(), (404, 5));
}

#[test]
fn an_expired_identity_may_be_renamed_but_not_revived_into_the_past() {
    let sim = Sim::builder()
        .identities(IdentitySpec::pull_token("old").expired_since(Duration::from_secs(60)))
        .start()
        .unwrap();
    let owner = Api::of(&sim, "owner");
    let id = sim.identities()[0].id.clone();
    let old = owner.get(&format!("/iam/v1/identities?id={id}")).json()["items"][0].clone();
    let path = format!("/iam/v1/identities/{id}");
    assert_eq!(owner.call("PUT", &path, &with(&old, "/name", json!("older"))).status, 200);
    let sooner = with(&old, "/static/expiration", json!(moment(&sim, -10)));
    assert_eq!(owner.call("PUT", &path, &sooner).problem(), (400, 3));
}

#[test]
fn a_patch_changes_what_its_mask_names_or_what_is_set() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    let made = create(&sim, &identity(&sim, "s", 600)).json();
    let path = format!("/iam/v2/identities/{}", made["id"].as_str().unwrap());
    let patch = |query: &str, body: Value| owner.call("PATCH", &format!("{path}{query}"), &body);
    let implied = patch("", json!({"name": "implied"})).json();
    assert_eq!((&implied["name"], &implied["description"]), (&json!("implied"), &json!("made by a test")));
    let masked = patch("?updateMask=description", json!({"name": "ignored", "description": ""})).json();
    assert_eq!((&masked["name"], &masked["description"]), (&json!("implied"), &Value::Null));
    let sooner = moment(&sim, 60);
    let nested =
        patch("?update_mask=staticKeys.expirationTime", json!({"staticKeys": {"expirationTime": sooner}})).json();
    assert_eq!(nested["staticKeys"]["expirationTime"], json!(sooner));
    assert_eq!(nested["staticKeys"]["subject"], "s");
    assert_eq!(patch("?update_mask=uid", json!({"uid": "x"})).problem(), (400, 3));
    assert_eq!(patch("?update_mask=name", json!({"name": "no"})).problem(), (400, 3));
    assert_eq!(patch("?update_mask=*", json!({"name": "nothing else"})).problem(), (400, 3));
}

#[test]
fn version_two_limits_a_names_length() {
    let sim = Sim::builder().start().unwrap();
    let owner = Api::of(&sim, "owner");
    let v1 = identity(&sim, "s", 600);
    let keys = json!({
        "issuer": v1["static"]["issuer"], "subject": "s",
        "issuerKeys": v1["static"]["issuerKeys"], "expirationTime": v1["static"]["expiration"],
    });
    let path = format!("/iam/v2/identities/{}", sim.organization().id);
    for name in ["ab".to_owned(), "x".repeat(64)] {
        assert_eq!(owner.call("POST", &path, &json!({"name": name, "staticKeys": keys})).problem(), (400, 3));
    }
    let made = owner.call("POST", &path, &json!({"name": "abc", "staticKeys": keys})).json();
    assert_eq!(made["staticKeys"], keys);
    let uid = made["uid"].as_str().unwrap();
    assert_eq!(owner.get(&format!("/iam/v2/identities/{uid}")).json(), made);
    assert_eq!(owner.call_raw("DELETE", &format!("/iam/v2/identities/{uid}"), "").status, 200);
    assert_eq!(owner.get(&format!("/iam/v2/identities/{uid}")).problem(), (404, 5));
}
