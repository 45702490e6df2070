//! What has to hold for every input, one function a family of parsers and editors. The fuzz targets
//! and the replay of their corpus share these; see fuzz/README.md.

mod credentials;
mod editors;
mod input;
mod values;

use pulltoken_core::{Error, Format};

/// A family and the check of one input to it.
pub type Family = (&'static str, fn(&[u8]));

/// Every family: the name of its fuzz target and of the folder of its corpus.
pub const FAMILIES: [Family; 9] = [
    ("values", values::check),
    ("credentials", credentials::check),
    ("netrc", |data| editors::check(&NETRC, data)),
    ("ini", |data| editors::check(&INI, data)),
    ("lines", |data| editors::check(&LINES, data)),
    ("toml", |data| editors::check(&TOML, data)),
    ("yaml", |data| editors::check(&YAML, data)),
    ("xml", |data| editors::check(&XML, data)),
    ("json", |data| editors::check(&JSON, data)),
];

/// The formats that editors are tried on, by family.
pub const FORMATS: [&[Format]; 7] = [&NETRC, &INI, &LINES, &TOML, &YAML, &XML, &JSON];

const NETRC: [Format; 1] = [Format::Netrc];
const INI: [Format; 4] = [Format::Npmrc, Format::NpmrcEnv, Format::Pnpm, Format::Pip];
const LINES: [Format; 15] = [
    Format::Env,
    Format::Dotenv,
    Format::Fish,
    Format::PowerShell,
    Format::Cmd,
    Format::Nushell,
    Format::Github,
    Format::Gitlab,
    Format::PipUrl,
    Format::UvEnv,
    Format::Gradle,
    Format::GradleInit,
    Format::Sbt,
    Format::Bazel,
    Format::Curl,
];
const TOML: [Format; 4] = [Format::Uv, Format::Poetry, Format::Bunfig, Format::BunfigEnv];
const YAML: [Format; 3] = [Format::Yarnrc, Format::YarnrcEnv, Format::Dependabot];
const XML: [Format; 2] = [Format::Maven, Format::MavenEnv];
const JSON: [Format; 2] = [Format::Json, Format::Renovate];

/// Stands in passwords, and so must never be seen in a message.
const MARK: &str = "Zq7wX";

/// Runs the check of a family.
///
/// # Panics
/// Where something does not hold, and where there is no such family.
pub fn check(family: &str, data: &[u8]) {
    let (_, check) = FAMILIES.iter().find(|(name, _)| *name == family).expect("a family's name");
    check(data);
}

/// No part of an error shows a password.
fn assert_silent(error: &Error) {
    let shown = format!("{} {} {error} {error:?}", error.message(), error.hint());
    assert!(!shown.contains(MARK), "an error shows a password: {shown}");
    assert!(!error.message().is_empty() && !error.hint().is_empty(), "{:?}", error.code());
    assert!(!error.message().contains(['\n', '\r']), "a message of several lines: {shown}");
}
