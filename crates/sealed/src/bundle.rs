//! The authorities that a client is given: such a file replaces its own, so it holds them all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;

/// Certificates in PEM form, each once.
pub(crate) fn pem<'a>(certificates: impl IntoIterator<Item = &'a CertificateDer<'static>>) -> String {
    let mut seen = std::collections::HashSet::new();
    let mut out = String::new();
    for certificate in certificates {
        if !seen.insert(certificate) {
            continue;
        }
        out.push_str("-----BEGIN CERTIFICATE-----\n");
        let text = STANDARD.encode(certificate);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            out.push_str(line);
            out.push('\n');
            rest = more;
        }
        out.push_str("-----END CERTIFICATE-----\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::pki_types::pem::PemObject as _;

    #[test]
    fn is_read_back_as_it_was() {
        let certificates = [vec![1; 1], vec![2; 48], vec![3; 500], vec![2; 48]].map(CertificateDer::from);
        let text = pem(&certificates);
        assert!(text.lines().all(|line| line.len() <= 64));
        let read: Vec<_> = CertificateDer::pem_slice_iter(text.as_bytes()).map(Result::unwrap).collect();
        assert_eq!(read, certificates[..3]);
    }
}
