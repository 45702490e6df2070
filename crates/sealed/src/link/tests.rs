use super::*;
use crate::options::{Proxies, Reroute};
use hyper::service::service_fn;
use tokio_rustls::TlsAcceptor;

/// The versions that a server was asked in.
type Asked = Arc<Mutex<Vec<http::Version>>>;

/// Speaks HTTP/2 on its first connection, until it is told to end it, and HTTP/1.1 on the next.
async fn fickle(
    listener: tokio::net::TcpListener,
    tls: Arc<rustls::ServerConfig>,
    asked: Asked,
    end: tokio::sync::oneshot::Receiver<()>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        asked.lock().unwrap().push(request.version());
        async { Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::from("{}")))) }
    });
    let accept = async |alpn: &[u8]| {
        let mut config = rustls::ServerConfig::clone(&tls);
        config.alpn_protocols = vec![alpn.to_vec()];
        let (stream, _) = listener.accept().await.unwrap();
        TokioIo::new(TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap())
    };
    let first = accept(b"h2").await;
    tokio::select! {
        _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(first, service.clone()) => {}
        _ = end => {}
    }
    let second = accept(b"http/1.1").await;
    hyper::server::conn::http1::Builder::new().serve_connection(second, service).await.unwrap();
}

#[tokio::test]
async fn a_registry_that_stops_speaking_http_2_is_spoken_to_in_1_1() {
    let issued = crate::authority::issue("a.test", crate::clock::now(), Duration::from_secs(60)).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Asked::default();
    let (end, ended) = tokio::sync::oneshot::channel();
    let server = tokio::spawn(fickle(listener, issued.server, Arc::clone(&asked), ended));
    let mut roots = RootCertStore::empty();
    roots.add(issued.authority).unwrap();
    let tls = Arc::new(tls_config(roots, &[b"h2", b"http/1.1"]).unwrap());
    let reroute: Reroute = Arc::new(move |_, _| Some(("127.0.0.1".to_owned(), port)));
    let dialer = Arc::new(Dialer::new(Some(reroute), Proxies::none(), Arc::clone(&tls), Duration::from_secs(10)));
    let uri = Uri::from_static("https://a.test/");
    let pool = RegistryPool::new(uri.clone(), Connector::new(dialer, tls, Reach::Anywhere));
    let ask = async || {
        let request = Request::get(uri.clone()).body(Full::default()).unwrap();
        // The connection may end upon a request: then it was not heard, and may be sent again.
        match pool.send(request.clone()).await {
            Err(LinkError::Broken) => pool.send(request).await,
            sent => sent,
        }
    };
    assert_eq!(ask().await.unwrap().status(), 200);
    end.send(()).unwrap();
    assert_eq!(ask().await.unwrap().status(), 200);
    assert_eq!(ask().await.unwrap().status(), 200);
    let versions = asked.lock().unwrap().clone();
    assert_eq!(versions, [http::Version::HTTP_2, http::Version::HTTP_11, http::Version::HTTP_11]);
    drop(pool);
    server.await.unwrap();
}
