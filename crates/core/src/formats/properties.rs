//! `gradle` and `sbt`: Java's properties.
//!
//! The syntax is `java.util.Properties`': `=`, `:` or white space between key and value, `#` and
//! `!` for comments, a backslash for escapes and for lines that go on. The file is read as Latin-1,
//! hence `\u` escapes for all that is not ASCII.

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::error::{Error, ErrorCode, Result};
use crate::formats::keyed::{self, Setting, Wanted};
use crate::formats::lines::{bom_length, lines};
use crate::formats::value::{check_lines, check_present};
use crate::formats::{Format, ParsedEntry, RenderOptions};
use crate::secret::Secret;

/// What sbt reads. A realm left out stands for any.
const SBT_KEYS: [&str; 4] = ["realm", "host", "user", "password"];

pub(super) fn render(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    keyed::render(settings, &all_wanted(format, c, o)?)
}

pub(super) fn edit(text: &str, format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    let wanted = all_wanted(format, c, o)?;
    if format == Format::Sbt {
        check_sbt_host(text, &o.host()?)?;
    }
    keyed::edit(text, settings, &wanted, place)
}

fn all_wanted(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Vec<Wanted>> {
    check_lines(format, c)?;
    check_present(format, c)?;
    // Both leave here for the file.
    let (username, password) = (escape(&c.username), escape(c.password.expose()));
    if format == Format::Sbt {
        let host = escape(&o.host()?);
        return Ok(vec![Wanted::new("host", host), Wanted::new("user", username), Wanted::new("password", password)]);
    }
    let of =
        |name: &String| [wanted(format!("{name}Username"), &username), wanted(format!("{name}Password"), &password)];
    Ok(gradle_names(o).iter().flat_map(of).collect())
}

pub(super) fn remove(text: &str, format: Format, o: &RenderOptions) -> Result<Secret> {
    let keys: Vec<String> = if format == Format::Sbt {
        if sbt_host(text).is_none_or(|host| !host.eq_ignore_ascii_case(&o.host().unwrap_or_default())) {
            return Ok(Secret::new(text));
        }
        SBT_KEYS.map(str::to_owned).to_vec()
    } else {
        gradle_names(o).iter().flat_map(|name| [format!("{name}Username"), format!("{name}Password")]).collect()
    };
    keyed::remove(text, settings, &keys)
}

pub(super) fn parse(text: &str, format: Format) -> Vec<ParsedEntry> {
    let all = settings(text);
    let last = |key: &str| all.iter().rfind(|setting| setting.key == key);
    if format == Format::Sbt {
        let (user, password) = (last("user"), last("password"));
        if user.is_none() && password.is_none() {
            return Vec::new();
        }
        let line = [last("host"), user, password].into_iter().flatten().map(|s| s.line).min().unwrap_or(1);
        return vec![ParsedEntry {
            line,
            target: last("host").map(|setting| setting.value.expose().to_owned()),
            username: user.map(|setting| setting.value.expose().to_owned()),
            password: password.map(|setting| setting.value.clone()),
            ..ParsedEntry::default()
        }];
    }
    let mut found: Vec<ParsedEntry> = Vec::new();
    for setting in &all {
        let name = setting.key.strip_suffix("Username").or_else(|| setting.key.strip_suffix("Password"));
        let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
        if found.iter().any(|entry| entry.target.as_deref() == Some(name)) {
            continue;
        }
        found.push(ParsedEntry {
            line: setting.line,
            target: Some(name.to_owned()),
            username: last(&format!("{name}Username")).map(|setting| setting.value.expose().to_owned()),
            password: last(&format!("{name}Password")).map(|setting| setting.value.clone()),
            ..ParsedEntry::default()
        });
    }
    found
}

/// The repositories' names, which begin the names of Gradle's properties.
pub(super) fn gradle_names(o: &RenderOptions) -> Vec<String> {
    let count = o.repository_urls().len();
    if count > 1 { vec![format!("{}Remediated", o.name), o.name.clone()] } else { vec![o.name.clone()] }
}

/// An sbt credentials file holds one credential: another host's is not ours to overwrite.
fn check_sbt_host(text: &str, host: &str) -> Result<()> {
    let taken = settings(text).iter().any(|setting| SBT_KEYS.contains(&setting.key.as_str()));
    match sbt_host(text).is_some_and(|found| found.eq_ignore_ascii_case(host)) {
        ours if ours || !taken => Ok(()),
        _ => Err(Error::new(
            ErrorCode::FailedPrecondition,
            "the file holds the credential of another host, and an sbt credentials file holds one alone",
        )
        .with_hint("write a file of its own, and load it with a second `credentials += Credentials(file(…))`")),
    }
}

fn sbt_host(text: &str) -> Option<String> {
    settings(text).into_iter().rfind(|setting| setting.key == "host").map(|setting| setting.value.expose().to_owned())
}

/// A setting of a key that may hold anything.
fn wanted(key: String, value: &Zeroizing<String>) -> Wanted {
    let escaped = escape(&key);
    let mut line = Zeroizing::new(String::with_capacity(2 * escaped.len() + 1 + value.len()));
    for (at, c) in escaped.char_indices() {
        // The first character is escaped already.
        if at > 0 && matches!(c, ' ' | '=' | ':') && !(at == 1 && escaped.starts_with('\\')) {
            line.push('\\');
        }
        line.push(c);
    }
    line.push('=');
    line.push_str(value);
    Wanted { key, value: value.clone(), line }
}

/// All settings, in the file's order.
fn settings(text: &str) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut all = lines(text).peekable();
    while let Some(line) = all.next() {
        let trimmed = line.text.trim_start_matches(is_space);
        if trimmed.is_empty() || trimmed.starts_with(['#', '!']) {
            continue;
        }
        let (mut last, start) = (line, line.text_end() - trimmed.len());
        while goes_on(last.text) && last.end > last.text_end() {
            let Some(next) = all.next() else { break };
            last = next;
        }
        let whole = &text[start..last.text_end()];
        let key_length = key_length(whole);
        let after = whole[key_length..].trim_start_matches(is_space);
        let after = after.strip_prefix(['=', ':']).map_or(after, |rest| rest.trim_start_matches(is_space));
        let range = last.text_end() - after.len()..last.text_end();
        found.push(Setting {
            line: line.number,
            key: unescape(&whole[..key_length]).to_string(),
            lines: line.start..last.end,
            value: Secret::new(unescape(after).as_str()),
            lead: if range.start == last.text_end() - whole.len() + key_length { "=" } else { "" },
            range,
        });
    }
    found
}

