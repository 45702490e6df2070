//! Which organisation is meant: the one named, the only one, or the one a person chooses.

use std::io::IsTerminal as _;

use inquire::{InquireError, Select};
use pulltoken_client::Client;
use pulltoken_client::create::Parent;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result};
use pulltoken_native::NativeHost;

use crate::connection;

/// The organisation of `--parent`; without it and on a terminal, the person chooses.
///
/// # Errors
/// `interrupted` where the person does not want to choose; what the platform answered.
pub(crate) fn of_flag_or_person(client: &Client<NativeHost>, flag: Option<String>) -> Result<Parent> {
    if let Some(parent) = flag.filter(|parent| !parent.is_empty()) {
        return Ok(Parent::parse(&parent));
    }
    // Off a terminal the flow itself takes the only organisation there is, or says what is missing.
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(Parent::Only);
    }
    let mut organizations = connection::block_on(client.organizations())?;
    organizations.sort_by(|one, other| one.name.cmp(&other.name));
    if organizations.len() < 2 {
        return Ok(Parent::Only);
    }
    let names = organizations.iter().map(|one| format!("{} ({})", printable_prefix(&one.name, 64), one.id)).collect();
    let question = Select::new("With which location is the pull token associated?", names)
        .with_help_message("↑↓ to move, / and letters to filter, Enter to choose")
        .with_scorer(&|typed, _, shown, _| {
            let wanted = typed.strip_prefix('/').unwrap_or(typed).to_lowercase();
            shown.to_lowercase().contains(&wanted).then_some(0)
        });
    match question.raw_prompt() {
        Ok(chosen) => organizations
            .into_iter()
            .nth(chosen.index)
            .map(|one| Parent::Id(one.id))
            .ok_or_else(|| Error::new(ErrorCode::Internal, "the choice is not in the list")),
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => {
            Err(Error::new(ErrorCode::Interrupted, "interrupted: no organisation was chosen"))
        }
        Err(error) => Err(Error::new(ErrorCode::Internal, format!("the question could not be asked: {error}"))),
    }
}
