//! `pip`, `pip-url` and `uv-env`: Python's indexes, with the credential in their URLs or, for
//! `uv-env`, in variables.
//!
//! `pip.conf` is read by Python's `configparser`: `=` or `:` after a key, further lines of a value
//! indented, `#` and `;` for comments at the start of a line. pip takes `_` and `-` in keys as one.

mod config;

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::lines::{Patch, lines};
use crate::formats::userinfo::{self, with_userinfo};
use crate::formats::value::{check_lines, check_present};
use crate::formats::{Format, ParsedEntry, RenderOptions, Rendered, Warning, env};
use crate::secret::Secret;
use config::Config;

/// The indexes' URLs, most important first. A repository manager's gets `simple/` where it lacks it.
pub(super) fn index_urls(o: &RenderOptions) -> Vec<String> {
    o.repository_urls()
        .into_iter()
        .map(|url| if url.ends_with("/simple/") { url } else { format!("{url}simple/") })
        .collect()
}

/// The URLs alone, one a line.
pub(super) fn render_urls(c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    check_lines(Format::PipUrl, c)?;
    check_present(Format::PipUrl, c)?;
    let urls: Vec<_> = index_urls(o).iter().map(|url| with_userinfo(url, c)).collect();
    let mut out = Zeroizing::new(String::with_capacity(urls.iter().map(|url| url.len() + 1).sum()));
    for url in &urls {
        out.push_str(url);
        out.push('\n');
    }
    Ok(Secret::new(out.as_str()))
}

/// uv's variables for indexes, filled from the ecosystem's own. No secret.
pub(super) fn render_uv_env(o: &RenderOptions) -> Secret {
    let (identity, token) = (o.ecosystem.identity_variable(), o.ecosystem.token_variable());
    let urls = index_urls(o);
    let mut indexes = Vec::new();
    let mut out = String::new();
    for (url, name) in urls.iter().zip(index_names(o)) {
        let variable: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        out.push_str(&format!("export UV_INDEX_{variable}_USERNAME=\"${identity}\"\n"));
        out.push_str(&format!("export UV_INDEX_{variable}_PASSWORD=\"${token}\"\n"));
        indexes.push(format!("{name}={url}"));
    }
    out.push_str(&format!("export UV_INDEX={}\n", *env::quote(&indexes.join(" "))));
    Secret::new(out)
}

/// The indexes' names where a tool wants some.
pub(super) fn index_names(o: &RenderOptions) -> Vec<String> {
    let plain = o.name.clone();
    if index_urls(o).len() > 1 { vec![format!("{plain}-remediated"), plain] } else { vec![plain] }
}

pub(super) fn parse_uv_env(text: &str) -> Vec<ParsedEntry> {
    let mut found: Vec<ParsedEntry> = Vec::new();
    for line in lines(text) {
        let Some((name, value)) =
            line.text.trim().strip_prefix("export UV_INDEX_").and_then(|rest| rest.split_once('='))
        else {
            continue;
        };
        let Some(target) = name.strip_suffix("_USERNAME").or_else(|| name.strip_suffix("_PASSWORD")) else { continue };
        let variable = value.trim_matches('"').trim_start_matches(['$', '{']).trim_end_matches('}').to_owned();
        match found.iter_mut().find(|entry| entry.target.as_deref() == Some(target)) {
            Some(entry) => entry.variables.push(variable),
            None => found.push(ParsedEntry {
                line: line.number,
                target: Some(target.to_owned()),
                variables: vec![variable],
                ..ParsedEntry::default()
            }),
        }
    }
    found
}

/// The credentials in all URLs of a text, whatever it is.
pub(super) fn parse_urls(text: &str) -> Vec<ParsedEntry> {
    lines(text)
        .filter(|line| !line.text.trim_start().starts_with(['#', ';']))
        .flat_map(|line| userinfo::urls(line.text).map(|(_, url)| entry(line.number, url)).collect::<Vec<_>>())
        .flatten()
        .collect()
}

