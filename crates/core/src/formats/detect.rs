//! Telling a file's format from its content.

use crate::formats::lines::{BOM, lines};
use crate::formats::netrc::parse_netrc;
use crate::formats::{Format, env, npmrc};

/// The format of a text that holds credentials or places for them, if it can be told.
///
/// The kinds with the clearest marks are tried first. A text of several kinds is taken for the
/// first of them.
pub fn detect(text: &str) -> Option<Format> {
    let text = text.trim_start_matches(BOM);
    let start = text.trim_start();
    if start.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(start).is_ok() {
        return Some(Format::Json);
    }
    if !env::parse(text).is_empty() {
        return Some(Format::Env);
    }
    if let Some(format) = detect_npmrc(text) {
        return Some(format);
    }
    detect_netrc(text)
}

fn detect_npmrc(text: &str) -> Option<Format> {
    let entries = npmrc::parse(text);
    if entries.iter().any(|entry| !entry.variables.is_empty()) {
        return Some(Format::NpmrcEnv);
    }
    let keyed =
        |key: &str| key == "registry" || key.starts_with("//") || (key.starts_with('@') && key.ends_with(":registry"));
    let has_key = lines(text).any(|line| line.text.split_once('=').is_some_and(|(key, _)| keyed(key.trim())));
    (!entries.is_empty() || has_key).then_some(Format::Npmrc)
}

fn detect_netrc(text: &str) -> Option<Format> {
    let first = lines(text).map(|line| line.text.trim()).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let word = first.split_ascii_whitespace().next()?;
    let keyword = ["machine", "default", "macdef"].iter().any(|known| word.eq_ignore_ascii_case(known));
    (keyword && !parse_netrc(text).entries.is_empty()).then_some(Format::Netrc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_kinds_apart() {
        for (text, format) in [
            ("{\"username\":\"u\"}\n", Some(Format::Json)),
            ("\u{FEFF}# x\nexport CHAINGUARD_TOKEN=a\n", Some(Format::Env)),
            ("; x\n//h.test/:_authToken=t\n", Some(Format::Npmrc)),
            ("registry = https://h.test\n", Some(Format::Npmrc)),
            ("//h.test/:_auth=${A}\n", Some(Format::NpmrcEnv)),
            ("# x\n\nMachine a login b password c", Some(Format::Netrc)),
            ("default\n login x", Some(Format::Netrc)),
            ("machine", None),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(detect(text), format, "{text:?}");
        }
    }
}
