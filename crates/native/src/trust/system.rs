//! The system's authorities, whatever the variables say.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls_native_certs::{load_certs_from_paths, load_native_certs};

/// Whether the verifier that reqwest takes reads `SSL_CERT_FILE` and `SSL_CERT_DIR` in the system's
/// place: it does where authorities are files. Apple's and Microsoft's systems ask their own store.
pub(super) const IS_READ_BY_VARIABLES: bool = cfg!(all(unix, not(target_vendor = "apple")));

/// Where systems keep all authorities in one file; the first that is there counts.
const BUNDLES: [&str; 8] = [
    "/etc/ssl/certs/ca-certificates.crt",                // Debian, Arch, Gentoo, NixOS
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",                  // older RHEL
    "/etc/ssl/ca-bundle.pem",                            // SUSE
    "/etc/ssl/cert.pem",                                 // Alpine, OpenBSD
    "/usr/local/etc/ssl/cert.pem",                       // FreeBSD
    "/etc/openssl/certs/ca-certificates.crt",            // NetBSD
    "/etc/certs/ca-certificates.crt",                    // illumos, Solaris
];

/// Where systems keep one file for each.
const FOLDERS: [&str; 5] =
    ["/etc/ssl/certs", "/etc/pki/tls/certs", "/usr/local/share/certs", "/etc/openssl/certs", "/etc/certs/CA"];

/// All of them; none where the system has none. Where one file holds them all, folders are not read:
/// they hold the same, and opening each of some hundred files takes longer than a start may.
pub(super) fn authorities() -> Vec<CertificateDer<'static>> {
    if cfg!(any(windows, target_vendor = "apple")) {
        return load_native_certs().certs.into_iter().filter(super::is_usable).collect();
    }
    let read = |file, folder| load_certs_from_paths(file, folder).certs.into_iter().filter(super::is_usable);
    let bundle = BUNDLES.map(Path::new).into_iter().find(|path| path.is_file());
    let in_bundle: Vec<_> = bundle.into_iter().flat_map(|path| read(Some(path), None)).collect();
    if !in_bundle.is_empty() {
        return in_bundle;
    }
    let folders = FOLDERS.map(Path::new).into_iter().filter(|path| path.is_dir());
    folders.flat_map(|path| read(None, Some(path))).collect()
}
