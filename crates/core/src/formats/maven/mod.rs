//! `maven` and `maven-env`: Maven's `settings.xml`.
//!
//! A server has the pair; a profile, always active, names the repositories, the one of remediated
//! versions first; behind a repository manager a mirror of everything stands in for the profile.
//! Maven resolves `${…}` wherever it stands and takes a password in braces for an encrypted one.

#[cfg(feature = "editors")]
mod edit;
mod parts;

use crate::credentials::Credentials;
use crate::error::Result;
#[cfg(feature = "editors")]
use crate::formats::lines::insert_at_end;
use crate::formats::lines::is_blank;
use crate::formats::value::{check_lines, check_present, parts as parts_of, placeholders, refuse};
use crate::formats::{Format, ParsedEntry, RenderOptions, xml};
use crate::secret::Secret;

#[cfg(feature = "editors")]
pub(super) use edit::remove;
use parts::Parts;

pub(super) fn render(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    Ok(super::whole_lines(&parts(format, c, o)?.document()))
}

#[cfg(feature = "editors")]
pub(super) fn edit(text: &str, format: Format, c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    let parts = parts(format, c, o)?;
    if is_blank(text) {
        return Ok(insert_at_end(text, &parts.document()));
    }
    edit::edit(text, &parts)
}

fn parts(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Parts> {
    Ok(match format {
        Format::MavenEnv => Parts::new(
            &format!("${{env.{}}}", o.ecosystem.identity_variable()),
            &format!("${{env.{}}}", o.ecosystem.token_variable()),
            o,
        ),
        _ => {
            check(format, c)?;
            // Both leave here for the file.
            Parts::new(&xml::escape(&c.username), &xml::escape(c.password.expose()), o)
        }
    })
}

fn check(format: Format, c: &Credentials) -> Result<()> {
    check_lines(format, c)?;
    check_present(format, c)?;
    for (part, value) in parts_of(c) {
        if value.contains("${") {
            return Err(refuse(format, part, "holds `${`"));
        }
        if value.contains('{') && value.contains('}') {
            return Err(refuse(format, part, "holds braces, as an encrypted one does"));
        }
        if value.trim() != value {
            return Err(refuse(format, part, "begins or ends with white space"));
        }
        if value.chars().any(|c| (c.is_control() && c != '\t') || matches!(c, '\u{FFFE}' | '\u{FFFF}')) {
            return Err(refuse(format, part, "holds a control character"));
        }
    }
    Ok(())
}

/// One entry for each server, its id as the target.
pub(super) fn parse(text: &str) -> Result<Vec<ParsedEntry>> {
    if is_blank(text) {
        return Ok(Vec::new());
    }
    let root = xml::read(text)?;
    let servers = root.children.iter().filter(|child| child.name == "servers");
    let servers = servers.flat_map(|servers| servers.children.iter().filter(|child| child.name == "server"));
    // Counted on from server to server, so that a large file is counted once.
    let mut counted = (0, 1);
    let mut found = Vec::new();
    for server in servers {
        let passed = &text[counted.0..server.range.start];
        counted = (server.range.start, counted.1 + passed.replace("\r\n", "\n").matches(['\n', '\r']).count());
        let (username, password) = (server.text_of("username"), server.text_of("password"));
        let mut variables = placeholders(username.unwrap_or_default());
        variables.extend(placeholders(password.unwrap_or_default()));
        let literal = |value: Option<&str>| value.filter(|value| placeholders(value).is_empty()).map(str::to_owned);
        found.push(ParsedEntry {
            line: counted.1,
            target: server.text_of("id").map(str::to_owned),
            ecosystem: None,
            username: literal(username),
            password: literal(password).map(Secret::new),
            variables,
        });
    }
    Ok(found)
}

#[cfg(test)]
#[cfg(feature = "editors")]
mod tests;
