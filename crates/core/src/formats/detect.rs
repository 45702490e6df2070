//! Telling a file's format from its content.

use crate::formats::lines::{BOM, lines};
use crate::formats::netrc::parse_netrc;
use crate::formats::{Format, npmrc, parse, userinfo};

/// The format of a text that holds credentials or places for them, if it can be told.
///
/// The kinds with the clearest marks are tried first; a text of several kinds is taken for the
/// first of them. Formats that look the same are one: `dotenv` for `gitlab`'s report, `npmrc` for
/// `pnpm`'s file.
pub fn detect(text: &str) -> Option<Format> {
    let text = text.trim_start_matches(BOM);
    by_syntax(text)
        .or_else(|| by_variables(text))
        .or_else(|| by_line(text))
        .or_else(|| detect_npmrc(text))
        .or_else(|| detect_netrc(text))
        .or_else(|| detect_properties(text))
}

/// JSON and XML, which nothing else could be.
fn by_syntax(text: &str) -> Option<Format> {
    let found = |format| parse(text, format).is_ok_and(|entries| !entries.is_empty());
    match text.trim_start().chars().next()? {
        '{' | '[' | '/' if found(Format::Renovate) => Some(Format::Renovate),
        '{' | '[' if found(Format::Json) => Some(Format::Json),
        '<' if found(Format::Maven) => Some(or_env(text, Format::Maven, Format::MavenEnv)),
        _ => None,
    }
}

/// The ecosystems' variables, set in one of the shells' ways.
fn by_variables(text: &str) -> Option<Format> {
    [
        Format::Env,
        Format::UvEnv,
        Format::Fish,
        Format::PowerShell,
        Format::Nushell,
        Format::Cmd,
        // `NAME<<END` is GitHub's alone; its simple lines are dotenv's too.
        Format::Dotenv,
        Format::Github,
    ]
    .into_iter()
    .find(|format| parse(text, *format).is_ok_and(|entries| !entries.is_empty()))
}

/// Words that stand at the start of a line in one format alone.
fn by_line(text: &str) -> Option<Format> {
    if !parse(text, Format::Bazel).is_ok_and(|entries| entries.is_empty()) {
        return Some(Format::Bazel);
    }
    let marks: [(&str, Format); 14] = [
        ("// pulltoken: begin", Format::GradleInit),
        ("[install.registry]", Format::Bunfig),
        ("[install.scopes]", Format::Bunfig),
        ("[install]", Format::Bunfig),
        ("[http-basic", Format::Poetry),
        ("[[index]]", Format::Uv),
        ("[[tool.uv.index]]", Format::Uv),
        ("npmRegistries:", Format::Yarnrc),
        ("npmScopes:", Format::Yarnrc),
        ("npmAuthIdent:", Format::Yarnrc),
        ("npmAuthToken:", Format::Yarnrc),
        ("registries:", Format::Dependabot),
        ("index-url", Format::Pip),
        ("extra-index-url", Format::Pip),
    ];
    let starts = |line: &str| marks.iter().find(|(mark, _)| line.starts_with(mark)).map(|(_, format)| *format);
    let found = lines(text).find_map(|line| starts(line.text));
    match found {
        Some(Format::Bunfig) => return Some(or_env(text, Format::Bunfig, Format::BunfigEnv)),
        Some(Format::Yarnrc) => return Some(or_env(text, Format::Yarnrc, Format::YarnrcEnv)),
        Some(format) => return Some(format),
        None => {}
    }
    let is_url = |line: &str| {
        line.trim().is_empty()
            || (!line.contains(' ') && userinfo::split(line).is_some_and(|url| url.username.is_some()))
    };
    if !text.trim().is_empty() && lines(text).all(|line| is_url(line.text)) {
        return Some(Format::PipUrl);
    }
    parse(text, Format::Curl).is_ok_and(|entries| !entries.is_empty()).then_some(Format::Curl)
}

/// The `-env` form of a format where placeholders stand in the text.
fn or_env(text: &str, literal: Format, env: Format) -> Format {
    let placeholders = parse(text, literal).is_ok_and(|entries| entries.iter().any(|e| !e.variables.is_empty()));
    if placeholders { env } else { literal }
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

/// Java's properties: sbt's three keys, or a pair of Gradle's.
fn detect_properties(text: &str) -> Option<Format> {
    let whole = |format| {
        parse(text, format).is_ok_and(|entries| {
            entries.iter().any(|entry| entry.target.is_some() && entry.username.is_some() && entry.password.is_some())
        })
    };
    [Format::Sbt, Format::Gradle].into_iter().find(|format| whole(*format))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_kinds_apart() {
        for (text, format) in [
            ("{\"username\":\"u\"}\n", Some(Format::Json)),
            ("// x\n{\"hostRules\": [{\"matchHost\": \"x\"}]}", Some(Format::Renovate)),
            ("{\"name\": \"package\"}\n", None),
            ("<project/>", None),
            ("\u{FEFF}# x\nexport CHAINGUARD_TOKEN=a\n", Some(Format::Env)),
            ("; x\n//h.test/:_authToken=t\n", Some(Format::Npmrc)),
            ("registry = https://h.test\n", Some(Format::Npmrc)),
            ("//h.test/:_auth=${A}\n", Some(Format::NpmrcEnv)),
            ("# x\n\nMachine a login b password c", Some(Format::Netrc)),
            ("default\n login x", Some(Format::Netrc)),
            ("user = a:b\n", Some(Format::Curl)),
            ("host=a\nuser=b\npassword=c\n", Some(Format::Sbt)),
            ("xUsername=b\nxPassword=c\n", Some(Format::Gradle)),
            ("https://a:b@h.test/x/\n", Some(Format::PipUrl)),
            ("https://h.test/x/\n", None),
            ("machine", None),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(detect(text), format, "{text:?}");
        }
    }
}
