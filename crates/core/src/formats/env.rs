//! `env`: `export` lines for a POSIX shell's `eval`.
//!
//! Values of ordinary pull tokens stand bare, so that even an unquoted `eval $(…)` works in sh,
//! dash, bash and zsh; anything else is single-quoted.

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::assignments::{Assignment, collect};
use crate::formats::lines::lines;
use crate::formats::value::check_lines;
use crate::formats::{Format, ParsedEntry, RenderOptions};
use crate::secret::Secret;

pub(super) fn render(c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    check_lines(Format::Env, c)?;
    // The two values leave here for the shell that evaluates the lines.
    let (username, password) = (quote(&c.username), quote(c.password.expose()));
    Ok(Secret::new(format!(
        "export {}={}\nexport {}={}\n",
        o.ecosystem.identity_variable(),
        *username,
        o.ecosystem.token_variable(),
        *password
    )))
}

pub(super) fn parse(text: &str) -> Vec<ParsedEntry> {
    collect(lines(text).filter_map(|line| {
        let rest = line.text.trim_start().strip_prefix("export")?;
        let (name, value) = rest.strip_prefix([' ', '\t'])?.trim_start().split_once('=')?;
        Some(Assignment { line: line.number, name: name.to_owned(), value: unquote(value.trim_end())? })
    }))
}

/// A word that a POSIX shell reads back as `text`.
pub(super) fn quote(text: &str) -> Zeroizing<String> {
    // zsh expands `=` and `~` in front of a value and behind a colon: these are quoted.
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'+' | b'-');
    if !text.is_empty() && text.bytes().all(plain) {
        return Zeroizing::new(text.to_owned());
    }
    let mut out = Zeroizing::new(String::with_capacity(text.len() + 2 + 3 * text.matches('\'').count()));
    out.push('\'');
    for c in text.chars() {
        if c == '\'' { out.push_str(r"'\''") } else { out.push(c) }
    }
    out.push('\'');
    out
}

/// A word of bare, single-quoted, double-quoted and backslashed pieces; `None` where it does not
/// end properly.
fn unquote(word: &str) -> Option<Secret> {
    let mut out = Zeroizing::new(String::with_capacity(word.len()));
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => loop {
                match chars.next()? {
                    '\'' => break,
                    c => out.push(c),
                }
            },
            '"' => loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => match chars.next()? {
                        c @ ('"' | '\\' | '$' | '`') => out.push(c),
                        c => out.extend(['\\', c]),
                    },
                    c => out.push(c),
                }
            },
            '\\' => out.push(chars.next()?),
            // The next word, a comment or the next command.
            ' ' | '\t' | ';' => break,
            c => out.push(c),
        }
    }
    Some(Secret::new(out.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::Ecosystem;
    use crate::formats::tests::options;

    #[test]
    fn an_ordinary_token_needs_no_quotes() {
        let pair = Credentials::new("0a/1b", Secret::new("eyJ-_.e.s"));
        assert_eq!(
            render(&pair, &options()).unwrap().expose(),
            "export CHAINGUARD_JAVASCRIPT_IDENTITY_ID=0a/1b\nexport CHAINGUARD_JAVASCRIPT_TOKEN=eyJ-_.e.s\n"
        );
    }

    #[test]
    fn all_else_is_quoted() {
        assert_eq!(*quote("a'b $c"), r"'a'\''b $c'");
        assert_eq!((quote("").as_str(), quote("=x").as_str(), quote("~").as_str()), ("''", "'=x'", "'~'"));
    }

    #[test]
    fn reads_what_people_write() {
        let found =
            parse("# note\nexport CHAINGUARD_TOKEN=\"a\\\"b\"'c' # x\n  export CHAINGUARD_IDENTITY_ID=u; echo\n");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, found[0].ecosystem), (2, Some(Ecosystem::Oci)));
        assert_eq!(found[0].username.as_deref(), Some("u"));
        assert_eq!(found[0].password.as_ref().unwrap().expose(), "a\"bc");
    }
}
