//! How an input is laid out: parts of UTF-8 text with U+001E, the record separator, between them.
//! What is missing has a usual value, so that an ordinary file is an input as it stands.

use pulltoken_core::formats::{DEFAULT_REGISTRY, RenderOptions};
use pulltoken_core::{BaseUrl, Credentials, Ecosystem, Format, Secret};

use super::MARK;

/// The parts of an input; `None` where it is no UTF-8.
pub(super) fn parts<const N: usize>(data: &[u8]) -> Option<[&str; N]> {
    let mut rest = std::str::from_utf8(data).ok()?.splitn(N, '\u{1E}');
    Some(std::array::from_fn(|_| rest.next().unwrap_or_default()))
}

/// A file, and what is to be put into it.
pub(super) struct Input<'a> {
    pub(super) text: &'a str,
    pub(super) pair: Credentials,
    flags: &'a str,
    name: &'a str,
    plain: bool,
}

impl<'a> Input<'a> {
    /// Text, username, password, flags, name.
    pub(super) fn read(data: &'a [u8]) -> Option<Self> {
        let [text, username, password, flags, name] = parts(data)?;
        let plain = [username, password, flags, name].iter().all(|part| part.is_empty());
        let username = if username.is_empty() { "0a1b/2c3d" } else { username };
        let password = if password.is_empty() { format!("{MARK}.b-c_.d") } else { password.to_owned() };
        Some(Self { text, pair: Credentials::new(username, Secret::new(password)), flags, name, plain })
    }

    /// Whether a flag is set.
    pub(super) fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// Whether it is a file alone, for the usual credential.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// The options that the flags stand for.
    pub(super) fn options(&self, format: Format) -> RenderOptions {
        let url = |text| BaseUrl::parse(text).expect("a URL");
        let ecosystem = format.ecosystem().unwrap_or(match () {
            () if self.has('j') => Ecosystem::Java,
            () if self.has('p') => Ecosystem::Python,
            () => Ecosystem::JavaScript,
        });
        let registry = if self.has('6') { "https://[2001:db8::1]:8443/a" } else { DEFAULT_REGISTRY };
        let mut options = RenderOptions::new(ecosystem, url(registry));
        options.remediated = self.has('r');
        options.delimiter = Some("end_4f1c".to_owned());
        if self.has('m') {
            options.proxy_url = Some(url("https://nexus.test/repository/x"));
        }
        if !self.name.is_empty() {
            options.name = self.name.to_owned();
        }
        options
    }
}
