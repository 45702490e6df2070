//! Signing in with an external OpenID Connect provider.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pulltoken_sim::Sim;
use reqwest::Url;
use serde_json::{Value, json};

use crate::provider::Provider;
use crate::support::{Answer, Api, Rsa, http, send, with};

const CALLBACK: &str = "http://localhost:4711/callback?token=true&error=true&nonce=mine";

type Parameters = BTreeMap<String, String>;

fn start() -> (Provider, Sim) {
    let provider = Provider::start();
    let sim = Sim::builder().oidc(&provider.url, "web").oidc_audience("cli").start().unwrap();
    (provider, sim)
}

fn location(answer: &Answer) -> (Url, Parameters) {
    let url = Url::parse(answer.header("location").unwrap()).unwrap();
    let parameters = url.query_pairs().into_owned().collect();
    (url, parameters)
}

/// Opens the sign-in page and is sent to the provider.
fn begin(sim: &Sim, skip_registration: bool) -> (Url, Parameters) {
    let skip = skip_registration.to_string();
    let parameters = [("exit", "redirect"), ("redirect", CALLBACK), ("skip_registration", &skip)];
    let url = Url::parse_with_params(&format!("{}/oauth", sim.addresses().issuer), parameters).unwrap();
    let answer = send(http().get(url));
    assert_eq!(answer.status, 302, "{}", answer.body);
    location(&answer)
}

fn come_back(sim: &Sim, parameters: &[(&str, &str)]) -> Answer {
    let callback = format!("{}/oauth/callback", sim.addresses().issuer);
    send(http().get(Url::parse_with_params(&callback, parameters).unwrap()))
}

fn claims(provider: &Provider, sim: &Sim, subject: &str, nonce: &str) -> Value {
    let now = sim.clock().unix_seconds();
    json!({"iss": provider.url, "sub": subject, "aud": "web", "nonce": nonce, "iat": now, "exp": now + 60})
}

/// Signs in with these claims, changed as `change` says.
fn sign_in(provider: &Provider, sim: &Sim, subject: &str, change: (&str, Value)) -> Answer {
    let (_, asked) = begin(sim, true);
    let claims = with(&claims(provider, sim, subject, &asked["nonce"]), change.0, change.1);
    provider.say(|script| script.id_token = Rsa::shared().sign(&claims));
    come_back(sim, &[("state", &asked["state"]), ("code", "c+1")])
}

#[test]
fn the_browser_goes_to_the_provider_and_comes_back_as_one_of_the_simulators_people() {
    let (provider, sim) = start();
    let (url, asked) = begin(&sim, true);
    assert!(url.as_str().starts_with(&format!("{}/authorize?kept=yes&", provider.url)));
    let callback = format!("{}/oauth/callback", sim.addresses().issuer);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "web"),
        ("redirect_uri", &callback),
        ("scope", "openid email"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    let claims = claims(&provider, &sim, "viewer", &asked["nonce"]);
    provider.say(|script| script.id_token = Rsa::shared().sign(&claims));
    let answer = come_back(&sim, &[("state", &asked["state"]), ("code", "c+1"), ("iss", &provider.url)]);
    let (_, back) = location(&answer);
    assert_eq!(back["nonce"], "mine");
    let me = Api::new(&sim, &back["token"]).get("/auth/v1/ok").json();
    assert_eq!(me["capabilities"][0]["role"]["name"], "viewer");

    let form = Url::parse(&format!("http://localhost/?{}", provider.script.lock().unwrap().form)).unwrap();
    let sent: Parameters = form.query_pairs().into_owned().collect();
    assert_eq!((sent["code"].as_str(), &sent["redirect_uri"], sent["client_id"].as_str()), ("c+1", &callback, "web"));
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, sent["code_verifier"].as_bytes()));
    assert_eq!(challenge, asked["code_challenge"]);
}

#[test]
fn an_address_tells_who_it_is_unless_it_is_unverified() {
    let (provider, sim) = start();
    let email = |address: &str| location(&sign_in(&provider, &sim, "u1", ("/email", json!(address)))).1;
    let me = Api::new(&sim, &email("owner@example.com")["token"]).get("/auth/v1/ok").json();
    assert_eq!(me["capabilities"][0]["role"]["name"], "owner");
    assert_eq!(email("nobody@example.com")["status_code"], "404");
    let (_, asked) = begin(&sim, true);
    let mut claims = claims(&provider, &sim, "u1", &asked["nonce"]);
    claims["email"] = json!("owner@example.com");
    claims["email_verified"] = json!(false);
    provider.say(|script| script.id_token = Rsa::shared().sign(&claims));
    let answer = come_back(&sim, &[("state", &asked["state"]), ("code", "c")]);
    assert_eq!(location(&answer).1["status_code"], "404");
}

#[test]
fn somebody_unheard_of_registers() {
    let (provider, sim) = start();
    let (_, asked) = begin(&sim, false);
    let claims = claims(&provider, &sim, "somebody", &asked["nonce"]);
    provider.say(|script| script.id_token = Rsa::shared().sign(&claims));
    let answer = come_back(&sim, &[("state", &asked["state"]), ("code", "c")]);
    assert_eq!(Api::new(&sim, &location(&answer).1["token"]).get("/auth/v1/ok").status, 200);
}

