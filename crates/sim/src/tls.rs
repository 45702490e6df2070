//! A throw-away certificate authority for the platform's real names.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::addresses::{Addresses, real_name};
use crate::log::Part;

/// What a client needs to reach the real names here.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// The authority's certificate, in PEM; removed when the simulator goes.
    file: NamedTempFile,
    /// `HOST:PORT:ADDRESS:PORT` of every part, separated by commas.
    pub(crate) connect_to: String,
}

impl Tls {
    pub(crate) fn new(addresses: &Addresses) -> Result<Self, String> {
        let text = |error: rcgen::Error| error.to_string();
        let ca_key = KeyPair::generate().map_err(text)?;
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        ca.distinguished_name.push(DnType::CommonName, "pulltoken-sim, for tests only");
        let ca_certificate = ca.self_signed(&ca_key).map_err(text)?;
        let issuer = Issuer::new(ca, ca_key);

        let names: Vec<String> = Part::ALL.into_iter().map(|part| real_name(part).to_owned()).collect();
        let key = KeyPair::generate().map_err(text)?;
        let mut leaf = CertificateParams::new(names).map_err(text)?;
        leaf.distinguished_name.push(DnType::CommonName, "pulltoken-sim");
        leaf.use_authority_key_identifier_extension = true;
        let certificate = leaf.signed_by(&key, &issuer).map_err(text)?;

        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(|error| error.to_string())?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];

        let file = write_file(&ca_certificate.pem()).map_err(|error| error.to_string())?;
        let own =
            Part::ALL.into_iter().map(|part| format!("{}:443:127.0.0.1:{}", real_name(part), addresses.port(part)));
        let storage = addresses.port(Part::Storage);
        // Where redirects to another port of the registry's own host lead.
        let next_door = format!("{}:{storage}:127.0.0.1:{storage}", real_name(Part::Registry));
        let connect_to = own.chain([next_door]).collect::<Vec<_>>().join(",");
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), file, connect_to })
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        Path::new(self.file.path()).to_owned()
    }
}

fn write_file(pem: &str) -> std::io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("pulltoken-sim-ca-").suffix(".pem").tempfile()?;
    file.write_all(pem.as_bytes())?;
    file.flush()?;
    Ok(file)
}
