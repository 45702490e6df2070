//! `npmrc`, `npmrc-env` and `pnpm`: npm's configuration file, keyed by registry path.
//!
//! A key such as `//libraries.cgr.dev/javascript/:_auth` (npm calls the part before the colon a
//! nerf dart) sends the credential to URLs below that path alone. Both paths of the registry are
//! written, since pnpm does not follow from one to the other. Of several settings for one dart npm
//! prefers `_authToken`: an old one is taken out when a credential is put in.

mod edit;
mod ini;

use zeroize::Zeroizing;

use crate::base_url::BaseUrl;
use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::value::{check_basic, check_lines, check_present, decode_basic, placeholders};
use crate::formats::{Format, ParsedEntry, RenderOptions};
use crate::secret::Secret;
use ini::Item;

pub use edit::{edit_with, remove};

/// What is written behind `_auth=`.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// The credential itself.
    Literal(&'a Credentials),
    /// `${NAME}`: npm puts in the variable's value, base64 of `username:password`, when it reads.
    Placeholder(&'a str),
    /// The same below a comment that says how to set the variable.
    Explained(&'a str),
}

impl Value<'_> {
    fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            // The pair leaves here for the file that npm reads.
            Self::Literal(c) => c.basic().expose().to_owned(),
            Self::Placeholder(name) | Self::Explained(name) => format!("${{{name}}}"),
        })
    }
}

/// A setting that concerns authentication.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The line it stands on, from 1.
    pub line: usize,
    /// `//host[:port]/path/`.
    pub dart: String,
    /// `_auth`, `_authToken`, `username`, `_password` or `tokenHelper`.
    pub key: &'static str,
    /// Its value, unquoted, placeholders as they stand.
    pub value: Secret,
}

/// The settings by which npm and pnpm authenticate.
const AUTH_KEYS: [&str; 5] = ["_auth", "_authToken", "username", "_password", "tokenHelper"];

/// The darts that a credential is keyed to, most used first.
pub fn darts(o: &RenderOptions) -> Vec<String> {
    o.repository_urls().iter().filter_map(|url| BaseUrl::parse(url).ok()).map(|url| dart(&url)).collect()
}

fn dart(url: &BaseUrl) -> String {
    let path = &url.as_str()[url.origin().len()..];
    format!("//{}{path}/", url.authority())
}

/// A setting's effective value as npm reads this one file: of several the last, none from below a
/// section. Placeholders stay as they stand.
pub fn value(text: &str, key: &str) -> Option<Secret> {
    pairs(text).filter(|pair| pair.key == key).last().map(|pair| pair.value())
}

/// The settings for these darts, with or without the slash at the end, in the file's order.
pub fn entries_for(text: &str, darts: &[String]) -> Vec<Entry> {
    entries(text).filter(|entry| darts.contains(&entry.dart)).collect()
}

fn entries(text: &str) -> impl Iterator<Item = Entry> {
    pairs(text).filter_map(|pair| {
        let (dart, key) = split_key(&pair.key)?;
        Some(Entry { line: pair.line.number, dart, key, value: pair.value() })
    })
}

fn pairs(text: &str) -> impl Iterator<Item = ini::Pair<'_>> {
    ini::items(text).filter_map(|item| match item {
        Item::Pair(pair) => Some(pair),
        _ => None,
    })
}

/// A key such as `//host/path/:_auth` in its two parts, the dart with a slash at its end.
fn split_key(key: &str) -> Option<(String, &'static str)> {
    if !key.starts_with("//") {
        return None;
    }
    let (dart, name) = key.rsplit_once(':')?;
    let name = AUTH_KEYS.into_iter().find(|known| *known == name)?;
    let slash = if dart.ends_with('/') { "" } else { "/" };
    Some((format!("{dart}{slash}"), name))
}

pub(super) fn render(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    let value = value_of(format, c, o)?;
    let mut lines: Vec<_> = edit::comment_for(&value).map(Zeroizing::new).into_iter().collect();
    lines.extend(darts(o).iter().map(|dart| Zeroizing::new(format!("{dart}:_auth={}", *value.text()))));
    Ok(super::whole_lines(&lines))
}

pub(super) fn edit(text: &str, format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    Ok(edit_with(text, o, value_of(format, c, o)?))
}

fn value_of<'a>(format: Format, c: &'a Credentials, o: &RenderOptions) -> Result<Value<'a>> {
    if format == Format::NpmrcEnv {
        return Ok(Value::Explained(o.ecosystem.auth_variable()));
    }
    check_lines(format, c)?;
    check_present(format, c)?;
    check_basic(format, c)?;
    Ok(Value::Literal(c))
}

