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
    Json = "json", output, secret, for any, "one JSON object";
    Netrc = "netrc", file, secret, for any, "`.netrc`, read by curl, pip, uv, Go, Bazel and others";
    Npmrc = "npmrc", file, secret, for JavaScript, "`.npmrc` with the secret in it, read by npm, pnpm, yarn 1 and Bun";
    NpmrcEnv = "npmrc-env", file, placeholder, for JavaScript, "`.npmrc` with a placeholder for the secret, fit to be committed";
    Pnpm = "pnpm", file, secret, for JavaScript, "pnpm's `auth.ini` or the user's `.npmrc`";
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
