//! Signing in with a device code, the issuer being the provider.

use std::time::Duration;

use pulltoken_sim::Sim;
use serde_json::{Value, json};

use crate::support::{Answer, Api, http, send};

/// What is posted where.
type Form<'a> = (&'a str, &'a [(&'a str, &'a str)]);

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

struct Device<'a> {
    sim: &'a Sim,
    token_endpoint: String,
    code: Value,
}

impl<'a> Device<'a> {
    /// Discovers the provider and asks it for a code.
    fn begin(sim: &'a Sim) -> Self {
        let issuer = &sim.addresses().issuer;
        let found = send(http().get(format!("{issuer}/.well-known/openid-configuration"))).json();
        assert_eq!((&found["issuer"], &found["grant_types_supported"]), (&json!(issuer), &json!([GRANT])));
        let endpoint = found["device_authorization_endpoint"].as_str().unwrap();
        let code = send(http().post(endpoint).form(&[("client_id", "cli"), ("scope", "openid email")]));
        assert_eq!(code.header("cache-control"), Some("no-store"));
        Self { sim, token_endpoint: found["token_endpoint"].as_str().unwrap().to_owned(), code: code.json() }
    }

    fn poll(&self) -> Answer {
        let code = self.code["device_code"].as_str().unwrap();
        let fields = [("grant_type", GRANT), ("client_id", "cli"), ("device_code", code)];
        send(http().post(&self.token_endpoint).form(&fields))
    }

    fn poll_error(&self) -> String {
        let answer = self.poll();
        assert_eq!(answer.status, 400);
        answer.json()["error"].as_str().unwrap().to_owned()
    }

    fn wait(&self, seconds: u64) -> &Self {
        self.sim.clock().advance(Duration::from_secs(seconds));
        self
    }

    fn activate(&self, field: (&str, &str)) -> Answer {
        let page = self.code["verification_uri"].as_str().unwrap();
        // As a person types it.
        let typed = self.code["user_code"].as_str().unwrap().to_lowercase().replace('-', "");
        send(http().post(page).form(&[("user_code", typed.as_str()), field]))
    }
}

#[test]
fn a_device_waits_for_the_person_and_exchanges_the_id_token_it_gets() {
    let sim = Sim::builder().start().unwrap();
    let device = Device::begin(&sim);
    assert_eq!((&device.code["expires_in"], &device.code["interval"]), (&json!(900), &json!(5)));
    assert_eq!(device.poll_error(), "authorization_pending");
    assert_eq!(device.wait(5).poll_error(), "authorization_pending");
    let page = send(http().get(device.code["verification_uri_complete"].as_str().unwrap()));
    assert!(page.body.contains(device.code["user_code"].as_str().unwrap()));
    assert_eq!(device.activate(("as", "viewer")).status, 200);
    let answer = device.wait(5).poll().json();
    let exchanged = send(
        http()
            .post(format!("{}/sts/exchange", sim.addresses().issuer))
            .bearer_auth(answer["id_token"].as_str().unwrap())
            .form(&[("aud", &sim.addresses().api)]),
    );
    let me = Api::new(&sim, exchanged.json()["token"].as_str().unwrap()).get("/auth/v1/ok").json();
    assert_eq!(me["capabilities"][0]["role"]["name"], "viewer");
    // It is no session itself, and the code is used up.
    assert_eq!(Api::new(&sim, answer["id_token"].as_str().unwrap()).get("/auth/v1/ok").problem(), (401, 16));
    assert_eq!(device.wait(5).poll_error(), "invalid_grant");
}

#[test]
fn who_asks_too_often_waits_longer_from_then_on() {
    let sim = Sim::builder().start().unwrap();
    let device = Device::begin(&sim);
    assert_eq!(device.poll_error(), "authorization_pending");
    assert_eq!(device.wait(2).poll_error(), "slow_down");
    assert_eq!(device.wait(6).poll_error(), "slow_down");
    assert_eq!(device.wait(8).poll_error(), "slow_down");
    assert_eq!(device.wait(20).poll_error(), "authorization_pending");
    assert_eq!(device.activate(("as", "owner")).status, 200);
    assert_eq!(device.wait(12).poll_error(), "slow_down");
    assert_eq!(device.wait(25).poll().status, 200);
}

#[test]
fn codes_expire_and_are_refused() {
    let sim = Sim::builder().start().unwrap();
    let late = Device::begin(&sim);
    assert_eq!(late.wait(900).poll_error(), "expired_token");
    assert_eq!(late.activate(("as", "owner")).status, 400);
    let refused = Device::begin(&sim);
    assert_eq!(refused.activate(("deny", "true")).status, 200);
    assert_eq!(refused.activate(("as", "owner")).status, 400);
    assert_eq!(refused.poll_error(), "access_denied");
}

#[test]
fn everything_a_client_must_send_is_asked_for() {
    let sim = Sim::builder().start().unwrap();
    let device = Device::begin(&sim);
    let code = device.code["device_code"].as_str().unwrap();
    let begin = format!("{}/oauth/device/code", sim.addresses().issuer);
    let (token, id) = (device.token_endpoint.as_str(), "cli");
    let refused: [(Form<'_>, &str); 7] = [
        ((&begin, &[("scope", "openid")]), "invalid_request"),
        ((&begin, &[("client_id", id), ("scope", "email")]), "invalid_scope"),
        ((token, &[("grant_type", GRANT), ("device_code", code)]), "invalid_request"),
        ((token, &[("client_id", id), ("device_code", code)]), "invalid_request"),
        (
            (token, &[("grant_type", "authorization_code"), ("client_id", id), ("device_code", code)]),
            "unsupported_grant_type",
        ),
        ((token, &[("grant_type", GRANT), ("client_id", "other"), ("device_code", code)]), "invalid_grant"),
        ((token, &[("grant_type", GRANT), ("client_id", id), ("device_code", "x")]), "invalid_grant"),
    ];
    for ((url, fields), error) in refused {
        let answer = send(http().post(url).form(fields));
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!(error)), "{fields:?}");
    }
    let as_json = send(http().post(&begin).json(&json!({"client_id": "cli", "scope": "openid"})));
    assert_eq!(as_json.json()["error"], "invalid_request");
    assert_eq!(send(http().get(&begin)).status, 405);
}

#[test]
fn the_page_may_answer_by_itself_and_the_interval_may_be_short() {
    let sim = Sim::builder().sign_in_as("owner").device_interval(0).start().unwrap();
    let device = Device::begin(&sim);
    assert_eq!(device.poll_error(), "authorization_pending");
    assert_eq!(device.poll_error(), "authorization_pending");
    assert_eq!(send(http().get(device.code["verification_uri_complete"].as_str().unwrap())).status, 200);
    assert_eq!(device.poll().status, 200);
}
