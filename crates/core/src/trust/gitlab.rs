//! GitLab CI/CD: `project_path:GROUP/…/NAME:ref_type:branch:ref:BRANCH`, or `tag` and the tag.

use super::glob::{Part, Reach, subject};
use super::{Matcher, Wish, usage};
use crate::error::Result;
use crate::text::printable_prefix;

const ISSUER: &str = "https://gitlab.com";

pub(super) fn settle(wish: &Wish<'_>) -> Result<(String, Matcher)> {
    let mut parts = vec![Part::literal("project_path:"), project(wish.repository)?, Part::literal(":")];
    match wish.references {
        // Projects may put other claims behind their path.
        [] => parts.push(Part::expression(".+")),
        some => parts.push(Part::one_of(some.iter().map(|reference| branch_or_tag(reference)).collect())),
    }
    let issuer = wish.issuer.map_or(ISSUER, |issuer| issuer.as_str());
    Ok((issuer.to_owned(), subject(parts)))
}

fn project(typed: &str) -> Result<Part> {
    let wrong = |why: &str| {
        let shown = printable_prefix(typed, 80);
        usage(
            &format!("--repo `{shown}` is not a project on GitLab: {why}"),
            "write GROUP/NAME or GROUP/SUBGROUP/NAME; GROUP/* stands for the group's projects, GROUP/** for those of its subgroups, too",
        )
    };
    let segments: Vec<_> = typed.split('/').collect();
    let [group, .., _] = &segments[..] else { return Err(wrong("it has no group")) };
    if group.contains('*') {
        return Err(wrong("the group must be spelled out"));
    }
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '*');
    if segments.iter().any(|segment| segment.is_empty() || !segment.chars().all(allowed)) {
        return Err(wrong("a path has letters, digits, -, _ and . between slashes"));
    }
    Ok(Part::glob(typed, Reach::Path))
}

fn branch_or_tag(reference: &str) -> Part {
    let (kind, name) = match (reference.strip_prefix("refs/heads/"), reference.strip_prefix("refs/tags/")) {
        (Some(branch), _) => ("branch", branch),
        (_, Some(tag)) => ("tag", tag),
        _ => ("branch", reference),
    };
    Part::glob(&format!("ref_type:{kind}:ref:{name}"), Reach::Rest)
}
