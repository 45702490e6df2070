//! What the command line asks for, settled before anything is sent.

use std::path::Path;

use pulltoken_core::trust::{Trust, Wish};
use pulltoken_core::{Error, ErrorCode, Result};

use super::CreateArgs;
use crate::input;

/// The rules of all repositories, from flags and file.
pub(super) fn settle(args: &CreateArgs) -> Result<Vec<Trust>> {
    let mut repositories = args.repo.clone();
    if let Some(path) = &args.repo_file {
        let text = if path.as_path() == Path::new("-") { input::read_stdin()? } else { input::read_file(path)? };
        repositories.extend(lines(&text).map(str::to_owned));
    }
    if repositories.is_empty() {
        let message = "no repository was named: the file of --repo-file is empty";
        return Err(Error::new(ErrorCode::Usage, message).with_hint("write one a line, as for --repo"));
    }
    let trust = |repository: &String| {
        Wish {
            system: args.system,
            repository,
            references: &args.references,
            issuer: args.issuer_url.as_ref(),
            audience: args.audience.as_deref(),
        }
        .settle()
    };
    let mut trusts = repositories.iter().map(trust).collect::<Result<Vec<_>>>()?;
    match (&args.name, &mut trusts[..]) {
        (None, _) => {}
        (Some(name), [only]) => only.name = name.clone(),
        (Some(_), _) => {
            let message = "--name is for one repository, and here are several";
            return Err(Error::new(ErrorCode::Usage, message).with_hint("leave it out: each gets a name of its own"));
        }
    }
    Ok(trusts)
}

/// Lines with something on them but a remark.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_hold_remarks() {
        let text = "# ours\r\nexample/web\r\n\n  example/api  \n#example/old";
        assert_eq!(lines(text).collect::<Vec<_>>(), ["example/web", "example/api"]);
    }
}
