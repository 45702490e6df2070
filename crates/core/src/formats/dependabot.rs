//! `dependabot`: the `registries` block of `.github/dependabot.yml`. The file is committed, so the
//! pair stands there as Dependabot's own secrets.

use zeroize::Zeroizing;

use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::formats::RenderOptions;
use crate::formats::pip::{index_names, index_urls};
use crate::formats::yaml::{Entry, block};
use crate::secret::Secret;

const CONTAINER: &str = "registries";

fn registry_type(ecosystem: Ecosystem) -> Option<&'static str> {
    Some(match ecosystem {
        Ecosystem::Java | Ecosystem::JavaAthena => "maven-repository",
        Ecosystem::Python | Ecosystem::PythonAthena => "python-index",
        Ecosystem::JavaScript | Ecosystem::JavaScriptAthena => "npm-registry",
        Ecosystem::Dotnet | Ecosystem::DotnetAthena => "nuget-feed",
        Ecosystem::Go | Ecosystem::GoAthena => "goproxy-server",
        Ecosystem::Ruby | Ecosystem::RubyAthena => "rubygems-server",
        Ecosystem::Rust | Ecosystem::RustAthena => "cargo-registry",
        Ecosystem::Oci => "docker-registry",
        Ecosystem::Apk => return None,
    })
}

/// The registries' URLs as Dependabot wants them: of npm's the first, of Python's the index.
fn urls(o: &RenderOptions) -> Vec<String> {
    match registry_type(o.ecosystem) {
        Some("python-index") => index_urls(o),
        Some("maven-repository") => o.repository_urls(),
        _ => o.repository_urls().into_iter().take(1).collect(),
    }
}

fn names(o: &RenderOptions) -> Vec<String> {
    if urls(o).len() > 1 { index_names(o) } else { vec![o.name.clone()] }
}

fn entries(o: &RenderOptions) -> Result<Vec<Entry>> {
    let kind = registry_type(o.ecosystem).ok_or_else(|| {
        Error::new(ErrorCode::Usage, format!("Dependabot knows no registries of {}", o.ecosystem))
            .with_hint("choose another ecosystem")
    })?;
    let own = |text: &str| Zeroizing::new(text.to_owned());
    let secret = |variable: &str| Zeroizing::new(format!("${{{{secrets.{variable}}}}}"));
    let entry = |(name, url): (String, String)| Entry {
        key: name,
        fields: vec![
            ("type", own(kind)),
            ("url", own(&url)),
            ("username", secret(o.ecosystem.identity_variable())),
            ("password", secret(o.ecosystem.token_variable())),
        ],
    };
    Ok(names(o).into_iter().zip(urls(o)).map(entry).collect())
}

pub(super) fn render(o: &RenderOptions) -> Result<Secret> {
    Ok(super::whole_lines(&block(CONTAINER, &entries(o)?)))
}

#[cfg(feature = "editors")]
pub(super) fn edit(text: &str, o: &RenderOptions) -> Result<Secret> {
    if text.is_empty() {
        return render(o);
    }
    structured::edit(text, entries(o)?)
}

#[cfg(feature = "editors")]
pub(super) use structured::{parse, remove};

#[cfg(feature = "editors")]
mod structured {
    use super::*;
    use crate::formats::{ParsedEntry, yaml};

    pub(super) fn edit(text: &str, entries: Vec<Entry>) -> Result<Secret> {
        let mut text = Secret::new(text);
        // Each goes to the top, hence the last first.
        for entry in entries.into_iter().rev() {
            text = yaml::set(text.expose(), CONTAINER, &entry, |key| key == entry.key, &["token", "key"])?;
        }
        Ok(text)
    }

    pub(in crate::formats) fn remove(text: &str, o: &RenderOptions) -> Result<Secret> {
        let names = names(o);
        yaml::remove(text, CONTAINER, |key| names.iter().any(|name| name == key))
    }

    /// One entry for each registry, with the secrets' names.
    pub(in crate::formats) fn parse(text: &str) -> Result<Vec<ParsedEntry>> {
        let entries = yaml::entries(text, Some(CONTAINER))?.into_iter().map(|entry| {
            let mut out = ParsedEntry { line: entry.line, target: Some(entry.key.clone()), ..ParsedEntry::default() };
            for field in ["username", "password", "token", "key"] {
                let Some(value) = entry.get(field) else { continue };
                // A secret's name is none, nor is a username.
                match secret_name(value.expose()) {
                    Some(name) => out.variables.push(name),
                    None if field == "username" => out.username = Some(value.expose().to_owned()),
                    None => out.password = Some(value.clone()),
                }
            }
            out
        });
        Ok(entries.collect())
    }

    fn secret_name(value: &str) -> Option<String> {
        let inner = value.trim().strip_prefix("${{")?.strip_suffix("}}")?;
        inner.trim().strip_prefix("secrets.").map(str::to_owned)
    }
}

#[cfg(all(test, feature = "editors"))]
mod tests {
    use super::*;
    use crate::formats::tests::options;

    const FRESH: &str = "registries:\n  chainguard:\n    type: npm-registry\n    url: https://libraries.cgr.dev/javascript/\n    \
        username: ${{secrets.CHAINGUARD_JAVASCRIPT_IDENTITY_ID}}\n    password: ${{secrets.CHAINGUARD_JAVASCRIPT_TOKEN}}\n";

    #[test]
    fn the_block_is_added_and_read() {
        assert_eq!(edit("", &options()).unwrap().expose(), FRESH);
        let text = "version: 2\n# x\nregistries:\n  other:\n    type: npm-registry\n    token: ${{ secrets.T }}\nupdates: []\n";
        let longer = edit(text, &options()).unwrap();
        assert_eq!(longer.expose(), text.replacen("registries:\n", FRESH, 1));
        let variables: Vec<_> =
            parse(longer.expose()).unwrap().into_iter().map(|entry| (entry.line, entry.variables)).collect();
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            variables,
            [(4, own(&["CHAINGUARD_JAVASCRIPT_IDENTITY_ID", "CHAINGUARD_JAVASCRIPT_TOKEN"])), (9, own(&["T"]))]
        );
        assert_eq!(remove(longer.expose(), &options()).unwrap().expose(), text);
    }

    #[test]
    fn types_follow_the_ecosystem() {
        let mut o = RenderOptions { ecosystem: Ecosystem::Python, remediated: true, ..options() };
        let text = edit("", &o).unwrap();
        assert!(text.expose().contains("  chainguard-remediated:\n    type: python-index\n    url: https://libraries.cgr.dev/python-remediated/simple/\n"));
        o.ecosystem = Ecosystem::Apk;
        assert_eq!(edit("", &o).unwrap_err().code(), ErrorCode::Usage);
    }
}