/// The end, unless the last line says that it goes on.
fn place(text: &str) -> usize {
    let open = lines(text).last().is_some_and(|line| goes_on(line.text));
    if open { bom_length(text) } else { text.len() }
}

fn goes_on(line: &str) -> bool {
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}

fn key_length(text: &str) -> usize {
    let mut escaped = false;
    text.char_indices()
        .find(|(_, c)| {
            let ends = !escaped && (is_space(*c) || matches!(c, '=' | ':' | '\n' | '\r'));
            escaped = *c == '\\' && !escaped;
            ends
        })
        .map_or(text.len(), |(at, _)| at)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{c}')
}

fn unescape(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c != '\\' {
            flush(&mut units, &mut out);
            out.push(c);
            continue;
        }
        let hex = rest.strip_prefix('u').and_then(|rest| rest.get(..4));
        if let Some(unit) = hex.and_then(|hex| u16::from_str_radix(hex, 16).ok()) {
            units.push(unit);
            rest = &rest[5..];
            continue;
        }
        flush(&mut units, &mut out);
        let Some(next) = rest.chars().next() else { break };
        rest = &rest[next.len_utf8()..];
        match next {
            't' => out.push('\t'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            'f' => out.push('\u{c}'),
            '\r' | '\n' => {
                let rest_of_break = if next == '\r' { rest.strip_prefix('\n').unwrap_or(rest) } else { rest };
                rest = rest_of_break.trim_start_matches(is_space);
            }
            other => out.push(other),
        }
    }
    flush(&mut units, &mut out);
    out
}

