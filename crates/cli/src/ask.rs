//! What a person at a terminal is asked when the command line does not say it.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};

use inquire::{InquireError, MultiSelect, Select};
use pulltoken_client::Client;
use pulltoken_client::create::Parent;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};
use pulltoken_native::NativeHost;

use crate::{connection, parent};

/// The organisation that `--parent` or a file names; else, on a terminal, the person chooses.
///
/// # Errors
/// `interrupted` where the person does not want to choose; those of reading the files; what the
/// platform answered.
pub(crate) fn parent(client: &Client<NativeHost>, flag: Option<String>, question: &str) -> Result<Parent> {
    if let Some(named) = parent::named(flag)? {
        return Ok(Parent::parse(&named.organization));
    }
    // Off a terminal the flow itself takes the only organisation there is, or says what is missing.
    if !somebody_is_there() {
        return Ok(Parent::Only);
    }
    choose_parent(client, question)
}

/// The organisation that a person chooses, where there are several.
///
/// # Errors
/// `interrupted` where the person does not want to choose; what the platform answered.
pub(crate) fn choose_parent(client: &Client<NativeHost>, question: &str) -> Result<Parent> {
    let mut organizations = connection::block_on(client.organizations())?;
    organizations.sort_by(|one, other| one.name.cmp(&other.name));
    if organizations.len() < 2 {
        return Ok(Parent::Only);
    }
    let names = organizations.iter().map(|one| format!("{} ({})", printable_prefix(&one.name, 64), one.id)).collect();
    let question = Select::new(question, names)
        .with_help_message("↑↓ to move, / and letters to filter, Enter to choose")
        .with_scorer(&|typed, _, shown, _| {
            let wanted = typed.strip_prefix('/').unwrap_or(typed).to_lowercase();
            shown.to_lowercase().contains(&wanted).then_some(0)
        });
    let chosen = question.raw_prompt().map_err(|error| unanswered(error, "no organisation was chosen"))?;
    organizations
        .into_iter()
        .nth(chosen.index)
        .map(|one| Parent::Id(one.id))
        .ok_or_else(|| Error::new(ErrorCode::Internal, "the choice is not in the list"))
}

/// What a token is to open, if a person is there to say it.
///
/// # Errors
/// `ecosystem_required` off a terminal, or where nothing was chosen; `interrupted`.
pub(crate) fn ecosystems() -> Result<Vec<Ecosystem>> {
    let missing =
        || Error::new(ErrorCode::EcosystemRequired, "--repository is missing: a token is made for an ecosystem");
    if !somebody_is_there() {
        return Err(missing());
    }
    let chosen = MultiSelect::new("What should the pull token open?", Ecosystem::ALL.to_vec())
        .with_help_message("↑↓ to move, space to choose, letters to filter, Enter to go on")
        .prompt()
        .map_err(|error| unanswered(error, "no ecosystem was chosen"))?;
    if chosen.is_empty() { Err(missing()) } else { Ok(chosen) }
}

/// A question to be answered with yes or no.
///
/// # Errors
/// `interrupted` where the person does not want to answer.
pub(crate) fn yes(question: &str, default: bool) -> Result<bool> {
    let answer = inquire::Confirm::new(question).with_default(default).prompt();
    answer.map_err(|error| unanswered(error, "the question was not answered"))
}

/// Set where a program asked us something: there is nobody to ask back.
static NOBODY: AtomicBool = AtomicBool::new(false);

/// From now on nobody is there, whatever the streams are.
pub(crate) fn nobody() {
    NOBODY.store(true, Ordering::Relaxed);
}

/// Whether questions can be read and answered.
pub(crate) fn somebody_is_there() -> bool {
    !NOBODY.load(Ordering::Relaxed) && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Why a question has no answer.
pub(crate) fn unanswered(error: InquireError, what: &str) -> Error {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => {
            Error::new(ErrorCode::Interrupted, format!("interrupted: {what}"))
        }
        error => Error::new(ErrorCode::Internal, format!("the question could not be asked: {error}")),
    }
}