fn entry(line: usize, url: &str) -> Option<ParsedEntry> {
    let found = userinfo::split(url)?;
    if found.username.is_none() && found.password.is_none() {
        return None;
    }
    let ecosystem = ["/python/", "/python-remediated/"].iter().any(|path| found.bare.contains(path));
    Some(ParsedEntry {
        line,
        target: Some(found.bare),
        ecosystem: ecosystem.then_some(crate::Ecosystem::Python),
        username: found.username,
        password: found.password,
        variables: Vec::new(),
    })
}

pub(super) fn render(c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    check(c)?;
    let mut lines = vec![Zeroizing::new("[global]".to_owned())];
    for (at, url) in index_urls(o).iter().enumerate() {
        let key = match at {
            0 => "index-url = ",
            1 => "extra-index-url = ",
            _ => "    ",
        };
        lines.push(Zeroizing::new(format!("{key}{}", *with_userinfo(url, c))));
    }
    Ok(super::whole_lines(&lines))
}

fn check(c: &Credentials) -> Result<()> {
    check_lines(Format::Pip, c)?;
    check_present(Format::Pip, c)
}

pub(super) fn edit(text: &str, c: &Credentials, o: &RenderOptions) -> Result<Rendered> {
    check(c)?;
    let urls = index_urls(o);
    let config = Config::read(text, &urls);
    let mut patch = Patch::new(text);
    let (mut missing, mut surplus) = (Vec::new(), Vec::new());
    for url in &urls {
        let mut same = config.ours.iter().filter(|ours| ours.bare == *url);
        let new = with_userinfo(url, c);
        match same.next() {
            Some(first) => patch.replace(first.range.clone(), new.as_str()),
            None => missing.push(new),
        }
        surplus.extend(same);
    }
    config.delete(&mut patch, text, &surplus);
    let mut changed = patch.apply();
    let mut warnings = Vec::new();
    for url in missing {
        let (next, foreign) = insert(changed.expose(), &urls, &url);
        changed = next;
        if foreign && warnings.is_empty() {
            warnings.push(Warning {
                code: "pip_other_index",
                message: "another index-url stays first, and pip takes the highest version of any index".to_owned(),
                hint: "delete that index-url to install from this registry alone".to_owned(),
            });
        }
    }
    Ok(Rendered { text: changed, warnings })
}

pub(super) fn remove(text: &str, o: &RenderOptions) -> Secret {
    let config = Config::read(text, &index_urls(o));
    // With its last URL a setting goes, and with its last line a section.
    let mut global = config.settings.iter().filter(|setting| setting.global);
    let emptied = config.pure && global.all(|setting| setting.is_ours(&config.ours));
    let mut patch = Patch::new(text);
    for head in config.global_heads.iter().filter(|_| emptied) {
        patch.delete_line(head);
    }
    config.delete(&mut patch, text, &config.ours.iter().collect::<Vec<_>>());
    config.delete_void(&mut patch, text);
    patch.apply()
}

