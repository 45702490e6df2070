//! The libraries registry and the object store.

use std::io::Read;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pulltoken_sim::{IdentitySpec, Package, Part, SessionSpec, Sim};
use serde_json::{Value, json};

use crate::support::{Answer, Api, basic, http, names, send};

fn get(sim: &Sim, path: &str, authorization: &str) -> Answer {
    send(http().get(format!("{}{path}", sim.addresses().registry)).header("authorization", authorization))
}

fn credential(sim: &Sim) -> String {
    let token = sim.pull_token("javascript").unwrap();
    basic(&token.username, &token.password)
}

#[test]
fn a_pull_token_opens_the_registry_by_both_forms_of_its_name() {
    let sim = Sim::builder().start().unwrap();
    let token = sim.pull_token("javascript").unwrap();
    let plain = get(&sim, "/javascript/-/whoami", &basic(&token.username, &token.password));
    assert_eq!((plain.status, &plain.json()["username"]), (200, &json!(token.username)));
    let underscore = token.username.replace('/', "_");
    assert_eq!(get(&sim, "/javascript/-/ping", &basic(&underscore, &token.password)).status, 200);
    let encoded = token.username.replace('/', "%2F");
    assert_eq!(get(&sim, "/javascript/-/ping", &basic(&encoded, &token.password)).status, 401);
}

#[test]
fn what_is_no_valid_credential_is_401_with_a_challenge() {
    let sim = Sim::builder().start().unwrap();
    let (mine, other) = (sim.pull_token("javascript").unwrap(), sim.pull_token("javascript").unwrap());
    let missing = send(http().get(format!("{}/javascript/-/ping", sim.addresses().registry)));
    assert_eq!((missing.status, missing.header("www-authenticate").is_some()), (401, true));
    assert!(missing.json()["error"].is_string());
    let refused = [
        basic(&mine.username, &other.password),
        basic(&mine.username, "x"),
        basic(&mine.username, ""),
        basic("owner", &mine.password),
        basic("_token", &mine.password),
        format!("Bearer {}", mine.password),
        format!("Bearer {}", sim.token("owner").unwrap()),
        "Basic !".to_owned(),
        "Digest x".to_owned(),
    ];
    for authorization in refused {
        let answer = get(&sim, "/javascript/left-hand", &authorization);
        assert_eq!((answer.status, answer.json()["error"].is_string()), (401, true), "{authorization}");
    }
    Api::of(&sim, "owner").call_raw("DELETE", &format!("/iam/v1/identities/{}", mine.username), "");
    assert_eq!(get(&sim, "/javascript/-/ping", &basic(&mine.username, &mine.password)).status, 401);
}

#[test]
fn a_pull_token_expires_at_the_registry_too() {
    let sim = Sim::builder().start().unwrap();
    let authorization = credential(&sim);
    sim.clock().advance(Duration::from_secs(30 * 24 * 3600 - 60));
    assert_eq!(get(&sim, "/javascript/-/ping", &authorization).status, 200);
    sim.clock().advance(Duration::from_secs(120));
    assert_eq!(get(&sim, "/javascript/-/ping", &authorization).status, 401);
}

#[test]
fn a_session_opens_the_registry_if_it_was_made_for_it() {
    let sim = Sim::builder().start().unwrap();
    let session =
        |spec: SessionSpec| sim.session(spec.role("libraries.javascript.pull").audience("libraries.cgr.dev")).unwrap();
    let token = session(SessionSpec::new());
    assert_eq!(get(&sim, "/javascript/-/ping", &format!("Bearer {token}")).status, 200);
    for user in ["_token", "token-user"] {
        assert_eq!(get(&sim, "/javascript/-/ping", &basic(user, &token)).status, 200);
    }
    let expired = session(SessionSpec::new().expired());
    assert_eq!(get(&sim, "/javascript/-/ping", &basic("_token", &expired)).status, 401);
}

#[test]
fn without_role_or_entitlement_it_is_403() {
    let sim = Sim::builder().start().unwrap();
    let java = sim.pull_token("java").unwrap();
    let answer = get(&sim, "/javascript/left-hand", &basic(&java.username, &java.password));
    assert_eq!(answer.status, 403);
    assert!(answer.json()["error"].as_str().unwrap().contains("libraries.javascript.pull"));
    let token = sim.pull_token("javascript").unwrap();
    let owner = Api::of(&sim, "owner");
    let org = sim.organization().id;
    let entitlement = owner.get(&format!("/libraries/v1/entitlements?parent_id={org}&ecosystems=JAVASCRIPT"));
    let id = names(&entitlement, "items", "id").remove(0);
    owner.call_raw("DELETE", &format!("/libraries/v1/entitlements/{id}"), "");
    let answer = get(&sim, "/javascript/left-hand", &basic(&token.username, &token.password));
    assert_eq!(answer.status, 403);
    assert!(answer.json()["error"].as_str().unwrap().contains("entitled"));
}

