//! Token exchange, refresh, discovery.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use pulltoken_sim::{IdTokenSpec, IdentitySpec, Sim};
use serde_json::{Value, json};

use crate::support::{Answer, Api, Rsa, claims, http, identity, send, with};

const API: &str = "https://console-api.enforce.dev";

fn post(sim: &Sim, path: &str, bearer: &str, fields: &[(&str, &str)]) -> Answer {
    send(http().post(format!("{}{path}", sim.addresses().issuer)).bearer_auth(bearer).form(fields))
}

fn exchange(sim: &Sim, bearer: &str, fields: &[(&str, &str)]) -> Answer {
    post(sim, "/sts/exchange", bearer, fields)
}

/// Registers the shared key and gives the identity's id.
fn register(sim: &Sim, body: &Value) -> String {
    let path = format!("/iam/v1/identities/{}", sim.organization().id);
    Api::of(sim, "owner").call("POST", &path, body).json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_pull_token_is_exchanged_for_a_session_that_the_api_takes() {
    let sim = Sim::builder().start().unwrap();
    let id = register(&sim, &identity(&sim, "s", 600));
    let token = Rsa::shared().sign(&claims(&sim, "s", 500));
    let answer = exchange(&sim, &token, &[("aud", API), ("identity", &id)]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.json().get("refreshToken").is_none());
    let me = Api::new(&sim, answer.json()["token"].as_str().unwrap()).get("/auth/v1/ok").json();
    assert_eq!((&me["subject"], &me["audience"]), (&json!(id), &json!([API])));
    // The session does not outlive the identity.
    assert_eq!(me["expiry"], answer.json()["expiry"]);
    assert!(sim.identities()[0].last_seen.is_some());
}

#[test]
fn a_pull_token_must_fit_its_identity_in_everything() {
    let sim = Sim::builder().start().unwrap();
    let id = register(&sim, &identity(&sim, "s", 600));
    let good = claims(&sim, "s", 500);
    let now = sim.clock().unix_seconds();
    let refused = [
        with(&good, "/iss", json!("https://other.example.com")),
        with(&good, "/sub", json!("other")),
        with(&good, "/aud", json!("https://other.example.com")),
        with(&good, "/aud", json!([])),
        with(&good, "/exp", json!(now - 1)),
        with(&good, "/exp", json!(now + 601)),
        with(&good, "/exp", Value::Null),
        with(&good, "/nbf", json!(now + 100)),
    ];
    for claims in refused {
        let answer = exchange(&sim, &Rsa::shared().sign(&claims), &[("aud", API), ("identity", &id)]);
        assert_eq!(answer.problem(), (401, 16), "{claims}");
    }
    let foreign = Rsa::generate().sign(&good);
    assert_eq!(exchange(&sim, &foreign, &[("aud", API), ("identity", &id)]).problem(), (401, 16));
    let absent = format!("{}/0000000000000000", sim.organization().id);
    let token = Rsa::shared().sign(&good);
    assert_eq!(exchange(&sim, &token, &[("aud", API), ("identity", &absent)]).problem(), (401, 16));
    for audience in [json!(sim.addresses().issuer), json!("127.0.0.1")] {
        let token = Rsa::shared().sign(&with(&good, "/aud", audience));
        assert_eq!(exchange(&sim, &token, &[("aud", API), ("identity", &id)]).status, 200);
    }
}

#[test]
fn a_registered_public_key_does_not_serve_as_a_shared_secret() {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::{Algorithm, EncodingKey, Header};
    let sim = Sim::builder().start().unwrap();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
    let point = key.public_key().as_ref();
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let jwks = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..])}]});
    let id = register(&sim, &with(&identity(&sim, "s", 600), "/static/issuerKeys", json!(jwks.to_string())));
    let status = |algorithm, key: &EncodingKey| {
        let token = jsonwebtoken::encode(&Header::new(algorithm), &claims(&sim, "s", 500), key).unwrap();
        exchange(&sim, &token, &[("aud", API), ("identity", &id)]).status
    };
    assert_eq!(status(Algorithm::ES256, &EncodingKey::from_ec_der(pkcs8.as_ref())), 200);
    assert_eq!(status(Algorithm::HS256, &EncodingKey::from_secret(point)), 401);
}

#[test]
fn an_identity_with_an_audience_of_its_own_takes_no_other() {
    let sim = Sim::builder().start().unwrap();
    let body = with(&identity(&sim, "s", 600), "/static/audiences", json!(["only-this"]));
    let id = register(&sim, &body);
    let status = |audience: Value| {
        let token = Rsa::shared().sign(&with(&claims(&sim, "s", 500), "/aud", audience));
        exchange(&sim, &token, &[("aud", API), ("identity", &id)]).status
    };
    assert_eq!(status(json!("only-this")), 200);
    assert_eq!(status(json!(sim.addresses().issuer)), 401);
    assert_eq!(status(json!(["only-this", "another"])), 401);
}

