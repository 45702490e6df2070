//! The spellings of the vendor's command line: scripts written for it run with the name replaced.

use std::ffi::OsString;

use pulltoken_core::{Error, ErrorCode};

/// The vendor's words and ours.
const SPELLINGS: [(&[&str], &[&str]); 17] = [
    (&["auth", "login"], &["login"]),
    (&["auth", "logout"], &["logout"]),
    (&["auth", "status"], &["status"]),
    (&["auth", "token"], &["token"]),
    (&["auth", "pull-token", "list"], &["list"]),
    (&["auth", "pull-token", "ls"], &["list"]),
    (&["auth", "pull-token", "create"], &["create"]),
    (&["auth", "pull-token"], &["create"]),
    (&["iam", "identities", "delete"], &["delete", "--any-identity"]),
    (&["iam", "identities", "rm"], &["delete", "--any-identity"]),
    (&["iam", "ids", "delete"], &["delete", "--any-identity"]),
    (&["iam", "ids", "rm"], &["delete", "--any-identity"]),
    (&["libraries", "entitlements", "list"], &["entitlements", "list"]),
    (&["libraries", "entitlements", "ls"], &["entitlements", "list"]),
    (&["libraries", "entitlements", "create"], &["entitlements", "create"]),
    (&["libraries", "entitlements", "delete"], &["entitlements", "delete"]),
    (&["libraries", "entitlements", "rm"], &["entitlements", "delete"]),
];
/// The first words of the vendor's commands, of which those above are here.
const FAMILIES: [&str; 8] = ["auth", "iam", "libraries", "images", "events", "packages", "skills", "policies"];

/// Flags that may stand before the command and whose value is an argument of its own.
const WITH_VALUE: [&str; 11] = [
    "-o",
    "--output",
    "--api",
    "--issuer",
    "--registry",
    "--console",
    "--ca-file",
    "--connect-to",
    "--connect-timeout",
    "--timeout",
    "--v",
];

/// Flags that may stand there and have none.
const WITHOUT_VALUE: [&str; 4] = ["-q", "--quiet", "--verbose", "--show"];

/// A command line as we spell it, and whether it prints what the vendor's would.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Translated {
    pub(crate) args: Vec<OsString>,
    /// The vendor's `create` has another default ecosystem and another JSON.
    pub(crate) vendor_create: bool,
}

/// Puts our words in the place of the vendor's.
///
/// # Errors
/// `usage` naming the vendor's command for what is not here.
pub(crate) fn translate(args: Vec<OsString>) -> Result<Translated, Error> {
    // The words of the command, flags between them left where they are.
    let words: Vec<(usize, &str)> = args
        .iter()
        .enumerate()
        .skip(1)
        .take_while(|(_, arg)| *arg != "--")
        .filter_map(|(index, arg)| arg.to_str().map(|text| (index, text)))
        .filter(|(index, text)| {
            !text.starts_with('-') && !args[index - 1].to_str().is_some_and(|before| WITH_VALUE.contains(&before))
        })
        .collect();
    let Some((first, _)) = words.first().copied().filter(|(_, word)| FAMILIES.contains(word)) else {
        return Ok(Translated { args, vendor_create: false });
    };
    // What stands between the words must be a flag as a whole: the value of another could be taken for a word.
    let spelling = SPELLINGS.iter().find(|(theirs, _)| {
        words.get(..theirs.len()).and_then(|given| given.last()).is_some_and(|(last, _)| {
            theirs.iter().zip(&words).all(|(word, (_, given))| word == given)
                && (first..*last).all(|at| words.iter().any(|(word, _)| *word == at) || is_whole(&args, at))
        })
    });
    let Some((theirs, ours)) = spelling else {
        let shown: Vec<_> = words.iter().take(3).map(|(_, word)| *word).collect();
        let shown = pulltoken_core::text::printable_prefix(&shown.join(" "), 60);
        let message = format!("`{shown}` is a command of the vendor's that pulltoken does not have");
        return Err(Error::new(ErrorCode::Usage, message)
            .with_hint(format!("run it with the vendor's command line: chainctl {shown}")));
    };
    let mut translated: Vec<OsString> = args[..first].to_vec();
    translated.extend(ours.iter().map(OsString::from));
    let taken: Vec<_> = words.iter().take(theirs.len()).map(|(index, _)| *index).collect();
    let others = args.iter().enumerate().skip(first).filter(|(index, _)| !taken.contains(index));
    translated.extend(others.map(|(_, arg)| arg.clone()));
    Ok(Translated { args: translated, vendor_create: *ours == ["create"] })
}

/// Whether an argument is a flag that is complete, or the value of one that is known to take one.
fn is_whole(args: &[OsString], at: usize) -> bool {
    let text = |at: usize| args.get(at).and_then(|arg| arg.to_str()).unwrap_or_default();
    let value_of_the_one_before = at > 0 && WITH_VALUE.contains(&text(at - 1));
    value_of_the_one_before
        || WITH_VALUE.contains(&text(at))
        || WITHOUT_VALUE.contains(&text(at))
        || text(at).starts_with("--") && text(at).contains('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<(String, bool), Error> {
        let translated = translate(line.split(' ').map(OsString::from).collect())?;
        let words: Vec<_> = translated.args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
        Ok((words.join(" "), translated.vendor_create))
    }

    #[test]
    fn the_vendors_words_become_ours() {
        for (theirs, ours, vendor) in [
            (
                "p auth pull-token --library-ecosystem=java --parent=example --ttl=8670h",
                "p create --library-ecosystem=java --parent=example --ttl=8670h",
                true,
            ),
            ("p auth pull-token create --repository java", "p create --repository java", true),
            (
                "p auth pull-token list --library-ecosystem=java --expired=true",
                "p list --library-ecosystem=java --expired=true",
                false,
            ),
            ("p iam ids rm --expired --parent=example", "p delete --any-identity --expired --parent=example", false),
            ("p iam identities delete ID", "p delete --any-identity ID", false),
            ("p libraries entitlements list --parent=example", "p entitlements list --parent=example", false),
            ("p -o json auth pull-token", "p -o json create", true),
            ("p --v 2 auth --v=1 pull-token", "p --v 2 create --v=1", true),
            ("p auth pull-token --parent list", "p create --parent list", true),
            ("p auth login --headless", "p login --headless", false),
            ("p auth token --audience=a", "p token --audience=a", false),
            ("p list", "p list", false),
            ("p exec -- auth pull-token", "p exec -- auth pull-token", false),
        ] {
            assert_eq!(of(theirs).unwrap(), (ours.to_owned(), vendor), "{theirs}");
        }
    }

    #[test]
    fn every_flag_with_a_value_is_known() {
        use clap::CommandFactory as _;
        let command = crate::cli::Cli::command();
        for flag in command.get_arguments().filter(|flag| flag.get_action().takes_values()) {
            let long = flag.get_long().map(|name| format!("--{name}"));
            let short = flag.get_short().map(|name| format!("-{name}"));
            for name in long.into_iter().chain(short) {
                assert!(WITH_VALUE.contains(&name.as_str()), "{name}");
            }
        }
    }

    #[test]
    fn what_is_not_here_names_the_vendors_command() {
        let error = of("p libraries verify thing").unwrap_err();
        assert_eq!(error.code(), ErrorCode::Usage);
        assert!(error.hint().contains("chainctl libraries verify thing"), "{}", error.hint());
    }
}
