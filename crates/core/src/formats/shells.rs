//! `fish`, `powershell`, `cmd` and `nushell`: the same two variables for other shells than POSIX's.

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::assignments::{Assignment, collect};
use crate::formats::lines::lines;
use crate::formats::value::{check_lines, parts, refuse};
use crate::formats::{Format, ParsedEntry, RenderOptions};
use crate::secret::Secret;

pub(super) fn render(c: &Credentials, format: Format, o: &RenderOptions) -> Result<Secret> {
    check_lines(format, c)?;
    let mut out = Zeroizing::new(String::with_capacity(2 * (c.username.len() + c.password.expose().len()) + 200));
    let names = [o.ecosystem.identity_variable(), o.ecosystem.token_variable()];
    // The two values leave here for the shell that evaluates the lines.
    for (name, (part, value)) in names.into_iter().zip(parts(c)) {
        let line = match format {
            Format::Fish => format!("set -gx {name} {}\n", *fish(value)),
            Format::PowerShell => format!("$env:{name} = {}\n", *powershell(value)),
            Format::Nushell => format!("$env.{name} = {}\n", *nushell(value)),
            _ => {
                if value.contains(['"', '%']) {
                    return Err(refuse(format, part, "holds a double quote or percent sign"));
                }
                format!("set \"{name}={value}\"\r\n")
            }
        };
        out.push_str(&Zeroizing::new(line));
    }
    Ok(Secret::new(out.as_str()))
}

pub(super) fn parse(text: &str, format: Format) -> Vec<ParsedEntry> {
    collect(lines(text).filter_map(|line| {
        let (name, value) = match format {
            Format::Fish => assignment(line.text, "set -gx ", " ").map(|(n, v)| (n, un_fish(v)))?,
            Format::PowerShell => assignment(line.text, "$env:", "=").map(|(n, v)| (n, un_powershell(v)))?,
            Format::Nushell => assignment(line.text, "$env.", "=").map(|(n, v)| (n, un_nushell(v)))?,
            _ => {
                let rest = line.text.trim().strip_prefix("set ")?.trim();
                let rest = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(rest);
                rest.split_once('=').map(|(n, v)| (n.trim(), Zeroizing::new(v.to_owned())))?
            }
        };
        Some(Assignment { line: line.number, name: name.to_owned(), value: Secret::new(value.as_str()) })
    }))
}

fn assignment<'a>(line: &'a str, start: &str, separator: &str) -> Option<(&'a str, &'a str)> {
    let (name, value) = line.trim().strip_prefix(start)?.trim_start().split_once(separator)?;
    Some((name.trim(), value.trim()))
}

/// In fish's single quotes a backslash escapes itself and the quote, nothing else.
fn fish(value: &str) -> Zeroizing<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'+' | b'-' | b'=');
    if !value.is_empty() && !value.starts_with('-') && value.bytes().all(plain) {
        return Zeroizing::new(value.to_owned());
    }
    quoted(value, '\'', |c, out| {
        if matches!(c, '\'' | '\\') {
            out.push('\\');
        }
        out.push(c);
    })
}

fn un_fish(text: &str) -> Zeroizing<String> {
    unquoted(text, '\'', |c, rest, out| match (c, rest.clone().next()) {
        ('\\', Some(next @ ('\\' | '\''))) => {
            rest.next();
            out.push(next);
        }
        _ => out.push(c),
    })
}

/// In PowerShell's single quotes a quote is doubled; typographic ones count as quotes there.
fn powershell(value: &str) -> Zeroizing<String> {
    quoted(value, '\'', |c, out| {
        if is_powershell_quote(c) {
            out.push(c);
        }
        out.push(c);
    })
}

fn un_powershell(text: &str) -> Zeroizing<String> {
    unquoted(text, '\'', |c, rest, out| {
        if is_powershell_quote(c) {
            rest.next();
        }
        out.push(c);
    })
}

fn is_powershell_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}'..='\u{201B}')
}

/// nushell's single quotes know no escape at all; what holds one goes into double quotes.
fn nushell(value: &str) -> Zeroizing<String> {
    if !value.contains('\'') {
        return Zeroizing::new(format!("'{value}'"));
    }
    quoted(value, '"', |c, out| {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    })
}

fn un_nushell(text: &str) -> Zeroizing<String> {
    if text.starts_with('\'') {
        return unquoted(text, '\'', |c, _, out| out.push(c));
    }
    unquoted(text, '"', |c, rest, out| match c {
        '\\' => out.extend(rest.next()),
        c => out.push(c),
    })
}

fn quoted(value: &str, quote: char, escape: impl Fn(char, &mut String)) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(2 * value.len() + 2));
    out.push(quote);
    value.chars().for_each(|c| escape(c, &mut out));
    out.push(quote);
    out
}

fn unquoted(
    text: &str,
    quote: char,
    unescape: impl Fn(char, &mut std::str::Chars<'_>, &mut String),
) -> Zeroizing<String> {
    let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) else {
        return Zeroizing::new(text.to_owned());
    };
    let mut out = Zeroizing::new(String::with_capacity(inner.len()));
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        unescape(c, &mut chars, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::options;

    fn second_line(format: Format, password: &str) -> String {
        let text = render(&Credentials::new("a/b", Secret::new(password)), format, &options()).unwrap();
        text.expose().lines().nth(1).unwrap().replace("CHAINGUARD_JAVASCRIPT_TOKEN", "T")
    }

    #[test]
    fn each_shell_has_its_quotes() {
        assert_eq!(second_line(Format::Fish, "a.b"), "set -gx T a.b");
        assert_eq!(second_line(Format::Fish, r"a'b\ $c"), r"set -gx T 'a\'b\\ $c'");
        assert_eq!(second_line(Format::PowerShell, "a'b\u{2019}"), "$env:T = 'a''b\u{2019}\u{2019}'");
        assert_eq!(second_line(Format::Nushell, r#"a"b\"#), r#"$env.T = 'a"b\'"#);
        assert_eq!(second_line(Format::Nushell, r#"a'"b\"#), r#"$env.T = "a'\"b\\""#);
        assert_eq!(second_line(Format::Cmd, "a^b&c"), r#"set "T=a^b&c""#);
    }

    #[test]
    fn cmd_refuses_what_it_would_expand() {
        for password in ["a%b", "a\"b"] {
            assert!(render(&Credentials::new("a", Secret::new(password)), Format::Cmd, &options()).is_err());
        }
    }
}
