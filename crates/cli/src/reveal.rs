//! Printing a credential: the one place where a secret goes to standard output.

use pulltoken_core::formats::{self, RenderOptions};
use pulltoken_core::{BaseUrl, Credentials, Ecosystem, Error, ErrorCode, Format, Result, Secret};

use crate::ci::Ci;
use crate::common::Common;
use crate::output::{Output, note, print};
use crate::random;

/// Refuses to print a bare password where a CI system would keep it in its log. Asked before there
/// is one, so that none is made in vain.
///
/// # Errors
/// `unmasked_output`.
pub(crate) fn ensure_maskable(common: &Common, ci: Option<Ci>) -> Result<()> {
    match ci.filter(|ci| !ci.can_mask() && !common.show && matches!(common.output, Output::Table | Output::Wide)) {
        Some(ci) => {
            Err(Error::new(ErrorCode::UnmaskedOutput, format!("{} would keep the password in its log", ci.name())))
        }
        None => Ok(()),
    }
}

/// Refuses a format that serves none of these ecosystems, and the forms of a list. Asked before a
/// token is made in vain.
///
/// # Errors
/// `usage`.
pub(crate) fn ensure_fits(common: &Common, ecosystems: &[Ecosystem]) -> Result<()> {
    let format = match common.output {
        Output::Format(format) => format,
        Output::Csv | Output::Markdown => {
            return Err(Error::new(ErrorCode::Usage, "csv and markdown are forms of a list, and a credential is none")
                .with_hint("choose table, json, id, none or a format of docs/formats.md"));
        }
        _ => return Ok(()),
    };
    match format.ecosystem().filter(|home| !ecosystems.contains(home)) {
        Some(home) => {
            let names: Vec<_> = ecosystems.iter().map(|one| one.flag()).collect();
            let message = format!("{format} is for {home}, and not for {}", names.join(", "));
            Err(Error::new(ErrorCode::Usage, message).with_hint("choose another output; docs/formats.md lists them"))
        }
        None => Ok(()),
    }
}

/// Prints a credential in a form that a person or a build tool reads, masked first where a CI
/// system would keep it in a log.
pub(crate) fn print_credentials(
    common: &Common,
    credentials: &Credentials,
    ecosystems: &[Ecosystem],
    ci: Option<Ci>,
) -> Result<()> {
    print_credentials_as(common, common.output, credentials, ecosystems, ci)
}

/// The same in a form of the command's own choice.
pub(crate) fn print_credentials_as(
    common: &Common,
    output: Output,
    credentials: &Credentials,
    ecosystems: &[Ecosystem],
    ci: Option<Ci>,
) -> Result<()> {
    let text = match output {
        Output::Id => format!("{}\n", credentials.username),
        Output::None => return Ok(()),
        Output::Format(format) => {
            mask(credentials, ci);
            rendered(format, credentials, ecosystems, &common.registry)?
        }
        Output::Table | Output::Wide | Output::Csv | Output::Markdown | Output::Json => {
            if let Some(ci) = ci.filter(|ci| !ci.can_mask() && !common.show) {
                return Err(Error::new(
                    ErrorCode::UnmaskedOutput,
                    format!("{} would keep the password in its log", ci.name()),
                ));
            }
            mask(credentials, ci);
            // The purpose of the command: the user asked to see it.
            format!("Username: {}\nPassword: {}\n", credentials.username, credentials.password.expose())
        }
    };
    print(&text)
}

/// Prints a session's access token, masked first where a CI system would keep it in a log.
pub(crate) fn print_token(common: &Common, credentials: &Credentials, ci: Option<Ci>) -> Result<()> {
    mask(credentials, ci);
    // The purpose of the command: the user asked to see it.
    let token = credentials.password.expose();
    match common.output {
        Output::Json => print(&format!("{}\n", serde_json::json!({ "token": token }))),
        Output::None => Ok(()),
        _ => print(&format!("{token}\n")),
    }
}

/// Answers a program that asked for a secret. No CI system is told to mask it: the program may write
/// what it finds on standard error into a log of its own.
pub(crate) fn answer(text: &Secret) -> Result<()> {
    // The purpose of the command: the program asked for it.
    print(text.expose())
}

/// Tells the CI system what to mask, before anything is printed. Commands go to standard error, so
/// that `$(…)` does not catch them; runners read both streams.
pub(crate) fn mask(credentials: &Credentials, ci: Option<Ci>) {
    for line in ci.map(|ci| ci.mask_lines(credentials)).unwrap_or_default() {
        note(&line);
    }
}

/// The credential for each ecosystem, the same text once.
fn rendered(format: Format, credentials: &Credentials, ecosystems: &[Ecosystem], registry: &BaseUrl) -> Result<String> {
    let mut texts: Vec<String> = Vec::new();
    for ecosystem in ecosystems.iter().filter(|one| format.ecosystem().is_none_or(|home| home == **one)) {
        let mut options = RenderOptions::new(*ecosystem, registry.clone());
        options.delimiter = Some(random::hex::<16>()?);
        let rendered = formats::render(credentials, format, &options)?;
        for warning in &rendered.warnings {
            note(&format!("warning: {}\n  hint: {}", warning.message, warning.hint));
        }
        // The purpose of the command: the user asked to see it.
        let text = rendered.text.expose().to_owned();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(texts.concat())
}
