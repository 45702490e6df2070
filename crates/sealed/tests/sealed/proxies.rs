//! The user's own proxy, which everything goes through that it is for.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use pulltoken_core::Secret;
use pulltoken_sealed::{Proxies, SealedOptions};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::support::*;

/// A proxy that wants a password, and leads every host to where the rules of the options lead.
struct Corporate {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Corporate {
    fn start(lead: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://user:p%40ss@{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut client = stream.unwrap();
                let head = read_head(&mut client).unwrap();
                seen.lock().unwrap().push(head.clone());
                // `user:p@ss`
                if !head.contains("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n") {
                    client.write_all(&http(407, "", "")).unwrap();
                    continue;
                }
                let mut server = TcpStream::connect(lead(head.split(' ').nth(1).unwrap())).unwrap();
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                let (mut back, mut from) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut from, &mut back));
                std::thread::spawn(move || std::io::copy(&mut client, &mut server));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|head| head.split(' ').nth(1).unwrap().to_owned()).collect()
    }
}

fn behind(sim: &pulltoken_sim::Sim, url: &str, no_proxy: &str) -> Sealed {
    let proxies = Proxies::new(Some(&Secret::new(url)), no_proxy).unwrap();
    Sealed::start(SealedOptions { proxies, reroute: None, ..options(sim, lent(sim)) })
}

#[test]
fn the_registry_redirects_and_tunnels_go_through_it() {
    let sim = sim();
    let reroute = options(&sim, lent(&sim)).reroute.unwrap();
    let corporate = Corporate::start(move |to| {
        let (host, port) = reroute(to.split(':').next().unwrap(), 443).unwrap();
        format!("{host}:{port}")
    });
    let sealed = behind(&sim, &corporate.url, "other.test");
    assert_eq!(sealed.get("/javascript/left-hand").status, 200);
    assert_eq!(sealed.get("/javascript/far-away/-/far-away-1.0.0.tgz").status, 200);
    let mut issuer = tls(sealed.tunnel("issuer.enforce.dev:443"), "issuer.enforce.dev", &sim_ca(&sim), &[]).unwrap();
    issuer.write_all(b"GET / HTTP/1.1\r\nHost: issuer.enforce.dev\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = issuer.read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 "));
    assert_eq!(corporate.asked(), ["libraries.cgr.dev:443", "storage.example.com:443", "issuer.enforce.dev:443"]);
    // Loopback is reached directly.
    let server = Scripted::start(|_, _| Act::Last(http(200, "", "near")));
    let mut near = sealed.tunnel(server.authority());
    near.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(Response::read(&mut near).unwrap().text(), "near");
    assert_eq!(corporate.asked().len(), 3);
}

#[test]
fn its_refusal_is_told_without_its_password() {
    let sim = sim();
    let corporate = Corporate::start(|_| unreachable!());
    let url = corporate.url.replace("p%40ss", "wrong-one");
    let sealed = behind(&sim, &url, "");
    let answer = sealed.get("/javascript/left-hand");
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("407") && !answer.text().contains("wrong-one"), "{}", answer.text());
}

#[test]
fn no_proxy_is_applied_upstream() {
    let sim = sim();
    let corporate = Corporate::start(|_| unreachable!());
    let proxies = Proxies::new(Some(&Secret::new(corporate.url.clone())), ".example.test, localhost.test").unwrap();
    let sealed = Sealed::start(SealedOptions { proxies, reroute: None, ..options(&sim, lent(&sim)) });
    // Names of `.test` resolve nowhere: what matters is who was asked.
    let answer = sealed.say(format!("CONNECT a.example.test:443 HTTP/1.1\r\n{}\r\n", sealed.password()));
    assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains("cannot find a.example.test"), "{answer}");
    assert!(!corporate.asked().iter().any(|asked| asked.contains("example.test")));
}

#[test]
fn a_proxy_may_itself_be_spoken_to_over_tls() {
    let sim = sim();
    let reroute = options(&sim, lent(&sim)).reroute.unwrap();
    let (host, port) = reroute(HOST, 443).unwrap();
    let corporate = Corporate::start(move |_| format!("{host}:{port}"));
    let (authority, acceptor) = localhost();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = corporate.url.replace("http://", "https://");
    let (userinfo, behind) = url.rsplit_once('@').unwrap();
    let url = format!("{userinfo}@localhost:{}", listener.local_addr().unwrap().port());
    let behind = behind.to_owned();
    runtime.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut client = acceptor.accept(stream).await.unwrap();
            let mut proxy = tokio::net::TcpStream::connect(&behind).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut client, &mut proxy).await;
        }
    });
    let proxies = Proxies::new(Some(&Secret::new(url)), "").unwrap();
    let mut options = SealedOptions { proxies, reroute: None, ..options(&sim, lent(&sim)) };
    options.roots.push(authority);
    let sealed = Sealed::start(options);
    assert_eq!(sealed.get("/javascript/left-hand").status, 200);
    assert_eq!(corporate.asked(), ["libraries.cgr.dev:443"]);
}

/// A certificate for `localhost`, and who vouches for it.
fn localhost() -> (CertificateDer<'static>, TlsAcceptor) {
    let (ca_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let authority = ca.self_signed(&ca_key).unwrap().der().clone();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).unwrap().der().clone();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf], private)
        .unwrap();
    (authority, TlsAcceptor::from(Arc::new(config)))
}
