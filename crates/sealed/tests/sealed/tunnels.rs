//! What passes through untouched, and what ends here.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;

use pulltoken_sealed::{Reroute, SealedOptions};

use crate::support::*;

#[test]
fn only_the_registrys_own_name_and_port_end_here() {
    let sim = sim();
    let sealed = Sealed::start({
        let mut options = options(&sim, lent(&sim));
        let known = options.reroute.take().unwrap();
        // Names that are nearly the registry's lead to the simulator too.
        let near = move |host: &str, _: u16| known(if host.contains("cgr.dev") { HOST } else { host }, 443);
        options.reroute = Some(Arc::new(near));
        options
    });
    let (ours, sims) = (sealed.proxy().ca_bundle().to_owned(), sim_ca(&sim));
    let without_sims = ours.replace(&normal(&sims), "");
    assert_ne!(ours, without_sims);
    for name in ["libraries.cgr.dev:443", "LIBRARIES.CGR.DEV:443"] {
        assert!(tls(sealed.tunnel(name), HOST, &without_sims, &[]).is_ok(), "{name}");
        assert!(tls(sealed.tunnel(name), HOST, &sims, &[]).is_err(), "{name}");
    }
    for name in ["libraries.cgr.dev.:443", "libraries.cgr.dev:8443", "x.libraries.cgr.dev:443", "cgr.dev:443"] {
        assert!(tls(sealed.tunnel(name), HOST, &sims, &[]).is_ok(), "{name}");
        assert!(tls(sealed.tunnel(name), HOST, &without_sims, &[]).is_err(), "{name}");
    }
    let store = tls(sealed.tunnel("storage.example.com:443"), "storage.example.com", &sims, &[b"h2"]).unwrap();
    assert_eq!(store.conn.alpn_protocol(), Some(&b"h2"[..]));
    assert!(sim.requests().is_empty());
}

/// The same certificates as the bundle writes them.
fn normal(pem: &str) -> String {
    pem.replace("\r\n", "\n")
}

#[test]
fn the_name_in_tls_is_the_registrys_and_http_is_1_1() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let bundle = sealed.proxy().ca_bundle().to_owned();
    let offered = |name: &str, alpn: &[&[u8]]| tls(sealed.tunnel("libraries.cgr.dev:443"), name, &bundle, alpn);
    let both = offered(HOST, &[b"h2", b"http/1.1"]).unwrap();
    assert_eq!(both.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert!(offered("LIBRARIES.cgr.dev", &[]).is_ok());
    // By the server's own word: the client would have refused the certificate later.
    for (name, alpn) in [
        ("storage.example.com", &[b"http/1.1".as_slice()][..]),
        ("x.libraries.cgr.dev", &[]),
        ("127.0.0.1", &[]),
        (HOST, &[b"h2"]),
    ] {
        let error = offered(name, alpn).unwrap_err().to_string();
        assert!(error.contains("received fatal alert"), "{name}: {error}");
    }
}

#[test]
fn a_tunnel_is_whole_and_closes_one_way_at_a_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // Speaks first, as mail servers do, and answers once it has heard everything.
        stream.write_all(b"220 hello\r\n").unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).unwrap();
        stream.write_all(format!("{} bytes\r\n", heard.len()).as_bytes()).unwrap();
        heard
    });
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let mut stream = sealed.connect();
    // What is sent along with the request belongs to the tunnel.
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut first = format!("CONNECT {to} HTTP/1.1\r\n{}\r\n", sealed.password()).into_bytes();
    first.extend_from_slice(&bytes[..100]);
    stream.write_all(&first).unwrap();
    stream.write_all(&bytes[100..]).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let head = read_head(&mut stream).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 ") && !head.to_lowercase().contains("content-length"), "{head}");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "220 hello\r\n3000000 bytes\r\n");
    assert!(server.join().unwrap() == bytes);
}

#[test]
fn what_cannot_be_reached_is_a_502() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let closed = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    let answer = sealed.say(format!("CONNECT {closed} HTTP/1.1\r\n{}\r\n", sealed.password()));
    assert!(answer.starts_with("HTTP/1.1 502 ") && answer.contains("cannot connect to 127.0.0.1"), "{answer}");
}

#[test]
fn python_asks_for_tunnels_in_1_0() {
    let server = Scripted::start(|_, _| Act::Last(b"bye".to_vec()));
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let answer = sealed.say(format!("CONNECT {} HTTP/1.0\r\n{}\r\nhi\r\n\r\n", server.authority(), sealed.password()));
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("bye"), "{answer}");
}

#[test]
fn a_plain_registry_is_not_rerouted_off_this_machine() {
    let server = Scripted::start(|_, _| Act::Send(http(200, "", "arrived")));
    // An address that is not of loopback, although somebody answers there.
    let port = server.authority().split(':').nth(1).unwrap().parse().unwrap();
    let rule: Reroute = Arc::new(move |_, _| Some(("0.0.0.0".to_owned(), port)));
    let sealed = server.sealed_with(|options| SealedOptions { reroute: Some(rule), ..options });
    let answer = sealed.get_plain(&server, "/javascript/x", "").unwrap();
    assert_eq!(answer.status, 502, "{}", answer.text());
    assert!(answer.text().contains("in the clear"), "{}", answer.text());
    assert_eq!(server.heads().len(), 0);
    // What a client says itself in a tunnel is its own affair.
    let mut tunnel = sealed.tunnel("other.test:80");
    tunnel.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(Response::read(&mut tunnel).unwrap().text(), "arrived");
}
