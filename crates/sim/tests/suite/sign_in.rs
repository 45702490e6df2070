//! `GET /oauth`: what it accepts, the page it shows, where the answer goes.

use std::collections::BTreeMap;
use std::time::Duration;

use pulltoken_sim::{IdentitySpec, Sim};
use reqwest::Url;
use serde_json::json;

use crate::support::{Answer, Api, http, send};

const CALLBACK: &str = "http://localhost:4711/callback?token=true&error=true&nonce=n%26m";

fn url(sim: &Sim, parameters: &[(&str, &str)]) -> Url {
    Url::parse_with_params(&format!("{}/oauth", sim.addresses().issuer), parameters).unwrap()
}

fn open(sim: &Sim, parameters: &[(&str, &str)]) -> Answer {
    let all = [&[("exit", "redirect"), ("redirect", CALLBACK)], parameters].concat();
    send(http().get(url(sim, &all)))
}

/// The hidden field of the page.
pub(crate) fn request_of(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("name=\"request\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

pub(crate) fn choose(sim: &Sim, request: &str, field: (&str, &str)) -> Answer {
    let url = format!("{}/oauth/choose", sim.addresses().issuer);
    send(http().post(url).form(&[("request", request), field]))
}

/// The parameters with which the browser comes back.
fn came_back(answer: &Answer) -> BTreeMap<String, String> {
    let location = Url::parse(answer.header("location").unwrap()).unwrap();
    assert_eq!((location.host_str(), location.path()), (Some("localhost"), "/callback"));
    location.query_pairs().into_owned().collect()
}

#[test]
fn a_person_chooses_who_they_are_and_the_browser_takes_the_tokens_back() {
    let sim = Sim::builder().start().unwrap();
    let page = open(&sim, &[("create_refresh_token", "true")]);
    assert_eq!(page.status, 200);
    for offered in ["Sign in as owner", "Sign in as viewer", "Sign in as libraries.java.pull_token_creator", "Deny"] {
        assert!(page.body.contains(offered), "{offered}");
    }
    let answer = choose(&sim, &request_of(&page), ("as", "viewer"));
    assert_eq!(answer.status, 303);
    let back = came_back(&answer);
    assert_eq!(back.keys().collect::<Vec<_>>(), ["nonce", "refresh_token", "token"]);
    assert_eq!(back["nonce"], "n&m");
    let me = Api::new(&sim, &back["token"]).get("/auth/v1/ok").json();
    assert_eq!(
        (&me["email"], &me["capabilities"][0]["role"]["name"]),
        (&json!("viewer@example.com"), &json!("viewer"))
    );
    assert_eq!(me["audience"], json!([sim.addresses().api]));
    let refreshed = send(
        http()
            .post(format!("{}/sts/exchange_refresh_token", sim.addresses().issuer))
            .bearer_auth(&back["refresh_token"])
            .form(&[("aud", &sim.addresses().api)]),
    );
    assert_eq!(refreshed.status, 200);
}

#[test]
fn a_refusal_goes_back_too() {
    let sim = Sim::builder().start().unwrap();
    let back = came_back(&choose(&sim, &request_of(&open(&sim, &[])), ("deny", "true")));
    let expected = [("error", "access_denied"), ("nonce", "n&m"), ("status_code", "403")];
    assert_eq!(back, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[test]
fn a_page_is_answered_once_and_in_time_and_with_somebody_it_offers() {
    let sim = Sim::builder().start().unwrap();
    let request = request_of(&open(&sim, &[]));
    assert_eq!(choose(&sim, &request, ("as", "somebody")).status, 400);
    assert_eq!(choose(&sim, &request, ("as", "owner")).status, 303);
    assert_eq!(choose(&sim, &request, ("as", "owner")).status, 400);
    assert_eq!(choose(&sim, "0123", ("as", "owner")).status, 400);
    let late = request_of(&open(&sim, &[]));
    sim.clock().advance(Duration::from_secs(601));
    assert_eq!(choose(&sim, &late, ("as", "owner")).status, 400);
    let as_query = format!("{}/oauth/choose?request={late}&as=owner", sim.addresses().issuer);
    assert_eq!(send(http().post(as_query)).status, 400);
}

#[test]
fn the_page_runs_nothing_and_shows_what_it_was_given_as_text() {
    let sim = Sim::builder().start().unwrap();
    let page = open(&sim, &[("client_id", "<script>alert(1)</script>"), ("audience", "a\"b'&")]);
    assert!(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{}", page.body);
    assert!(page.body.contains("a&quot;b&#39;&amp;"));
    assert!(!page.body.contains("<script"));
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), (Some("no-store"), Some("no-referrer")));
    let refused = open(&sim, &[("connection", "<b>")]);
    assert!(refused.status == 400 && !refused.body.contains("<b>"));
}

#[test]
fn what_is_not_in_order_is_refused_without_a_redirect() {
    let sim = Sim::builder().start().unwrap();
    let provider = sim.identity_provider();
    let elsewhere = format!("{}/0000000000000000", sim.organization().id);
    let refused: [(&[(&str, &str)], u16); 17] = [
        (&[("connection", "google")], 400),
        (&[("connection", "email"), ("idp_id", &provider)], 400),
        (&[("client_id", "x"), ("idp_id", "example")], 400),
        (&[("idp_id", &elsewhere)], 404),
        (&[("idp_id", "another-example")], 404),
        (&[("idp_id", "nobody")], 404),
        (&[("audience", "a,,b")], 400),
        (&[("audience", "")], 400),
        (&[("audience", "a"), ("audience", "b")], 400),
        (&[("identity", "x")], 400),
        (&[("scope", "x")], 400),
        (&[("create_refresh_token", "yes")], 400),
        (&[("skip_registration", "1")], 400),
        (&[("exit", "redirect")], 400),
        (&[("redirect", "https://example.com/")], 400),
        (&[("headless_code", "uFK0TyUaZCMB6QBGC-HVKGJKqI4-U9q5rV9k8I_YUQ4")], 400),
        (&[("headless_code", "x")], 400),
    ];
    for (parameters, status) in refused {
        let answer = open(&sim, parameters);
        assert_eq!((answer.status, answer.header("location")), (status, None), "{parameters:?}");
    }
    for parameters in [
        &[("redirect", CALLBACK)][..],
        &[("exit", "redirect")],
        &[("exit", "page"), ("redirect", CALLBACK)],
        &[("exit", "redirect"), ("redirect", "http://example.com:80/callback")],
        &[("exit", "redirect"), ("redirect", "http://localhost/callback")],
        &[],
    ] {
        assert_eq!(send(http().get(url(&sim, parameters))).status, 400, "{parameters:?}");
    }
    let accepted: [&[(&str, &str)]; 6] = [
        &[("idp_id", &provider)],
        &[("idp_id", "example")],
        &[("connection", "google-oauth2"), ("client_id", "x")],
        &[("connection", "email")],
        &[("invite", "ignored"), ("invite", "twice")],
        &[("skip_registration", "true"), ("create_refresh_token", "false")],
    ];
    for parameters in accepted {
        assert_eq!(open(&sim, parameters).status, 200, "{parameters:?}");
    }
    assert_eq!(send(http().post(url(&sim, &[]))).status, 405);
}

#[test]
fn nobody_needs_to_press_a_button_where_a_test_says_so() {
    let sim = Sim::builder().sign_in_as("owner").start().unwrap();
    let answer = open(&sim, &[("audience", "libraries.cgr.dev,https://console-api.enforce.dev")]);
    assert_eq!(answer.status, 302);
    let back = came_back(&answer);
    assert!(!back.contains_key("refresh_token"));
    let me = Api::new(&sim, &back["token"]).get("/auth/v1/ok").json();
    assert_eq!(me["audience"], json!(["libraries.cgr.dev", "https://console-api.enforce.dev"]));
    let registry = format!("{}/javascript/-/ping", sim.addresses().registry);
    assert_eq!(send(http().get(registry).bearer_auth(&back["token"])).status, 200);

    let denying = Sim::builder().deny_sign_in().start().unwrap();
    assert_eq!(came_back(&open(&denying, &[]))["error"], "access_denied");
    let error = |result: Result<Sim, pulltoken_sim::StartError>| result.err().unwrap().to_string();
    assert!(error(Sim::builder().sign_in_as("stranger").start()).contains("newcomer"));
    assert!(error(Sim::builder().sign_in_as("owner").deny_sign_in().start()).contains("exclude"));
}

#[test]
fn an_issuer_may_lose_the_callbacks_own_parameters() {
    let sim = Sim::builder().sign_in_as("owner").drop_redirect_parameters(true).start().unwrap();
    assert_eq!(came_back(&open(&sim, &[])).keys().collect::<Vec<_>>(), ["token"]);
}

#[test]
fn a_newcomer_is_registered_unless_that_is_to_be_skipped() {
    let sim = Sim::builder().sign_in_as("newcomer").start().unwrap();
    let back = came_back(&open(&sim, &[("skip_registration", "true")]));
    assert_eq!((back["error"].as_str(), back["status_code"].as_str()), ("account not found", "404"));
    let back = came_back(&open(&sim, &[]));
    let me = Api::new(&sim, &back["token"]).get("/auth/v1/ok").json();
    assert_eq!((&me["email"], me.get("capabilities")), (&json!("newcomer@example.com"), None));
    assert!(came_back(&open(&sim, &[("skip_registration", "true")])).contains_key("token"));
}

#[test]
fn an_identity_is_assumed_only_by_the_person_it_names() {
    let sim = Sim::builder().sign_in_as("owner").start().unwrap();
    let add = |subject: &str| {
        let spec = IdentitySpec::claim_match(subject, "https://idp.example.com", subject).role("viewer");
        sim.add_identities(spec).unwrap().remove(0)
    };
    let (own, other) = (add("owner"), add("viewer"));
    let back = came_back(&open(&sim, &[("identity", &own), ("create_refresh_token", "true")]));
    assert!(!back.contains_key("refresh_token"));
    let me = Api::new(&sim, &back["token"]).get("/auth/v1/ok").json();
    assert_eq!((&me["subject"], &me["capabilities"][0]["role"]["name"]), (&json!(own), &json!("viewer")));
    let absent = format!("{}/0000000000000000", sim.organization().id);
    for identity in [&other, &absent] {
        let back = came_back(&open(&sim, &[("identity", identity)]));
        assert_eq!((back.contains_key("token"), back["status_code"].as_str()), (false, "403"));
    }
}

#[test]
fn a_scope_keeps_the_session_to_a_part_of_the_organisation() {
    let sim = Sim::builder().sign_in_as("owner").start().unwrap();
    let org = sim.organization().id;
    let folder = sim.add_folder(&org, "folder").unwrap();
    let back = came_back(&open(&sim, &[("scope", &folder), ("create_refresh_token", "true")]));
    let groups = Api::new(&sim, &back["token"]).get("/iam/v1/groups").json();
    assert_eq!(groups["items"], json!([{"id": folder, "name": "folder"}]));
    let refresh = |scope: &[(&str, &str)]| {
        let fields = [&[("aud", sim.addresses().api.as_str())], scope].concat();
        let url = format!("{}/sts/exchange_refresh_token", sim.addresses().issuer);
        send(http().post(url).bearer_auth(&back["refresh_token"]).form(&fields))
    };
    assert_eq!(refresh(&[("scope", &org)]).problem(), (403, 7));
    let token = refresh(&[]).json()["token"]["token"].as_str().unwrap().to_owned();
    assert_eq!(Api::new(&sim, &token).get("/iam/v1/groups").json(), groups);
}