#[test]
fn an_expired_identity_is_assumed_no_more() {
    let sim = Sim::builder().start().unwrap();
    let token = sim.pull_token("javascript").unwrap();
    let fields = [("aud", API), ("identity", token.username.as_str())];
    assert_eq!(exchange(&sim, &token.password, &fields).status, 200);
    sim.clock().advance(Duration::from_secs(31 * 24 * 3600));
    assert_eq!(exchange(&sim, &token.password, &fields).problem(), (401, 16));
}

#[test]
fn only_a_form_is_read_and_an_audience_is_needed() {
    let sim = Sim::builder().start().unwrap();
    let token = sim.id_token(IdTokenSpec::owner()).unwrap();
    let url = format!("{}/sts/exchange", sim.addresses().issuer);
    let as_json = send(http().post(&url).bearer_auth(&token).json(&json!({"aud": [API]})));
    assert_eq!(as_json.problem(), (400, 3));
    assert_eq!(exchange(&sim, &token, &[]).problem(), (400, 3));
    assert_eq!(exchange(&sim, &token, &[("aud", API), ("identity", "x")]).problem(), (400, 3));
    assert_eq!(send(http().post(&url).form(&[("aud", API)])).problem(), (401, 16));
    assert_eq!(send(http().put(&url).body("")).problem(), (501, 12));
    assert_eq!(send(http().get(format!("{url}?aud={API}")).bearer_auth(&token)).status, 200);
}

#[test]
fn a_persons_id_token_gives_a_session_and_a_refresh_token() {
    let sim = Sim::builder().start().unwrap();
    let token = sim.id_token(IdTokenSpec::owner()).unwrap();
    let answer = exchange(&sim, &token, &[("aud", API), ("aud", "libraries.cgr.dev")]).json();
    let me = Api::new(&sim, answer["token"].as_str().unwrap()).get("/auth/v1/ok").json();
    assert_eq!(me["capabilities"][0]["role"]["name"], "owner");
    assert_eq!(me["audience"], json!([API, "libraries.cgr.dev"]));
    assert!(answer["refreshToken"].is_string());
    let refused = [
        IdTokenSpec::owner().expired(),
        IdTokenSpec::owner().audience("somebody-else"),
        IdTokenSpec::new("https://untrusted.example.com", "owner"),
        IdTokenSpec::new("https://gitlab.com", "a stranger"),
    ];
    for spec in refused {
        let token = sim.id_token(spec.clone()).unwrap();
        assert_eq!(exchange(&sim, &token, &[("aud", API)]).problem(), (401, 16), "{spec:?}");
    }
}

#[test]
fn a_session_may_be_limited_to_capabilities() {
    let sim = Sim::builder().start().unwrap();
    let token = sim.id_token(IdTokenSpec::owner()).unwrap();
    let answer = exchange(&sim, &token, &[("aud", API), ("cap", "groups.list")]).json();
    let limited = Api::new(&sim, answer["token"].as_str().unwrap());
    assert_eq!(limited.get("/iam/v1/groups").json()["items"][0]["name"], "example");
    assert_eq!(limited.get("/iam/v1/roles").json(), json!({}));
    let path = format!("/iam/v1/identities/{}", sim.organization().id);
    assert_eq!(limited.call("POST", &path, &identity(&sim, "s", 600)).problem(), (403, 7));
    assert_eq!(limited.call("POST", "/iam/v1/groups/", &json!({"name": "new"})).problem(), (403, 7));
    let ping = |cap: &str| {
        let answer = exchange(&sim, &token, &[("aud", "libraries.cgr.dev"), ("cap", cap)]).json();
        let url = format!("{}/javascript/-/ping", sim.addresses().registry);
        send(http().get(url).bearer_auth(answer["token"].as_str().unwrap())).status
    };
    assert_eq!((ping("groups.list"), ping("libraries.javascript.list")), (403, 200));
}

