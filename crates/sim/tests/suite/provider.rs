//! An OpenID Connect provider as small as can be; the tests play the browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::support::Rsa;

/// What the provider says and was told.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) issuer: Option<String>,
    /// The ID token that a code is exchanged for.
    pub(crate) id_token: String,
    /// The form that was sent for it.
    pub(crate) form: String,
    /// How often the keys were fetched.
    pub(crate) key_fetches: usize,
}

pub(crate) struct Provider {
    pub(crate) url: String,
    pub(crate) script: Arc<Mutex<Script>>,
    thread: Option<JoinHandle<()>>,
}

impl Provider {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script::default()));
        let (own, shared) = (url.clone(), Arc::clone(&script));
        let thread = std::thread::spawn(move || {
            // Each connection is for one request; `stop` ends the provider.
            while let Ok((stream, _)) = listener.accept() {
                if !serve(stream, &own, &shared) {
                    break;
                }
            }
        });
        Self { url, script, thread: Some(thread) }
    }

    pub(crate) fn say(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(self.url.trim_start_matches("http://")) {
            let _ = stream.write_all(b"GET /stop HTTP/1.1\r\n\r\n");
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: TcpStream, url: &str, script: &Mutex<Script>) -> bool {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let length = lines.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or("/stop").to_owned();
    let mut script = script.lock().unwrap();
    let answer: Value = match path.as_str() {
        "/stop" => return false,
        "/.well-known/openid-configuration" => json!({
            "issuer": script.issuer.as_deref().unwrap_or(url),
            "authorization_endpoint": format!("{url}/authorize?kept=yes"),
            "token_endpoint": format!("{url}/token"),
            "jwks_uri": format!("{url}/jwks"),
            "device_authorization_endpoint": format!("{url}/device"),
        }),
        "/jwks" => {
            script.key_fetches += 1;
            let mut keys: Value = serde_json::from_str(&Rsa::shared().jwks()).unwrap();
            // Providers publish keys that not every client can use.
            keys["keys"].as_array_mut().unwrap().push(json!({"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "ed"}));
            keys
        }
        "/token" => {
            script.form = String::from_utf8(body).unwrap();
            json!({"access_token": "a", "token_type": "Bearer", "id_token": script.id_token})
        }
        other => json!({ "unexpected": other }),
    };
    let answer = answer.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(answer.as_bytes())).unwrap();
    true
}
