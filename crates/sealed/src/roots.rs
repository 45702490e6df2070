//! Whom to believe, found where this machine and its user keep it.

use std::collections::HashSet;
use std::env;
use std::path::Path;

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};

/// The system's authorities, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name in their place,
/// and beside them those of `NODE_EXTRA_CA_CERTS` and of the file given. Node goes on without a
/// file that it cannot read, and so does this for the variable.
///
/// # Errors
/// `file_unreadable` for the file given; `tls` where nobody is left to believe.
pub fn trusted_roots(ca_file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>> {
    let mut roots = Collected::default();
    let system = load_native_certs();
    let problem = system.errors.first().map(|error| printable_prefix(&error.to_string(), 200));
    roots.add(system);
    if let Some(extra) = env::var_os("NODE_EXTRA_CA_CERTS").filter(|path| !path.is_empty()) {
        roots.add(load_certs_from_paths(Some(Path::new(&extra)), None));
    }
    if let Some(path) = ca_file {
        let result = load_certs_from_paths(Some(path), None);
        if result.certs.is_empty() {
            let why = result
                .errors
                .first()
                .map_or_else(|| "it holds no certificate in PEM form".to_owned(), ToString::to_string);
            let path = printable_prefix(&path.to_string_lossy(), 200);
            let message = format!("no authority can be read from {path}: {}", printable_prefix(&why, 200));
            return Err(Error::new(ErrorCode::FileUnreadable, message));
        }
        roots.add(result);
    }
    if roots.list.is_empty() {
        let why = problem.unwrap_or_else(|| "there are no certificates where they are looked for".to_owned());
        return Err(Error::new(ErrorCode::Tls, format!("nobody is trusted on this machine: {why}"))
            .with_hint("install the system's certificates (ca-certificates), or set SSL_CERT_FILE"));
    }
    Ok(roots.list)
}

/// Certificates that rustls can read, each once, in the order found.
#[derive(Default)]
struct Collected {
    list: Vec<CertificateDer<'static>>,
    seen: HashSet<CertificateDer<'static>>,
}

impl Collected {
    fn add(&mut self, found: CertificateResult) {
        for certificate in found.certs {
            // Bundles hold old certificates that rustls cannot read.
            if RootCertStore::empty().add(certificate.clone()).is_ok() && self.seen.insert(certificate.clone()) {
                self.list.push(certificate);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "no certificate").unwrap();
        assert_eq!(trusted_roots(Some(file.path())).unwrap_err().code(), ErrorCode::FileUnreadable);
        assert_eq!(trusted_roots(Some(Path::new("/nowhere"))).unwrap_err().code(), ErrorCode::FileUnreadable);
    }
}