#[test]
fn a_document_names_downloads_of_this_registry_that_match_their_checksums() {
    let sim = Sim::builder().start().unwrap();
    let authorization = credential(&sim);
    for (path, version) in [("/javascript/left-hand", "1.1.0"), ("/javascript/@example%2fscoped", "1.2.0")] {
        let document = get(&sim, path, &authorization).json();
        assert_eq!(document["dist-tags"]["latest"], version);
        let dist = &document["versions"][version]["dist"];
        let url = dist["tarball"].as_str().unwrap();
        assert!(url.starts_with(&format!("{}/javascript/", sim.addresses().registry)), "{url}");
        let tarball = http().get(url).header("authorization", &authorization).send().unwrap().bytes().unwrap();
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, &tarball);
        assert_eq!(dist["integrity"], format!("sha512-{}", STANDARD.encode(hash.as_ref())));
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&tarball[..]));
        let mut entry = archive.entries().unwrap().map(Result::unwrap).next().unwrap();
        assert_eq!(entry.path().unwrap().to_str(), Some("package/package.json"));
        let mut manifest = String::new();
        entry.read_to_string(&mut manifest).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&manifest).unwrap()["version"], version);
    }
}

#[test]
fn a_document_is_abbreviated_on_request_and_has_a_validator() {
    let sim = Sim::builder().start().unwrap();
    let authorization = credential(&sim);
    let url = format!("{}/javascript/two-hands", sim.addresses().registry);
    let request = || http().get(&url).header("authorization", &authorization);
    let full = send(request());
    assert!(full.json()["time"].is_object());
    let accept = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";
    let short = send(request().header("accept", accept));
    assert_eq!(short.header("content-type"), Some("application/vnd.npm.install-v1+json"));
    assert!(short.json().get("time").is_none());
    assert_eq!(short.json()["versions"]["1.0.0"]["dependencies"]["@example/scoped"], "^1.0.0");
    let tag = full.header("etag").unwrap();
    assert_ne!(Some(tag), short.header("etag"));
    let again = send(request().header("if-none-match", tag));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[test]
fn the_host_header_does_not_decide_where_downloads_are() {
    let sim = Sim::builder().start().unwrap();
    let url = format!("{}/javascript/left-hand", sim.addresses().registry);
    let request = http().get(url).header("authorization", credential(&sim));
    let answer = send(request.header("host", "evil.example.com").header("x-forwarded-host", "evil.example.com"));
    assert_eq!((answer.status, answer.body.contains("evil")), (200, false));
}

#[test]
fn versions_tags_and_search_find_packages() {
    let sim = Sim::builder().start().unwrap();
    let authorization = credential(&sim);
    let json = |path: &str| get(&sim, path, &authorization).json();
    assert_eq!(json("/javascript/left-hand/1.0.0")["version"], "1.0.0");
    assert_eq!(json("/javascript/left-hand/latest")["version"], "1.1.0");
    assert_eq!(json("/javascript/-/package/left-hand/dist-tags")["latest"], "1.1.0");
    assert_eq!(json("/javascript/-/v1/search?text=scoped")["objects"][0]["package"]["name"], "@example/scoped");
    assert_eq!(json("/javascript/-/npm/v1/attestations/left-hand@1.0.0"), json!({"attestations": []}));
    assert_eq!(json("/javascript/-/npm/v1/sbom/spdx/@example/scoped@1.2.0")["spdxVersion"], "SPDX-2.3");
    for path in ["/javascript/no-such", "/javascript/left-hand/9.9.9", "/javascript/@example", "/nowhere/x"] {
        let answer = get(&sim, path, &authorization);
        assert_eq!((answer.status, answer.json()["error"].is_string()), (404, true), "{path}");
    }
}

#[test]
fn audits_are_answered_and_writing_is_not_allowed() {
    let sim = Sim::builder().start().unwrap();
    let authorization = credential(&sim);
    let call = |method: reqwest::Method, path: &str| {
        let request = http().request(method, format!("{}/javascript/{path}", sim.addresses().registry));
        send(request.header("authorization", &authorization).body("{}"))
    };
    let bulk = call(reqwest::Method::POST, "-/npm/v1/security/advisories/bulk");
    assert_eq!((bulk.status, bulk.json()), (200, json!({})));
    assert!(call(reqwest::Method::POST, "-/npm/v1/security/audits/quick").json()["metadata"].is_object());
    assert_eq!(call(reqwest::Method::PUT, "left-hand").status, 405);
    assert_eq!(call(reqwest::Method::POST, "-/v1/login").status, 405);
}

#[test]
fn a_blocked_download_is_403_with_its_reason_and_a_blocked_package_409() {
    let sim = Sim::builder().start().unwrap();
    let authorization = credential(&sim);
    assert_eq!(get(&sim, "/javascript/bad-apple", &authorization).status, 200);
    let download = get(&sim, "/javascript/bad-apple/-/bad-apple-1.0.0.tgz", &authorization);
    assert_eq!(download.status, 403);
    assert!(download.json()["error"].as_str().unwrap().contains("malware"));
    assert_eq!(get(&sim, "/javascript/rotten-barrel", &authorization).status, 409);
}

#[test]
fn what_is_only_upstream_is_downloaded_from_there() {
    let sim = Sim::builder().start().unwrap();
    let authorization = credential(&sim);
    let document = get(&sim, "/javascript/only-upstream", &authorization).json();
    let url = document["versions"]["1.0.0"]["dist"]["tarball"].as_str().unwrap();
    let path = url.strip_prefix(&sim.addresses().registry).unwrap();
    assert!(path.starts_with("/javascript-upstream/"));
    assert_eq!(send(http().get(url).header("authorization", &authorization)).status, 200);
    assert_eq!(send(http().get(url)).status, 401);
    let moved = path.replacen("/javascript-upstream/", "/javascript/", 1);
    assert_eq!(get(&sim, &moved, &authorization).status, 404);
}

#[test]
fn an_entitlement_without_upstream_hides_what_is_only_there() {
    let sim = Sim::builder().start().unwrap();
    let org = sim.add_organization(pulltoken_sim::OrganizationSpec::new("strict")).unwrap();
    let owner = Api::of(&sim, "owner");
    let path = format!("/libraries/v1/entitlements/{}?policy=POLICY_CHAINGUARD", org.id);
    assert_eq!(owner.call_raw("POST", &path, "3").status, 200);
    let spec = IdentitySpec::pull_token("t").role("libraries.javascript.pull").organization(&org.id);
    let id = sim.add_identities(spec).unwrap().remove(0);
    let authorization = basic(&id, &sim.password_of(&id).unwrap().password);
    assert_eq!(get(&sim, "/javascript/left-hand", &authorization).status, 200);
    assert_eq!(get(&sim, "/javascript/only-upstream", &authorization).status, 404);
}

#[test]
fn the_object_store_takes_a_signature_and_no_authorization() {
    let sim = Sim::builder().start().unwrap();
    let authorization = credential(&sim);
    let redirect = get(&sim, "/javascript/far-away/-/far-away-1.0.0.tgz", &authorization);
    let location = redirect.header("location").unwrap();
    assert_eq!(redirect.status, 302);
    assert!(location.starts_with(&sim.addresses().storage) && location.starts_with("http://localhost:"));
    assert_eq!(http().get(location).send().unwrap().status(), 200);
    assert_eq!(send(http().get(location).header("authorization", &authorization)).status, 400);
    assert_eq!(send(http().get(location.split('?').next().unwrap())).status, 403);
    assert_eq!(send(http().get(format!("{location}0"))).status, 403);

    let redirect = get(&sim, "/javascript/next-door/-/next-door-1.0.0.tgz", &authorization);
    let location = redirect.header("location").unwrap();
    let (host, port) = sim.addresses().storage.rsplit_once(':').unwrap();
    assert_eq!(host, "http://localhost");
    assert!(location.starts_with(&format!("http://127.0.0.1:{port}/")), "{location}");
    assert_eq!(http().get(location).send().unwrap().status(), 200);
}

#[test]
fn the_log_shows_who_was_authenticated_and_no_secret() {
    let sim = Sim::builder().start().unwrap();
    let token = sim.pull_token("javascript").unwrap();
    get(&sim, "/javascript/-/ping", &basic(&token.username, &token.password));
    get(&sim, "/javascript/-/ping", "Bearer wrong");
    send(http().get(format!("{}/javascript/-/ping", sim.addresses().registry)));
    let log = send(http().get(format!("{}/__sim/requests", sim.addresses().console)));
    let entries = log.json();
    let seen: Vec<_> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["authenticated"].as_bool().unwrap(), it["authorization"].clone(), it["status"].clone()))
        .collect();
    assert_eq!(
        seen,
        [
            (true, json!("Basic ***"), json!(200)),
            (false, json!("Bearer ***"), json!(401)),
            (false, Value::Null, json!(401)),
        ]
    );
    assert!(!log.body.contains(&token.password[..20]) && !log.body.contains("wrong"));
    assert_eq!(sim.requests()[0].part, Part::Registry);
    send(http().delete(format!("{}/__sim/requests", sim.addresses().storage)));
    assert!(sim.requests().is_empty());
}

