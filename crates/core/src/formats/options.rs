//! What goes into a format beside the credential, and what comes out of one.

use crate::base_url::BaseUrl;
use crate::ecosystem::Ecosystem;
use crate::error::Result;
use crate::formats::Format;
use crate::js::{Fields, FromFields};
use crate::secret::Secret;

/// Where the vendor serves the libraries.
pub const DEFAULT_REGISTRY: &str = "https://libraries.cgr.dev";

/// The name that entries of ours bear where a format wants one.
pub const DEFAULT_NAME: &str = "chainguard";

/// How to render, edit or remove.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// Which ecosystem the credential is for.
    pub ecosystem: Ecosystem,
    /// The libraries registry.
    pub registry: BaseUrl,
    /// A repository of a repository manager that stands in for the vendor's: its whole URL.
    pub proxy_url: Option<BaseUrl>,
    /// Whether the repository of remediated versions goes first (Java and Python have one).
    pub remediated: bool,
    /// What the entry is called where a format names its entries: a server's id, an index' name.
    pub name: String,
    /// What ends a value in `github`'s block. Has to be hard to guess.
    pub delimiter: Option<String>,
    /// Where the credential came from, for `json`.
    pub source: Option<String>,
}

impl RenderOptions {
    /// Options with nothing but the necessary in them.
    pub fn new(ecosystem: Ecosystem, registry: BaseUrl) -> Self {
        Self {
            ecosystem,
            registry,
            proxy_url: None,
            remediated: false,
            name: DEFAULT_NAME.to_owned(),
            delimiter: None,
            source: None,
        }
    }

    /// The repositories' URLs, each with a slash at its end, in the order a client should ask them.
    pub fn repository_urls(&self) -> Vec<String> {
        if let Some(proxy) = &self.proxy_url {
            return vec![format!("{proxy}/")];
        }
        let mut urls = self.ecosystem.repository_urls(&self.registry);
        let overlay = match self.ecosystem {
            Ecosystem::Java => Some(Ecosystem::JavaAthena),
            Ecosystem::Python => Some(Ecosystem::PythonAthena),
            _ => None,
        };
        if let Some(overlay) = overlay.filter(|_| self.remediated) {
            urls.splice(0..0, overlay.repository_urls(&self.registry));
        }
        urls
    }

    /// The host that the credential is for, without port and brackets.
    pub(crate) fn host(&self) -> Result<String> {
        let url = match &self.proxy_url {
            Some(proxy) => proxy.clone(),
            None => match self.repository_urls().first() {
                Some(url) => BaseUrl::parse(url)?,
                None => self.registry.clone(),
            },
        };
        Ok(url.host().trim_matches(['[', ']']).to_owned())
    }
}

/// How to render, edit or remove, as it comes from JavaScript: everything may be left out.
#[derive(Clone, Debug, Default)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(rename = "RenderQuestions", rename_all = "camelCase", optional_fields)
)]
pub struct RenderOptionsInput {
    /// Which ecosystem the credential is for; the format's own, else `javascript`, if absent.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem"))]
    pub ecosystem: Option<String>,
    /// The libraries registry's URL; `https://libraries.cgr.dev` if absent.
    pub registry: Option<String>,
    /// The whole URL of a repository manager's repository that stands in for the vendor's.
    pub proxy_url: Option<String>,
    /// Whether the repository of remediated versions goes first (Java and Python have one).
    #[cfg_attr(feature = "ts", ts(as = "Option<bool>"))]
    pub remediated: bool,
    /// What the entry is called where a format names its entries; `chainguard` if absent.
    pub name: Option<String>,
    /// What ends a value in `github`'s block; has to be hard to guess.
    pub delimiter: Option<String>,
    /// Where the credential came from, for `json`.
    pub source: Option<String>,
}

