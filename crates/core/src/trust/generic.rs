//! Any other system: issuer and subject are written out.

use super::glob::{Part, Reach, subject};
use super::{Matcher, Wish, usage};
use crate::error::Result;

pub(super) fn settle(wish: &Wish<'_>) -> Result<(String, Matcher)> {
    let issuer = wish.issuer.ok_or_else(|| {
        usage("the issuer of the tokens is not given", "name it with --issuer-url: the `iss` of the job's token")
    })?;
    if !wish.references.is_empty() {
        return Err(usage("--ref means nothing here", "write the whole `sub` of the job's token into --repo"));
    }
    // Others may have jobs with the same issuer.
    if wish.repository.starts_with('*') {
        return Err(usage(
            "the subject begins with a wildcard and would trust everybody's jobs",
            "spell out its beginning",
        ));
    }
    Ok((issuer.as_str().to_owned(), subject([Part::glob(wish.repository, Reach::Rest)])))
}