#[test]
fn tests_bring_packages_of_their_own() {
    let package = Package::new("mine", "1.0.0").script("postinstall", "node run.js").file("run.js", "1;\n");
    let sim = Sim::builder().package(package).package(Package::new("left-hand", "5.0.0")).start().unwrap();
    let authorization = credential(&sim);
    let mine = get(&sim, "/javascript/mine", &authorization).json();
    assert_eq!(mine["versions"]["1.0.0"]["scripts"]["postinstall"], "node run.js");
    let left = get(&sim, "/javascript/left-hand", &authorization).json();
    assert_eq!(left["dist-tags"]["latest"], "5.0.0");
}

#[test]
fn packages_of_a_real_registry_seem_to_be_this_ones() {
    // One simulator plays the real registry behind another; it asks for a credential, which the
    // other does not have: that failure must be seen too.
    let upstream = Sim::builder().start().unwrap();
    let sim = Sim::builder().upstream_npm(format!("{}/javascript/", upstream.addresses().registry)).start().unwrap();
    let authorization = credential(&sim);
    let answer = get(&sim, "/javascript/no-such-package", &authorization);
    assert_eq!((answer.status, answer.json()["error"].is_string()), (502, true));
    assert_eq!(upstream.requests()[0].authorization, None);
    drop(upstream);
    assert_eq!(get(&sim, "/javascript/no-such-package", &authorization).status, 502);
}

