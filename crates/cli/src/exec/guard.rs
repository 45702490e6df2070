//! A module that Node loads before a package manager: it takes the credential off every request that
//! is not for the registry, which npm and Yarn 1 leave on when they are redirected.

use pulltoken_core::{Error, ErrorCode, Result};

const SOURCE: &str = include_str!("guard.cjs");

/// The module's text for these repositories; the credential is what `variable` holds.
///
/// # Errors
/// `internal` where the addresses cannot be written down.
pub(super) fn module(repositories: &[String], variable: &str) -> Result<String> {
    let internal = |_| Error::new(ErrorCode::Internal, "an address could not be written as JSON");
    // JSON is JavaScript, too.
    let repositories = serde_json::to_string(repositories).map_err(internal)?;
    Ok(SOURCE.replace("[/* repositories */]", &repositories).replace("/* variable */", variable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_names_repositories_and_variable() {
        let text = module(&["https://r.test/javascript/".to_owned()], "PULLTOKEN_X").unwrap();
        assert!(
            text.contains(r#"["https://r.test/javascript/"]"#) && text.contains("process.env['PULLTOKEN_X']"),
            "{text}"
        );
    }
}
