//! Identities that CI jobs assume with tokens of their own.

use pulltoken_sim::Sim;
use serde_json::{Value, json};

use crate::support::{Answer, Api, http, send, with};

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const JENKINS: &str = "https://jenkins.example.com/oidc";

fn identity(sim: &Sim, claim_match: &Value) -> String {
    let path = format!("/iam/v1/identities/{}", sim.organization().id);
    let body = json!({"name": "ci", "claimMatch": claim_match});
    Api::of(sim, "owner").call("POST", &path, &body).json()["id"].as_str().unwrap().to_owned()
}

fn assume(sim: &Sim, identity: &str, token: &str) -> Answer {
    let url = format!("{}/sts/exchange", sim.addresses().issuer);
    let fields = [("aud", "libraries.cgr.dev"), ("aud", sim.addresses().api.as_str()), ("identity", identity)];
    send(http().post(url).bearer_auth(token).form(&fields))
}

#[test]
fn a_job_is_what_all_its_claims_say() {
    let sim = Sim::builder().start().unwrap();
    let id = identity(
        &sim,
        &json!({
            "issuer": GITHUB,
            "subjectPattern": "repo:example/.+:ref:refs/heads/main",
            "audience": "ci.example.com",
            "claims": {"repository_owner": "example"},
            "claimPatterns": {"workflow": "build|test"},
        }),
    );
    let good = json!({
        "sub": "repo:example/web:ref:refs/heads/main",
        "aud": "ci.example.com",
        "repository_owner": "example",
        "workflow": "test",
    });
    let attempt = |claims: &Value| assume(&sim, &id, &sim.ci_token(GITHUB, claims.clone()).unwrap());
    let answer = attempt(&good).json();
    assert!(answer.get("refreshToken").is_none());
    let me = Api::new(&sim, answer["token"].as_str().unwrap()).get("/auth/v1/ok").json();
    let audiences = json!(["libraries.cgr.dev", sim.addresses().api]);
    assert_eq!((&me["subject"], &me["audience"]), (&json!(id), &audiences));
    for (claim, value) in [
        ("/sub", json!("repo:example/web:ref:refs/heads/main2")),
        ("/sub", json!("repo:other/web:ref:refs/heads/main")),
        ("/aud", json!("127.0.0.1")),
        ("/repository_owner", json!("other")),
        ("/repository_owner", json!(null)),
        ("/workflow", json!("latest")),
        ("/workflow", json!(null)),
        ("/workflow", json!(["test"])),
    ] {
        assert_eq!(attempt(&with(&good, claim, value.clone())).problem(), (403, 7), "{claim} {value}");
    }
    for (claim, value) in [("/exp", json!(1)), ("/exp", json!(null)), ("/iss", json!("https://gitlab.com"))] {
        assert_eq!(attempt(&with(&good, claim, value.clone())).problem(), (401, 16), "{claim} {value}");
    }
}

#[test]
fn an_audience_that_is_not_named_is_the_issuers_host() {
    let sim = Sim::builder().start().unwrap();
    let id = identity(&sim, &json!({"issuerPattern": "https://gitlab\\.(com|example)", "subject": "job"}));
    let attempt = |audience: Value| {
        let token = sim.ci_token("https://gitlab.com", json!({"sub": "job", "aud": audience})).unwrap();
        assume(&sim, &id, &token).status
    };
    assert_eq!(attempt(json!("127.0.0.1")), 200);
    assert_eq!(attempt(json!(["other", "127.0.0.1"])), 200);
    assert_eq!(attempt(json!("issuer.example.com")), 403);
    let id = identity(&sim, &json!({"issuer": GITHUB, "subject": "job", "audiencePattern": "https://.+\\.example"}));
    let token = |audience: &str| sim.ci_token(GITHUB, json!({"sub": "job", "aud": audience})).unwrap();
    assert_eq!(assume(&sim, &id, &token("https://a.example")).status, 200);
    assert_eq!(assume(&sim, &id, &token("https://a.example.com")).status, 403);
}

#[test]
fn every_ci_system_has_a_key_of_its_own() {
    let sim = Sim::builder().ci_issuer(JENKINS).start().unwrap();
    let id = identity(&sim, &json!({"issuer": JENKINS, "subject": "job"}));
    assert_eq!(assume(&sim, &id, &sim.ci_token(JENKINS, json!({"sub": "job"})).unwrap()).status, 200);
    let pretended = sim.ci_token(GITHUB, json!({"sub": "job", "iss": JENKINS})).unwrap();
    assert_eq!(assume(&sim, &id, &pretended).problem(), (401, 16));
    assert!(sim.ci_token("https://unknown.example.com", json!({})).is_err());
    assert!(sim.ci_token(JENKINS, json!("claims")).is_err());
}

#[test]
fn tests_outside_rust_get_ci_tokens_too() {
    let sim = Sim::builder().start().unwrap();
    let id = identity(&sim, &json!({"issuer": GITHUB, "subject": "job"}));
    let ask = |body: &Value| send(http().post(format!("{}/__sim/ci_token", sim.addresses().issuer)).json(body));
    let token = ask(&json!({"issuer": GITHUB, "claims": {"sub": "job"}})).json();
    assert_eq!(assume(&sim, &id, token["token"].as_str().unwrap()).status, 200);
    assert_eq!(ask(&json!({"issuer": "https://unknown.example.com"})).status, 400);
    assert_eq!(ask(&json!({"issuer": GITHUB, "claim": {}})).status, 400);
}

#[test]
fn an_identity_provider_is_named_rightly_or_refused() {
    let sim = Sim::builder().start().unwrap();
    let token = sim.ci_token("https://idp.example.com", json!({"sub": "owner"})).unwrap();
    let attempt = |provider: &str| {
        let url = format!("{}/sts/exchange", sim.addresses().issuer);
        let fields = [("aud", sim.addresses().api.as_str()), ("identity_provider", provider)];
        send(http().post(url).bearer_auth(&token).form(&fields))
    };
    assert_eq!(attempt(&sim.identity_provider()).status, 200);
    assert_eq!(attempt(&sim.organization().id).problem(), (404, 5));
    assert_eq!(attempt("example").problem(), (400, 3));
}
