//! pnpm 12 prefers an authority that the user's configuration names to the variable that it is given,
//! and then does not believe the proxy: it reads a copy without. The bundle holds that authority, too.

use pulltoken_core::Result;
use pulltoken_core::package_managers::Version;

use super::run_file::RunFile;
use super::user::User;

/// The copy, where there is need of one. It holds what the user's own file holds, for this run.
///
/// # Errors
/// `file_unwritable`.
pub(super) fn without_authorities(version: Option<Version>, user: &User) -> Result<Option<RunFile>> {
    let is_concerned =
        version.is_none_or(|version| version.major >= 12) && AUTHORITIES.iter().any(|key| user.sets(key));
    is_concerned.then(|| RunFile::write("npmrc", without(user.npmrc()).as_bytes())).transpose()
}

const AUTHORITIES: [&str; 3] = ["cafile", "ca", "ca[]"];

fn without(npmrc: &str) -> String {
    let names_one = |line: &str| {
        let key = line.split('=').next().unwrap_or_default().trim();
        AUTHORITIES.contains(&key)
    };
    npmrc.split_inclusive('\n').filter(|line| !names_one(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_authorities_are_taken_out() {
        let text = "registry=https://r.test/\ncafile = /a.pem\n//r.test/:cafile=/b.pem\nca[]=x\ncache=/c\n";
        assert_eq!(without(text), "registry=https://r.test/\n//r.test/:cafile=/b.pem\ncache=/c\n");
    }
}
