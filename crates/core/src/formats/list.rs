//! The one list of formats.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::text::printable_prefix;

macro_rules! formats {
    ($($name:ident = $text:literal, $kind:ident, $content:ident, for $home:tt, $summary:literal;)+) => {
        /// A text form of a credential.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Format { $(#[doc = $summary] $name,)+ }

        impl Format {
            /// Every format, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name on the command line and in JavaScript.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// One sentence for the documentation.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$name => $summary,)+ }
            }

            /// Whether it is a file that can be read, edited and cleaned; else it is made for output alone.
            pub const fn is_editable(self) -> bool {
                match self { $(Self::$name => formats!(@editable $kind),)+ }
            }

            /// Whether it holds the secret itself; else placeholders or the name of a helper.
            pub const fn holds_secret(self) -> bool {
                match self { $(Self::$name => formats!(@secret $content),)+ }
            }

            /// The one ecosystem that its readers install from; `None` for those that serve any.
            pub const fn ecosystem(self) -> Option<Ecosystem> {
                match self { $(Self::$name => formats!(@home $home),)+ }
            }
        }
    };
    (@editable file) => { true };
    (@editable output) => { false };
    (@secret secret) => { true };
    (@secret placeholder) => { false };
    (@home any) => { None };
    (@home $name:ident) => { Some(Ecosystem::$name) };
}

formats! {
    Env = "env", output, secret, for any, "`export` lines for a POSIX shell's `eval`";
    Dotenv = "dotenv", file, secret, for any, "`.env`, read by dotenv libraries and `node --env-file`";
    Fish = "fish", output, secret, for any, "`set -gx` lines for fish";
    PowerShell = "powershell", output, secret, for any, "`$env:` lines for PowerShell";
    Cmd = "cmd", output, secret, for any, "`set` lines for Windows' command prompt";
    Nushell = "nushell", output, secret, for any, "`$env` lines for Nushell";
    Github = "github", output, secret, for any, "a block for the file that `$GITHUB_ENV` names";
    Gitlab = "gitlab", file, secret, for any, "a dotenv report of a GitLab job";
    Json = "json", output, secret, for any, "one JSON object";
    Netrc = "netrc", file, secret, for any, "`.netrc`, read by curl, pip, uv, Go, Bazel and others";
    Npmrc = "npmrc", file, secret, for JavaScript, "`.npmrc` with the secret in it, read by npm, pnpm, yarn 1 and Bun";
    NpmrcEnv = "npmrc-env", file, placeholder, for JavaScript, "`.npmrc` with a placeholder for the secret, fit to be committed";
    Pnpm = "pnpm", file, secret, for JavaScript, "pnpm's `auth.ini` or the user's `.npmrc`";
    Yarnrc = "yarnrc", file, secret, for JavaScript, "`.yarnrc.yml` of Yarn 2 and later, with the secret in it";
    YarnrcEnv = "yarnrc-env", file, placeholder, for JavaScript, "`.yarnrc.yml` with placeholders, fit to be committed";
    Bunfig = "bunfig", file, secret, for JavaScript, "`bunfig.toml` of Bun, with the secret in it";
    BunfigEnv = "bunfig-env", file, placeholder, for JavaScript, "`bunfig.toml` with placeholders, fit to be committed";
    Pip = "pip", file, secret, for Python, "`pip.conf`, the secret in the index's URL";
    PipUrl = "pip-url", output, secret, for Python, "the index's URL with the secret in it, for `--index-url`";
    Uv = "uv", file, secret, for Python, "`uv.toml` or `pyproject.toml`, the secret in the index's URL";
    UvEnv = "uv-env", output, placeholder, for Python, "`export` lines that set uv's variables from the ecosystem's";
    Poetry = "poetry", file, secret, for Python, "Poetry's `auth.toml`";
    Maven = "maven", file, secret, for Java, "Maven's `settings.xml`, with the secret in it";
    MavenEnv = "maven-env", file, placeholder, for Java, "Maven's `settings.xml` with placeholders";
    Gradle = "gradle", file, secret, for Java, "`gradle.properties`, for a repository of the same name";
    GradleInit = "gradle-init", file, placeholder, for Java, "an init script that adds the repositories to every Gradle build";
    Sbt = "sbt", file, secret, for Java, "an sbt credentials file, such as `~/.sbt/.credentials`";
    Bazel = "bazel", file, placeholder, for any, "the credential helper's line for `.bazelrc`";
    Curl = "curl", output, secret, for any, "a configuration for one call of curl";
    Dependabot = "dependabot", file, placeholder, for any, "the `registries` block of `dependabot.yml`";
    Renovate = "renovate", file, placeholder, for any, "`hostRules` of a Renovate configuration";
}

impl Format {
    /// Reads a name.
    ///
    /// # Errors
    /// `unknown_format`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == text).ok_or_else(|| {
            Error::new(ErrorCode::UnknownFormat, format!("`{}` is not a format", printable_prefix(text, 40)))
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
