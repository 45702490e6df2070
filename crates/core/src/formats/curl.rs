//! `curl`: a configuration for one call, as `curl --config -` reads it.
//!
//! Not for `~/.curlrc`: there curl would send the credential to every host.

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::lines::lines;
use crate::formats::value::{check_basic, check_lines};
use crate::formats::{Format, ParsedEntry, RenderOptions};
use crate::secret::Secret;

pub(super) fn render(c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    check_lines(Format::Curl, c)?;
    check_basic(Format::Curl, c)?;
    let url = o.repository_urls().into_iter().next().unwrap_or_default();
    // Both leave here for curl.
    let pair = Zeroizing::new(format!("{}:{}", c.username, c.password.expose()));
    let mut out = Zeroizing::new(format!("# curl --config - {url}\nuser = \""));
    out.reserve_exact(2 * pair.len() + 2);
    for c in pair.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push_str("\"\n");
    Ok(Secret::new(out.as_str()))
}

/// Reads `user` in the spellings of curl's configuration: `user = "a:b"`, `--user a:b`, `-u a:b`.
pub(super) fn parse(text: &str) -> Vec<ParsedEntry> {
    lines(text)
        .filter_map(|line| {
            let text = line.text.trim();
            let rest = text.strip_prefix("-u").or_else(|| text.trim_start_matches('-').strip_prefix("user"))?;
            let value = rest.trim_start_matches([' ', '\t', '=', ':']);
            if value.len() == rest.len() && !text.starts_with("-u") {
                return None;
            }
            let pair = unquote(value);
            let (username, password) = pair.split_once(':')?;
            Some(ParsedEntry {
                line: line.number,
                username: Some(username.to_owned()),
                password: Some(Secret::new(password)),
                ..ParsedEntry::default()
            })
        })
        .collect()
}

fn unquote(value: &str) -> Zeroizing<String> {
    let Some(inner) = value.strip_prefix('"') else {
        let end = value.find([' ', '\t']).unwrap_or(value.len());
        return Zeroizing::new(value[..end].to_owned());
    };
    let mut out = Zeroizing::new(String::with_capacity(inner.len()));
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('t') => out.push('\t'),
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('v') => out.push('\u{b}'),
                other => out.extend(other),
            },
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::options;

    #[test]
    fn the_pair_is_quoted_as_curl_reads_it() {
        let text = render(&Credentials::new("a/b", Secret::new("c\"\\t")), &options()).unwrap();
        assert_eq!(
            text.expose(),
            "# curl --config - https://libraries.cgr.dev/javascript/\nuser = \"a/b:c\\\"\\\\t\"\n"
        );
    }

    #[test]
    fn other_spellings_are_read() {
        let found = parse("user-agent = x:y\n-u a:b\n--user \"c:d\\te\" \nuser: e:f\n");
        let seen: Vec<_> = found.iter().map(|e| (e.line, e.password.as_ref().unwrap().expose())).collect();
        assert_eq!(seen, [(2, "b"), (3, "d\te"), (4, "f")]);
    }
}