#[test]
fn documents_of_a_real_registry_point_here_and_downloads_stream_through() {
    let real = fake_registry();
    let sim = Sim::builder().upstream_npm(&real).start().unwrap();
    let authorization = credential(&sim);
    for (path, file) in [("/javascript/real", "real"), ("/javascript/@real%2fscoped", "scoped")] {
        let document = get(&sim, path, &authorization).json();
        let url = document["versions"]["1.0.0"]["dist"]["tarball"].as_str().unwrap();
        assert!(url.starts_with(&format!("{}/javascript/", sim.addresses().registry)), "{url}");
        assert_eq!(send(http().get(url)).status, 401);
        let download = send(http().get(url).header("authorization", &authorization));
        assert_eq!((download.status, download.body), (200, format!("bytes of {file}")));
    }
    assert_eq!(get(&sim, "/javascript/unreal", &authorization).status, 404);
}

/// A registry that knows two packages and whose downloads lie at unusual places.
fn fake_registry() -> String {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let url = base.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut first = String::new();
            reader.read_line(&mut first).unwrap();
            while reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).count() > 100 {}
            let path = first.split(' ').nth(1).unwrap_or_default();
            let document = |name: &str, file: &str| {
                let tarball = format!("{url}/elsewhere/{file}-1.0.0.tgz");
                json!({"name": name, "versions": {"1.0.0": {"dist": {"tarball": tarball}}}}).to_string()
            };
            let (status, body) = match path {
                "/real" => ("200 OK", document("real", "real")),
                "/@real%2fscoped" => ("200 OK", document("@real/scoped", "scoped")),
                "/elsewhere/real-1.0.0.tgz" => ("200 OK", "bytes of real".to_owned()),
                "/elsewhere/scoped-1.0.0.tgz" => ("200 OK", "bytes of scoped".to_owned()),
                _ => ("404 Not Found", "{}".to_owned()),
            };
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        }
    });
    base
}

#[test]
fn python_and_java_ask_for_their_own_role() {
    let sim = Sim::builder().start().unwrap();
    for (ecosystem, path) in
        [("python", "/python/simple/left-hand/"), ("java", "/java/com/example/left-hand/maven-metadata.xml")]
    {
        let token = sim.pull_token(ecosystem).unwrap();
        let authorization = basic(&token.username, &token.password);
        assert_eq!(get(&sim, path, &authorization).status, 200);
        assert_eq!(get(&sim, &format!("/{ecosystem}/nothing"), &authorization).status, 404);
        assert_eq!(get(&sim, path, &credential(&sim)).status, 403);
        assert_eq!(send(http().get(format!("{}{path}", sim.addresses().registry))).status, 401);
    }
}
