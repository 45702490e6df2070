//! `bunfig` and `bunfig-env`: Bun's `bunfig.toml`, where the default registry has user and password.
//!
//! Bun puts a variable's value in for a string that begins with `$`; `${NAME}` it does not know.

use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::toml::{Field, table};
use crate::formats::value::{Part, check_lines, parts, refuse};
use crate::formats::{Format, RenderOptions};
use crate::secret::Secret;

const HEADER: &str = "[install.registry]";

fn fields(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Vec<Field>> {
    let url = o.repository_urls().into_iter().next().unwrap_or_default();
    let mut fields = vec![Field::string("url", &url)];
    if format == Format::BunfigEnv {
        fields.push(Field::string("username", &format!("${}", o.ecosystem.identity_variable())));
        fields.push(Field::string("password", &format!("${}", o.ecosystem.token_variable())));
        return Ok(fields);
    }
    check_lines(format, c)?;
    for (part, value) in parts(c) {
        if value.starts_with('$') {
            return Err(refuse(format, part, "begins with a dollar sign"));
        }
        let key = if matches!(part, Part::Username) { "username" } else { "password" };
        // The value leaves here for the file.
        fields.push(Field::string(key, value));
    }
    Ok(fields)
}

pub(super) fn render(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    Ok(super::whole_lines(&table(HEADER, &fields(format, c, o)?)))
}

#[cfg(feature = "editors")]
pub(super) fn edit(text: &str, format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    if text.is_empty() {
        return render(format, c, o);
    }
    structured::edit(text, format, &fields(format, c, o)?, o)
}

#[cfg(feature = "editors")]
pub(super) use structured::{parse, remove};

#[cfg(feature = "editors")]
mod structured {
    use super::*;
    use crate::error::{Error, ErrorCode};
    use crate::formats::ParsedEntry;
    use crate::formats::toml::{Entry, File, Spot};
    use crate::formats::userinfo;
    use zeroize::Zeroizing;

    const PATH: [&str; 2] = ["install", "registry"];
    const OURS: [&str; 4] = ["url", "username", "password", "token"];

    pub(super) fn edit(text: &str, format: Format, fields: &[Field], o: &RenderOptions) -> Result<Secret> {
        let file = File::read(text, format)?;
        match file.find(&PATH)? {
            Spot::Nothing => Ok(file.append(&table(HEADER, fields))),
            Spot::Table(entry) => {
                check_ours(&entry, o)?;
                Ok(file.set(&entry, fields, &["token"]))
            }
            Spot::Value { value, entry, .. } => {
                check_ours(&entry, o)?;
                let parts: Vec<_> = fields.iter().map(Field::line).collect();
                let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
                Ok(file.replace(value, &Zeroizing::new(format!("{{ {} }}", parts.join(", ")))))
            }
        }
    }

    pub(in crate::formats) fn remove(text: &str, format: Format, o: &RenderOptions) -> Result<Secret> {
        let file = File::read(text, format)?;
        Ok(match file.find(&PATH)? {
            Spot::Table(entry) if is_ours(&entry, o) && entry.has_only(&OURS) => file.remove(&[&entry]),
            Spot::Table(entry) if is_ours(&entry, o) => file.remove_fields(&entry, &OURS),
            Spot::Value { key, value, entry } if is_ours(&entry, o) => file.remove_value(&key, &value),
            _ => Secret::new(text),
        })
    }

    /// The default registry and those of scopes.
    pub(in crate::formats) fn parse(text: &str, format: Format) -> Result<Vec<ParsedEntry>> {
        let file = File::read(text, format)?;
        let default = match file.find(&PATH)? {
            Spot::Nothing => None,
            Spot::Table(entry) | Spot::Value { entry, .. } => Some(entry),
        };
        let scopes = file.children(&["install", "scopes"]).into_iter().map(|(_, entry)| entry);
        Ok(default.into_iter().chain(scopes).map(|entry| parsed(&file, &entry)).collect())
    }

    fn parsed(file: &File<'_>, entry: &Entry) -> ParsedEntry {
        let mut out = ParsedEntry { line: file.line(&entry.at), ..ParsedEntry::default() };
        // A URL may hold a pair of its own.
        if let Some(found) = entry.get("url").and_then(|url| userinfo::split(url.expose())) {
            (out.target, out.username, out.password) = (Some(found.bare), found.username, found.password);
        }
        for (key, is_username) in [("username", true), ("password", false), ("token", false)] {
            let Some(value) = entry.get(key) else { continue };
            // A name of a variable is no secret, nor is a username.
            match value.expose().strip_prefix('$') {
                Some(name) => out.variables.push(name.to_owned()),
                None if is_username => out.username = Some(value.expose().to_owned()),
                None => out.password = Some(value.clone()),
            }
        }
        out
    }

    fn is_ours(entry: &Entry, o: &RenderOptions) -> bool {
        let Some(url) = entry.get("url") else { return entry.fields.is_empty() };
        let Some(found) = userinfo::split(url.expose()) else { return false };
        let bare = found.bare.trim_end_matches('/');
        o.repository_urls().iter().any(|ours| ours.trim_end_matches('/') == bare)
    }

    fn check_ours(entry: &Entry, o: &RenderOptions) -> Result<()> {
        if is_ours(entry, o) {
            return Ok(());
        }
        Err(Error::new(ErrorCode::FailedPrecondition, "the file names another default registry, and Bun has one alone")
            .with_hint("delete `install.registry`, or give that registry for the edit"))
    }
}

#[cfg(all(test, feature = "editors"))]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use crate::formats::tests::options;

    const FRESH: &str =
        "[install.registry]\nurl = \"https://libraries.cgr.dev/javascript/\"\nusername = \"a/b\"\npassword = \"c\"\n";

    fn edited(text: &str) -> Result<String> {
        let pair = Credentials::new("a/b", Secret::new("c"));
        edit(text, Format::Bunfig, &pair, &options()).map(|text| text.expose().to_owned())
    }

    #[test]
    fn tables_strings_and_inline_tables_are_changed_in_place() {
        assert_eq!(edited("").unwrap(), FRESH);
        assert_eq!(edited("a = 1\r\n").unwrap(), format!("a = 1\r\n{}", FRESH.replace('\n', "\r\n")));
        assert_eq!(
            edited("[install.registry] # x\r\ntoken = \"t\" # old\r\n# y\r\nurl = 'https://libraries.cgr.dev/javascript'\r\n[z]").unwrap(),
            "[install.registry] # x\r\nusername = \"a/b\"\r\npassword = \"c\"\r\n# y\r\nurl = \"https://libraries.cgr.dev/javascript/\"\r\n[z]"
        );
        assert_eq!(
            edited("[install]\nregistry = \"https://u:p@libraries.cgr.dev/javascript/\" # x\n").unwrap(),
            "[install]\nregistry = { url = \"https://libraries.cgr.dev/javascript/\", username = \"a/b\", password = \"c\" } # x\n"
        );
    }

    #[test]
    fn another_registry_is_left_alone() {
        for text in ["[install]\nregistry = \"https://r.test\"\n", "[install.registry]\nurl = \"https://r.test\"\n"] {
            assert_eq!(edited(text).unwrap_err().code(), ErrorCode::FailedPrecondition);
            assert_eq!(remove(text, Format::Bunfig, &options()).unwrap().expose(), text);
        }
        assert_eq!(edited("install.registry.url = \"x\"\n").unwrap_err().code(), ErrorCode::FailedPrecondition);
        let error = edited("[install]\nregistry = hunter2\n").unwrap_err();
        assert_eq!((error.code(), error.message()), (ErrorCode::InvalidSyntax, "line 2 is no valid TOML"));
    }

    #[test]
    fn all_registries_are_read() {
        let text = "[install.scopes]\na = { url = \"https://u:p@a.test\" }\n[install.registry]\nurl = \"x\"\nusername = \"$U\"\npassword = \"$P\"\n";
        let found = parse(text, Format::Bunfig).unwrap();
        assert_eq!((found[0].line, found[0].variables.as_slice()), (3, ["U".to_owned(), "P".to_owned()].as_slice()));
        assert_eq!((found[1].line, found[1].password.as_ref().unwrap().expose()), (2, "p"));
    }
}
