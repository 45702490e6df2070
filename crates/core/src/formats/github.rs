//! `github`: a block to append to the file that `$GITHUB_ENV` names.

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::error::{Error, ErrorCode, Result};
use crate::formats::assignments::{Assignment, collect};
use crate::formats::lines::lines;
use crate::formats::value::{check_basic, check_lines};
use crate::formats::{Format, ParsedEntry, RenderOptions};
use crate::secret::Secret;

pub(super) fn render(c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    check_lines(Format::Github, c)?;
    check_basic(Format::Github, c)?;
    let delimiter = check_delimiter(o.delimiter.as_deref())?;
    // The values leave here for the runner, which passes them to later steps.
    let values = [
        (o.ecosystem.identity_variable(), Zeroizing::new(c.username.clone())),
        (o.ecosystem.token_variable(), Zeroizing::new(c.password.expose().to_owned())),
        (o.ecosystem.auth_variable(), Zeroizing::new(c.basic().expose().to_owned())),
    ];
    let mut out = Zeroizing::new(String::with_capacity(
        values.iter().map(|(name, value)| name.len() + value.len() + 2 * delimiter.len() + 5).sum(),
    ));
    for (name, value) in &values {
        if value.as_str() == delimiter {
            return Err(Error::new(ErrorCode::Usage, "the delimiter is one of the values"));
        }
        for piece in [name, "<<", delimiter, "\n", value, "\n", delimiter, "\n"] {
            out.push_str(piece);
        }
    }
    Ok(Secret::new(out.as_str()))
}

pub(super) fn parse(text: &str) -> Vec<ParsedEntry> {
    let mut all = lines(text);
    let mut found = Vec::new();
    while let Some(line) = all.next() {
        let heredoc = line.text.find("<<").filter(|at| !line.text[..*at].contains('='));
        if let Some(at) = heredoc {
            let (name, delimiter) = (&line.text[..at], &line.text[at + 2..]);
            let mut value = Zeroizing::new(String::with_capacity(text.len()));
            for part in all.by_ref().take_while(|part| part.text != delimiter) {
                if !value.is_empty() {
                    value.push('\n');
                }
                value.push_str(part.text);
            }
            found.push(Assignment { line: line.number, name: name.to_owned(), value: Secret::new(value.as_str()) });
        } else if let Some((name, value)) = line.text.split_once('=') {
            found.push(Assignment { line: line.number, name: name.to_owned(), value: Secret::new(value) });
        }
    }
    collect(found.into_iter())
}

fn check_delimiter(delimiter: Option<&str>) -> Result<&str> {
    let fits =
        |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    delimiter.filter(fits).ok_or_else(|| {
        Error::new(ErrorCode::Usage, "github's block needs a delimiter of letters, digits, underscores and hyphens")
            .with_hint("give one that is random, such as 16 hex digits")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::options;

    #[test]
    fn the_delimiter_comes_in_and_is_checked() {
        let mut o = options();
        let pair = Credentials::new("a/b", Secret::new("c"));
        for bad in [None, Some(""), Some("a b"), Some("a\n"), Some("c")] {
            o.delimiter = bad.map(str::to_owned);
            assert_eq!(render(&pair, &o).unwrap_err().code(), ErrorCode::Usage);
        }
        o.delimiter = Some("EOF_1".to_owned());
        let text = render(&pair, &o).unwrap();
        assert_eq!(
            text.expose(),
            "CHAINGUARD_JAVASCRIPT_IDENTITY_ID<<EOF_1\na/b\nEOF_1\nCHAINGUARD_JAVASCRIPT_TOKEN<<EOF_1\nc\nEOF_1\n\
             CHAINGUARD_JAVASCRIPT_AUTH<<EOF_1\nYS9iOmM=\nEOF_1\n"
        );
    }

    #[test]
    fn simple_lines_are_read_too() {
        let found = parse("CHAINGUARD_TOKEN=a<<b\nCHAINGUARD_IDENTITY_ID<<X\nu\nX\n");
        assert_eq!(found[0].password.as_ref().unwrap().expose(), "a<<b");
        assert_eq!(found[0].username.as_deref(), Some("u"));
    }
}