/// Adds one URL; tells whether another index stays in front of it.
fn insert(text: &str, urls: &[String], url: &str) -> (Secret, bool) {
    let config = Config::read(text, urls);
    let global = |key: &'static str| config.settings.iter().find(move |s| s.global && s.key == key);
    let mut patch = Patch::new(text);
    let foreign = global("index-url").is_some_and(|setting| !setting.is_ours(&config.ours));
    // A line deeper than the one before it would be read as a further line of its value.
    let (at, line) = match (global("index-url"), global("extra-index-url"), config.global_heads.first()) {
        (Some(_), Some(extra), _) => (extra.lines.end, format!("{}    {url}", extra.indent)),
        (Some(index), None, _) => (index.lines.end, format!("{}extra-index-url = {url}", index.indent)),
        (None, _, Some(head)) => (head.end, format!("{}index-url = {url}", config.global_indent)),
        (None, _, None) => (text.len(), format!("index-url = {url}")),
    };
    let mut new = vec![Zeroizing::new(line)];
    if config.global_heads.is_empty() {
        new.insert(0, Zeroizing::new("[global]".to_owned()));
    }
    patch.insert_lines(at, &new);
    (patch.apply(), foreign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::Ecosystem;
    use crate::formats::tests::options;

    const URL: &str = "https://a_b:c@libraries.cgr.dev/python/simple/";
    const REMEDIATED: &str = "https://a_b:c@libraries.cgr.dev/python-remediated/simple/";

    fn python() -> RenderOptions {
        RenderOptions { ecosystem: Ecosystem::Python, ..options() }
    }

    fn edited(text: &str, o: &RenderOptions) -> String {
        edit(text, &Credentials::new("a/b", Secret::new("c")), o).unwrap().text.expose().to_owned()
    }

    #[test]
    fn a_fresh_file_has_one_section() {
        assert_eq!(edited("", &python()), format!("[global]\nindex-url = {URL}\n"));
        let o = RenderOptions { remediated: true, ..python() };
        assert_eq!(edited("", &o), format!("[global]\nindex-url = {REMEDIATED}\nextra-index-url = {URL}\n"));
    }

    #[test]
    fn other_indexes_stay() {
        let text = "[global]\r\ntimeout = 5\r\nindex_url: https://i.test/simple\r\n";
        let pair = Credentials::new("a/b", Secret::new("c"));
        let rendered = edit(text, &pair, &python()).unwrap();
        assert_eq!(rendered.text.expose(), format!("{text}extra-index-url = {URL}\r\n"));
        assert_eq!(rendered.warnings[0].code, "pip_other_index");
        assert_eq!(remove(rendered.text.expose(), &python()).expose(), text);
    }

    #[test]
    fn urls_are_changed_in_place() {
        let text = "# x\n[install]\nextra-index-url =\n    https://i.test/simple\n    https://o:o@libraries.cgr.dev/python/simple\n";
        assert_eq!(
            edited(text, &python()),
            format!("# x\n[install]\nextra-index-url =\n    https://i.test/simple\n    {URL}\n")
        );
        assert_eq!(remove(text, &python()).expose(), "# x\n[install]\nextra-index-url =\n    https://i.test/simple\n");
    }

    #[test]
    fn an_address_in_brackets_is_found_again() {
        let o = RenderOptions { registry: crate::BaseUrl::parse("https://[2001:db8::1]:8443/a").unwrap(), ..python() };
        let once = edited("[global]\ntimeout = 5\n", &o);
        assert!(once.contains("\nindex-url = https://a_b:c@[2001:db8::1]:8443/a/python/simple/\n"));
        assert_eq!(edited(&once, &o), once);
        assert_eq!(remove(&once, &o).expose(), "[global]\ntimeout = 5\n");
    }

    #[test]
    fn a_setting_does_not_take_in_the_section_below_it() {
        let text = "[global]\n  [install]\n  timeout = 5\n";
        let once = edited(text, &python());
        assert_eq!(once, format!("[global]\n  index-url = {URL}\n  [install]\n  timeout = 5\n"));
        assert_eq!(remove(&once, &python()).expose(), "  [install]\n  timeout = 5\n");
    }

    #[test]
    fn further_indexes_that_are_none_go_with_ours() {
        let text = "[global]\nindex-url = https://i.test/simple\nextra-index-url =\n  # none\n";
        let left = "[global]\nindex-url = https://i.test/simple\n  # none\n";
        assert_eq!(remove(text, &python()).expose(), left);
        assert_eq!(remove(&edited(text, &python()), &python()).expose(), left);
    }

    #[test]
    fn urls_and_variables() {
        let pair = Credentials::new("a/b", Secret::new("c"));
        assert_eq!(render_urls(&pair, &python()).unwrap().expose(), format!("{URL}\n"));
        assert_eq!(
            render_uv_env(&python()).expose(),
            "export UV_INDEX_CHAINGUARD_USERNAME=\"$CHAINGUARD_PYTHON_IDENTITY_ID\"\n\
             export UV_INDEX_CHAINGUARD_PASSWORD=\"$CHAINGUARD_PYTHON_TOKEN\"\n\
             export UV_INDEX='chainguard=https://libraries.cgr.dev/python/simple/'\n"
        );
        let found = parse_urls(&format!("index-url = {URL}\n# {URL}\nextra-index-url = https://i.test/\n"));
        assert_eq!((found.len(), found[0].username.as_deref()), (1, Some("a/b")));
        let mut o = python();
        o.proxy_url = Some(crate::BaseUrl::parse("https://nexus.test/repository/pypi/simple").unwrap());
        assert_eq!(index_urls(&o), ["https://nexus.test/repository/pypi/simple/"]);
    }
}
