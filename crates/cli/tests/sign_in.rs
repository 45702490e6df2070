//! `pulltoken login`: each way of signing in, and what each refuses.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

mod common;

use std::io::{BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use common::browser::{Login, ask, browse, fake_browser, get};
use common::{Ended, World, ended};
use serde_json::json;

const IDP: &str = "https://idp.example.com";

/// A world whose sign-in page answers for the owner at once.
fn world() -> World {
    World::with(|builder| builder.sign_in_as("owner"))
}

#[test]
fn a_browser_signs_in_and_the_session_stays() {
    let world = world();
    let login = Login::begin(&world, "login");
    // Nothing secret is in the browser's arguments, which everybody can read.
    assert_eq!(login.start, format!("http://localhost:{}/start", login.port()));
    let issuer_page = get(&login.start).location();
    assert!(issuer_page.contains("nonce%3D") && issuer_page.contains("create_refresh_token=true"), "{issuer_page}");
    assert_eq!(get(&login.start).status, 410, "the start leads to the issuer once");

    // Two audiences, one after the other, in one window; then away from the address with the token.
    let first = get(&get(&issuer_page).location());
    assert_eq!(first.status, 303);
    let callback = get(&first.location()).location();
    let second = get(&callback);
    assert_eq!(second.location(), format!("http://localhost:{}/", login.port()));
    for (header, value) in [("cache-control", "no-store"), ("referrer-policy", "no-referrer")] {
        assert_eq!(second.header(header).as_deref(), Some(value));
    }
    assert_eq!(get(&callback).status, 410, "a callback counts once");
    let last = get(&second.location());
    assert!(last.body.contains("Signed in"), "{}", last.body);
    assert!(last.header("content-security-policy").unwrap().starts_with("default-src 'none'"));

    let done = login.end().success();
    assert!(done.out.starts_with("Successfully exchanged token.\nValid! Id: "), "{}", done.out);
    assert!(done.out.contains("example: can pull java, python, javascript"), "{}", done.out);
    assert!(TcpStream::connect(("127.0.0.1", port_of(&callback))).is_err(), "nobody listens any more");

    let tokens: Vec<_> =
        ["token", "token --audience libraries.cgr.dev"].map(|line| world.run_stored(line).success().out).into();
    assert_ne!(tokens[0], tokens[1]);
    let status = world.run_stored("status").success();
    assert!(status.out.contains("renewed when needed until"), "{}", status.out);
    world.run_stored("list").success();
    assert_eq!(world.run_stored("get -o json").success().json()["source"], "session");

    world.run_stored("logout").success();
    world.run_stored("status").failure(3, "not_signed_in");
    assert!(common::files_with(world.home.path(), &["eyJ"]).is_empty());
}

fn port_of(url: &str) -> u16 {
    url["http://localhost:".len()..].split('/').next().unwrap().parse().unwrap()
}

#[test]
fn strangers_are_turned_away_and_the_right_one_still_waited_for() {
    let world = world();
    let login = Login::begin(&world, "login --audience libraries.cgr.dev");
    let callback = get(&get(&login.start).location()).location();
    let nonce = callback.split("nonce=").nth(1).unwrap().split('&').next().unwrap();
    let four = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let authority = format!("localhost:{}", login.port());
    let wrong = callback.replace(nonce, &"0".repeat(nonce.len()));
    assert_eq!(get(&wrong).status, 403);
    // An error without the nonce is nobody's word, either, and what is no token signs nobody in.
    assert_eq!(get(&format!("http://{authority}/callback?token=garbage")).status, 403);
    assert_eq!(get(&format!("http://{authority}/callback?error=x&status_code=403")).status, 403);
    assert_eq!(ask(&callback, "GET", "evil.example", four).status, 421);
    assert_eq!(ask(&callback, "GET", &format!("127.0.0.1:{}", login.port()), four).status, 421);
    assert_eq!(ask(&callback, "POST", &authority, four).status, 405);
    assert_eq!(get(&format!("http://{authority}/favicon.ico")).status, 404);
    // The same port of both addresses is ours, where there are two.
    if TcpStream::connect((Ipv6Addr::LOCALHOST, 1)).is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionRefused) {
        assert_eq!(ask(&wrong, "GET", &authority, IpAddr::V6(Ipv6Addr::LOCALHOST)).status, 403);
    }
    get(&get(&callback).location());
    let done = login.end().success();
    assert!(done.out.contains("Valid! Id: "), "{}", done.out);
}