#[test]
fn an_answer_that_does_not_fit_the_question_is_refused() {
    let (provider, sim) = start();
    let good = ("/sub", json!("owner"));
    assert_eq!(sign_in(&provider, &sim, "owner", good).status, 302);
    for change in [
        ("/nonce", json!("another")),
        ("/nonce", json!(null)),
        ("/aud", json!("cli")),
        ("/exp", json!(1)),
        ("/iss", json!("https://idp.example.com")),
    ] {
        let answer = sign_in(&provider, &sim, "owner", change.clone());
        assert_eq!((answer.status, answer.header("location")), (401, None), "{change:?}");
    }
    let (_, asked) = begin(&sim, true);
    let claims = claims(&provider, &sim, "owner", &asked["nonce"]);
    let state = asked["state"].as_str();
    provider.say(|script| script.id_token = Rsa::generate().sign(&claims));
    assert_eq!(come_back(&sim, &[("state", state), ("code", "c")]).status, 401);
    // A state is good once, whatever came of it.
    provider.say(|script| script.id_token = Rsa::shared().sign(&claims));
    assert_eq!(come_back(&sim, &[("state", state), ("code", "c")]).status, 400);
    assert_eq!(come_back(&sim, &[("code", "c")]).status, 400);
    let (_, asked) = begin(&sim, true);
    let mixed_up = [("state", asked["state"].as_str()), ("code", "c"), ("iss", "https://other.example.com")];
    assert_eq!(come_back(&sim, &mixed_up).status, 400);
}

#[test]
fn a_refusal_at_the_provider_comes_back_as_one() {
    let (_provider, sim) = start();
    let (_, asked) = begin(&sim, true);
    let answer = come_back(&sim, &[("state", &asked["state"]), ("error", "access_denied")]);
    let (_, back) = location(&answer);
    assert_eq!((back["error"].as_str(), back["status_code"].as_str()), ("access_denied", "403"));
    let (_, asked) = begin(&sim, true);
    assert_eq!(come_back(&sim, &[("state", &asked["state"]), ("error", "server_error")]).status, 400);
}

#[test]
fn the_providers_id_tokens_are_exchanged_for_its_known_clients() {
    let (provider, sim) = start();
    let exchange = |token: &str| {
        let url = format!("{}/sts/exchange", sim.addresses().issuer);
        send(http().post(url).bearer_auth(token).form(&[("aud", &sim.addresses().api)]))
    };
    let good = claims(&provider, &sim, "owner", "n");
    for client in ["web", "cli"] {
        let token = Rsa::shared().sign(&with(&good, "/aud", json!(client)));
        assert_eq!(exchange(&token).status, 200, "{client}");
    }
    for (claim, value) in [("/aud", json!("other")), ("/sub", json!("stranger")), ("/exp", json!(1))] {
        let token = Rsa::shared().sign(&with(&good, claim, value));
        assert_eq!(exchange(&token).problem(), (401, 16), "{claim}");
    }
    assert_eq!(provider.script.lock().unwrap().key_fetches, 1);
    assert_eq!(exchange(&Rsa::generate().sign(&good)).problem(), (401, 16));
}

#[test]
fn device_codes_are_the_providers() {
    let (provider, sim) = start();
    let issuer = &sim.addresses().issuer;
    let found = send(http().get(format!("{issuer}/.well-known/openid-configuration"))).json();
    assert_eq!(found["device_authorization_endpoint"], format!("{}/device", provider.url));
    assert_eq!(found["token_endpoint"], format!("{}/token", provider.url));
    assert_eq!(send(http().post(format!("{issuer}/oauth/device/code")).form(&[("client_id", "x")])).status, 404);
}

#[test]
fn a_provider_that_is_absent_or_another_is_said_to_be() {
    let provider = Provider::start();
    let sim = Sim::builder().oidc(&provider.url, "web").start().unwrap();
    let visit = || {
        let url = format!("{}/oauth", sim.addresses().issuer);
        send(http().get(Url::parse_with_params(&url, [("exit", "redirect"), ("redirect", CALLBACK)]).unwrap()))
    };
    provider.say(|script| script.issuer = Some("https://other.example.com".to_owned()));
    let answer = visit();
    assert!(answer.status == 503 && answer.body.contains("https://other.example.com"), "{}", answer.body);
    provider.say(|script| script.issuer = None);
    assert_eq!(visit().status, 302);
    let error = |builder: pulltoken_sim::SimBuilder| builder.start().err().unwrap().to_string();
    assert!(error(Sim::builder().oidc("http://idp.example.com", "web")).contains("https"));
    assert!(error(Sim::builder().oidc(&provider.url, "web").sign_in_as("owner")).contains("external"));
    assert!(error(Sim::builder().oidc_audience("cli")).contains("needs oidc"));
}
