//! Text forms of a credential: written, edited, cleaned and read.

use std::borrow::Cow;

use serde::Serialize;

use super::credentials::CredentialsInput;
use super::fields::{Fields, FromFields};
use super::secret::{expose, expose_all, expose_some};
use crate::error::Result;
use crate::formats::netrc::parse_netrc as read_netrc;
use crate::formats::{self, Format, ParsedEntry, RenderOptionsInput, Rendered, Warning};
use crate::secret::Secret;

/// The arguments of `render`.
#[derive(Debug)]
pub struct RenderArguments {
    /// The pair to write.
    pub credentials: CredentialsInput,
    /// The format's name.
    pub format: String,
    /// How to write it.
    pub options: RenderOptionsInput,
}

impl FromFields for RenderArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            credentials: fields.object("credentials")?,
            format: fields.text("format")?,
            options: fields.optional_object("options")?,
        })
    }
}

/// The arguments of `edit`.
#[derive(Debug)]
pub struct EditArguments {
    /// The existing text, which may hold secrets.
    pub text: Secret,
    /// The pair to write.
    pub credentials: CredentialsInput,
    /// The format's name.
    pub format: String,
    /// How to write it.
    pub options: RenderOptionsInput,
}

impl FromFields for EditArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            text: fields.secret("text")?,
            credentials: fields.object("credentials")?,
            format: fields.text("format")?,
            options: fields.optional_object("options")?,
        })
    }
}

/// The arguments of `remove`.
#[derive(Debug)]
pub struct RemoveArguments {
    /// The existing text, which may hold secrets.
    pub text: Secret,
    /// The format's name.
    pub format: String,
    /// Which entries are meant.
    pub options: RenderOptionsInput,
}

impl FromFields for RemoveArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            text: fields.secret("text")?,
            format: fields.text("format")?,
            options: fields.optional_object("options")?,
        })
    }
}

/// The arguments of `parse`.
#[derive(Debug)]
pub struct ParseArguments {
    /// The existing text, which may hold secrets.
    pub text: Secret,
    /// The format's name.
    pub format: String,
}

impl FromFields for ParseArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { text: fields.secret("text")?, format: fields.text("format")? })
    }
}

/// The arguments of `authorizationHeader`.
#[derive(Debug)]
pub struct HeaderArguments {
    /// The request's URL.
    pub url: String,
    /// The pair to send.
    pub credentials: CredentialsInput,
    /// Which registry and ecosystem the pair is for.
    pub options: RenderOptionsInput,
}

impl FromFields for HeaderArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            url: fields.text("url")?,
            credentials: fields.object("credentials")?,
            options: fields.optional_object("options")?,
        })
    }
}

/// The arguments of `githubMasks`.
#[derive(Debug)]
pub struct MasksArguments {
    /// The pair to hide.
    pub credentials: CredentialsInput,
}

impl FromFields for MasksArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { credentials: fields.object("credentials")? })
    }
}

/// A text that holds a credential.
#[derive(Debug, Serialize)]
pub struct RenderedText {
    /// The text.
    #[serde(serialize_with = "expose")]
    pub text: Secret,
    /// What the reader of the text should know.
    pub warnings: Vec<Warning>,
}

impl From<Rendered> for RenderedText {
    fn from(rendered: Rendered) -> Self {
        Self { text: rendered.text, warnings: rendered.warnings }
    }
}

pub(super) fn render(arguments: RenderArguments) -> Result<RenderedText> {
    let format = Format::parse(&arguments.format)?;
    let options = arguments.options.resolve(Some(format))?;
    formats::render(&arguments.credentials.into(), format, &options).map(RenderedText::from)
}

pub(super) fn edit(arguments: EditArguments) -> Result<RenderedText> {
    let format = Format::parse(&arguments.format)?;
    let options = arguments.options.resolve(Some(format))?;
    // The editor puts it into the new text, which is a secret again.
    let text = arguments.text.expose();
    formats::edit(text, format, &arguments.credentials.into(), &options).map(RenderedText::from)
}

