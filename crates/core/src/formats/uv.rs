//! `uv`: the indexes of `uv.toml`, or those of uv in a `pyproject.toml`, with the credential in
//! their URLs.

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::pip::{index_names, index_urls};
use crate::formats::toml::{Field, table};
use crate::formats::userinfo::with_userinfo;
use crate::formats::value::{check_lines, check_present};
use crate::formats::{Format, RenderOptions};
use crate::secret::Secret;

fn index(header: &str, name: &str, url: &str) -> Vec<Zeroizing<String>> {
    table(header, &[Field::string("name", name), Field::string("url", url)])
}

fn check(c: &Credentials) -> Result<()> {
    check_lines(Format::Uv, c)?;
    check_present(Format::Uv, c)
}

pub(super) fn render(c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    check(c)?;
    let indexes = index_urls(o).into_iter().zip(index_names(o));
    let lines: Vec<_> = indexes.flat_map(|(url, name)| index("[[index]]", &name, &with_userinfo(&url, c))).collect();
    Ok(super::whole_lines(&lines))
}

#[cfg(feature = "editors")]
pub(super) fn edit(text: &str, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    if text.is_empty() {
        return render(c, o);
    }
    check(c)?;
    structured::edit(text, c, o)
}

#[cfg(feature = "editors")]
pub(super) use structured::{parse, remove};

#[cfg(feature = "editors")]
mod structured {
    use super::*;
    use crate::error::{Error, ErrorCode};
    use crate::formats::ParsedEntry;
    use crate::formats::toml::{Entry, File};
    use crate::formats::userinfo;

    pub(super) fn edit(text: &str, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
        let mut text = Secret::new(text);
        for (url, name) in index_urls(o).into_iter().zip(index_names(o)) {
            text = put(text.expose(), &name, &url, c)?;
        }
        Ok(text)
    }

    /// One index: its URL changed in place, or a table at the end.
    fn put(text: &str, name: &str, url: &str, c: &Credentials) -> Result<Secret> {
        let file = File::read(text, Format::Uv)?;
        let path = path(&file);
        let indexes = file.find_all(path)?;
        let new = with_userinfo(url, c);
        if let Some(entry) = indexes.iter().find(|entry| bare_url(entry).as_deref() == Some(url)) {
            return Ok(file.set(entry, &[Field::string("url", &new)], &[]));
        }
        if indexes.iter().any(|entry| entry.get("name").is_some_and(|found| found.expose() == name)) {
            return Err(Error::new(ErrorCode::FailedPrecondition, format!("another index is named `{name}`"))
                .with_hint("rename it, or give another name for ours"));
        }
        Ok(file.append(&index(&format!("[[{}]]", path.join(".")), name, &new)))
    }

    pub(in crate::formats) fn remove(text: &str, o: &RenderOptions) -> Result<Secret> {
        let file = File::read(text, Format::Uv)?;
        let urls = index_urls(o);
        let indexes = file.find_all(path(&file))?;
        let ours: Vec<&Entry> =
            indexes.iter().filter(|entry| bare_url(entry).is_some_and(|url| urls.contains(&url))).collect();
        Ok(file.remove(&ours))
    }

    pub(in crate::formats) fn parse(text: &str) -> Result<Vec<ParsedEntry>> {
        let file = File::read(text, Format::Uv)?;
        let indexes = file.find_all(path(&file))?;
        let entries = indexes.iter().filter_map(|entry| {
            // The pair in the URL goes into the entry.
            let found = userinfo::split(entry.get("url")?.expose())?;
            (found.username.is_some() || found.password.is_some()).then(|| ParsedEntry {
                line: file.line(&entry.at),
                target: Some(found.bare),
                username: found.username,
                password: found.password,
                ..ParsedEntry::default()
            })
        });
        Ok(entries.collect())
    }

    /// `index` at the top of `uv.toml`, below `tool.uv` in a project's file.
    fn path(file: &File<'_>) -> &'static [&'static str] {
        let project = ["project", "tool", "build-system", "dependency-groups"].iter().any(|key| file.has(key));
        if project { &["tool", "uv", "index"] } else { &["index"] }
    }

    fn bare_url(entry: &Entry) -> Option<String> {
        let found = userinfo::split(entry.get("url")?.expose())?;
        let slash = if found.bare.ends_with('/') { "" } else { "/" };
        Some(format!("{}{slash}", found.bare))
    }
}

#[cfg(all(test, feature = "editors"))]
mod tests {
    use super::*;
    use crate::ecosystem::Ecosystem;
    use crate::error::ErrorCode;
    use crate::formats::tests::options;

    fn python() -> RenderOptions {
        RenderOptions { ecosystem: Ecosystem::Python, ..options() }
    }

    fn edited(text: &str) -> Result<String> {
        edit(text, &Credentials::new("a/b", Secret::new("c")), &python()).map(|text| text.expose().to_owned())
    }

    const FRESH: &str = "[[index]]\nname = \"chainguard\"\nurl = \"https://a_b:c@libraries.cgr.dev/python/simple/\"\n";

    #[test]
    fn an_index_is_added_or_changed() {
        assert_eq!(edited("").unwrap(), FRESH);
        assert_eq!(
            edited("[project]\nname = \"x\"").unwrap(),
            format!("[project]\nname = \"x\"\n{}", FRESH.trim_end().replace("[[index]]", "[[tool.uv.index]]"))
        );
        let text = "[[index]]\nurl = \"https://i.test/simple\"\n\n[[index]] # ours\nurl = 'https://o:o@libraries.cgr.dev/python/simple' # x\ndefault = true\n";
        assert_eq!(
            edited(text).unwrap(),
            text.replace(
                "'https://o:o@libraries.cgr.dev/python/simple'",
                "\"https://a_b:c@libraries.cgr.dev/python/simple/\""
            )
        );
        assert_eq!(remove(text, &python()).unwrap().expose(), "[[index]]\nurl = \"https://i.test/simple\"\n\n");
    }

    #[test]
    fn what_it_cannot_change_is_refused() {
        for text in
            ["index = [{ url = \"https://i.test\" }]\n", "[[index]]\nname = \"chainguard\"\nurl = \"https://i.test\"\n"]
        {
            assert_eq!(edited(text).unwrap_err().code(), ErrorCode::FailedPrecondition, "{text}");
        }
    }
}
