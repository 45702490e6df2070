//! The real names over TLS.

use std::net::SocketAddr;

use pulltoken_sim::Sim;
use reqwest::blocking::Client;
use serde_json::json;

use crate::support::basic;

/// A client that trusts the simulator's authority and connects as `connect_to` says.
fn client(sim: &Sim, http2: bool) -> Client {
    let pem = std::fs::read(sim.ca_file().unwrap()).unwrap();
    let ca = reqwest::Certificate::from_pem(&pem).unwrap();
    let mut builder = Client::builder().tls_certs_only([ca]).no_proxy();
    if !http2 {
        builder = builder.http1_only();
    }
    for target in sim.connect_to().unwrap().split(',') {
        let [host, named, address, port] = target.split(':').collect::<Vec<_>>().try_into().unwrap();
        // The client knows hosts alone; other ports of theirs are where they are named.
        if named != "443" {
            assert_eq!((host, named), ("libraries.cgr.dev", port));
            continue;
        }
        let address: SocketAddr = format!("{address}:{port}").parse().unwrap();
        builder = builder.resolve(host, address);
    }
    builder.build().unwrap()
}

#[test]
fn every_part_answers_to_its_real_name() {
    let sim = Sim::builder().tls(true).start().unwrap();
    let token = sim.pull_token("javascript").unwrap();
    let authorization = basic(&token.username, &token.password);
    for http2 in [false, true] {
        let client = client(&sim, http2);
        let me = client.get("https://console-api.enforce.dev/auth/v1/ok").bearer_auth(sim.token("owner").unwrap());
        let me = me.send().unwrap();
        let version = if http2 { reqwest::Version::HTTP_2 } else { reqwest::Version::HTTP_11 };
        assert_eq!((me.status().as_u16(), me.version()), (200, version));
        let found = client.get("https://issuer.enforce.dev/.well-known/openid-configuration").send().unwrap();
        let found: serde_json::Value = found.json().unwrap();
        assert_eq!(found["issuer"], json!("https://issuer.enforce.dev"));
        let get = |path: &str| {
            let url = format!("https://libraries.cgr.dev/javascript/{path}");
            client.get(url).header("authorization", &authorization).send().unwrap()
        };
        let document: serde_json::Value = get("left-hand").json().unwrap();
        let tarball = document["versions"]["1.1.0"]["dist"]["tarball"].as_str().unwrap();
        assert!(tarball.starts_with("https://libraries.cgr.dev/javascript/"));
        // Follows the redirect to the store's own name.
        let far = get("far-away/-/far-away-1.0.0.tgz");
        assert_eq!(far.url().host_str(), Some("storage.example.com"));
        assert_eq!(far.status(), 200);
        let door = get("next-door/-/next-door-1.0.0.tgz");
        assert_eq!(door.url().host_str(), Some("libraries.cgr.dev"));
        let port = sim.addresses().storage.rsplit(':').next().and_then(|port| port.parse().ok());
        assert_eq!(door.url().port(), port);
    }
}

#[test]
fn plain_http_goes_on_and_others_do_not_trust_the_authority() {
    let sim = Sim::builder().tls(true).start().unwrap();
    let url = format!("{}/orgcheck?name=example", sim.addresses().issuer);
    assert_eq!(crate::support::send(crate::support::http().get(url)).json(), json!(true));
    let port: u16 = sim.addresses().api.rsplit(':').next().unwrap().parse().unwrap();
    let stranger = Client::builder().no_proxy().resolve("console-api.enforce.dev", ([127, 0, 0, 1], port).into());
    let refused = stranger.build().unwrap().get(format!("https://console-api.enforce.dev:{port}/")).send();
    assert!(refused.unwrap_err().is_connect());
    let file = sim.ca_file().unwrap();
    drop(sim);
    assert!(!file.exists());
}
