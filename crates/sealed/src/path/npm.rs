//! npm's protocol as far as it reads: what each path below a repository means.

use super::Meaning;

/// The meaning of a path below the prefix, whose encodings have been checked; `None` for whatever
/// is not on the list.
pub(super) fn meaning(rest: &str) -> Option<Meaning> {
    let segments: Vec<&str> = rest.split('/').collect();
    match segments.as_slice() {
        ["-", "ping"] | ["-", "v1", "search"] | ["-", "npm", "v1", "keys"] => Some(Meaning::Other),
        ["-", "npm", "v1", "security", "advisories", "bulk"]
        | ["-", "npm", "v1", "security", "audits"]
        | ["-", "npm", "v1", "security", "audits", "quick"] => Some(Meaning::Audit),
        ["-", "npm", "v1", "attestations", rest @ ..] => one_version(rest),
        ["-", "npm", "v1", "sbom", kind, rest @ ..] => word(kind).and_then(|_| one_version(rest)),
        ["-", "package", rest @ ..] => match package(rest)? {
            (_, ["dist-tags"]) => Some(Meaning::Other),
            (_, ["dist-tags", tag]) => word(tag).map(|_| Meaning::Other),
            _ => None,
        },
        ["-", ..] => None,
        rest => {
            let (package, rest) = package(rest)?;
            match rest {
                [] => Some(Meaning::Document { package }),
                ["-", file @ ..] => tarball(package, file),
                [version] => word(version).map(|version| Meaning::Version { package, version }),
                _ => None,
            }
        }
    }
}

/// A package's name, in one segment or two, and what follows it.
fn package<'a, 'b>(segments: &'a [&'b str]) -> Option<(String, &'a [&'b str])> {
    let (first, rest) = segments.split_first()?;
    let Some(scoped) = first.strip_prefix('@').or_else(|| first.strip_prefix("%40")) else {
        return Some((name(first)?, rest));
    };
    let (scope, own, rest) = match split_encoded_slash(scoped) {
        Some((scope, own)) => (scope, own, rest),
        None => {
            let (own, rest) = rest.split_first()?;
            (scoped, *own, rest)
        }
    };
    Some((format!("@{}/{}", word(scope)?, name(own)?), rest))
}

fn split_encoded_slash(text: &str) -> Option<(&str, &str)> {
    let index = text.as_bytes().windows(3).position(|three| three.eq_ignore_ascii_case(b"%2f"))?;
    Some((text.get(..index)?, text.get(index + 3..)?))
}

/// `NAME@VERSION`
fn one_version(segments: &[&str]) -> Option<Meaning> {
    let (last, before) = segments.split_last()?;
    let (own, version) = last.rsplit_once('@').or_else(|| last.rsplit_once("%40"))?;
    let joined: Vec<&str> = before.iter().copied().chain([own]).collect();
    let (_, rest) = package(&joined)?;
    (rest.is_empty() && word(version).is_some()).then_some(Meaning::Other)
}

/// A file below `-`; some registries repeat the scope there.
fn tarball(package: String, file: &[&str]) -> Option<Meaning> {
    let file = match file {
        [file] => *file,
        [scope, file] => {
            word(scope.strip_prefix('@').or_else(|| scope.strip_prefix("%40"))?)?;
            *file
        }
        _ => return None,
    };
    let file = word(file)?;
    let stem = file.strip_suffix(".tgz")?;
    let own = package.rsplit('/').next().unwrap_or_default();
    let version = stem.strip_prefix(own).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default().to_owned();
    Some(Meaning::Tarball { package, version })
}

/// The name of a package, without its scope. What npm forbids at its beginning is where other
/// servers keep things that are no packages.
fn name(segment: &str) -> Option<String> {
    word(segment).filter(|name| name != "-" && !name.starts_with(['.', '_']))
}

/// One segment, its encoding undone, made of what names, versions and tags are made of.
fn word(segment: &str) -> Option<String> {
    let mut word = String::with_capacity(segment.len());
    let mut rest = segment;
    while let Some(next) = rest.chars().next() {
        let (character, length) = match next {
            '%' => (char::from(u8::from_str_radix(rest.get(1..3)?, 16).ok()?), 3),
            other => (other, other.len_utf8()),
        };
        if !(character.is_ascii_alphanumeric() || "-._~+!*'()".contains(character)) {
            return None;
        }
        word.push(character);
        rest = rest.get(length..)?;
    }
    (!word.is_empty()).then_some(word)
}
