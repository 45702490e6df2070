//! GitHub Actions: `repo:OWNER/NAME:` and `ref:refs/heads/BRANCH`, `ref:refs/tags/TAG`,
//! `pull_request` or `environment:NAME`.
//!
//! Repositories made or renamed since July 2026 say `repo:OWNER@ID/NAME@ID:` instead, with numbers that
//! are never given to another account. A wish without numbers takes both spellings, one with numbers
//! is held to them.

use super::glob::{Part, Reach, subject};
use super::{Matcher, Wish, usage};
use crate::error::Result;
use crate::text::printable_prefix;

const ISSUER: &str = "https://token.actions.githubusercontent.com";
/// The number that may stand behind a name.
const ANY_ID: &str = "(?:@[0-9]+)?";

pub(super) fn settle(wish: &Wish<'_>) -> Result<(String, Matcher)> {
    let (owner, name) = repository(wish.repository)?;
    let mut parts = vec![Part::literal("repo:")];
    parts.extend(owner);
    parts.push(Part::literal("/"));
    parts.extend(name);
    parts.push(Part::literal(":"));
    parts.push(match wish.references {
        [] => Part::expression(".+"),
        some => Part::one_of(some.iter().map(|reference| event(reference)).collect()),
    });
    let issuer = wish.issuer.map_or(ISSUER, |issuer| issuer.as_str());
    Ok((issuer.to_owned(), subject(parts)))
}

fn repository(typed: &str) -> Result<(Vec<Part>, Vec<Part>)> {
    let wrong = |why: &str| {
        let shown = printable_prefix(typed, 80);
        usage(
            &format!("--repo `{shown}` is not a repository on GitHub: {why}"),
            "write OWNER/NAME as GitHub shows it, upper and lower case included; * in NAME stands for several",
        )
    };
    let (owner, name) = typed.split_once('/').ok_or_else(|| wrong("it has no owner"))?;
    let (owner, owner_id) = split_id(owner).ok_or_else(|| wrong("what follows @ is no number"))?;
    let (name, name_id) = split_id(name).ok_or_else(|| wrong("what follows @ is no number"))?;
    if owner.is_empty() || !owner.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
        return Err(wrong("the owner must be spelled out, in letters, digits, - and _"));
    }
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'*')) {
        return Err(wrong("a name has letters, digits, -, _ and ."));
    }
    let numbered = owner_id.is_some();
    if name_id.is_some() && !numbered || name_id.is_none() && numbered && !name.contains('*') {
        return Err(wrong("owner and name both have a number, or neither has"));
    }
    let id = |id: Option<&str>| match id {
        Some(number) => vec![Part::literal(&format!("@{number}"))],
        None => vec![Part::expression(ANY_ID)],
    };
    let name_id = match (numbered, name_id) {
        // Whatever number the repositories of that owner have.
        (true, None) => vec![Part::expression("@[0-9]+")],
        // The wildcard stands for the number, too.
        (false, None) if name.ends_with('*') => Vec::new(),
        (_, given) => id(given),
    };
    let owner = [Part::literal(owner)].into_iter().chain(id(owner_id)).collect();
    Ok((owner, [Part::glob(name, Reach::Path)].into_iter().chain(name_id).collect()))
}

/// The name, and the number behind it; `None` where something else is.
fn split_id(text: &str) -> Option<(&str, Option<&str>)> {
    match text.split_once('@') {
        None => Some((text, None)),
        Some((name, id)) if !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) => Some((name, Some(id))),
        Some(_) => None,
    }
}

/// What started the job, as the subject ends.
fn event(reference: &str) -> Part {
    let reach = Reach::Rest;
    if reference == "pull_request" {
        Part::literal(reference)
    } else if reference.starts_with("environment:") {
        Part::glob(reference, reach)
    } else if reference.starts_with("refs/") {
        Part::glob(&format!("ref:{reference}"), reach)
    } else {
        Part::glob(&format!("ref:refs/heads/{reference}"), reach)
    }
}
