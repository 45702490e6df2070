//! Identities for people and programs.

use pulltoken_client::ci_identities::{Change, CiIdentitiesMade, CiIdentityInfo, Settled};
use pulltoken_core::text::printable;
use pulltoken_core::trust::{ClaimMatch, Matcher};
use pulltoken_core::{Ecosystem, Name, Result, Uidp};
use serde::Serialize;

use crate::common::Common;
use crate::output::{self, Output};
use crate::table::Rows;

/// What was made, or would be.
pub(super) fn made(common: &Common, made: &CiIdentitiesMade, ecosystems: &[Ecosystem], dry_run: bool) -> Result<()> {
    match common.output {
        Output::Json => {
            let all: Vec<_> = made.settled.iter().map(|one| Made::of(one, ecosystems)).collect();
            output::print_json(&all)
        }
        Output::None => Ok(()),
        Output::Id => output::print(
            &made.settled.iter().filter_map(|one| one.id.as_ref()).map(|id| format!("{id}\n")).collect::<String>(),
        ),
        _ if made.settled.is_empty() => Ok(()),
        _ => {
            let rows = made.settled.iter().map(|one| {
                let id = one.id.as_ref().map_or_else(|| "-".to_owned(), Uidp::to_string);
                vec![id, one.name.to_string(), subject(&one.claims), in_words(one, dry_run)]
            });
            print_rows(common, Rows { columns: vec!["ID", "NAME", "SUBJECT", "CHANGE"], rows: rows.collect() })?;
            if let (false, [Settled { id: Some(id), .. }]) = (dry_run, &made.settled[..]) {
                common.say(&format!("in the job: pulltoken exec --identity {id} -- npm ci"));
            }
            Ok(())
        }
    }
}

/// What there is.
pub(super) fn list(common: &Common, identities: &[CiIdentityInfo]) -> Result<()> {
    match common.output {
        Output::Json => output::print_json(&identities),
        Output::None => Ok(()),
        Output::Id => output::print(&identities.iter().map(|one| format!("{}\n", one.id)).collect::<String>()),
        _ => {
            let rows = identities.iter().map(|one| {
                let roles: Vec<_> = one.roles.iter().map(|held| format!("{}:{}", held.group.name, held.role)).collect();
                vec![
                    one.id.to_string(),
                    printable(&one.name),
                    shown(one.claim_match.issuer.as_ref()),
                    subject(&one.claim_match),
                    printable(&roles.join(",")),
                    one.last_seen_at.map_or_else(|| "never".to_owned(), |time| time.to_string()),
                ]
            });
            let columns = vec!["ID", "NAME", "ISSUER", "SUBJECT", "ROLES", "LAST SEEN"];
            print_rows(common, Rows { columns, rows: rows.collect() })?;
            if identities.is_empty() {
                common.say("no identities that CI jobs assume");
            }
            Ok(())
        }
    }
}

/// The rule on the subject; a pattern is recognised by its `^`.
fn subject(claims: &ClaimMatch) -> String {
    shown(claims.subject.as_ref())
}

fn shown(matcher: Option<&Matcher>) -> String {
    matcher.map(|matcher| printable(&matcher.to_string())).unwrap_or_default()
}

fn in_words(one: &Settled, dry_run: bool) -> String {
    let done = match (one.change, dry_run) {
        (Change::Created, false) => "created",
        (Change::Created, true) => "would be created",
        (Change::Replaced, false) => "changed to trust these jobs",
        (Change::Replaced, true) => "would be changed to trust these jobs",
        (Change::Bound, false) => "was there",
        (Change::Bound, true) => "is there",
        (Change::Unchanged, _) => "is there, nothing to change",
    };
    match (one.bound.is_empty(), dry_run) {
        (true, _) => done.to_owned(),
        (false, false) => format!("{done}, added {}", one.bound.join(", ")),
        (false, true) => format!("{done}, would add {}", one.bound.join(", ")),
    }
}

fn print_rows(common: &Common, rows: Rows) -> Result<()> {
    output::print(&match common.output {
        Output::Csv => rows.csv(),
        Output::Markdown => rows.markdown(),
        _ => rows.aligned(),
    })
}

/// An identity as `-o json` prints it after it was made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made<'a> {
    id: Option<&'a Uidp>,
    name: &'a Name,
    claim_match: &'a ClaimMatch,
    ecosystems: &'a [Ecosystem],
    change: &'static str,
    /// Roles that were bound, or would be.
    bound: &'a [String],
}

impl<'a> Made<'a> {
    fn of(one: &'a Settled, ecosystems: &'a [Ecosystem]) -> Self {
        let change = match one.change {
            Change::Created => "created",
            Change::Replaced => "replaced",
            Change::Bound => "bound",
            Change::Unchanged => "unchanged",
        };
        Self { id: one.id.as_ref(), name: &one.name, claim_match: &one.claims, ecosystems, change, bound: &one.bound }
    }
}
