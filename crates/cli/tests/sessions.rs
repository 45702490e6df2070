//! Stored sessions: renewed once, passed over elsewhere, and shared with the vendor's command.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::{World, end, ended, files_with};
use pulltoken_sim::{Action, Fault};
use serde_json::{Value, json};

const REGISTRY: &str = "libraries.cgr.dev";

/// A world in which this person of the simulator is signed in.
fn signed_in(person: &str) -> World {
    let world = World::new();
    world.sign_in(person, "");
    world
}

/// The file of the stored session for an audience.
fn file(world: &World, audience: &str) -> PathBuf {
    let folder = world.home.path().join(".cache/pulltoken/sessions");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut its = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    its.find(|path| read(path)["audience"] == audience).unwrap()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Lets a stored access token end long ago.
fn expire(world: &World, audience: &str) -> Value {
    let path = file(world, audience);
    let mut session = read(&path);
    session["expiresAt"] = json!("2020-01-01T00:00:00Z");
    std::fs::write(&path, session.to_string()).unwrap();
    session
}

fn renewals(world: &World) -> usize {
    world.sim.requests().iter().filter(|request| request.path == "/sts/exchange_refresh_token").count()
}

#[test]
fn two_hundred_at_once_renew_a_session_once() {
    let world = signed_in("owner");
    let before = expire(&world, REGISTRY);
    let line = format!("token --audience {REGISTRY}");
    let children: Vec<_> =
        (0..200).map(|_| world.stored(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()).collect();
    let tokens: Vec<_> =
        children.into_iter().map(|child| ended(child.wait_with_output().unwrap()).success().out).collect();
    assert!(tokens.iter().all(|token| *token == tokens[0] && token.starts_with("eyJ")));
    assert_eq!(renewals(&world), 1);
    let after = read(&file(&world, REGISTRY));
    assert_ne!(after["refreshToken"], before["refreshToken"]);
    assert_eq!(after["token"], tokens[0].trim());
    assert_eq!(mode(&file(&world, REGISTRY)), 0o600);
    assert_eq!(mode(file(&world, REGISTRY).parent().unwrap()), 0o700);
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_used_refresh_token_ends_the_session() {
    let world = signed_in("owner");
    let old = expire(&world, REGISTRY);
    let line = format!("token --audience {REGISTRY}");
    world.run_stored(&line).success();
    std::fs::write(file(&world, REGISTRY), old.to_string()).unwrap();
    world.run_stored(&line).failure(3, "session_expired");
    // The API's session has a refresh token of its own.
    world.run_stored("list").success();
    // And one that is broken is told from one that is refused.
    expire(&world, REGISTRY);
    let broken = Fault::on("POST", "/sts/exchange_refresh_token").times(9).action(Action::Html(500));
    world.sim.faults().add(broken);
    world.run_stored(&line).failure(5, "server_error");
}

#[test]
fn an_expired_session_is_told_offline() {
    let world = signed_in("owner");
    for audience in [REGISTRY, &world.address("PULLTOKEN_API")] {
        let path = file(&world, audience);
        let mut session = expire(&world, audience);
        session["refreshToken"] = Value::Null;
        std::fs::write(path, session.to_string()).unwrap();
    }
    let status = world.run_stored("status");
    assert_eq!((status.code, status.out.matches("expired at 2020").count()), (Some(10), 2), "{}", status.out);
    world.run_stored("list").failure(3, "session_expired");
    assert!(world.sim.requests().is_empty());
}

#[test]
fn no_session_goes_where_it_did_not_come_from() {
    let world = signed_in("owner");
    expire(&world, &world.address("PULLTOKEN_API"));
    let other = World::new();
    for variable in ["PULLTOKEN_API", "PULLTOKEN_ISSUER", "PULLTOKEN_REGISTRY"] {
        let elsewhere = other.address(variable);
        for line in ["list", "get", "token", "status", "get --mint"] {
            let refused = end(world.stored(line).env(variable, &elsewhere));
            assert_eq!(refused.code, Some(3), "{variable} {line}: {}", refused.err);
        }
    }
    let refused = end(world.stored("list").env("PULLTOKEN_CONNECT_TO", "a.test:443:127.0.0.1:1"));
    refused.failure(3, "not_signed_in");
    assert!(other.sim.requests().is_empty(), "{:?}", other.sim.requests());
    assert!(world.sim.requests().is_empty());
    world.run_stored("list").success();
}

/// Puts tokens where the vendor's command keeps them.
fn vendor_cache(world: &World, audience: &str, token: &str, refresh_token: &str) -> PathBuf {
    let folder = world.home.path().join(".cache/chainguard").join(audience.replace('/', "-"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("oidc-token"), token).unwrap();
    std::fs::write(folder.join("refresh-token"), refresh_token).unwrap();
    folder
}

#[test]
fn who_is_signed_in_with_the_vendors_command_is_signed_in_here() {
    let source = signed_in("owner");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (for_api, for_registry) =
        (read(&file(&source, &source.address("PULLTOKEN_API"))), read(&file(&source, REGISTRY)));
    source.run_stored("logout").success();
    source.run_stored("list").failure(3, "not_signed_in");
    vendor_cache(&source, &source.address("PULLTOKEN_API"), &text(&for_api["token"]), &text(&for_api["refreshToken"]));
    source.run_stored("list").success();
    source.run_stored("get").failure(3, "no_credentials");
    vendor_cache(&source, REGISTRY, &text(&for_registry["token"]), &text(&for_registry["refreshToken"]));
    assert_eq!(source.run_stored("get -o json").success().json()["source"], "session");
    // Nothing was taken over, and signing out leaves it alone.
    assert!(files_with(&source.home.path().join(".cache/pulltoken"), &["eyJ"]).is_empty());
    source.run_stored("logout").success();
    source.run_stored("list").success();
    // Another issuer's token is passed over.
    let other = World::new();
    let elsewhere = end(source.stored("list").env("PULLTOKEN_ISSUER", other.address("PULLTOKEN_ISSUER")));
    elsewhere.failure(3, "not_signed_in");
}

#[test]
fn the_vendors_refresh_token_is_used_only_where_the_cache_is_shared() {
    let world = signed_in("owner");
    let session = read(&file(&world, REGISTRY));
    world.run_stored("logout").success();
    // A token of the same issuer and audience that has ended.
    let [header, payload, signature] = parts(session["token"].as_str().unwrap());
    let mut claims: Value = serde_json::from_slice(&decode(&payload)).unwrap();
    claims["exp"] = json!(1_600_000_000);
    let expired = format!("{header}.{}.{signature}", encode(&claims.to_string()));
    let refresh_token = session["refreshToken"].as_str().unwrap();
    let folder = vendor_cache(&world, REGISTRY, &expired, refresh_token);
    let line = format!("token --audience {REGISTRY}");
    world.run_stored(&line).failure(3, "session_expired");
    assert_eq!(renewals(&world), 0);
    let token = world.run_stored(&format!("{line} --shared-cache")).success().out;
    assert_eq!(renewals(&world), 1);
    assert_eq!(std::fs::read_to_string(folder.join("oidc-token")).unwrap(), token.trim());
    assert_ne!(std::fs::read_to_string(folder.join("refresh-token")).unwrap(), refresh_token);
    assert_eq!(mode(&folder.join("refresh-token")), 0o600);
}

fn parts(token: &str) -> [String; 3] {
    let parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

fn decode(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn encode(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

#[test]
fn in_ci_the_session_is_masked_before_it_is_printed() {
    let world = signed_in("owner");
    let in_ci = |line: &str, variable: &str| end(world.stored(line).env(variable, "true"));
    for (variable, mask) in [("GITHUB_ACTIONS", "::add-mask::"), ("TF_BUILD", "##vso[task.setsecret]")] {
        for (line, shown) in [("token", "eyJ"), ("token -o json", "{\"token\":\"eyJ")] {
            let printed = in_ci(line, variable).success();
            assert!(printed.out.starts_with(shown), "{}", printed.out);
            let token = printed.out.trim().trim_start_matches("{\"token\":\"").trim_end_matches("\"}");
            assert!(printed.err.starts_with(&format!("{mask}{token}\n")), "{}", printed.err);
        }
    }
    for variable in ["GITLAB_CI", "BUILDKITE", "CIRCLECI"] {
        let refused = in_ci("token", variable).failure(2, "unmasked_output");
        assert!(refused.err.contains("--show"), "{}", refused.err);
        let shown = in_ci("token --show", variable).success();
        assert!(shown.out.starts_with("eyJ") && shown.err.is_empty(), "{}{}", shown.out, shown.err);
    }
}
