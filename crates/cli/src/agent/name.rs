//! `PULLTOKEN_AGENT`: the one variable that names a running proxy.
//!
//! `127.0.0.1:PORT:PASSWORD:FOLDER`. The folder comes last and whole: it may hold colons. In it lie
//! the authorities to believe and what the proxy opens; nothing secret.

use std::fmt;
use std::path::{Path, PathBuf};

use pulltoken_core::{Error, ErrorCode, Result, Secret};

/// The variable.
pub(crate) const VARIABLE: &str = "PULLTOKEN_AGENT";
const ADDRESS: &str = "127.0.0.1";
/// 128 bits in hex.
const PASSWORD_LENGTH: usize = 32;

/// Where a proxy listens, what opens it, and where the rest is written.
#[derive(Clone)]
pub(crate) struct AgentName {
    pub(crate) port: u16,
    password: Secret,
    pub(crate) folder: PathBuf,
}

impl AgentName {
    /// For a proxy's URL as [`pulltoken_sealed::SealedProxy::proxy_url`] has it, and its folder.
    ///
    /// # Errors
    /// `internal` for another URL; `file_unwritable` for a folder that the variable cannot hold.
    pub(crate) fn new(proxy: &Secret, folder: &Path) -> Result<Self> {
        // Taken apart here alone.
        let parts = proxy.expose().strip_prefix("http://s:").and_then(|rest| rest.split_once('@'));
        let port = parts.and_then(|(_, place)| place.strip_prefix(ADDRESS)?.strip_prefix(':')?.parse().ok());
        match (parts, port) {
            (Some((password, _)), Some(port)) => Self::of(port, password, folder).ok_or_else(|| {
                Error::new(ErrorCode::FileUnwritable, "the path of our files is no absolute path in UTF-8")
                    .with_hint("set PULLTOKEN_CACHE_DIR to another folder")
            }),
            _ => Err(Error::new(ErrorCode::Internal, "a proxy's URL is not of the form that it always has")),
        }
    }

    /// The same with another port and folder; `None` for those that no variable can hold.
    #[cfg(unix)]
    pub(crate) fn at(&self, port: u16, folder: &Path) -> Option<Self> {
        // Stays wrapped: it is put into another of its kind.
        Self::of(port, self.password.expose(), folder)
    }

    fn of(port: u16, password: &str, folder: &Path) -> Option<Self> {
        let is_password = password.len() == PASSWORD_LENGTH
            && password.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        let is_folder = folder.is_absolute()
            && folder.to_str().is_some_and(|text| !text.contains(char::is_control))
            && !folder.components().any(|part| part == std::path::Component::ParentDir);
        (port != 0 && is_password && is_folder).then(|| Self {
            port,
            password: Secret::new(password),
            folder: folder.to_owned(),
        })
    }

    /// Reads the variable's value.
    ///
    /// # Errors
    /// `usage`, without showing what it holds.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let read = || {
            let mut parts = text.splitn(4, ':');
            let (address, port, password, folder) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
            let port = Some(port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
            (address == ADDRESS).then(|| Self::of(port, password, Path::new(folder)))?
        };
        read().ok_or_else(|| {
            Error::new(ErrorCode::Usage, format!("{VARIABLE} is not what `pulltoken agent` sets"))
                .with_hint(format!("unset {VARIABLE}, or evaluate what `pulltoken agent` prints"))
        })
    }

    /// The variable's value, which opens the proxy.
    pub(crate) fn to_text(&self) -> Secret {
        let Self { port, password, folder } = self;
        // Goes to the variable: it opens the proxy and nothing else.
        Secret::new(format!("{ADDRESS}:{port}:{}:{}", password.expose(), folder.display()))
    }

    /// The proxy's URL with its password.
    pub(crate) fn proxy_url(&self) -> Secret {
        // Goes to a package manager's proxy setting: it opens the proxy and nothing else.
        Secret::new(format!("http://{}@{ADDRESS}:{}", self.userinfo().expose(), self.port))
    }

    /// The proxy's user and password, as they stand in its URL.
    pub(crate) fn userinfo(&self) -> Secret {
        // Stays wrapped: only the form changes.
        Secret::new(format!("s:{}", self.password.expose()))
    }
}

/// Shows where it listens, and no password.
impl fmt::Debug for AgentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgentName({ADDRESS}:{}, {})", self.port, self.folder.display())
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn what_is_written_is_read() {
        let url = Secret::new(format!("http://s:{PASSWORD}@127.0.0.1:4567"));
        let name = AgentName::new(&url, Path::new("/run/a b/c:d")).unwrap();
        let text = name.to_text().expose().to_owned();
        assert_eq!(text, format!("127.0.0.1:4567:{PASSWORD}:/run/a b/c:d"));
        let read = AgentName::parse(&text).unwrap();
        assert_eq!((read.port, read.folder.to_str()), (4567, Some("/run/a b/c:d")));
        assert_eq!(read.proxy_url().expose(), url.expose());
        assert!(!format!("{read:?}").contains(PASSWORD));
        assert!(AgentName::new(&Secret::new("http://127.0.0.1:1"), Path::new("/a")).is_err());
        assert!(AgentName::new(&url, Path::new("a")).is_err());
    }

    #[test]
    fn what_is_malformed_is_refused_and_not_shown() {
        let short = &PASSWORD[1..];
        for text in [
            String::new(),
            "127.0.0.1".into(),
            format!("127.0.0.1:1:{PASSWORD}"),
            format!("127.0.0.1:1:{PASSWORD}:"),
            format!("127.0.0.1:1:{PASSWORD}:relative"),
            format!("127.0.0.1:1:{PASSWORD}:/a/../b"),
            format!("127.0.0.1:1:{PASSWORD}:/a\nb"),
            format!("127.0.0.1:1:{short}:/a"),
            format!("127.0.0.1:1:{}:/a", PASSWORD.to_uppercase()),
            format!("127.0.0.1:1:{short}g:/a"),
            format!("127.0.0.1:0:{PASSWORD}:/a"),
            format!("127.0.0.1:+1:{PASSWORD}:/a"),
            format!("127.0.0.1:65536:{PASSWORD}:/a"),
            format!("127.0.0.2:1:{PASSWORD}:/a"),
            format!("localhost:1:{PASSWORD}:/a"),
            format!("evil.test:1:{PASSWORD}:/a"),
        ] {
            let error = AgentName::parse(&text).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Usage, "{text}");
            assert!(!error.to_string().contains(short), "{error}");
        }
    }
}
