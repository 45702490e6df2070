//! A simulated registry, scripted servers, and clients that send whatever bytes they like.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulltoken_core::{BaseUrl, Credentials, Ecosystem, Secret};
use pulltoken_sealed::{Lent, Reroute, SealedOptions, SealedProxy};
use pulltoken_sim::Sim;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tokio::runtime::Runtime;

pub(crate) const REGISTRY: &str = "https://libraries.cgr.dev";
pub(crate) const HOST: &str = "libraries.cgr.dev";

/// A proxy on a runtime of its own.
pub(crate) struct Sealed {
    pub(crate) runtime: Runtime,
    pub(crate) proxy: Option<SealedProxy>,
}

impl Sealed {
    pub(crate) fn start(options: SealedOptions) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let proxy = runtime.block_on(SealedProxy::start(options)).unwrap();
        Self { runtime, proxy: Some(proxy) }
    }

    pub(crate) fn proxy(&self) -> &SealedProxy {
        self.proxy.as_ref().unwrap()
    }

    /// `Proxy-Authorization: Basic …` and its line end.
    pub(crate) fn password(&self) -> String {
        let url = self.proxy().proxy_url().expose().to_owned();
        let userinfo = url.trim_start_matches("http://").split('@').next().unwrap().to_owned();
        format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode(userinfo))
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.proxy().port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends bytes on a new connection and reads all that comes.
    pub(crate) fn say(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes.as_ref()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard);
        String::from_utf8_lossy(&heard).into_owned()
    }

    /// A tunnel, established.
    pub(crate) fn tunnel(&self, to: &str) -> TcpStream {
        let mut stream = self.connect();
        write!(stream, "CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{}\r\n", self.password()).unwrap();
        let head = read_head(&mut stream).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        stream
    }

    /// A TLS connection to the registry through a tunnel, which believes the proxy's bundle.
    pub(crate) fn registry(&self) -> StreamOwned<ClientConnection, TcpStream> {
        tls(self.tunnel("libraries.cgr.dev:443"), HOST, self.proxy().ca_bundle(), &[b"http/1.1"]).unwrap()
    }

    /// Asks the registry for a path over TLS.
    pub(crate) fn get(&self, path: &str) -> Response {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n"))
    }

    /// Sends a request to the registry over TLS.
    pub(crate) fn ask(&self, request: &str) -> Response {
        let mut stream = self.registry();
        stream.write_all(request.as_bytes()).unwrap();
        Response::read(&mut stream).unwrap()
    }

    /// Asks a plain registry for a path, in absolute form.
    pub(crate) fn get_plain(&self, server: &Scripted, path: &str, more: &str) -> io::Result<Response> {
        let mut stream = self.connect();
        write!(
            stream,
            "GET {0}{path} HTTP/1.1\r\nHost: {1}\r\n{2}{more}\r\n",
            server.url,
            server.authority(),
            self.password()
        )?;
        Response::read(&mut stream)
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Reads an answer; its body by its length or in chunks.
    pub(crate) fn read(stream: &mut impl Read) -> io::Result<Self> {
        let head = read_head(stream)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let lower = head.to_ascii_lowercase();
        let mut body = Vec::new();
        if let Some(length) = lower.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()) {
            body.resize(length.parse().unwrap(), 0);
            stream.read_exact(&mut body)?;
        } else if lower.contains("transfer-encoding: chunked") {
            loop {
                let line = read_until(stream, b"\r\n")?;
                let length = usize::from_str_radix(line.trim(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
                let start = body.len();
                body.resize(start + length, 0);
                stream.read_exact(&mut body[start..])?;
                assert_eq!(read_until(stream, b"\r\n")?, "\r\n");
                if length == 0 {
                    break;
                }
            }
        }
        Ok(Self { status, head, body })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub(crate) fn read_head(stream: &mut impl Read) -> io::Result<String> {
    read_until(stream, b"\r\n\r\n")
}

fn read_until(stream: &mut impl Read, end: &[u8]) -> io::Result<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end) {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        bytes.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// TLS for a name, believing these authorities.
pub(crate) fn tls(
    stream: TcpStream,
    name: &str,
    pem: &str,
    alpn: &[&[u8]],
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = stream;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(connection, stream))
}

/// The simulator under its real names.
pub(crate) fn sim() -> Sim {
    Sim::builder().tls(true).start().unwrap()
}

/// A pull token of the simulator's.
pub(crate) fn lent(sim: &Sim) -> Lent {
    let token = sim.pull_token("javascript").unwrap();
    Lent { credentials: Credentials::new(token.username, Secret::new(token.password)), expires_at: None }
}

/// Options that reach the simulator under its real names.
pub(crate) fn options(sim: &Sim, lent: Lent) -> SealedOptions {
    let registry = BaseUrl::parse(REGISTRY).unwrap();
    let roots = vec![CertificateDer::from_pem_file(sim.ca_file().unwrap()).unwrap()];
    SealedOptions { roots, reroute: Some(reroute(sim)), ..SealedOptions::new(registry, Ecosystem::JavaScript, lent) }
}

fn reroute(sim: &Sim) -> Reroute {
    let rules: Vec<(String, String)> = sim
        .connect_to()
        .unwrap()
        .split(',')
        .map(|rule| {
            let mut parts = rule.split(':').map(str::to_owned);
            (parts.next().unwrap(), parts.nth(2).unwrap())
        })
        .collect();
    Arc::new(move |host, port| {
        let rule = rules.iter().find(|(name, _)| name == host && port == 443)?;
        Some(("127.0.0.1".to_owned(), rule.1.parse().unwrap()))
    })
}

/// The authorities of the simulator, in PEM form.
pub(crate) fn sim_ca(sim: &Sim) -> String {
    std::fs::read_to_string(sim.ca_file().unwrap()).unwrap()
}

/// What a scripted server does after it has read a request.
pub(crate) enum Act {
    /// Sends these bytes and reads on.
    Send(Vec<u8>),
    /// Sends these bytes and closes the connection.
    Last(Vec<u8>),
    /// Sends these bytes, then nothing, for as long as the test runs.
    Hang(Vec<u8>),
}

/// A server on a loopback port that does what a test says, and remembers what it was sent.
pub(crate) struct Scripted {
    pub(crate) url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub(crate) fn start(act: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (act, seen) = (Arc::new(act), Arc::clone(&heads));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (act, seen, mut stream) = (Arc::clone(&act), Arc::clone(&seen), stream.unwrap());
                std::thread::spawn(move || {
                    while let Ok(head) = read_head(&mut stream) {
                        let index = {
                            let mut seen = seen.lock().unwrap();
                            seen.push(head.clone());
                            seen.len() - 1
                        };
                        let (bytes, end) = match act(&head, index) {
                            Act::Send(bytes) => (bytes, false),
                            Act::Last(bytes) => (bytes, true),
                            Act::Hang(bytes) => {
                                stream.write_all(&bytes).unwrap();
                                std::thread::park();
                                return;
                            }
                        };
                        if stream.write_all(&bytes).is_err() || end {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, heads }
    }

    pub(crate) fn authority(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The heads that came so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// A proxy for this server as a plain registry.
    pub(crate) fn sealed(&self) -> Sealed {
        self.sealed_with(|options| options)
    }

    pub(crate) fn sealed_with(&self, change: impl FnOnce(SealedOptions) -> SealedOptions) -> Sealed {
        let registry = BaseUrl::parse(&self.url).unwrap();
        Sealed::start(change(SealedOptions::new(registry, Ecosystem::JavaScript, secret("hunter2-hunter2.hunter2"))))
    }
}

/// A credential that no simulator knows.
pub(crate) fn secret(password: &str) -> Lent {
    Lent { credentials: Credentials::new("org/identity", Secret::new(password)), expires_at: None }
}

/// An answer in HTTP.
pub(crate) fn http(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes()
}
