//! What goes into a format beside the credential, and what comes out of one.

use crate::base_url::BaseUrl;
use crate::ecosystem::Ecosystem;
use crate::secret::Secret;

/// How to render, edit or remove.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// Which ecosystem the credential is for.
    pub ecosystem: Ecosystem,
    /// The libraries registry.
    pub registry: BaseUrl,
}

/// A rendered or edited text.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Holds the secret.
    pub text: Secret,
    /// What the reader of the text should know.
    pub warnings: Vec<Warning>,
}

/// Something that works, but not everywhere.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    /// Stable name.
    pub code: &'static str,
    /// What it is.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// A credential found in a text, or the place for one.
#[derive(Clone, Debug)]
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
