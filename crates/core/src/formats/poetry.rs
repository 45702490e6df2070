//! `poetry`: Poetry's `auth.toml`, a pair by the name of a source.

use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::pip::index_names;
use crate::formats::toml::{Field, quote, table};
use crate::formats::value::check_lines;
use crate::formats::{Format, RenderOptions};
use crate::secret::Secret;

const SECTION: &str = "http-basic";

fn fields(c: &Credentials) -> Result<[Field; 2]> {
    check_lines(Format::Poetry, c)?;
    // Both leave here for the file.
    Ok([Field::string("username", &c.username), Field::string("password", c.password.expose())])
}

fn header(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if bare { format!("[{SECTION}.{name}]") } else { format!("[{SECTION}.{}]", *quote(name)) }
}

pub(super) fn render(c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    let fields = fields(c)?;
    let lines: Vec<_> = index_names(o).iter().flat_map(|name| table(&header(name), &fields)).collect();
    Ok(super::whole_lines(&lines))
}

#[cfg(feature = "editors")]
pub(super) fn edit(text: &str, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    if text.is_empty() {
        return render(c, o);
    }
    structured::edit(text, &fields(c)?, o)
}

#[cfg(feature = "editors")]
pub(super) use structured::{parse, remove};

#[cfg(feature = "editors")]
mod structured {
    use super::*;
    use crate::formats::ParsedEntry;
    use crate::formats::toml::{File, Spot};
    use zeroize::Zeroizing;

    pub(super) fn edit(text: &str, fields: &[Field], o: &RenderOptions) -> Result<Secret> {
        let mut text = Secret::new(text);
        for name in index_names(o) {
            let file = File::read(text.expose(), Format::Poetry)?;
            let next = match file.find(&[SECTION, &name])? {
                Spot::Nothing => file.append(&table(&header(&name), fields)),
                Spot::Table(entry) => file.set(&entry, fields, &[]),
                Spot::Value { value, .. } => {
                    let parts: Vec<_> = fields.iter().map(Field::line).collect();
                    let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
                    file.replace(value, &Zeroizing::new(format!("{{ {} }}", parts.join(", "))))
                }
            };
            text = next;
        }
        Ok(text)
    }

    pub(in crate::formats) fn remove(text: &str, o: &RenderOptions) -> Result<Secret> {
        let mut text = Secret::new(text);
        for name in index_names(o) {
            let file = File::read(text.expose(), Format::Poetry)?;
            let next = match file.find(&[SECTION, &name])? {
                Spot::Nothing => continue,
                Spot::Table(entry) => file.remove(&[&entry]),
                Spot::Value { key, value, .. } => file.remove_value(&key, &value),
            };
            text = next;
        }
        Ok(text)
    }

    pub(in crate::formats) fn parse(text: &str) -> Result<Vec<ParsedEntry>> {
        let file = File::read(text, Format::Poetry)?;
        let entries = file.children(&[SECTION]).into_iter().map(|(name, entry)| ParsedEntry {
            line: file.line(&entry.at),
            target: Some(name),
            // A username is no secret.
            username: entry.get("username").map(|value| value.expose().to_owned()),
            password: entry.get("password").cloned(),
            ..ParsedEntry::default()
        });
        Ok(entries.collect())
    }
}

#[cfg(all(test, feature = "editors"))]
mod tests {
    use super::*;
    use crate::ecosystem::Ecosystem;
    use crate::formats::tests::options;

    #[test]
    fn a_source_has_its_pair() {
        let o = RenderOptions { ecosystem: Ecosystem::Python, ..options() };
        let pair = Credentials::new("a/b", Secret::new("c"));
        let edited = |text| edit(text, &pair, &o).unwrap().expose().to_owned();
        assert_eq!(edited(""), "[http-basic.chainguard]\nusername = \"a/b\"\npassword = \"c\"\n");
        let text = "# x\n[http-basic]\nother = { username = \"u\", password = \"p\" }\n\n[http-basic.chainguard]\npassword = \"o\" # y\n";
        assert_eq!(
            edited(text),
            "# x\n[http-basic]\nother = { username = \"u\", password = \"p\" }\n\n[http-basic.chainguard]\nusername = \"a/b\"\npassword = \"c\" # y\n"
        );
        let found: Vec<_> = parse(text).unwrap().into_iter().map(|entry| (entry.line, entry.target.unwrap())).collect();
        assert_eq!(found, [(3, "other".to_owned()), (5, "chainguard".to_owned())]);
    }
}
