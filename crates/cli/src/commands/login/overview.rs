//! What a session opens, in words: or what is missing, and who can mend that.

use pulltoken_client::overview::{OrganizationAccess, Overview};
use pulltoken_client::stored::StoredSession;
use pulltoken_core::jwt::UnverifiedJwt;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Ecosystem, Result, Timestamp};
use serde::Serialize;

use crate::common::Common;
use crate::output::{self, Output};

/// Prints who somebody is and what they may pull.
pub(crate) fn print(common: &Common, overview: &Overview, sessions: &[StoredSession]) -> Result<()> {
    match common.output {
        Output::Json => output::print_json(&Printed::of(overview, sessions)),
        Output::Id => output::print(&format!("{}\n", printable_prefix(&overview.me.subject, 200))),
        Output::None => Ok(()),
        _ => output::print(&in_words(overview)),
    }
}

/// Prints what can be said of sessions that the API does not take.
pub(super) fn print_without_api(common: &Common, sessions: &[StoredSession]) -> Result<()> {
    let subject = sessions.first().map(subject).unwrap_or_default();
    match common.output {
        Output::Json => output::print_json(&Printed {
            id: &subject,
            email: None,
            sessions: sessions.iter().map(PrintedSession::of).collect(),
            organizations: Vec::new(),
        }),
        Output::Id => output::print(&format!("{subject}\n")),
        Output::None => Ok(()),
        _ => output::print(&format!("Valid! Id: {subject}\n")),
    }
}

/// Who a session says that it is of.
pub(crate) fn subject(session: &StoredSession) -> String {
    // Read only: the token goes nowhere from here.
    let jwt = UnverifiedJwt::parse(session.token.expose()).ok();
    printable_prefix(&jwt.and_then(|jwt| jwt.claims.subject).unwrap_or_default(), 200)
}

fn in_words(overview: &Overview) -> String {
    let mut text = format!("Valid! Id: {}\n", printable_prefix(&overview.me.subject, 200));
    for access in &overview.organizations {
        text.push_str(&organization_in_words(access));
    }
    if overview.organizations.is_empty() {
        text.push_str("No organisation: ask an owner of yours to invite you, or to give this identity a role.\n");
    }
    text
}

fn organization_in_words(access: &OrganizationAccess) -> String {
    let name = access.organization.shown();
    let names = |may: bool| -> Vec<&str> {
        access.ecosystems.iter().filter(|(_, own)| *own == may).map(|(ecosystem, _)| ecosystem.flag()).collect()
    };
    let (open, closed) = (names(true), names(false));
    let mut text = String::new();
    if !open.is_empty() {
        text.push_str(&format!("{name}: can pull {}\n", open.join(", ")));
    }
    for ecosystem in &closed {
        text.push_str(&format!(
            "{name}: cannot pull {ecosystem}: the role libraries.{ecosystem}.pull is missing; an owner can give it\n"
        ));
    }
    if access.ecosystems.is_empty() {
        let what = if access.is_known {
            "no entitlement to any ecosystem; an owner can add one, or the vendor"
        } else {
            "its entitlements may not be read with this session; an owner can tell"
        };
        text.push_str(&format!("{name}: {what}\n"));
    }
    text
}

#[derive(Serialize)]
struct Printed<'a> {
    id: &'a str,
    email: Option<&'a str>,
    sessions: Vec<PrintedSession<'a>>,
    organizations: Vec<PrintedOrganization<'a>>,
}

impl<'a> Printed<'a> {
    fn of(overview: &'a Overview, sessions: &'a [StoredSession]) -> Self {
        Self {
            id: &overview.me.subject,
            email: Some(overview.me.email.as_str()).filter(|email| !email.is_empty()),
            sessions: sessions.iter().map(PrintedSession::of).collect(),
            organizations: overview.organizations.iter().map(PrintedOrganization::of).collect(),
        }
    }
}

/// A session as JSON shows it: never the tokens.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrintedSession<'a> {
    audience: &'a str,
    expires_at: Option<Timestamp>,
    renewable_until: Option<Timestamp>,
}

impl<'a> PrintedSession<'a> {
    pub(crate) fn of(session: &'a StoredSession) -> Self {
        Self { audience: &session.audience, expires_at: session.expires_at, renewable_until: session.renewable_until() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrintedOrganization<'a> {
    id: String,
    name: &'a str,
    ecosystems: Vec<Ecosystem>,
    missing_roles: Vec<&'a str>,
}

impl<'a> PrintedOrganization<'a> {
    fn of(access: &'a OrganizationAccess) -> Self {
        let with = |may: bool| access.ecosystems.iter().filter(move |(_, own)| *own == may).map(|(one, _)| *one);
        Self {
            id: access.organization.id.to_string(),
            name: &access.organization.name,
            ecosystems: with(true).collect(),
            missing_roles: with(false).map(Ecosystem::role).collect(),
        }
    }
}
