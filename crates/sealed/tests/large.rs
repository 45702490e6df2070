//! Large bodies: they stream, hold the server back when the client is slow, and break off where
//! the server does. A process of its own, since its memory is measured.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod large {
    pub(crate) mod server;
}

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulltoken_core::{BaseUrl, Credentials, Ecosystem, Secret};
use pulltoken_sealed::{Lent, SealedOptions, SealedProxy};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tokio::runtime::Runtime;

use large::server::{NAME, SIZE, Server};

/// The most that the whole process may grow by, the server and the client included.
const GROWTH: u64 = 64 << 20;

fn start(runtime: &Runtime, server: &Server) -> SealedProxy {
    let lent = Lent { credentials: Credentials::new("org/identity", Secret::new("hunter2")), expires_at: None };
    let port = server.port;
    let options = SealedOptions {
        roots: vec![server.authority.clone()],
        reroute: Some(Arc::new(move |host, _| (host == NAME).then(|| ("127.0.0.1".to_owned(), port)))),
        ..SealedOptions::new(BaseUrl::parse(&format!("https://{NAME}")).unwrap(), Ecosystem::JavaScript, lent)
    };
    runtime.block_on(SealedProxy::start(options)).unwrap()
}

/// A connection to the registry inside its tunnel, a request already sent.
fn ask(proxy: &SealedProxy, path: &str) -> StreamOwned<ClientConnection, TcpStream> {
    let url = proxy.proxy_url().expose().to_owned();
    let userinfo = url.trim_start_matches("http://").split('@').next().unwrap().to_owned();
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "CONNECT {NAME}:443 HTTP/1.1\r\nProxy-Authorization: Basic {}\r\n\r\n", STANDARD.encode(userinfo))
        .unwrap();
    assert!(head(&mut stream).starts_with("HTTP/1.1 200 "));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(proxy.ca_bundle().as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(NAME).unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    write!(stream, "GET /javascript/{path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n").unwrap();
    stream
}

fn head(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap()
}

/// How much memory the process has needed at most so far, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_ascii_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

#[test]
fn large_bodies() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let server = Server::start(&runtime);
    let proxy = start(&runtime, &server);

    // Sixty at once, and one connection upstream.
    std::thread::scope(|scope| {
        for number in 0..60 {
            let proxy = &proxy;
            scope.spawn(move || {
                let mut stream = ask(proxy, &format!("small/-/small-{number}.0.0.tgz"));
                assert!(head(&mut stream).contains("content-length: 1000\r\n"));
                stream.read_exact(&mut [0; 1000]).unwrap();
            });
        }
    });
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);

    // A client that takes nothing holds the server back.
    let mut stalled = ask(&proxy, "large/-/large-1.0.0.tgz");
    assert!(head(&mut stalled).contains(&format!("content-length: {SIZE}\r\n")));
    let held_back = until_still(|| server.sent.load(Ordering::SeqCst));
    assert!(held_back < 32 << 20, "{held_back} bytes were sent to nobody");

    // Another is served meanwhile, over the same connection, in little memory.
    let before = peak();
    let mut stream = ask(&proxy, "large/-/large-1.0.1.tgz");
    assert!(head(&mut stream).contains(&format!("content-length: {SIZE}\r\n")));
    let mut buffer = vec![0; 1 << 16];
    let mut read = 0;
    while read < SIZE {
        let length = stream.read(&mut buffer).unwrap();
        assert!(length > 0 && buffer[..length].iter().all(|byte| *byte == b'x'));
        read += length as u64;
    }
    assert_eq!(read, SIZE);
    let grown = peak() - before;
    assert!(grown < GROWTH, "it took {grown} bytes");
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);

    // A body that breaks off is no whole one.
    let mut stream = ask(&proxy, "broken/-/broken-1.0.0.tgz");
    head(&mut stream);
    let mut rest = Vec::new();
    let error = stream.read_to_end(&mut rest).unwrap_err();
    let kinds = [std::io::ErrorKind::ConnectionReset, std::io::ErrorKind::UnexpectedEof];
    assert!(kinds.contains(&error.kind()), "{error}");
    let report = proxy.report();
    let integrity = |version: &str| report.iter().find(|entry| entry.path.contains(version)).unwrap().integrity.clone();
    assert!(integrity("large-1.0.1").is_some() && integrity("broken-1.0.0").is_none());
}

/// A number, once it has not changed for a while.
fn until_still(number: impl Fn() -> u64) -> u64 {
    let mut last = (number(), Instant::now());
    while last.1.elapsed() < Duration::from_millis(500) {
        std::thread::yield_now();
        let now = number();
        if now != last.0 {
            last = (now, Instant::now());
        }
    }
    last.0
}