impl FromFields for RenderOptionsInput {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        let input = Self {
            ecosystem: fields.optional_text("ecosystem")?,
            registry: fields.optional_text("registry")?,
            proxy_url: fields.optional_text("proxyUrl")?,
            remediated: fields.optional_flag("remediated")?.unwrap_or(false),
            name: fields.optional_text("name")?,
            delimiter: fields.optional_text("delimiter")?,
            source: fields.optional_text("source")?,
        };
        fields.finish().map(|()| input)
    }
}

impl RenderOptionsInput {
    /// Reads the parts, for use with a format, or with none in particular.
    ///
    /// # Errors
    /// `unknown_ecosystem`, `invalid_url`, `insecure_url`.
    pub fn resolve(self, format: Option<Format>) -> Result<RenderOptions> {
        let ecosystem = match &self.ecosystem {
            Some(text) => Ecosystem::parse(text)?,
            None => format.and_then(Format::ecosystem).unwrap_or(Ecosystem::JavaScript),
        };
        let registry = BaseUrl::parse(self.registry.as_deref().unwrap_or(DEFAULT_REGISTRY))?;
        let mut options = RenderOptions::new(ecosystem, registry);
        options.proxy_url = self.proxy_url.as_deref().map(BaseUrl::parse).transpose()?;
        options.remediated = self.remediated;
        options.delimiter = self.delimiter;
        options.source = self.source;
        if let Some(name) = self.name {
            options.name = name;
        }
        Ok(options)
    }
}

/// A rendered or edited text.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Holds the secret, but for the `-env` forms.
    pub text: Secret,
    /// What the reader of the text should know.
    pub warnings: Vec<Warning>,
}

impl From<Secret> for Rendered {
    fn from(text: Secret) -> Self {
        Self { text, warnings: Vec::new() }
    }
}

/// Something that works, but not everywhere.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Warning {
    /// Stable name.
    pub code: &'static str,
    /// What it is.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// A credential found in a text, or the place for one.
#[derive(Clone, Debug, Default)]
pub struct ParsedEntry {
    /// The line it begins on, from 1.
    pub line: usize,
    /// What it is for: a machine, a nerf dart, a server's id; `None` where the format does not say.
    pub target: Option<String>,
    /// The ecosystem, where the format says.
    pub ecosystem: Option<Ecosystem>,
    /// The username, as it stands.
    pub username: Option<String>,
    /// The password, as it stands.
    pub password: Option<Secret>,
    /// The environment variables that stand in for values.
    pub variables: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<RenderOptionsInput> {
        RenderOptionsInput::from_fields(&mut Fields::read("render", json)?)
    }

    fn input(json: &str) -> RenderOptionsInput {
        read(json).unwrap()
    }

    #[test]
    fn a_repository_manager_and_the_remediated_versions_change_the_urls() {
        let urls = |json| input(json).resolve(None).unwrap().repository_urls();
        assert_eq!(
            urls("{}"),
            ["https://libraries.cgr.dev/javascript/", "https://libraries.cgr.dev/javascript-upstream/"]
        );
        assert_eq!(
            urls(r#"{"ecosystem": "java", "remediated": true, "registry": "https://a.test/"}"#),
            ["https://a.test/java-remediated/", "https://a.test/java/"]
        );
        assert_eq!(
            urls(r#"{"proxyUrl": "https://nexus.test/repository/npm"}"#),
            ["https://nexus.test/repository/npm/"]
        );
        assert_eq!(urls(r#"{"ecosystem": "oci"}"#), ["https://cgr.dev/"]);
        assert_eq!(input(r#"{"registry": "http://[::1]:1"}"#).resolve(None).unwrap().host().unwrap(), "::1");
    }

    #[test]
    fn misspelt_options_are_refused() {
        assert_eq!(read(r#"{"proxyurl": "x"}"#).unwrap_err().message(), "render: unknown value `proxyurl`");
        assert!(input(r#"{"ecosystem": "cobol"}"#).resolve(None).is_err());
    }
}
