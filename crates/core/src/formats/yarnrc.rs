//! `yarnrc` and `yarnrc-env`: Yarn 2's and later's `.yarnrc.yml`, a registry by its path.
//!
//! Yarn encodes an ident with a colon and sends one without as it stands. It puts variables in
//! wherever it finds `${NAME}`, and stops altogether at an unset one unless a default stands there.

use zeroize::Zeroizing;

use crate::base_url::BaseUrl;
use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::value::{check_basic, check_lines, check_present, parts, refuse};
use crate::formats::yaml::{Entry, block, quote};
use crate::formats::{Format, RenderOptions};
use crate::secret::Secret;

const CONTAINER: &str = "npmRegistries";

fn entry(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Entry> {
    let ident = if format == Format::YarnrcEnv {
        Zeroizing::new(format!("${{{}:-}}:${{{}:-}}", o.ecosystem.identity_variable(), o.ecosystem.token_variable()))
    } else {
        check_lines(format, c)?;
        check_present(format, c)?;
        check_basic(format, c)?;
        for (part, value) in parts(c) {
            if value.contains("${") {
                return Err(refuse(format, part, "holds `${`"));
            }
        }
        // Both leave here for the file.
        Zeroizing::new(format!("{}:{}", c.username, c.password.expose()))
    };
    let fields = vec![("npmAlwaysAuth", Zeroizing::new("true".to_owned())), ("npmAuthIdent", quote(&ident))];
    Ok(Entry { key: key(o), fields })
}

/// The registry that Yarn installs from, as it writes it: without scheme and without final slash.
fn key(o: &RenderOptions) -> String {
    let url = o.repository_urls().into_iter().next().unwrap_or_default();
    BaseUrl::parse(&url).map_or(url.clone(), |url| {
        let path = &url.as_str()[url.origin().len()..];
        format!("//{}{path}", url.authority())
    })
}

pub(super) fn render(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    Ok(super::whole_lines(&block(CONTAINER, &[entry(format, c, o)?])))
}

#[cfg(feature = "editors")]
pub(super) fn edit(text: &str, format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    if text.is_empty() {
        return render(format, c, o);
    }
    structured::edit(text, format, &entry(format, c, o)?)
}

#[cfg(feature = "editors")]
pub(super) use structured::{parse, remove};

#[cfg(feature = "editors")]
mod structured {
    use super::*;
    use crate::formats::ParsedEntry;
    use crate::formats::value::{decode_basic, placeholders};
    use crate::formats::yaml;

    pub(super) fn edit(text: &str, _: Format, entry: &Entry) -> Result<Secret> {
        yaml::set(text, CONTAINER, entry, |key| same(key, &entry.key), &["npmAuthToken"])
    }

    pub(in crate::formats) fn remove(text: &str, _: Format, o: &RenderOptions) -> Result<Secret> {
        let ours = key(o);
        yaml::remove(text, CONTAINER, |key| same(key, &ours))
    }

    /// Registries, scopes and the pair for the default registry.
    pub(in crate::formats) fn parse(text: &str, _: Format) -> Result<Vec<ParsedEntry>> {
        let mut found = Vec::new();
        for container in [None, Some(CONTAINER), Some("npmScopes")] {
            for entry in yaml::entries(text, container)? {
                let (ident, token) = (entry.get("npmAuthIdent"), entry.get("npmAuthToken"));
                let Some(secret) = token.or(ident) else { continue };
                let target = container.map(|_| entry.key.clone());
                let mut out = ParsedEntry { line: entry.line, target, ..ParsedEntry::default() };
                // Looked at for its form, and kept in the entry.
                let text = secret.expose();
                out.variables = placeholders(text);
                match (out.variables.is_empty(), token, text.split_once(':')) {
                    (false, ..) => {}
                    (true, Some(token), _) => out.password = Some(token.clone()),
                    (true, None, Some((username, password))) => {
                        (out.username, out.password) = (Some(username.to_owned()), Some(Secret::new(password)));
                    }
                    (true, None, None) => match decode_basic(text) {
                        Some(pair) => (out.username, out.password) = (Some(pair.username), Some(pair.password)),
                        None => out.password = Some(secret.clone()),
                    },
                }
                found.push(out);
            }
        }
        Ok(found)
    }

    /// Yarn takes a registry with and without scheme and final slash.
    fn same(key: &str, ours: &str) -> bool {
        let key = key.strip_prefix("https:").or_else(|| key.strip_prefix("http:")).unwrap_or(key);
        key.trim_end_matches('/') == ours
    }
}

#[cfg(all(test, feature = "editors"))]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use crate::formats::tests::options;

    const FRESH: &str =
        "npmRegistries:\n  \"//libraries.cgr.dev/javascript\":\n    npmAlwaysAuth: true\n    npmAuthIdent: \"a/b:c\"\n";

    fn edited(text: &str) -> Result<String> {
        let pair = Credentials::new("a/b", Secret::new("c"));
        edit(text, Format::Yarnrc, &pair, &options()).map(|text| text.expose().to_owned())
    }

    #[test]
    fn an_entry_is_added() {
        assert_eq!(edited("").unwrap(), FRESH);
        assert_eq!(
            edited("# x\r\nenableScripts: false").unwrap(),
            format!("# x\r\nenableScripts: false\r\n{}", FRESH.trim_end().replace('\n', "\r\n"))
        );
        assert_eq!(
            edited("npmRegistries: {} # y\na: b\n").unwrap(),
            format!("{}a: b\n", FRESH.replacen(":\n", ": # y\n", 1))
        );
        assert_eq!(
            edited("npmRegistries:\n    # z\n    //r.test:\n        npmAuthToken: t\n").unwrap(),
            "npmRegistries:\n    \"//libraries.cgr.dev/javascript\":\n      npmAlwaysAuth: true\n      npmAuthIdent: \"a/b:c\"\n    # z\n    //r.test:\n        npmAuthToken: t\n"
        );
    }

    #[test]
    fn an_entry_is_changed_where_it_stands() {
        assert_eq!(
            edited("npmRegistries:\n  'https://libraries.cgr.dev/javascript/': # x\n    npmAuthIdent: old # y\n    # z\n    npmAuthToken: t\nb: ä\n").unwrap(),
            "npmRegistries:\n  'https://libraries.cgr.dev/javascript/': # x\n    npmAlwaysAuth: true\n    npmAuthIdent: \"a/b:c\" # y\n    # z\nb: ä\n"
        );
        assert_eq!(
            edited("npmRegistries:\n  //libraries.cgr.dev/javascript: { npmAuthToken: t } # x\n").unwrap(),
            "npmRegistries:\n  //libraries.cgr.dev/javascript: { npmAlwaysAuth: true, npmAuthIdent: \"a/b:c\" } # x\n"
        );
    }

    #[test]
    fn empty_braces_give_way_to_the_entry() {
        let entry = FRESH.split_once('\n').unwrap().1;
        for (text, once, removed) in [
            ("npmRegistries:\n\n {} \na: b\n", format!("npmRegistries:\n\n{entry}a: b\n"), "\na: b\n"),
            (
                "npmRegistries: { # x\n  # y\n  } # z\n",
                format!("npmRegistries: # x\n  # y\n # z\n{entry}"),
                "  # y\n # z\n",
            ),
            ("npmRegistries:\n  {\n\n  }\n", format!("npmRegistries:\n\n{entry}"), "\n"),
            (
                "? npmRegistries\n:\na: b\n",
                format!("? npmRegistries\n:\n{}a: b\n", entry.replace("  ", "    ").replace("        ", "      ")),
                "a: b\n",
            ),
        ] {
            assert_eq!(edited(text).unwrap(), once, "{text}");
            for text in [text, &once] {
                assert_eq!(remove(text, Format::Yarnrc, &options()).unwrap().expose(), removed, "{text}");
            }
        }
    }

    #[test]
    fn an_empty_field_is_filled() {
        assert_eq!(edited(&FRESH.replace(" \"a/b:c\"", " # paste")).unwrap(), FRESH.replace("c\"\n", "c\" # paste\n"));
    }

    #[test]
    fn removal_takes_an_emptied_container_along() {
        let removed = |text: &str| remove(text, Format::Yarnrc, &options()).unwrap().expose().to_owned();
        assert_eq!(removed(FRESH), "");
        assert_eq!(
            removed(&format!("a: b\n{FRESH}  //r.test:\n    npmAuthToken: t\n")),
            "a: b\nnpmRegistries:\n  //r.test:\n    npmAuthToken: t\n"
        );
        assert_eq!(removed("npmRegistries:\n"), "");
    }

    #[test]
    fn what_it_cannot_change_is_refused() {
        for text in [
            "npmRegistries: { a: {} }\n",
            "npmRegistries: !!map {\n }\n",
            "npmRegistries: &x\n  a: *x\n...\n",
            "- a\n",
            "{a: b}\n",
            "!x\n  a: b\n",
        ] {
            assert_eq!(edited(text).unwrap_err().code(), ErrorCode::FailedPrecondition, "{text}");
        }
        for text in ["a: [\n", "a: b\n---\nc: d\n"] {
            assert_eq!(edited(text).unwrap_err().code(), ErrorCode::InvalidSyntax, "{text}");
        }
        let pair = Credentials::new("u", Secret::new("${HOME}"));
        assert_eq!(edit("", Format::Yarnrc, &pair, &options()).unwrap_err().code(), ErrorCode::ValueNotRepresentable);
    }

    #[test]
    fn all_ways_to_authenticate_are_read() {
        let text = "npmAuthToken: t\nnpmRegistries:\n  //a.test:\n    npmAuthIdent: dTpw\n  //b.test:\n    npmAuthIdent: \"${U:-}:${P:-}\"\n";
        let found = parse(text, Format::Yarnrc).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!((found[1].line, found[1].username.as_deref()), (3, Some("u")));
        assert_eq!(found[2].variables, ["U", "P"]);
    }
}
