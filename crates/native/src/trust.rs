//! Whom to believe: the system's certificate authorities, or those that `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` name in their place (as OpenSSL understands them, on every system), and beside them
//! those of `NODE_EXTRA_CA_CERTS` and of the file given.

use std::collections::HashSet;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result};
use reqwest::{Certificate, ClientBuilder};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::{CertificateResult, load_certs_from_paths};

const FILE: &str = "SSL_CERT_FILE";
const FOLDERS: &str = "SSL_CERT_DIR";
const EXTRA: &str = "NODE_EXTRA_CA_CERTS";

/// Gives a client its authorities.
///
/// # Errors
/// `file_unreadable` for the file given, `tls` where the variables leave nobody to trust.
pub(crate) fn apply(builder: ClientBuilder, ca_file: Option<&Path>) -> Result<ClientBuilder> {
    let mut added = match extra_file().as_deref().map(read_file) {
        Some(Ok(certificates)) => certificates,
        // Node warns and goes on, and so do we, should it matter: see `passed_over`.
        Some(Err(_)) | None => Vec::new(),
    };
    if let Some(path) = ca_file {
        added.extend(read_file(path).map_err(|why| {
            Error::new(ErrorCode::FileUnreadable, format!("no authority can be read from {}: {why}", shown(path)))
        })?);
    }
    match in_place_of_the_systems()? {
        Some(certificates) => Ok(builder.tls_certs_only(certificates.into_iter().chain(added))),
        None => Ok(builder.tls_certs_merge(added)),
    }
}

/// What was set and could not be used, for the message on a certificate that nobody vouches for.
pub(crate) fn passed_over() -> Option<String> {
    let path = extra_file()?;
    let why = read_file(&path).err()?;
    Some(format!("{EXTRA} names {}, which is of no use: {why}", shown(&path)))
}

fn extra_file() -> Option<PathBuf> {
    env::var_os(EXTRA).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The authorities of the two variables, if one is set.
fn in_place_of_the_systems() -> Result<Option<Vec<Certificate>>> {
    let (file, folders) = (env::var_os(FILE), env::var_os(FOLDERS));
    if file.is_none() && folders.is_none() {
        return Ok(None);
    }
    // Bundle and folder are often one and the same.
    let mut found = HashSet::new();
    let mut problems = Vec::new();
    let mut take = |result: CertificateResult| {
        found.extend(result.certs);
        problems.extend(result.errors.into_iter().map(|error| error.to_string()));
    };
    if let Some(file) = &file {
        take(load_certs_from_paths(Some(Path::new(file)), None));
    }
    for folder in env::split_paths(folders.as_deref().unwrap_or(OsStr::new(""))).filter(|path| path != Path::new("")) {
        take(load_certs_from_paths(None, Some(&folder)));
    }
    let certificates: Vec<_> = found.iter().filter_map(usable).collect();
    if certificates.is_empty() {
        let problem = problems.first().map_or("they name no certificate in PEM form", String::as_str);
        let message = format!("{FILE} and {FOLDERS} leave nobody to trust: {}", printable_prefix(problem, 200));
        return Err(Error::new(ErrorCode::Tls, message)
            .with_hint("correct the variables, or unset them to trust the system's authorities"));
    }
    Ok(Some(certificates))
}

fn read_file(path: &Path) -> std::result::Result<Vec<Certificate>, String> {
    let result = load_certs_from_paths(Some(path), None);
    let certificates: Vec<_> = result.certs.iter().filter_map(usable).collect();
    match result.errors.first() {
        _ if !certificates.is_empty() => Ok(certificates),
        Some(error) => Err(printable_prefix(&error.to_string(), 200)),
        None => Err("it holds no certificate in PEM form".to_owned()),
    }
}

/// A certificate, if rustls can read it: bundles hold old ones that it cannot, and a client would
/// refuse to be built with them.
fn usable(certificate: &CertificateDer<'static>) -> Option<Certificate> {
    RootCertStore::empty().add(certificate.clone()).ok()?;
    Certificate::from_der(certificate).ok()
}

fn shown(path: &Path) -> String {
    printable_prefix(&path.to_string_lossy(), 200)
}