#[test]
fn a_person_who_denies_is_told_so_on_both_sides() {
    let world = World::with(|builder| builder.deny_sign_in());
    let login = Login::begin(&world, "login");
    let after = get(&get(&get(&login.start).location()).location());
    let page = get(&after.location());
    assert_eq!(page.status, 403);
    assert!(page.body.contains("access_denied"), "{}", page.body);
    let refused = login.end().failure(3, "sign_in_refused");
    assert!(refused.err.contains("access_denied"), "{}", refused.err);
    world.run_stored("status").failure(3, "not_signed_in");
}

#[test]
fn a_token_without_the_nonce_is_not_taken_off_a_terminal() {
    let world = World::with(|builder| builder.sign_in_as("owner").drop_redirect_parameters(true));
    let login = Login::begin(&world, "login");
    get(&get(&get(&login.start).location()).location());
    let refused = login.end().failure(3, "sign_in_refused");
    assert!(refused.err.contains("--headless"), "{}", refused.err);
    assert!(common::files_with(world.home.path(), &["eyJ"]).is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn a_token_without_the_nonce_is_taken_when_the_person_says_who_it_is() {
    use common::terminal::Terminal;
    let forgetful = || World::with(|builder| builder.sign_in_as("owner").drop_redirect_parameters(true));
    for (answer, code) in [("y\r", 0), ("n\r", 3), ("\r", 3)] {
        let world = forgetful();
        let (pipe, browser) = fake_browser(&world);
        let mut terminal = Terminal::signed_out(&world, "login --audience libraries.cgr.dev", &browser);
        // The page is answered only after the person has.
        let browsing = std::thread::spawn(move || browse(pipe));
        terminal.answer("Is that you?", answer);
        let done = terminal.end();
        assert_eq!(done.code, Some(code), "{answer:?}: {}", done.out);
        assert_eq!(browsing.join().unwrap().status, if code == 0 { 200 } else { 403 });
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_first_run_offers_to_sign_in_and_goes_on() {
    use common::terminal::Terminal;
    let world = world();
    let (pipe, browser) = fake_browser(&world);
    let mut terminal = Terminal::signed_out(&world, "get -o json", &browser);
    let browsing = std::thread::spawn(move || browse(pipe));
    terminal.answer("Sign in now?", "y\r");
    let done = terminal.end();
    assert_eq!((done.code, browsing.join().unwrap().status), (Some(0), 200), "{}", done.out);
    assert!(done.out.contains("\"source\":\"session\""), "{}", done.out);

    let refused = {
        let mut terminal = Terminal::signed_out(&World::new(), "get", &browser);
        terminal.answer("Sign in now?", "n\r");
        terminal.end()
    };
    assert_eq!(refused.code, Some(3), "{}", refused.out);
}

/// Reads what the command says until a line holds this text; the word of it that begins so.
fn told(reader: &mut impl std::io::BufRead, beginning: &str) -> String {
    let mut all = String::new();
    loop {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "nothing more was said: {all}");
        all.push_str(&line);
        if let Some(word) = line.split_whitespace().find(|word| word.starts_with(beginning)) {
            return word.to_owned();
        }
    }
}

/// A sign-in on another machine, which does `elsewhere` with the address or code that is shown.
fn elsewhere(world: &World, line: &str, beginning: &str, elsewhere: impl FnOnce(&World, &str)) -> Ended {
    let mut command = world.stored(line);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::new(child.stderr.take().unwrap());
    let shown = told(&mut reader, beginning);
    elsewhere(world, &shown);
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut reader, &mut rest).unwrap();
    let mut done = ended(child.wait_with_output().unwrap());
    done.err = rest;
    done
}

#[test]
fn a_browser_on_another_machine_signs_in() {
    let world = world();
    let issuer = world.address("PULLTOKEN_ISSUER");
    let line = "login --headless --social-login github";
    let done = elsewhere(&world, line, &format!("{issuer}/oauth"), |_, address| {
        assert!(address.contains("headless_code=") && address.contains("connection=github"), "{address}");
        assert_eq!(get(address).status, 200);
    });
    assert!(done.success().out.contains("example: can pull"));
    world.run_stored("token --audience libraries.cgr.dev").success();
}

#[test]
fn without_a_browser_login_is_headless_by_itself() {
    let world = world();
    let issuer = world.address("PULLTOKEN_ISSUER");
    elsewhere(&world, "login", &format!("{issuer}/oauth?headless_code="), |_, address| {
        get(address);
    })
    .success();
}

#[test]
fn a_code_typed_in_elsewhere_signs_in() {
    let world = World::with(|builder| builder.sign_in_as("owner").device_interval(1));
    let issuer = world.address("PULLTOKEN_ISSUER");
    let done = elsewhere(&world, "login --device", &format!("{issuer}/activate?user_code="), |world, address| {
        let polled = |request: &pulltoken_sim::LoggedRequest| request.path == "/oauth/token";
        assert!(world.sim.wait_for_request(polled, Duration::from_secs(20)).is_some());
        assert_eq!(get(address).status, 200);
    });
    assert!(done.success().out.contains("Valid! Id: "));
}

#[test]
fn a_code_that_is_denied_or_expires_signs_nobody_in() {
    let world = World::with(|builder| builder.deny_sign_in().device_interval(1));
    let issuer = world.address("PULLTOKEN_ISSUER");
    let shown = format!("{issuer}/activate?user_code=");
    let denied = elsewhere(&world, "login --device", &shown, |_, address| {
        get(address);
    });
    assert!(denied.failure(3, "sign_in_refused").err.contains("denied"));

    let world = World::with(|builder| builder.device_interval(1));
    let issuer = world.address("PULLTOKEN_ISSUER");
    let expired = elsewhere(&world, "login --device", &format!("{issuer}/activate?user_code="), |world, _| {
        world.sim.clock().advance(Duration::from_secs(901));
    });
    assert!(expired.failure(3, "sign_in_refused").err.contains("expired"));
}

#[test]
fn a_token_of_somebody_trusted_signs_in() {
    let world = World::new();
    let token = world.sim.ci_token(IDP, json!({"sub": "owner"})).unwrap();
    let mut command = world.stored("login --identity-token - -o json");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{token}\n").as_bytes()).unwrap();
    let done = ended(child.wait_with_output().unwrap()).success();
    assert!(!done.out.contains("eyJ") && !done.err.contains("eyJ"));
    assert_eq!(done.json()["organizations"][0]["ecosystems"], json!(["java", "python", "javascript"]));
    assert_eq!(done.json()["sessions"].as_array().unwrap().len(), 2);

    let file = world.home.path().join("id-token");
    std::fs::write(&file, &token).unwrap();
    world.run_stored(&format!("login --identity-token {}", file.display())).success();
    let literal = world.run_stored(&format!("login --identity-token {token} --audience libraries.cgr.dev")).success();
    assert!(literal.err.contains("other users of this machine can read"), "{}", literal.err);

    let stranger =
        world.sim.ci_token("https://token.actions.githubusercontent.com", json!({"sub": "repo:a/b"})).unwrap();
    std::fs::write(&file, stranger).unwrap();
    let refused = world.run_stored(&format!("login --identity-token {}", file.display()));
    assert!(refused.failure(3, "sign_in_refused").err.contains("for the audience 127.0.0.1"));
    std::fs::write(&file, "not.a.token").unwrap();
    world.run_stored(&format!("login --identity-token {}", file.display())).failure(2, "usage");
    world.run_stored("login --identity-token /does/not/exist").failure(2, "file_unreadable");
}

#[test]
fn a_door_is_chosen_once_and_an_organisation_has_to_exist() {
    let world = world();
    for line in [
        "login --org-name a --social-login github",
        "login --org-name a --identity-provider 0123456789abcdef0123456789abcdef01234567",
        "login --headless --device",
        "login --social-login myspace",
        "login --audience=",
    ] {
        assert_eq!(world.run_stored(line).code, Some(2), "{line}");
    }
    world.run_stored("login --headless --org-name nobody").failure(4, "organization_not_found");
    let login = Login::begin(&world, "login --org-name example");
    let page = get(&login.start).location();
    assert!(page.contains("&idp_id=example"), "{page}");
    let back = get(&get(&get(&page).location()).location()).location();
    get(&get(&back).location());
    login.end().success();
}

#[test]
fn the_vendors_words_sign_in_and_out() {
    let world = World::new();
    let file = world.home.path().join("id-token");
    std::fs::write(&file, world.sim.ci_token(IDP, json!({"sub": "owner"})).unwrap()).unwrap();
    world.run_stored(&format!("auth login --identity-token={}", file.display())).success();
    assert!(world.run_stored("auth status").success().out.starts_with("Valid! Id: "));
    assert!(world.run_stored("auth token").success().out.starts_with("eyJ"));
    world.run_stored("auth logout").success();
    world.run_stored("auth token").failure(3, "not_signed_in");
}