/// One entry for each dart that has a setting, in order of appearance.
pub(super) fn parse(text: &str) -> Vec<ParsedEntry> {
    struct Found {
        entry: ParsedEntry,
        auth: Option<Secret>,
        token: Option<Secret>,
    }
    let mut found: Vec<Found> = Vec::new();
    for Entry { line, dart, key, value } in entries(text) {
        let at = found.iter().position(|f| f.entry.target.as_ref() == Some(&dart)).unwrap_or_else(|| {
            let entry = ParsedEntry { line, target: Some(dart.clone()), ..ParsedEntry::default() };
            found.push(Found { entry, auth: None, token: None });
            found.len() - 1
        });
        let Found { entry, auth, token } = &mut found[at];
        entry.ecosystem = ecosystem_of(&dart);
        // Looked at for placeholders only.
        for name in placeholders(value.expose()) {
            if !entry.variables.contains(&name) {
                entry.variables.push(name);
            }
        }
        match key {
            "_auth" => *auth = Some(value),
            "_authToken" => *token = Some(value),
            // A username is no secret.
            "username" => entry.username = Some(value.expose().to_owned()),
            "_password" => entry.password = Some(decode_base64(value)),
            _ => {}
        }
    }
    found
        .into_iter()
        .map(|Found { mut entry, auth, token }| {
            // npm's own order: a token first, then the pair in two settings, then the pair in one.
            if token.is_some() {
                entry.username = None;
                entry.password = token;
            } else if entry.username.is_none() || entry.password.is_none() {
                // Stays within the entry: only the form changes.
                match auth.as_ref().and_then(|auth| decode_basic(auth.expose())) {
                    Some(pair) => (entry.username, entry.password) = (Some(pair.username), Some(pair.password)),
                    None => entry.password = auth.or(entry.password),
                }
            }
            if !entry.variables.is_empty() && entry.password.as_ref().is_some_and(|p| p.expose().contains("${")) {
                entry.password = None;
            }
            entry
        })
        .collect()
}

fn decode_base64(value: Secret) -> Secret {
    use base64::Engine as _;
    // Stays wrapped: only the form changes.
    let bytes = base64::engine::general_purpose::STANDARD.decode(value.expose()).map(Zeroizing::new);
    match bytes.as_deref().map(|bytes| std::str::from_utf8(bytes)) {
        Ok(Ok(text)) => Secret::new(text),
        _ => value,
    }
}

fn ecosystem_of(dart: &str) -> Option<crate::Ecosystem> {
    use crate::Ecosystem::JavaScript;
    JavaScript.registry_paths().any(|path| dart.ends_with(path)).then_some(JavaScript)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::options;

    fn pair() -> Credentials {
        Credentials::new("a/b", Secret::new("c"))
    }

    #[test]
    fn both_paths_are_keyed() {
        assert_eq!(
            edit("", Format::Npmrc, &pair(), &options()).unwrap().expose(),
            "//libraries.cgr.dev/javascript/:_auth=YS9iOmM=\n//libraries.cgr.dev/javascript-upstream/:_auth=YS9iOmM=\n"
        );
        let mut o = options();
        o.proxy_url = Some(BaseUrl::parse("https://nexus.test:8443/repository/npm/").unwrap());
        assert_eq!(darts(&o), ["//nexus.test:8443/repository/npm/"]);
    }

    #[test]
    fn the_effective_value_is_the_last_outside_a_section() {
        let text = "registry=https://a.test\nregistry = \"https://b.test\" \n[x]\nregistry=https://c.test\n";
        assert_eq!(value(text, "registry").unwrap().expose(), "https://b.test");
        assert!(value(text, "proxy").is_none());
    }

    #[test]
    fn every_way_to_authenticate_is_read() {
        let text = "//h.test/:_auth=dTpw\n//h.test/a:username=u\n//h.test/a/:_password=cA==\n\
            //h.test/b/:_auth=dTpw\n//h.test/b/:_authToken=t\n//h.test/c/:_auth=${A}\n//h.test/:other=x\n_auth=dTpw\n";
        let found: Vec<_> = parse(text)
            .into_iter()
            .map(|e| (e.line, e.target.unwrap(), e.username, e.password.map(|p| p.expose().to_owned()), e.variables))
            .collect();
        let entry = |line, target: &str, username: Option<&str>, password: Option<&str>, variables: &[&str]| {
            let own = |text: &str| text.to_owned();
            (line, own(target), username.map(own), password.map(own), variables.iter().map(|v| own(v)).collect())
        };
        assert_eq!(
            found,
            [
                entry(1, "//h.test/", Some("u"), Some("p"), &[]),
                entry(2, "//h.test/a/", Some("u"), Some("p"), &[]),
                entry(4, "//h.test/b/", None, Some("t"), &[]),
                entry(6, "//h.test/c/", None, None, &["A"]),
            ]
        );
    }
}
