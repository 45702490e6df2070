//! The organisation that a command is for: `--parent` or `PULLTOKEN_PARENT`, else the project's, else
//! the one that the user wants remembered.

use std::path::PathBuf;

use pulltoken_core::Result;
use pulltoken_core::api::groups::Group;

use crate::common::Common;
use crate::config::{self, Config};
use crate::output;
use crate::project::Project;

/// An organisation, by name or identifier.
pub(crate) struct Named {
    pub(crate) organization: String,
    /// The file that names it, where it was not the command line or the environment.
    pub(crate) file: Option<PathBuf>,
}

/// The organisation that is named. An empty `--parent=` names none and passes over the files.
///
/// # Errors
/// Those of reading the files.
pub(crate) fn named(flag: Option<String>) -> Result<Option<Named>> {
    if flag.is_none()
        && let Some(project) = Project::here()?
        && let Some(organization) = project.organization
    {
        return Ok(Some(Named { organization, file: Some(project.path) }));
    }
    named_by_user(flag)
}

/// The same without the project's file, which comes with code and may be anybody's.
///
/// # Errors
/// Those of reading the user's configuration.
pub(crate) fn named_by_user(flag: Option<String>) -> Result<Option<Named>> {
    if let Some(organization) = flag {
        return Ok(Some(Named { organization, file: None }).filter(|named| !named.organization.is_empty()));
    }
    let Some(config) = Config::of_user()? else { return Ok(None) };
    Ok(config.parent()?.map(|organization| Named { organization, file: Some(config.path) }))
}

/// Keeps an organisation for the next time. That something went well before is not undone by a file
/// that cannot be written.
pub(crate) fn remember(common: &Common, organization: &Group) {
    let remembered = || -> Result<_> {
        let Some(mut config) = Config::of_user()? else { return Ok(None) };
        config.remember_parent(organization)?;
        Ok(Some(config.path))
    };
    match remembered() {
        Ok(Some(path)) => common.say(&format!(
            "`{}` is used from now on where no --parent is given ({})",
            organization.shown(),
            config::shown(&path)
        )),
        Ok(None) => output::note("warning: the organisation is not remembered: there is no home folder"),
        Err(error) => output::note(&format!("warning: the organisation is not remembered: {}", error.message())),
    }
}
