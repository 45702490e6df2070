//! Where the pairs to check come from.

use std::path::Path;

use pulltoken_core::formats::{self, ParsedEntry};
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Credentials, Ecosystem, Error, ErrorCode, Result, Secret, Uidp};

use super::Args;
use crate::common::Common;
use crate::input;

/// A pair as it was found.
pub(super) struct Pair {
    pub(super) source: String,
    pub(super) line: Option<usize>,
    pub(super) target: Option<String>,
    pub(super) ecosystem: Option<Ecosystem>,
    pub(super) credentials: Credentials,
}

/// Flags first, then files, else the environment.
pub(super) fn gather(common: &Common, args: &Args) -> Result<Vec<Pair>> {
    if let Some(credentials) = input::explicit(args.username.clone(), args.password_stdin)? {
        let (source, ecosystem) = ("flags".to_owned(), args.repository);
        return Ok(vec![Pair { source, line: None, target: None, ecosystem, credentials }]);
    }
    if args.files.is_empty() {
        return Ok(environment(args.repository));
    }
    let mut pairs = Vec::new();
    for file in &args.files {
        pairs.extend(in_file(common, args.repository, file)?);
    }
    Ok(pairs)
}

fn in_file(common: &Common, wanted: Option<Ecosystem>, file: &str) -> Result<Vec<Pair>> {
    let text = if file == "-" { input::read_stdin()? } else { input::read_file(Path::new(file))? };
    let shown = if file == "-" { "standard input".to_owned() } else { printable_prefix(file, 200) };
    let Some(format) = formats::detect(&text) else {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let message = format!("{shown} is in no format that is known here");
        return Err(
            Error::new(ErrorCode::InvalidSyntax, message).with_hint("give a .netrc, an .npmrc or a file of variables")
        );
    };
    let entries = formats::parse(&text, format).map_err(|error| {
        let message = format!("{shown}: {}", error.message());
        error.with_message(message)
    })?;
    let ours = entries.into_iter().filter(|entry| is_ours(common, entry));
    let wanted_ones = ours.filter(|entry| wanted.is_none() || entry.ecosystem.is_none() || entry.ecosystem == wanted);
    Ok(wanted_ones.filter_map(|entry| pair(&shown, entry)).collect())
}

/// An entry without any value (a placeholder alone, say) has nothing to check.
fn pair(source: &str, entry: ParsedEntry) -> Option<Pair> {
    if entry.username.is_none() && entry.password.is_none() {
        return None;
    }
    Some(Pair {
        source: source.to_owned(),
        line: Some(entry.line),
        target: entry.target,
        ecosystem: entry.ecosystem,
        credentials: Credentials::new(
            entry.username.unwrap_or_default(),
            entry.password.unwrap_or_else(|| Secret::new("")),
        ),
    })
}

/// Whether an entry is meant for the libraries: by its place, or by a username that only an
/// identity has. A file holds other people's secrets too, and those are none of our business.
fn is_ours(common: &Common, entry: &ParsedEntry) -> bool {
    let by_place = match &entry.target {
        // An entry that names no place is a variable or a default for all.
        None => entry.ecosystem.is_some(),
        Some(target) => names_host(target, common.registry.host()) || names_host(target, "libraries.cgr.dev"),
    };
    by_place
        || entry.username.as_deref().is_some_and(|name| {
            Uidp::parse(&name.replace(['_'], "/").replace("%2F", "/")).is_ok_and(|id| !id.is_root())
        })
}

/// Whether a machine, URL or nerf dart names this host.
fn names_host(target: &str, host: &str) -> bool {
    let rest = target.split_once("//").map_or(target, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let name = authority
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(authority, |(name, _)| name);
    name.eq_ignore_ascii_case(host)
}

/// The variables of one ecosystem, or of every one that has any set.
fn environment(wanted: Option<Ecosystem>) -> Vec<Pair> {
    let all = Ecosystem::ALL.iter().copied().filter(|ecosystem| wanted.is_none_or(|wanted| wanted == *ecosystem));
    all.filter_map(|ecosystem| {
        let get = |name: &str| input::variable(name).filter(|value| !value.is_empty());
        let (username, password) = (get(ecosystem.identity_variable()), get(ecosystem.token_variable()));
        if username.is_none() && password.is_none() {
            return None;
        }
        Some(Pair {
            source: "environment".to_owned(),
            line: None,
            target: Some(ecosystem.token_variable().to_owned()),
            ecosystem: Some(ecosystem),
            credentials: Credentials::new(username.unwrap_or_default(), Secret::new(password.unwrap_or_default())),
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_in_every_kind_of_target() {
        for target in [
            "libraries.cgr.dev",
            "//libraries.cgr.dev/javascript/",
            "https://u@Libraries.cgr.dev:443/x",
            "libraries.cgr.dev:443",
        ] {
            assert!(names_host(target, "libraries.cgr.dev"), "{target}");
        }
        for target in [
            "cgr.dev",
            "//libraries.cgr.dev.evil.test/",
            "//evil.test/libraries.cgr.dev",
            "https://libraries.cgr.dev@evil.test/",
        ] {
            assert!(!names_host(target, "libraries.cgr.dev"), "{target}");
        }
    }
}