#[test]
fn a_ci_token_assumes_the_identity_whose_claims_it_matches() {
    let sim = Sim::builder().start().unwrap();
    let id = register(
        &sim,
        &json!({"name": "ci", "claimMatch": {
            "issuer": "https://token.actions.githubusercontent.com",
            "subjectPattern": "repo:example/[a-z]+:ref:refs/heads/main",
            "claims": {"repository_owner": "example"},
        }}),
    );
    let attempt = |subject: &str, owner: &str| {
        let spec = IdTokenSpec::new("https://token.actions.githubusercontent.com", subject);
        let token = sim.id_token(spec.claim("repository_owner", owner)).unwrap();
        exchange(&sim, &token, &[("aud", API), ("identity", &id)]).status
    };
    assert_eq!(attempt("repo:example/web:ref:refs/heads/main", "example"), 200);
    assert_eq!(attempt("repo:example/web:ref:refs/heads/main", "another"), 403);
    // A pattern must match from beginning to end.
    assert_eq!(attempt("repo:example/web:ref:refs/heads/main2", "example"), 403);
    assert_eq!(attempt("x repo:example/web:ref:refs/heads/main", "example"), 403);
    let spec = IdTokenSpec::new("https://gitlab.com", "repo:example/web:ref:refs/heads/main");
    let token = sim.id_token(spec.claim("repository_owner", "example")).unwrap();
    assert_eq!(exchange(&sim, &token, &[("aud", API), ("identity", &id)]).status, 403);
}

#[test]
fn a_provider_that_was_added_is_trusted_with_its_own_keys_alone() {
    let sim = Sim::builder().trust("https://ci.example.com", Rsa::shared().jwks()).start().unwrap();
    let ids = sim.add_identities(IdentitySpec::claim_match("ci", "https://ci.example.com", "job")).unwrap();
    let now = sim.clock().unix_seconds();
    let claims = json!({"iss": "https://ci.example.com", "sub": "job", "aud": "127.0.0.1", "exp": now + 60});
    let fields = [("aud", API), ("identity", ids[0].as_str())];
    assert_eq!(exchange(&sim, &Rsa::shared().sign(&claims), &fields).status, 200);
    assert_eq!(exchange(&sim, &Rsa::generate().sign(&claims), &fields).status, 401);
}

#[test]
fn a_refresh_token_is_good_once_and_for_its_audiences() {
    let sim = Sim::builder().start().unwrap();
    let api = sim.addresses().api.clone();
    let refresh = |token: &str, audience: &str| post(&sim, "/sts/exchange_refresh_token", token, &[("aud", audience)]);
    let first = sim.refresh_token().to_owned();
    assert_eq!(refresh(&first, "cgr.dev").problem(), (403, 7));
    let answer = refresh(&first, &api).json();
    assert_eq!(Api::new(&sim, answer["token"]["token"].as_str().unwrap()).get("/auth/v1/ok").status, 200);
    assert_eq!(refresh(&first, &api).problem(), (401, 16));
    let second = answer["refreshToken"]["token"].as_str().unwrap();
    // It is for what the first was used for, no longer for what that was given for.
    assert_eq!(refresh(second, "libraries.cgr.dev").problem(), (403, 7));
    assert_eq!(refresh(second, &api).status, 200);
    assert_eq!(refresh(second, &api).problem(), (401, 16));
    assert_eq!(refresh("made-up", &api).problem(), (401, 16));
    assert_eq!(refresh(&sim.token("owner").unwrap(), &api).problem(), (401, 16));
}

#[test]
fn a_refresh_token_expires() {
    let sim = Sim::builder().start().unwrap();
    sim.clock().advance(Duration::from_secs(31 * 24 * 3600));
    let api = sim.addresses().api.clone();
    assert_eq!(post(&sim, "/sts/exchange_refresh_token", sim.refresh_token(), &[("aud", &api)]).problem(), (401, 16));
}

#[test]
fn the_organisation_check_knows_verified_names_and_asks_for_no_token() {
    let sim = Sim::builder().start().unwrap();
    let check = |query: &str| send(http().get(format!("{}/orgcheck{query}", sim.addresses().issuer)));
    assert_eq!(check("?name=example").json(), json!(true));
    assert_eq!(check("?name=another-example").json(), json!(false));
    assert_eq!(check("").problem(), (400, 3));
}

#[test]
fn the_issuer_is_discovered_and_its_keys_verify_its_sessions() {
    let sim = Sim::builder().start().unwrap();
    let issuer = &sim.addresses().issuer;
    let found = send(http().get(format!("{issuer}/.well-known/openid-configuration"))).json();
    assert_eq!(found["issuer"], json!(issuer));
    let keys = send(http().get(found["jwks_uri"].as_str().unwrap())).body;
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&keys).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(&keys.keys[0]).unwrap();
    let token = sim.token("owner").unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let algorithm = jsonwebtoken::Algorithm::ES256;
    assert!(jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key, algorithm).unwrap());
}
