//! What a CI system has to hide before anything is printed.

use crate::credentials::Credentials;
use crate::secret::Secret;

/// The lines that make GitHub Actions hide the password, base64 of the pair (npm's `_auth`) and
/// thereby the `Authorization` header in all later output. A password of several lines gets a mask
/// for each, since GitHub masks line by line.
pub fn github_masks(c: &Credentials) -> Vec<Secret> {
    // Both leave here for the runner, which is told to hide them.
    let basic = c.basic();
    c.password
        .expose()
        .lines()
        .filter(|line| !line.is_empty())
        .chain([basic.expose()])
        .map(|text| Secret::new(format!("::add-mask::{}", *escape(text))))
        .collect()
}

/// GitHub's escapes for the data of a workflow command.
fn escape(text: &str) -> zeroize::Zeroizing<String> {
    zeroize::Zeroizing::new(text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_the_password_and_the_pair() {
        let masks = github_masks(&Credentials::new("a/b", Secret::new("c%\n\nd")));
        let texts: Vec<_> = masks.iter().map(Secret::expose).collect();
        assert_eq!(texts, ["::add-mask::c%25", "::add-mask::d", "::add-mask::YS9iOmMlCgpk"]);
    }
}
