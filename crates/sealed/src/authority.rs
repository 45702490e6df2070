//! The certificate authority of one run: it vouches for one name, signs once, and is forgotten.

use std::sync::Arc;
use std::time::Duration;

use pulltoken_core::{Error, ErrorCode, Result, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;
use zeroize::Zeroize as _;

/// Clocks differ between containers and their hosts.
const SKEW_SECONDS: i64 = 3600;

/// What is left of the authority: its certificate, and the one that it signed.
pub(crate) struct Issued {
    /// To be believed by the client.
    pub(crate) authority: CertificateDer<'static>,
    /// To be shown to it, with its key.
    pub(crate) server: Arc<ServerConfig>,
}

/// Makes an authority for one host, lets it sign one certificate, and wipes its key.
///
/// # Errors
/// `internal` where the machine cannot make keys, or the host is no name that certificates know.
pub(crate) fn issue(host: &str, now: Timestamp, lifetime: Duration) -> Result<Issued> {
    let failed = |error: rcgen::Error| internal(&error.to_string());
    let mut key = KeyPair::generate().map_err(failed)?;
    let mut leaf_key = KeyPair::generate().map_err(failed)?;
    let signed = sign(host, now, lifetime, &key, &leaf_key);
    key.zeroize();
    drop(key);
    let (authority, leaf) = signed?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
    leaf_key.zeroize();
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let signing = provider.key_provider.load_private_key(private).map_err(|error| internal(&error.to_string()))?;
    let shown = OneName { host: host.to_owned(), key: Arc::new(CertifiedKey::new(vec![leaf], signing)) };
    let mut server = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| internal(&error.to_string()))?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shown));
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Issued { authority, server: Arc::new(server) })
}

fn sign(
    host: &str,
    now: Timestamp,
    lifetime: Duration,
    key: &KeyPair,
    leaf_key: &KeyPair,
) -> Result<(CertificateDer<'static>, CertificateDer<'static>)> {
    let failed = |error: rcgen::Error| internal(&error.to_string());
    let lasts = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    let (from, until) =
        (moment(now.plus_seconds(-SKEW_SECONDS))?, moment(now.plus_seconds(lasts).plus_seconds(SKEW_SECONDS))?);

    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    authority.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName(host.to_owned())],
        excluded_subtrees: vec![
            GeneralSubtree::IpAddress(CidrSubnet::V4([0; 4], [0; 4])),
            GeneralSubtree::IpAddress(CidrSubnet::V6([0; 16], [0; 16])),
        ],
    });
    authority.distinguished_name = rcgen::DistinguishedName::new();
    // Names of their own: a bundle may hold the authority of another run.
    authority.distinguished_name.push(DnType::CommonName, format!("pulltoken, sealed run {}", serial()?));
    (authority.not_before, authority.not_after) = (from, until);
    let certificate = authority.self_signed(key).map_err(failed)?;

    let mut leaf = CertificateParams::new(vec![host.to_owned()]).map_err(failed)?;
    leaf.distinguished_name = rcgen::DistinguishedName::new();
    leaf.distinguished_name.push(DnType::CommonName, "pulltoken, sealed registry");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    (leaf.not_before, leaf.not_after) = (from, until);
    let leaf = leaf.signed_by(leaf_key, &Issuer::from_params(&authority, key)).map_err(failed)?;
    Ok((certificate.der().clone(), leaf.der().clone()))
}

/// Shows its certificate to who asks for its host by name, and to nobody else.
#[derive(Debug)]
struct OneName {
    host: String,
    key: Arc<CertifiedKey>,
}

impl ResolvesServerCert for OneName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        hello.server_name().filter(|name| name.eq_ignore_ascii_case(&self.host)).map(|_| Arc::clone(&self.key))
    }
}

fn serial() -> Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| internal(&error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn moment(time: Timestamp) -> Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(time.unix_seconds()).map_err(|error| internal(&error.to_string()))
}

fn internal(what: &str) -> Error {
    Error::new(ErrorCode::Internal, format!("no certificate can be made for the sealed registry: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use x509_parser::prelude::*;

    #[test]
    fn vouches_for_one_name_and_no_address() {
        let now = Timestamp::parse("2026-11-24T10:00:00Z").unwrap();
        let issued = issue("libraries.cgr.dev", now, Duration::from_secs(3600)).unwrap();
        let (rest, certificate) = X509Certificate::from_der(&issued.authority).unwrap();
        assert!(rest.is_empty());
        let constraints = certificate.basic_constraints().unwrap().unwrap();
        assert!(constraints.critical && constraints.value.ca);
        assert_eq!(constraints.value.path_len_constraint, Some(0));
        let usage = certificate.key_usage().unwrap().unwrap();
        assert!(usage.critical && usage.value.key_cert_sign() && !usage.value.digital_signature());
        let names = certificate.name_constraints().unwrap().unwrap();
        assert!(names.critical);
        let permitted = names.value.permitted_subtrees.as_ref().unwrap();
        assert_eq!(
            permitted.iter().map(|tree| tree.base.clone()).collect::<Vec<_>>(),
            [GeneralName::DNSName("libraries.cgr.dev")]
        );
        let excluded = names.value.excluded_subtrees.as_ref().unwrap();
        let excluded: Vec<_> = excluded.iter().map(|tree| tree.base.clone()).collect();
        assert_eq!(excluded, [GeneralName::IPAddress(&[0; 8]), GeneralName::IPAddress(&[0; 32])]);
        let valid = certificate.validity();
        let at = |text: &str| Timestamp::parse(text).unwrap().unix_seconds();
        assert_eq!(valid.not_before.timestamp(), at("2026-11-24T09:00:00Z"));
        assert_eq!(valid.not_after.timestamp(), at("2026-11-24T12:00:00Z"));
    }

    #[test]
    fn two_runs_share_no_name_and_no_key() {
        let now = Timestamp::parse("2026-11-24T10:00:00Z").unwrap();
        let one = issue("a.test", now, Duration::from_secs(1)).unwrap().authority;
        let two = issue("a.test", now, Duration::from_secs(1)).unwrap().authority;
        let parsed = |der| X509Certificate::from_der(der).unwrap().1;
        assert_ne!(parsed(&one).subject().to_string(), parsed(&two).subject().to_string());
        assert_ne!(parsed(&one).public_key().raw, parsed(&two).public_key().raw);
    }
}
