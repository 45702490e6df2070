use pulltoken_core::{BaseUrl, Ecosystem};

use super::*;

const REAL: &str = "https://libraries.cgr.dev";
const LOCAL: &str = "http://127.0.0.1:4873";

fn asked(registry: &str, place: Place, text: &str) -> Result<Admitted, u16> {
    let registry = Registry::new(&BaseUrl::parse(registry).unwrap(), Ecosystem::JavaScript, None).unwrap();
    let head = Head::read(format!("{}\r\n\r\n", text.replace('\n', "\r\n")).as_bytes()).unwrap();
    let line = head.request_line().unwrap();
    admit(&registry, &head, &line, place).map_err(|answer| answer.status.as_u16())
}

fn in_tunnel(text: &str) -> Result<Admitted, u16> {
    asked(REAL, Place::Tunnel, text)
}

#[test]
fn reading_packages_is_admitted() {
    let admitted = in_tunnel("GET /javascript/x HTTP/1.1\nHost: libraries.cgr.dev").unwrap();
    assert_eq!((admitted.method, admitted.length), (Method::GET, 0));
    assert_eq!(in_tunnel("HEAD /javascript/x HTTP/1.1\nHost: LIBRARIES.cgr.dev:443").unwrap().method, Method::HEAD);
    assert!(in_tunnel("GET https://libraries.cgr.dev/javascript/x HTTP/1.1\nHost: libraries.cgr.dev").is_ok());
    assert!(in_tunnel("GET /javascript/x HTTP/1.1\nHost: libraries.cgr.dev\nContent-Length: 0").is_ok());
    assert!(in_tunnel("GET /javascript/x HTTP/1.0").is_ok());
    assert!(
        asked(LOCAL, Place::Proxy, "GET http://127.0.0.1:4873/javascript/x HTTP/1.1\nHost: 127.0.0.1:4873").is_ok()
    );
    assert!(asked(LOCAL, Place::Tunnel, "GET /javascript/x HTTP/1.1\nHost: 127.0.0.1:4873").is_ok());
}

#[test]
fn audits_alone_are_posted() {
    let audit = "POST /javascript/-/npm/v1/security/advisories/bulk HTTP/1.1\nHost: libraries.cgr.dev";
    let admitted = in_tunnel(&format!("{audit}\nContent-Length: 16777216\nExpect: 100-Continue")).unwrap();
    assert_eq!((admitted.length, admitted.expects_continue), (16 << 20, true));
    assert_eq!(in_tunnel(&format!("{audit}\nContent-Length: 16777217")).unwrap_err(), 413);
    assert_eq!(in_tunnel(&format!("{audit}\nContent-Length: 99999999999999999999")).unwrap_err(), 400);
    assert_eq!(in_tunnel(&format!("{audit}\nTransfer-Encoding: chunked")).unwrap_err(), 400);
    assert_eq!(in_tunnel(&audit.replace("POST", "GET")).unwrap_err(), 405);
    assert_eq!(in_tunnel(&audit.replace("POST", "PUT")).unwrap_err(), 405);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "CONNEC"] {
        let text = format!("{method} /javascript/x HTTP/1.1\nHost: libraries.cgr.dev\nContent-Length: 5");
        assert_eq!(in_tunnel(&text).unwrap_err(), 405, "{method}");
    }
}

#[test]
fn a_get_has_no_body_and_one_length() {
    let get = "GET /javascript/x HTTP/1.1\nHost: libraries.cgr.dev";
    for more in [
        "Content-Length: 1",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Content-Length: 0\nTransfer-Encoding: chunked",
        "Content-Length: 0\nContent-Length: 0",
        "Content-Length: +0",
        "Content-Length:",
        "Content-Length: 0x0",
    ] {
        assert_eq!(in_tunnel(&format!("{get}\n{more}")).unwrap_err(), 400, "{more}");
    }
}

#[test]
fn another_server_is_421_and_no_server_400() {
    for (host, status) in [
        ("Host: other.test", 421),
        ("Host: libraries.cgr.dev.", 421),
        ("Host: libraries.cgr.dev:80", 421),
        ("Host: x@libraries.cgr.dev", 421),
        ("Host:", 421),
        ("Accept: x", 400),
        ("Host: libraries.cgr.dev\nHost: libraries.cgr.dev", 400),
    ] {
        assert_eq!(in_tunnel(&format!("GET /javascript/x HTTP/1.1\n{host}")).unwrap_err(), status, "{host}");
    }
    for target in [
        "https://other.test/javascript/x",
        "http://libraries.cgr.dev/javascript/x",
        "https://u@libraries.cgr.dev/javascript/x",
        "https://libraries.cgr.dev:8443/javascript/x",
    ] {
        assert_eq!(in_tunnel(&format!("GET {target} HTTP/1.1\nHost: libraries.cgr.dev")).unwrap_err(), 421, "{target}");
    }
    for target in ["*", "libraries.cgr.dev:443", "https://libraries.cgr.dev", "https://libraries.cgr.dev?x", "x"] {
        assert_eq!(in_tunnel(&format!("GET {target} HTTP/1.1\nHost: libraries.cgr.dev")).unwrap_err(), 400, "{target}");
    }
}

#[test]
fn outside_a_tunnel_a_request_names_its_server() {
    let host = "HTTP/1.1\nHost: 127.0.0.1:4873";
    assert_eq!(asked(LOCAL, Place::Proxy, &format!("GET /javascript/x {host}")).unwrap_err(), 400);
    assert_eq!(asked(LOCAL, Place::Proxy, &format!("GET http://127.0.0.1:1/javascript/x {host}")).unwrap_err(), 421);
    assert_eq!(
        asked(LOCAL, Place::Proxy, &format!("GET https://127.0.0.1:4873/javascript/x {host}")).unwrap_err(),
        421
    );
    let text = "GET https://libraries.cgr.dev/javascript/x HTTP/1.1\nHost: libraries.cgr.dev";
    assert_eq!(asked(REAL, Place::Proxy, text).unwrap_err(), 400);
}

#[test]
fn other_paths_are_403_and_ambiguous_ones_400() {
    let get = |path: &str| in_tunnel(&format!("GET {path} HTTP/1.1\nHost: libraries.cgr.dev")).unwrap_err();
    assert_eq!((get("/token"), get("/python/simple/"), get("/javascript/-/whoami")), (403, 403, 403));
    assert_eq!((get("/javascript/%2e%2e/token"), get("/javascript//x"), get("/javascript/x%5cy")), (400, 400, 400));
}
