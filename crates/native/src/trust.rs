//! Whom to believe: the system's certificate authorities and, beside them, those of `SSL_CERT_FILE`,
//! `SSL_CERT_DIR`, `NODE_EXTRA_CA_CERTS` and of the file given. Nothing takes the system's away: who
//! adds a company's authority for one program still reaches the rest of the world.

mod system;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::env;
use std::ffi::OsString;
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
/// `file_unreadable` for the file given. What a variable names and cannot be read is passed over, as
/// Node and OpenSSL do; see [`passed_over`].
pub(crate) fn apply(builder: ClientBuilder, ca_file: Option<&Path>) -> Result<ClientBuilder> {
    Ok(match Roots::of(&Variables::of_this_process(), ca_file)? {
        Roots::BesideTheSystems(added) => builder.tls_certs_merge(unique(added)),
        Roots::All(all) => builder.tls_certs_only(unique(all)),
    })
}

/// Everybody to believe: the system's authorities and those that stand beside them.
///
/// # Errors
/// `file_unreadable` for the file given.
pub fn trusted_roots(ca_file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>> {
    let added = added(&Variables::of_this_process(), ca_file)?;
    Ok(system::most_used().into_iter().chain(added).collect())
}

/// The authorities in a file; `None` where it cannot be read or holds none.
pub fn authorities_in(file: &Path) -> Option<Vec<CertificateDer<'static>>> {
    Source::File(file.to_owned()).read().ok()
}

/// Authorities to hand to reqwest.
enum Roots {
    /// Its verifier finds the system's by itself.
    BesideTheSystems(Vec<CertificateDer<'static>>),
    /// Its verifier would read the variables in the system's place: these are both.
    All(Vec<CertificateDer<'static>>),
}

impl Roots {
    fn of(variables: &Variables, ca_file: Option<&Path>) -> Result<Self> {
        let added = added(variables, ca_file)?;
        Ok(if variables.would_replace_the_systems() && system::IS_READ_BY_VARIABLES {
            Self::All(system::authorities().into_iter().chain(added).collect())
        } else {
            Self::BesideTheSystems(added)
        })
    }
}

/// What was set and could not be used, for the message on a certificate that nobody vouches for.
pub(crate) fn passed_over() -> Option<String> {
    Variables::of_this_process().sources().into_iter().find_map(|(name, source)| {
        let why = source.read().err()?;
        Some(format!("{name} names {}, which is of no use: {why}", shown(source.path())))
    })
}

/// The variables that add authorities, as they are set.
#[derive(Default)]
struct Variables {
    file: Option<OsString>,
    folders: Option<OsString>,
    extra: Option<OsString>,
}

/// A place that a variable names.
enum Source {
    File(PathBuf),
    /// Files named by the hash of their subject, as `openssl rehash` does.
    Folder(PathBuf),
}

impl Variables {
    fn of_this_process() -> Self {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        Self { file: set(FILE), folders: set(FOLDERS), extra: set(EXTRA) }
    }

    /// Whether OpenSSL, and with it rustls-native-certs, would read these in the system's place.
    fn would_replace_the_systems(&self) -> bool {
        self.file.is_some() || self.folders.is_some()
    }

    fn sources(&self) -> Vec<(&'static str, Source)> {
        let file = |name, value: &Option<OsString>| value.as_ref().map(|path| (name, Source::File(path.into())));
        let folders = self.folders.iter().flat_map(env::split_paths).filter(|path| path != Path::new(""));
        let folders = folders.map(|path| (FOLDERS, Source::Folder(path)));
        file(FILE, &self.file).into_iter().chain(folders).chain(file(EXTRA, &self.extra)).collect()
    }
}

impl Source {
    fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Folder(path) => path,
        }
    }

    fn read(&self) -> std::result::Result<Vec<CertificateDer<'static>>, String> {
        readable(match self {
            Self::File(path) => load_certs_from_paths(Some(path), None),
            Self::Folder(path) => load_certs_from_paths(None, Some(path)),
        })
    }
}

/// The authorities that stand beside the system's.
fn added(variables: &Variables, ca_file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>> {
    let sources = variables.sources().into_iter();
    let mut added: Vec<_> = sources.filter_map(|(_, source)| source.read().ok()).flatten().collect();
    if let Some(path) = ca_file {
        added.extend(readable(load_certs_from_paths(Some(path), None)).map_err(|why| {
            Error::new(ErrorCode::FileUnreadable, format!("no authority can be read from {}: {why}", shown(path)))
        })?);
    }
    Ok(added)
}

/// The certificates that rustls can read, or why there are none.
fn readable(result: CertificateResult) -> std::result::Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Vec<_> = result.certs.into_iter().filter(is_usable).collect();
    match result.errors.first() {
        _ if !certificates.is_empty() => Ok(certificates),
        Some(error) => Err(printable_prefix(&error.to_string(), 200)),
        None => Err("it holds no certificate in PEM form".to_owned()),
    }
}

/// Whether rustls can read it: bundles hold old ones that it cannot, and a client would refuse to be
/// built with them.
fn is_usable(certificate: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}

/// Bundle and folder are often one and the same.
fn unique(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> Vec<Certificate> {
    let mut seen = HashSet::new();
    let new = certificates.into_iter().filter(|certificate| seen.insert(certificate.clone()));
    new.filter_map(|certificate| Certificate::from_der(&certificate).ok()).collect()
}

fn shown(path: &Path) -> String {
    printable_prefix(&path.to_string_lossy(), 200)
}