pub(super) fn remove(arguments: RemoveArguments) -> Result<RenderedText> {
    let format = Format::parse(&arguments.format)?;
    let options = arguments.options.resolve(Some(format))?;
    // As for `edit`.
    let text = formats::remove(arguments.text.expose(), format, &options)?;
    Ok(RenderedText { text, warnings: Vec::new() })
}

/// What is in a text: a credential, or the place for one.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ParsedEntryFields", optional_fields))]
pub struct ParsedEntryInfo {
    /// The line that it begins on, from 1.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub line: usize,
    /// What it is for: a machine, a URL without its scheme, a server's id; absent where the format does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The ecosystem, where the format says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "Ecosystem"))]
    pub ecosystem: Option<&'static str>,
    /// The username, as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password, as it stands.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "expose_some")]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub password: Option<Secret>,
    /// The environment variables that stand in for values.
    pub variables: Vec<String>,
}

impl From<ParsedEntry> for ParsedEntryInfo {
    fn from(entry: ParsedEntry) -> Self {
        Self {
            line: entry.line,
            target: entry.target,
            ecosystem: entry.ecosystem.map(|ecosystem| ecosystem.flag()),
            username: entry.username,
            password: entry.password,
            variables: entry.variables,
        }
    }
}

pub(super) fn parse(arguments: ParseArguments) -> Result<Vec<ParsedEntryInfo>> {
    let format = Format::parse(&arguments.format)?;
    // What is secret in it comes out as a secret again.
    let entries = formats::parse(arguments.text.expose(), format)?;
    Ok(entries.into_iter().map(ParsedEntryInfo::from).collect())
}

/// The arguments of a function of one text that may hold secrets.
#[derive(Debug)]
pub struct SecretText {
    /// The text.
    pub text: Secret,
}

impl FromFields for SecretText {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { text: fields.secret("text")? })
    }
}

pub(super) fn detect_format(arguments: SecretText) -> Result<Option<Format>> {
    // Nothing of the text comes out.
    Ok(formats::detect(arguments.text.expose()))
}

/// An entry of a `.netrc`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "NetrcEntryFields", optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct NetrcEntryInfo {
    /// The machine; absent for the `default` entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// Whether it is the `default` entry, for every machine without one of its own.
    pub is_default: bool,
    /// The login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The password.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "expose_some")]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub password: Option<Secret>,
    /// The account, which hardly anything uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The line that it begins on, from 1.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub line: usize,
}

pub(super) fn parse_netrc(arguments: SecretText) -> Result<Vec<NetrcEntryInfo>> {
    // What is secret in it comes out as a secret again.
    let netrc = read_netrc(arguments.text.expose());
    Ok(netrc
        .entries
        .into_iter()
        .map(|entry| NetrcEntryInfo {
            is_default: entry.is_default(),
            machine: entry.machine.map(Cow::into_owned),
            login: entry.login.map(Cow::into_owned),
            password: entry.password.map(|password| password.to_secret()),
            account: entry.account.map(Cow::into_owned),
            line: entry.line,
        })
        .collect())
}

/// Lines that hide a credential in a log.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct MaskLines(#[serde(serialize_with = "expose_all")] pub Vec<Secret>);

/// A header's value, where it may be sent.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct HeaderValue(#[serde(serialize_with = "expose_some")] pub Option<Secret>);

pub(super) fn authorization_header(arguments: HeaderArguments) -> Result<HeaderValue> {
    let options = arguments.options.resolve(None)?;
    crate::authorization::authorization_header(&arguments.url, &arguments.credentials.into(), &options).map(HeaderValue)
}

pub(super) fn github_masks(arguments: MasksArguments) -> Result<MaskLines> {
    Ok(MaskLines(formats::github_masks(&arguments.credentials.into())))
}
