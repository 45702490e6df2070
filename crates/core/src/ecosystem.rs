//! The one table of ecosystems: flag, role, entitlement, variables and repositories of each.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, ErrorCode, Result};
use crate::text::printable_prefix;

macro_rules! ecosystems {
    ($($name:ident = $flag:literal, variables $variables:literal, role $role:literal, entitlement $entitlement:expr, paths $paths:expr;)+) => {
        /// An ecosystem that a pull token can open.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum Ecosystem { $($name,)+ }

        impl Ecosystem {
            /// All of them, those with libraries of their own first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            const fn row(self) -> &'static Row {
                match self {
                    $(Self::$name => &Row {
                        flag: $flag,
                        identity_variable: concat!("CHAINGUARD_", $variables, "IDENTITY_ID"),
                        token_variable: concat!("CHAINGUARD_", $variables, "TOKEN"),
                        auth_variable: concat!("CHAINGUARD_", $variables, "AUTH"),
                        role: $role,
                        entitlement: $entitlement,
                        paths: $paths,
                    },)+
                }
            }
        }
    };
}

struct Row {
    flag: &'static str,
    identity_variable: &'static str,
    token_variable: &'static str,
    auth_variable: &'static str,
    role: &'static str,
    /// The entitlement's enum name, and its number where one is published.
    entitlement: Option<(&'static str, Option<u32>)>,
    /// Where the repositories are: below the libraries registry for a leading `/`, else a URL.
    paths: &'static [&'static str],
}

// Facts of the vendor's public SDK and documentation, November 2026. Ruby and Rust have names in
// the vendor's flag, but no published enum number.
ecosystems! {
    Java = "java", variables "JAVA_", role "libraries.java.pull", entitlement Some(("JAVA", Some(1))), paths &["/java/"];
    Python = "python", variables "PYTHON_", role "libraries.python.pull", entitlement Some(("PYTHON", Some(2))), paths &["/python/"];
    JavaScript = "javascript", variables "JAVASCRIPT_", role "libraries.javascript.pull", entitlement Some(("JAVASCRIPT", Some(3))), paths &["/javascript/", "/javascript-upstream/"];
    Dotnet = "dotnet", variables "DOTNET_", role "libraries.dotnet.pull", entitlement Some(("DOTNET", Some(7))), paths &["/dotnet/"];
    Go = "go", variables "GO_", role "libraries.go.pull", entitlement Some(("GO", Some(9))), paths &["/go/"];
    Ruby = "ruby", variables "RUBY_", role "libraries.ruby.pull", entitlement Some(("RUBY", None)), paths &["/ruby/"];
    Rust = "rust", variables "RUST_", role "libraries.rust.pull", entitlement Some(("RUST", None)), paths &["/rust/"];
    JavaAthena = "java_athena", variables "JAVA_ATHENA_", role "libraries.java_athena.pull", entitlement Some(("JAVA_ATHENA", Some(4))), paths &["/java-remediated/"];
    PythonAthena = "python_athena", variables "PYTHON_ATHENA_", role "libraries.python_athena.pull", entitlement Some(("PYTHON_ATHENA", Some(5))), paths &["/python-remediated/"];
    JavaScriptAthena = "javascript_athena", variables "JAVASCRIPT_ATHENA_", role "libraries.javascript_athena.pull", entitlement Some(("JAVASCRIPT_ATHENA", Some(6))), paths &["/javascript/"];
    DotnetAthena = "dotnet_athena", variables "DOTNET_ATHENA_", role "libraries.dotnet_athena.pull", entitlement Some(("DOTNET_ATHENA", Some(8))), paths &["/dotnet/"];
    GoAthena = "go_athena", variables "GO_ATHENA_", role "libraries.go_athena.pull", entitlement Some(("GO_ATHENA", Some(10))), paths &["/go/"];
    RubyAthena = "ruby_athena", variables "RUBY_ATHENA_", role "libraries.ruby_athena.pull", entitlement Some(("RUBY_ATHENA", None)), paths &["/ruby/"];
    RustAthena = "rust_athena", variables "RUST_ATHENA_", role "libraries.rust_athena.pull", entitlement Some(("RUST_ATHENA", None)), paths &["/rust/"];
    Oci = "oci", variables "", role "registry.pull", entitlement None, paths &["https://cgr.dev/"];
    Apk = "apk", variables "APK_", role "apk.pull", entitlement None, paths &["https://apk.cgr.dev/"];
}

