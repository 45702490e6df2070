//! A client that knows nothing: requests in, status and JSON out.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pulltoken_sim::Sim;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use serde_json::{Value, json};

pub(crate) const PULL_TOKEN_ISSUER: &str = "https://pulltoken.issuer.chainguard.dev";

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {:?}", self.body))
    }

    /// The status and the code in the body.
    pub(crate) fn problem(&self) -> (u16, i64) {
        (self.status, self.json()["code"].as_i64().unwrap())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) fn http() -> Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| Client::builder().redirect(Policy::none()).no_proxy().build().unwrap()).clone()
}

pub(crate) fn send(request: RequestBuilder) -> Answer {
    let answer = request.send().unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, body: answer.text().unwrap() }
}

/// The API as one caller sees it.
pub(crate) struct Api {
    base: String,
    token: String,
}

impl Api {
    pub(crate) fn new(sim: &Sim, token: &str) -> Self {
        Self { base: sim.addresses().api.clone(), token: token.to_owned() }
    }

    /// With a session that is there from the start.
    pub(crate) fn of(sim: &Sim, caller: &str) -> Self {
        Self::new(sim, &sim.token(caller).unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        send(http().get(format!("{}{path}", self.base)).bearer_auth(&self.token))
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.call_raw(method, path, &body.to_string())
    }

    pub(crate) fn call_raw(&self, method: &str, path: &str, body: &str) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        send(http().request(method, format!("{}{path}", self.base)).bearer_auth(&self.token).body(body.to_owned()))
    }

    pub(crate) fn role(&self, name: &str) -> String {
        self.get(&format!("/iam/v1/roles?name={name}")).json()["items"][0]["id"].as_str().unwrap().to_owned()
    }
}

/// An RSA key such as a pull token's. One is made for all tests: making one takes time.
pub(crate) struct Rsa(KeyPair);

impl Rsa {
    pub(crate) fn shared() -> &'static Self {
        static KEY: OnceLock<Rsa> = OnceLock::new();
        KEY.get_or_init(Self::generate)
    }

    pub(crate) fn generate() -> Self {
        Self(KeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub(crate) fn jwks(&self) -> String {
        let key = self.0.public_key();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"keys": [{
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "kid": "key-1",
            "n": text(key.modulus().big_endian_without_leading_zero()),
            "e": text(key.exponent().big_endian_without_leading_zero()),
        }]})
        .to_string()
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({"alg": "RS256", "kid": "key-1"})), part(claims));
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// RFC 3339 for a moment of the simulator's clock that is this far from now.
pub(crate) fn moment(sim: &Sim, seconds_from_now: i64) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp(sim.clock().unix_seconds() + seconds_from_now).unwrap();
    moment.format(&time::format_description::well_known::Rfc3339).unwrap()
}

/// The body of an identity that a client would create for a pull token.
pub(crate) fn identity(sim: &Sim, subject: &str, seconds: i64) -> Value {
    json!({
        "name": "pull-token",
        "description": "made by a test",
        "static": {
            "issuer": PULL_TOKEN_ISSUER,
            "subject": subject,
            "issuerKeys": Rsa::shared().jwks(),
            "expiration": moment(sim, seconds),
        },
    })
}

/// The claims of a pull token.
pub(crate) fn claims(sim: &Sim, subject: &str, seconds: i64) -> Value {
    let now = sim.clock().unix_seconds();
    json!({
        "iss": PULL_TOKEN_ISSUER,
        "sub": subject,
        "aud": [sim.addresses().issuer],
        "iat": now,
        "exp": now + seconds,
    })
}

pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// A changed copy of a JSON object.
pub(crate) fn with(object: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = object.clone();
    if let Some(slot) = changed.pointer_mut(pointer) {
        *slot = value;
    } else {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[name] = value;
    }
    changed
}

pub(crate) fn names(answer: &Answer, list: &str, field: &str) -> Vec<String> {
    let answer = answer.json();
    let items = answer[list].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

/// How often each text occurs.
pub(crate) fn counted(texts: Vec<String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_insert(0) += 1;
    }
    counts
}
