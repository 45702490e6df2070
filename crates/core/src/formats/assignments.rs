//! Environment variables gathered into credentials: what all the shells' forms have in common.

use crate::ecosystem::Ecosystem;
use crate::formats::ParsedEntry;
use crate::formats::value::decode_basic;
use crate::secret::Secret;

/// A variable and its value, as found on a line.
pub(super) struct Assignment {
    /// From 1.
    pub(super) line: usize,
    /// The variable.
    pub(super) name: String,
    /// Its value, unquoted.
    pub(super) value: Secret,
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Identity,
    Token,
    Auth,
}

/// One entry for each ecosystem whose variables occur, in order of appearance. Of a variable set
/// twice the last value counts; the `AUTH` variable speaks only for what the others leave out.
pub(super) fn collect(assignments: impl Iterator<Item = Assignment>) -> Vec<ParsedEntry> {
    let mut found: Vec<(Ecosystem, ParsedEntry, Option<Secret>)> = Vec::new();
    for Assignment { line, name, value } in assignments {
        let Some((ecosystem, role)) = role_of(&name) else { continue };
        let at = found.iter().position(|(known, ..)| *known == ecosystem).unwrap_or_else(|| {
            let entry = ParsedEntry { line, ecosystem: Some(ecosystem), ..ParsedEntry::default() };
            found.push((ecosystem, entry, None));
            found.len() - 1
        });
        let (_, entry, auth) = &mut found[at];
        match role {
            // A username is no secret.
            Role::Identity => entry.username = Some(value.expose().to_owned()),
            Role::Token => entry.password = Some(value),
            Role::Auth => *auth = Some(value),
        }
        if !entry.variables.contains(&name) {
            entry.variables.push(name);
        }
    }
    found.into_iter().map(|(_, entry, auth)| fill_in(entry, auth)).collect()
}

fn fill_in(mut entry: ParsedEntry, auth: Option<Secret>) -> ParsedEntry {
    // Stays within the entry: only the form changes.
    if let Some(pair) = auth.and_then(|auth| decode_basic(auth.expose())) {
        entry.username.get_or_insert(pair.username);
        entry.password.get_or_insert(pair.password);
    }
    entry
}

fn role_of(name: &str) -> Option<(Ecosystem, Role)> {
    Ecosystem::ALL.iter().find_map(|&ecosystem| {
        [
            (ecosystem.identity_variable(), Role::Identity),
            (ecosystem.token_variable(), Role::Token),
            (ecosystem.auth_variable(), Role::Auth),
        ]
        .into_iter()
        .find_map(|(variable, role)| (variable == name).then_some((ecosystem, role)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(line: usize, name: &str, value: &str) -> Assignment {
        Assignment { line, name: name.to_owned(), value: Secret::new(value) }
    }

    #[test]
    fn variables_of_one_ecosystem_become_one_entry() {
        let found = collect(
            [
                set(1, "PATH", "/bin"),
                set(2, "CHAINGUARD_JAVA_TOKEN", "old"),
                set(3, "CHAINGUARD_PYTHON_AUTH", "dTpw"),
                set(4, "CHAINGUARD_JAVA_IDENTITY_ID", "j"),
                set(5, "CHAINGUARD_JAVA_TOKEN", "new"),
            ]
            .into_iter(),
        );
        let seen: Vec<_> = found
            .iter()
            .map(|e| (e.line, e.username.as_deref().unwrap(), e.password.as_ref().unwrap().expose()))
            .collect();
        assert_eq!(seen, [(2, "j", "new"), (3, "u", "p")]);
        assert_eq!(found[0].variables, ["CHAINGUARD_JAVA_TOKEN", "CHAINGUARD_JAVA_IDENTITY_ID"]);
    }
}