impl Ecosystem {
    /// Reads a name as the `--repository` flag takes it: letter case is ignored, `-` and `_` are one.
    ///
    /// # Errors
    /// `unknown_ecosystem` with the nearest known name, if one is near.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.trim().to_ascii_lowercase().replace('-', "_");
        Self::ALL.iter().copied().find(|ecosystem| ecosystem.flag() == wanted).ok_or_else(|| {
            let message = format!("`{}` is not an ecosystem", printable_prefix(text, 40));
            let known: Vec<_> = Self::ALL.iter().map(|ecosystem| ecosystem.flag()).collect();
            Error::new(ErrorCode::UnknownEcosystem, message).with_hint(format!("use one of {}", known.join(", ")))
        })
    }

    /// Reads a list such as `java,python`; `all` stands for `oci,apk`, as in the vendor's flag.
    ///
    /// # Errors
    /// `unknown_ecosystem`, also for an empty list.
    pub fn parse_list(text: &str) -> Result<Vec<Self>> {
        if text.trim().eq_ignore_ascii_case("all") {
            return Ok(vec![Self::Oci, Self::Apk]);
        }
        let mut list = Vec::new();
        for part in text.split(',') {
            let ecosystem = Self::parse(part)?;
            if !list.contains(&ecosystem) {
                list.push(ecosystem);
            }
        }
        Ok(list)
    }

    /// The ecosystems that these roles open, each once, in the order of [`Self::ALL`].
    pub fn of_roles<'a>(roles: impl Iterator<Item = &'a str>) -> Vec<Self> {
        let held: Vec<Self> = roles.filter_map(Self::of_role).collect();
        Self::ALL.iter().copied().filter(|one| held.contains(one)).collect()
    }

    /// The ecosystem that a role such as `libraries.java.pull` opens.
    pub fn of_role(role: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|ecosystem| ecosystem.role() == role)
    }

    /// The ecosystem that an entitlement's enum name such as `JAVA` stands for.
    pub fn of_entitlement(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|ecosystem| ecosystem.entitlement() == Some(name))
    }

    /// The name on the command line and in JSON.
    pub fn flag(self) -> &'static str {
        self.row().flag
    }

    /// The role that a token needs in order to pull.
    pub fn role(self) -> &'static str {
        self.row().role
    }

    /// The role that a person needs in order to create such tokens; an owner may as well.
    pub fn creator_role(self) -> String {
        format!("{}_token_creator", self.role())
    }

    /// The entitlement's enum name; `None` for what needs none.
    pub fn entitlement(self) -> Option<&'static str> {
        self.row().entitlement.map(|(name, _)| name)
    }

    /// The entitlement's enum number, where the vendor has published one.
    pub fn entitlement_number(self) -> Option<u32> {
        self.row().entitlement.and_then(|(_, number)| number)
    }

    /// The variable that holds the username.
    pub fn identity_variable(self) -> &'static str {
        self.row().identity_variable
    }

    /// The variable that holds the password.
    pub fn token_variable(self) -> &'static str {
        self.row().token_variable
    }

    /// The variable that holds base64 of `username:password`, which npm's Basic wants.
    pub fn auth_variable(self) -> &'static str {
        self.row().auth_variable
    }

    /// Paths below the libraries registry that a credential opens; empty for other registries.
    pub fn registry_paths(self) -> impl Iterator<Item = &'static str> {
        self.row().paths.iter().copied().filter(|path| path.starts_with('/'))
    }

    /// The repositories' URLs where `registry` serves the libraries, most used first.
    pub fn repository_urls(self, registry: &crate::BaseUrl) -> Vec<String> {
        self.row()
            .paths
            .iter()
            .map(|path| if path.starts_with('/') { registry.join(path) } else { (*path).to_owned() })
            .collect()
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.flag())
    }
}

impl Serialize for Ecosystem {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.flag())
    }
}

impl<'de> Deserialize<'de> for Ecosystem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_read_generously_and_only_if_known() {
        assert_eq!(Ecosystem::parse("JavaScript").unwrap(), Ecosystem::JavaScript);
        assert_eq!(Ecosystem::parse("java-athena").unwrap(), Ecosystem::JavaAthena);
        assert_eq!(Ecosystem::parse("cobol").unwrap_err().code(), ErrorCode::UnknownEcosystem);
        assert_eq!(Ecosystem::parse_list("java,python,java").unwrap(), [Ecosystem::Java, Ecosystem::Python]);
        assert_eq!(Ecosystem::parse_list("all").unwrap(), [Ecosystem::Oci, Ecosystem::Apk]);
        assert!(Ecosystem::parse_list("java,").is_err());
    }

    #[test]
    fn no_two_rows_share_a_name() {
        let all = Ecosystem::ALL;
        for column in [
            Ecosystem::flag,
            Ecosystem::role,
            Ecosystem::identity_variable,
            Ecosystem::token_variable,
            Ecosystem::auth_variable,
        ] {
            assert_eq!(all.iter().map(|row| column(*row)).collect::<BTreeSet<_>>().len(), all.len());
        }
        for row in all {
            assert_eq!(Ecosystem::of_role(row.role()), Some(*row));
        }
    }

    #[test]
    fn variables_follow_the_vendors() {
        assert_eq!(Ecosystem::JavaScript.identity_variable(), "CHAINGUARD_JAVASCRIPT_IDENTITY_ID");
        assert_eq!(Ecosystem::Oci.token_variable(), "CHAINGUARD_TOKEN");
        assert_eq!(Ecosystem::Java.creator_role(), "libraries.java.pull_token_creator");
    }
}
