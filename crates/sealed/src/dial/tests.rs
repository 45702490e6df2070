use super::*;

fn dialer(reroute: Option<Reroute>, proxies: Proxies) -> Dialer {
    let tls = crate::link::tls_config(rustls::RootCertStore::empty(), &[]).unwrap();
    Dialer::new(reroute, proxies, Arc::new(tls), Duration::from_secs(5))
}

async fn kind(dialer: &Dialer, to: &str, reach: Reach) -> Result<(), DialErrorKind> {
    let to = Authority::parse(to.as_bytes()).unwrap();
    dialer.dial(&to, reach).await.map(|_| ()).map_err(|error| error.kind)
}

#[tokio::test]
async fn a_redirect_does_not_reach_into_private_networks() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let plain = dialer(None, Proxies::none());
    for host in ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"] {
        let to = format!("{host}:{port}");
        assert_eq!(kind(&plain, &to, Reach::Public).await, Err(DialErrorKind::Refused), "{to}");
    }
    assert_eq!(kind(&plain, &format!("127.0.0.1:{port}"), Reach::Anywhere).await, Ok(()));
    // What the user says of a host counts.
    let rule: Reroute = Arc::new(move |host, _| (host == "store.test").then(|| ("127.0.0.1".to_owned(), port)));
    let rerouted = dialer(Some(rule), Proxies::none());
    assert_eq!(kind(&rerouted, "Store.test:443", Reach::Public).await, Ok(()));
    // A proxy would reach private addresses for us.
    let proxy = pulltoken_core::Secret::new(format!("http://127.0.0.1:{port}"));
    let proxied = dialer(None, Proxies::new(Some(&proxy), "").unwrap());
    for to in ["10.0.0.1:443", "[fd00::1]:443"] {
        assert_eq!(kind(&proxied, to, Reach::Public).await, Err(DialErrorKind::Refused), "{to}");
    }
}

#[tokio::test]
async fn nothing_is_said_in_the_clear_to_another_machine_by_a_reroute() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let to = Authority::parse(b"127.0.0.1:4873").unwrap();
    let tls = Arc::new(crate::link::tls_config(rustls::RootCertStore::empty(), &[]).unwrap());
    let led_to = |host: &'static str| {
        let rule: Reroute = Arc::new(move |_, _| Some((host.to_owned(), port)));
        Dialer::new(Some(rule), Proxies::none(), Arc::clone(&tls), Duration::from_millis(300))
    };
    for host in ["192.0.2.1", "[2001:db8::1]", "::ffff:192.0.2.1", "0.0.0.0"] {
        let dialled = led_to(host).dial_in_the_clear(&to, Reach::Anywhere).await;
        assert_eq!(dialled.err().map(|error| error.kind), Some(DialErrorKind::Refused), "{host}");
    }
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let dialled = led_to(host).dial_in_the_clear(&to, Reach::Anywhere).await;
        assert_eq!(dialled.err().map(|error| error.to_string()), None, "{host}");
    }
    // TLS and tunnels may lead anywhere, whether somebody is there or not.
    let dialled = led_to("192.0.2.1").dial(&to, Reach::Anywhere).await;
    assert_ne!(dialled.err().map(|error| error.kind), Some(DialErrorKind::Refused));
}

#[tokio::test]
async fn the_next_address_is_tried() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let alive = listener.local_addr().unwrap();
    let refused = { std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    let stream = race(vec![refused, alive]).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap(), alive);
    assert!(race(vec![refused]).await.is_err());
}
