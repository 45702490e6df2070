//! Jenkins: the subject is the job's URL, `https://HOST/job/FOLDER/job/NAME/`; in a multibranch
//! pipeline every branch is a job below it.

use super::glob::{Part, Reach, subject};
use super::{Issuer, Matcher, Wish, usage};
use crate::error::Result;
use crate::text::printable_prefix;

pub(super) fn settle(wish: &Wish<'_>) -> Result<(String, Matcher)> {
    let issuer = wish.issuer.ok_or_else(|| {
        usage(
            "every Jenkins signs for itself: its issuer is not given",
            "name it with --issuer-url, as the credential's page shows it: https://HOST/oidc unless changed",
        )
    })?;
    let job = if wish.repository.contains("://") { url(wish.repository)? } else { below(issuer, wish.repository)? };
    let mut parts = vec![job, Part::literal("/")];
    match wish.references {
        [] => {}
        some => {
            let branches = some.iter().map(|branch| Part::glob(&encoded(&branch.replace('/', "%2F")), Reach::Path));
            parts.extend([Part::literal("job/"), Part::one_of(branches.collect()), Part::literal("/")]);
        }
    }
    Ok((issuer.as_str().to_owned(), subject(parts)))
}

/// The job's own URL.
fn url(typed: &str) -> Result<Part> {
    let typed = typed.trim_end_matches('/');
    let path = typed.find("/job/").ok_or_else(|| wrong(typed, "its URL names no job"))?;
    let (root, job) = typed.split_at(path);
    if root.contains('*') {
        return Err(wrong(typed, "the address of Jenkins must be spelled out"));
    }
    Issuer::parse(root)?;
    check_segments(typed, job.split('/'))?;
    Ok(Part::glob(typed, Reach::Path))
}

/// The job of a name, on the Jenkins that the issuer belongs to.
fn below(issuer: &Issuer, typed: &str) -> Result<Part> {
    let root = issuer.as_str().trim_end_matches('/').strip_suffix("/oidc").ok_or_else(|| {
        usage(
            "the issuer is not below Jenkins' own address, so the job's address is not known",
            "give --repo the job's URL: https://HOST/job/NAME/",
        )
    })?;
    check_segments(typed, typed.split('/'))?;
    let path: String = typed.split('/').map(|name| format!("/job/{}", encoded(name))).collect();
    // An issuer of a folder's own lies below the folder.
    let root = root.split("/job/").next().unwrap_or(root);
    Ok(Part::glob(&format!("{root}{path}"), Reach::Path))
}

fn check_segments<'a>(typed: &str, segments: impl Iterator<Item = &'a str>) -> Result<()> {
    if segments.skip_while(|segment| segment.is_empty()).any(str::is_empty) || typed.starts_with('/') {
        return Err(wrong(typed, "a name between slashes is empty"));
    }
    Ok(())
}

fn wrong(typed: &str, why: &str) -> crate::Error {
    let shown = printable_prefix(typed, 80);
    let hint = "write NAME or FOLDER/NAME, or the job's URL; for a multibranch pipeline add --ref BRANCH, or --ref '*'";
    usage(&format!("--repo `{shown}` is not a job on Jenkins: {why}"), hint)
}

/// A job's name as Jenkins writes it into a URL; `*` stays for us.
fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!$&'()*+,-.=@_".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
