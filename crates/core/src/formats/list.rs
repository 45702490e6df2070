//! The one list of formats.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::text::printable_prefix;

macro_rules! formats {
    ($($name:ident = $text:literal, $kind:ident, $content:ident, for $home:tt, $summary:literal, tried $tried:literal;)+) => {
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

            /// The real programs that read it in the tests, or `not run:` and why.
            pub const fn tried_with(self) -> &'static str {
                match self { $(Self::$name => $tried,)+ }
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
    Env = "env", output, secret, for any, "`export` lines for a POSIX shell's `eval`", tried "sh, dash, bash and zsh";
    Dotenv = "dotenv", file, secret, for any, "`.env`, read by dotenv libraries and `node --env-file`", tried "npm's dotenv, `node --env-file`, python-dotenv and Bun";
    Fish = "fish", output, secret, for any, "`set -gx` lines for fish", tried "fish";
    PowerShell = "powershell", output, secret, for any, "`$env:` lines for PowerShell", tried "not run: PowerShell is in none of the package registries; held to its documented quoting";
    Cmd = "cmd", output, secret, for any, "`set` lines for Windows' command prompt", tried "not run: it is part of Windows; held to its documented syntax";
    Nushell = "nushell", output, secret, for any, "`$env` lines for Nushell", tried "Nushell";
    Github = "github", output, secret, for any, "a block for the file that `$GITHUB_ENV` names", tried "not run: GitHub's runner is in none of the package registries; held to its documented syntax";
    Gitlab = "gitlab", file, secret, for any, "a dotenv report of a GitLab job", tried "not run: GitLab is a service; held to a job of gitlab-ci-local";
    Json = "json", output, secret, for any, "one JSON object", tried "Node";
    Netrc = "netrc", file, secret, for any, "`.netrc`, read by curl, pip, uv, Go, Bazel and others", tried "curl, Python's netrc, pip and uv";
    Npmrc = "npmrc", file, secret, for JavaScript, "`.npmrc` with the secret in it, read by npm, pnpm, yarn 1 and Bun", tried "npm 10 to 12, pnpm 10 and 12, Yarn 1 and Bun";
    NpmrcEnv = "npmrc-env", file, placeholder, for JavaScript, "`.npmrc` with a placeholder for the secret, fit to be committed", tried "npm 10 to 12, pnpm 10 and 12, Yarn 1 and Bun";
    Pnpm = "pnpm", file, secret, for JavaScript, "pnpm's `auth.ini` or the user's `.npmrc`", tried "pnpm 10 and 12";
    Yarnrc = "yarnrc", file, secret, for JavaScript, "`.yarnrc.yml` of Yarn 2 and later, with the secret in it", tried "Yarn 3 and 4";
    YarnrcEnv = "yarnrc-env", file, placeholder, for JavaScript, "`.yarnrc.yml` with placeholders, fit to be committed", tried "Yarn 3 and 4";
    Bunfig = "bunfig", file, secret, for JavaScript, "`bunfig.toml` of Bun, with the secret in it", tried "Bun";
    BunfigEnv = "bunfig-env", file, placeholder, for JavaScript, "`bunfig.toml` with placeholders, fit to be committed", tried "Bun";
    Pip = "pip", file, secret, for Python, "`pip.conf`, the secret in the index's URL", tried "pip";
    PipUrl = "pip-url", output, secret, for Python, "the index's URL with the secret in it, for `--index-url`", tried "pip and uv";
    Uv = "uv", file, secret, for Python, "`uv.toml` or `pyproject.toml`, the secret in the index's URL", tried "uv";
    UvEnv = "uv-env", output, placeholder, for Python, "`export` lines that set uv's variables from the ecosystem's", tried "uv";
    Poetry = "poetry", file, secret, for Python, "Poetry's `auth.toml`", tried "Poetry";
    Maven = "maven", file, secret, for Java, "Maven's `settings.xml`, with the secret in it", tried "Maven 3.8";
    MavenEnv = "maven-env", file, placeholder, for Java, "Maven's `settings.xml` with placeholders", tried "Maven 3.8";
    Gradle = "gradle", file, secret, for Java, "`gradle.properties`, for a repository of the same name", tried "Gradle 4.4 and Java's properties";
    GradleInit = "gradle-init", file, placeholder, for Java, "an init script that adds the repositories to every Gradle build", tried "not run: it needs Gradle 6.8, and the package registries have 4.4; held to Groovy with stand-ins";
    Sbt = "sbt", file, secret, for Java, "an sbt credentials file, such as `~/.sbt/.credentials`", tried "sbt and Java's properties";
    Bazel = "bazel", file, placeholder, for any, "the credential helper's line for `.bazelrc`", tried "not run: credential helpers need Bazel 6, and the package registries have 4.2; held to its documented syntax";
    Curl = "curl", output, secret, for any, "a configuration for one call of curl", tried "curl";
    Dependabot = "dependabot", file, placeholder, for any, "the `registries` block of `dependabot.yml`", tried "not run: Dependabot is a service; held to its documented kinds of registry";
    Renovate = "renovate", file, placeholder, for any, "`hostRules` of a Renovate configuration", tried "Renovate";
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
