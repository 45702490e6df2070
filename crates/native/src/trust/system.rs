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

/// All of them, some twice; none where the system has none.
pub(super) fn authorities() -> Vec<CertificateDer<'static>> {
    let folders = FOLDERS.map(Path::new).into_iter().filter(|path| path.is_dir());
    in_one_file().into_iter().chain(folders.flat_map(|path| read(None, Some(path)))).collect()
}

/// Those of the one file that the system keeps of all of them, as most programs read it; elsewhere
/// all. Some hundred files more would take longer to open than a command may take to start.
pub(super) fn most_used() -> Vec<CertificateDer<'static>> {
    if cfg!(any(windows, target_vendor = "apple")) {
        return load_native_certs().certs.into_iter().filter(super::is_usable).collect();
    }
    let in_one_file = in_one_file();
    if in_one_file.is_empty() { authorities() } else { in_one_file }
}

fn in_one_file() -> Vec<CertificateDer<'static>> {
    let bundle = BUNDLES.map(Path::new).into_iter().find(|path| path.is_file());
    bundle.map(|path| read(Some(path), None)).unwrap_or_default()
}

fn read(file: Option<&Path>, folder: Option<&Path>) -> Vec<CertificateDer<'static>> {
    load_certs_from_paths(file, folder).certs.into_iter().filter(super::is_usable).collect()
}
