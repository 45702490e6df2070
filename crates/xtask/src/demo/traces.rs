//! Looks for a secret in every file that was written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::Token;

/// Prints how many files were looked at.
///
/// # Errors
/// One of them holds the password, plain or in base64; the message says which.
pub(super) fn show(token: &Token, folders: &[&Path]) -> Result<()> {
    let needles = forms(&token.password);
    let (files, found) = search(folders, &needles)?;
    ensure!(
        found.is_empty(),
        "the secret is in {}",
        found.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    );
    println!("{files} files were written; none holds the password, plain or in base64");
    Ok(())
}

/// How a secret may lie in a file: as it is, the signature of a JWT by itself, and the base64 of it at
/// each of the three alignments that it has in the base64 of something longer, such as `user:password`.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.as_bytes().to_vec()];
    if let Some((_, signature)) = secret.rsplit_once('.') {
        forms.push(signature.as_bytes().to_vec());
    }
    for offset in 0..3 {
        let mut padded = vec![0; offset];
        padded.extend_from_slice(secret.as_bytes());
        // Whole groups of three bytes alone: what is around the secret changes the others.
        let groups = &padded[offset.div_ceil(3) * 3..padded.len() / 3 * 3];
        forms.push(STANDARD_NO_PAD.encode(groups).into_bytes());
        forms.push(URL_SAFE_NO_PAD.encode(groups).into_bytes());
    }
    forms
}

/// The number of files below the folders, and those that hold one of the needles.
fn search(folders: &[&Path], needles: &[Vec<u8>]) -> io::Result<(usize, Vec<PathBuf>)> {
    let (mut files, mut found) = (0, Vec::new());
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| folder.to_path_buf()).collect();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                files += 1;
                let content = fs::read(entry.path())?;
                if needles.iter().any(|needle| content.windows(needle.len()).any(|window| window == needle)) {
                    found.push(entry.path());
                }
            }
        }
    }
    Ok((files, found))
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const SECRET: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJleGFtcGxlIn0.c2lnbmF0dXJl-_c2lnbmF0dXJl";

    fn found_in(content: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        fs::write(folder.path().join("below/file"), content).unwrap();
        let (files, found) = search(&[folder.path()], &forms(SECRET)).unwrap();
        assert_eq!(files, 1);
        !found.is_empty()
    }

    #[test]
    fn the_secret_is_found_in_every_form() {
        assert!(found_in(&format!("//registry.example/:_authToken={SECRET}\n")));
        assert!(found_in("… c2lnbmF0dXJl-_c2lnbmF0dXJl …"));
        for user in ["", "u", "us", "use"] {
            assert!(found_in(&format!("Basic {}", STANDARD.encode(format!("{user}:{SECRET}")))), "{user}");
            assert!(found_in(&URL_SAFE_NO_PAD.encode(format!("{user}{SECRET}\n"))), "{user}");
        }
    }

    #[test]
    fn what_is_no_secret_is_not_found() {
        assert!(!found_in("//registry.example/:_auth=${CHAINGUARD_JAVASCRIPT_AUTH}\n"));
        assert!(!found_in("eyJhbGciOiJSUzI1NiJ9"));
    }
}