/// `\u` escapes are UTF-16: a pair of them may be one character.
fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.extend(char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

fn escape(value: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(6 * value.len()));
    for (at, c) in value.char_indices() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\u{c}' => out.push_str("\\f"),
            ' ' | '=' | ':' | '#' | '!' if at == 0 => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::Ecosystem;
    use crate::formats::tests::options;

    fn java() -> RenderOptions {
        RenderOptions { ecosystem: Ecosystem::Java, ..options() }
    }

    fn edited(text: &str, format: Format) -> Result<String> {
        edit(text, format, &Credentials::new("a/b", Secret::new("c")), &java()).map(|text| text.expose().to_owned())
    }

    #[test]
    fn gradle_finds_the_pair_by_the_repositorys_name() {
        assert_eq!(edited("", Format::Gradle).unwrap(), "chainguardUsername=a/b\nchainguardPassword=c\n");
        let o = RenderOptions { remediated: true, ..java() };
        let text = edit("", Format::Gradle, &Credentials::new("u", Secret::new("p")), &o).unwrap();
        assert_eq!(
            text.expose(),
            "chainguardRemediatedUsername=u\nchainguardRemediatedPassword=p\nchainguardUsername=u\nchainguardPassword=p\n"
        );
    }

    #[test]
    fn keys_are_escaped_and_parted_from_their_values() {
        assert_eq!(
            edited("chainguardPassword\nchainguardUsername", Format::Gradle).unwrap(),
            "chainguardPassword=c\nchainguardUsername=a/b"
        );
        for name in [" a: =b", "a b", "#", "é\\ "] {
            let o = RenderOptions { name: name.to_owned(), ..java() };
            let text = edit("", Format::Gradle, &Credentials::new("u", Secret::new("p")), &o).unwrap();
            let found = parse(text.expose(), Format::Gradle);
            assert_eq!((found.len(), found[0].target.as_deref()), (1, Some(name)), "{}", text.expose());
            assert_eq!(remove(text.expose(), Format::Gradle, &o).unwrap().expose(), "");
        }
    }

    #[test]
    fn the_syntax_is_javas() {
        let text =
            "! note\n a\\ b : c \\\n   d\\u00e9\\ud83d\\ude80\\t\r\nkey value\nempty\nchainguardPassword\\\n  = x\\\n";
        let found: Vec<_> = settings(text).into_iter().map(|s| (s.line, s.key, s.value.expose().to_owned())).collect();
        let own = |line, key: &str, value: &str| (line, key.to_owned(), value.to_owned());
        assert_eq!(
            found,
            [own(2, "a b", "c dé🚀\t"), own(4, "key", "value"), own(5, "empty", ""), own(6, "chainguardPassword", "x")]
        );
        assert_eq!(*escape(" é🚀\\ x"), r"\ \u00e9\ud83d\ude80\\ x");
    }

    #[test]
    fn lines_that_go_on_are_kept_whole() {
        assert_eq!(
            edited("# x\r\nchainguardPassword = old \\\r\n  older\r\nlast=\\", Format::Gradle).unwrap(),
            "chainguardUsername=a/b\r\n# x\r\nchainguardPassword = c\r\nlast=\\"
        );
    }

    #[test]
    fn sbt_holds_one_host() {
        assert_eq!(edited("", Format::Sbt).unwrap(), "host=libraries.cgr.dev\nuser=a/b\npassword=c\n");
        let foreign = "realm=x\nhost=repo.test\nuser=u\npassword=p\n";
        assert_eq!(edited(foreign, Format::Sbt).unwrap_err().code(), ErrorCode::FailedPrecondition);
        assert_eq!(remove(foreign, Format::Sbt, &java()).unwrap().expose(), foreign);
        assert_eq!(parse(foreign, Format::Sbt)[0].target.as_deref(), Some("repo.test"));
    }
}
