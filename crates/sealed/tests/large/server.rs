//! A registry of HTTP/2 whose packages are generated as they are sent.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

pub(crate) const NAME: &str = "registry.test";
/// The size of a large package, in bytes.
pub(crate) const SIZE: u64 = 500_000_000;

pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) authority: CertificateDer<'static>,
    /// How many bytes of bodies were handed to the network.
    pub(crate) sent: Arc<AtomicU64>,
    pub(crate) connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(runtime: &Runtime) -> Self {
        let (authority, acceptor) = certificate();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sent, connections) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
        let server = Self { port, authority, sent: Arc::clone(&sent), connections: Arc::clone(&connections) };
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (acceptor, sent) = (acceptor.clone(), Arc::clone(&sent));
                tokio::spawn(async move {
                    let stream = acceptor.accept(stream).await.unwrap();
                    let service = service_fn(move |request: Request<Incoming>| {
                        let path = request.uri().path();
                        let breaks = path.contains("broken");
                        let left = match () {
                            () if breaks => SIZE / 10,
                            () if path.contains("small") => 1000,
                            () => SIZE,
                        };
                        let body = Generated { left, breaks, sent: Arc::clone(&sent) };
                        async move { Ok::<_, Infallible>(Response::new(body)) }
                    });
                    let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        server
    }
}

fn certificate() -> (CertificateDer<'static>, TlsAcceptor) {
    let (ca_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let authority = ca.self_signed(&ca_key).unwrap().der().clone();
    let leaf = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::new(ca, ca_key)).unwrap().der().clone();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf], private)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (authority, TlsAcceptor::from(Arc::new(config)))
}

/// The letter `x`, over and over.
struct Generated {
    left: u64,
    /// Whether the end is an error.
    breaks: bool,
    sent: Arc<AtomicU64>,
}

impl Body for Generated {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        static PIECE: [u8; 16384] = [b'x'; 16384];
        if self.left == 0 {
            let broken = || Err(io::Error::from(io::ErrorKind::ConnectionAborted));
            return Poll::Ready(self.breaks.then(broken));
        }
        let length = self.left.min(PIECE.len() as u64);
        self.left -= length;
        self.sent.fetch_add(length, Ordering::SeqCst);
        let piece = PIECE.get(..usize::try_from(length).unwrap_or(PIECE.len())).unwrap_or_default();
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece)))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.breaks { SizeHint::new() } else { SizeHint::with_exact(self.left) }
    }
}
