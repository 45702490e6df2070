//! Signing in with a code that is an X25519 key.

use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pulltoken_sim::Sim;
use serde_json::Value;

use crate::sign_in::{choose, request_of};
use crate::support::{Answer, Api, http, send};

struct Terminal {
    key: PrivateKey,
    code: String,
}

impl Terminal {
    fn new() -> Self {
        let key = PrivateKey::generate(&X25519).unwrap();
        let code = URL_SAFE_NO_PAD.encode(key.compute_public_key().unwrap());
        Self { key, code }
    }

    fn fetch(&self, sim: &Sim) -> Answer {
        send(http().get(format!("{}/sts/headless_sessions?code={}", sim.addresses().issuer, self.code)))
    }

    fn open(&self, session: &Value) -> String {
        let bytes = |field: &str| STANDARD.decode(session[field].as_str().unwrap()).unwrap();
        let theirs = URL_SAFE_NO_PAD.decode(bytes("ecdhPublicKey")).unwrap();
        let mut sealed = bytes("encryptedIdtoken");
        let mut ciphertext = sealed.split_off(12);
        let opened = agree(&self.key, UnparsedPublicKey::new(&X25519, theirs), (), |secret| {
            let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, secret).unwrap());
            let nonce = Nonce::try_assume_unique_for_key(&sealed).unwrap();
            Ok(key.open_in_place(nonce, Aad::empty(), &mut ciphertext).unwrap().to_vec())
        });
        String::from_utf8(opened.unwrap()).unwrap()
    }
}

fn visit(sim: &Sim, code: &str) -> Answer {
    send(http().get(format!("{}/oauth?headless_code={code}", sim.addresses().issuer)))
}

#[test]
fn a_terminal_gets_an_id_token_that_nobody_else_can_read_and_exchanges_it() {
    let sim = Sim::builder().start().unwrap();
    let terminal = Terminal::new();
    assert_eq!(terminal.fetch(&sim).problem(), (404, 5));
    let page = visit(&sim, &terminal.code);
    assert_eq!(terminal.fetch(&sim).problem(), (404, 5));
    let done = choose(&sim, &request_of(&page), ("as", "owner"));
    assert_eq!((done.status, done.header("location")), (200, None));
    let session = terminal.fetch(&sim).json();
    let id_token = terminal.open(&session);
    let exchanged = send(
        http()
            .post(format!("{}/sts/exchange", sim.addresses().issuer))
            .bearer_auth(id_token)
            .form(&[("aud", &sim.addresses().api)]),
    );
    let me = Api::new(&sim, exchanged.json()["token"].as_str().unwrap()).get("/auth/v1/ok").json();
    assert_eq!(me["email"], "owner@example.com");
    // Both the session and the code are good once.
    assert_eq!(terminal.fetch(&sim).problem(), (404, 5));
    assert_eq!(choose(&sim, &request_of(&visit(&sim, &terminal.code)), ("as", "owner")).status, 400);
    assert_eq!(terminal.fetch(&sim).problem(), (404, 5));
}

#[test]
fn a_session_waits_ten_minutes() {
    let sim = Sim::builder().sign_in_as("owner").start().unwrap();
    let (quick, slow) = (Terminal::new(), Terminal::new());
    assert_eq!(visit(&sim, &quick.code).status, 200);
    assert_eq!(visit(&sim, &slow.code).status, 200);
    sim.clock().advance(Duration::from_secs(590));
    assert_eq!(quick.fetch(&sim).status, 200);
    sim.clock().advance(Duration::from_secs(11));
    assert_eq!(slow.fetch(&sim).problem(), (404, 5));
}

#[test]
fn who_refuses_leaves_nothing() {
    let sim = Sim::builder().start().unwrap();
    let terminal = Terminal::new();
    let first = request_of(&visit(&sim, &terminal.code));
    let second = request_of(&visit(&sim, &terminal.code));
    assert_eq!(choose(&sim, &first, ("deny", "true")).status, 200);
    assert_eq!(terminal.fetch(&sim).problem(), (404, 5));
    assert_eq!(choose(&sim, &second, ("as", "owner")).status, 400);
}

#[test]
fn a_code_must_be_a_key() {
    let sim = Sim::builder().start().unwrap();
    let zero = URL_SAFE_NO_PAD.encode([0; 32]);
    let padded = format!("{}=", Terminal::new().code);
    for code in ["", "yolo", &zero, &padded, &"A".repeat(44)] {
        let polled = send(http().get(format!("{}/sts/headless_sessions?code={code}", sim.addresses().issuer)));
        assert_eq!(polled.problem(), (400, 3), "{code}");
        assert_eq!(visit(&sim, code).status, 400, "{code}");
    }
    let with_audience = format!("{}&audience=x", Terminal::new().code);
    assert_eq!(visit(&sim, &with_audience).status, 400);
}
