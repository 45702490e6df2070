//! The built-in page that asks who signs in.

use http::StatusCode;

use super::request::{Exit, SignIn};
use crate::http::Reply;
use crate::issuer::html::{self, escape};
use crate::seed;

/// The page for a sign-in, whose answer names `id`.
pub(super) fn choice(id: &str, sign_in: &SignIn) -> Reply {
    let mut facts = Vec::new();
    match &sign_in.exit {
        Exit::Redirect(_) => facts.push(format!("For {}.", sign_in.audiences.join(" and "))),
        Exit::Headless(_) => facts.push("For a terminal on another machine. Go on only if you began this.".to_owned()),
    }
    facts.extend(sign_in.through.iter().map(|through| format!("Through {through}.")));
    facts.extend(sign_in.identity.iter().map(|identity| format!("As the identity {identity}.")));
    let facts: String = facts.iter().map(|fact| format!("<p>{}</p>\n", escape(fact))).collect();
    let form = format!(
        "{facts}<form method=\"post\" action=\"/oauth/choose\">\n\
         <input type=\"hidden\" name=\"request\" value=\"{}\">\n{}</form>",
        escape(id),
        buttons(),
    );
    html::page(StatusCode::OK, "Sign in to the simulated platform", &form)
}

/// A button for everybody there is, and one to refuse with.
pub(crate) fn buttons() -> String {
    let people: String = seed::people()
        .map(|name| {
            let name = escape(name);
            format!("<p><button name=\"as\" value=\"{name}\">Sign in as {name}</button></p>\n")
        })
        .collect();
    format!("{people}<p><button name=\"deny\" value=\"true\">Deny</button></p>\n")
}
