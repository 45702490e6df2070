//! Putting a credential into a netrc, and taking it out.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode, Result};
use crate::formats::lines::{Line, Patch, bom_length, line_break, lines};
use crate::secret::Secret;

use super::read::{Netrc, NetrcEntry, Role, parse_netrc, parse_with_tokens};

/// The text with the host's first entry set to the credential, further ones taken out, and every
/// other byte as it was. A new entry goes to the end, or before a `default`, behind which curl
/// would not find it.
pub(super) fn edit(text: &str, host: &str, login: &str, password: &str) -> Result<Secret> {
    let netrc = parse_with_tokens(text);
    let first = netrc.entries.iter().position(|entry| entry.is_for(host));
    let default = netrc.entries.iter().position(NetrcEntry::is_default);
    let mut patch = Patch::new(text);
    match first {
        // curl stops at the `default`: the entry moves.
        Some(first) if default.is_some_and(|default| default < first) => {
            return edit(remove(text, host).expose(), host, login, password);
        }
        // An entry that a missing value or an open quote runs out of is written anew.
        Some(_) if netrc.open_end && netrc.entries.last().is_some_and(|entry| entry.is_for(host)) => {
            return edit(remove(text, host).expose(), host, login, password);
        }
        // So is one with a value over several lines, of which no two readers make the same.
        Some(first) if netrc.entries[first].tokens.iter().any(|(at, _)| text[at.clone()].contains(['\n', '\r'])) => {
            return edit(remove(text, host).expose(), host, login, password);
        }
        Some(first) => {
            let others = netrc.entries.iter().skip(first + 1).filter(|entry| entry.is_for(host));
            let others: Vec<_> = others.flat_map(|entry| entry.tokens.iter().map(|(range, _)| range.clone())).collect();
            // What stands right behind closing quotes must not become a part of a value. Where it is
            // taken out, that is seen to there.
            let space_behind = |token: &Range<usize>| {
                let apart = token.end == text.len() || text[token.end..].starts_with([' ', '\t', '\n', '\r']);
                if apart || others.iter().any(|other| other.start == token.end) { "" } else { " " }
            };
            set(&mut patch, &netrc.entries[first], login, password, space_behind);
            delete_tokens(&mut patch, text, others.iter().cloned());
        }
        None => {
            let at = insertion_point(text, &netrc)?;
            patch.insert_lines(at, &entry(host, login, password));
        }
    }
    Ok(keep_macro_closed(text, patch.apply()))
}

/// A new entry as whole lines.
pub(super) fn entry(host: &str, login: &str, password: &str) -> [Zeroizing<String>; 3] {
    [format!("machine {host}"), format!("  login {login}"), format!("  password {password}")].map(Zeroizing::new)
}

/// The text without the host's entries.
pub(super) fn remove(text: &str, host: &str) -> Secret {
    let netrc = parse_with_tokens(text);
    let mut patch = Patch::new(text);
    let ours = netrc.entries.iter().filter(|entry| entry.is_for(host));
    delete_tokens(&mut patch, text, ours.flat_map(|entry| entry.tokens.iter().map(|(range, _)| range.clone())));
    keep_macro_closed(text, patch.apply())
}

/// An empty line ends a macro. Where it has become the last and lost its break, the break comes
/// back, lest the next entry be taken for a part of the macro.
fn keep_macro_closed(before: &str, after: Secret) -> Secret {
    let lost_break = !before.ends_with(['\n', '\r']) && !after.is_empty();
    if !lost_break || !parse_netrc(after.expose()).open_end || parse_netrc(before).open_end {
        return after;
    }
    let mut patch = Patch::new(after.expose());
    patch.replace(after.expose().len()..after.expose().len(), line_break(before));
    patch.apply()
}

fn set(
    patch: &mut Patch<'_>,
    entry: &NetrcEntry<'_>,
    login: &str,
    password: &str,
    space_behind: impl Fn(&Range<usize>) -> &'static str,
) {
    for (range, role) in &entry.tokens {
        let value = match role {
            Role::Login => login,
            Role::Password => password,
            Role::Machine | Role::Other => continue,
        };
        let mut new = Zeroizing::new(String::with_capacity(value.len() + 1));
        new.push_str(value);
        new.push_str(space_behind(range));
        patch.replace(range.clone(), new.as_str());
    }
    let place = |wanted| entry.tokens.iter().find(|(_, role)| *role == wanted).map(|(range, _)| range);
    // What is missing goes right behind the machine's name, on its line.
    let mut missing = Zeroizing::new(String::with_capacity(login.len() + password.len() + 21));
    if place(Role::Login).is_none() {
        missing.push_str(" login ");
        missing.push_str(login);
    }
    if place(Role::Password).is_none() {
        missing.push_str(" password ");
        missing.push_str(password);
    }
    if let (false, Some(name)) = (missing.is_empty(), place(Role::Machine)) {
        missing.push_str(space_behind(name));
        patch.replace(name.end..name.end, missing.as_str());
    }
}

/// The end, or the last line start before what has to stay behind a new entry.
fn insertion_point(text: &str, netrc: &Netrc<'_>) -> Result<usize> {
    let default = netrc.entries.iter().find(|entry| entry.is_default()).and_then(|entry| entry.tokens.first());
    let open = netrc.heads.last().copied().unwrap_or(0);
    let limit = match (default.map(|(token, _)| token.start), netrc.open_end) {
        (None, false) => return Ok(text.len()),
        (Some(default), false) => default,
        (None, true) => open,
        (Some(default), true) => default.min(open),
    };
    let line_start = |head: usize| text[..head].rfind(['\n', '\r']).map_or(bom_length(text), |at| at + 1);
    netrc
        .heads
        .iter()
        .filter(|head| **head <= limit)
        .map(|head| (line_start(*head), *head))
        .rfind(|(start, head)| text[*start..*head].trim().is_empty())
        .map(|(start, _)| start)
        .ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidSyntax,
                "the netrc ends inside a value, and no line before that begins an entry",
            )
            .with_hint("close the quotes or add the missing value, then try again")
        })
}

/// Takes out tokens: whole lines where nothing else stands on them, else the tokens with the white
/// space before them.
fn delete_tokens(patch: &mut Patch<'_>, text: &str, tokens: impl Iterator<Item = Range<usize>>) {
    let mut tokens = tokens.peekable();
    for line in lines(text) {
        let mut on_line = Vec::new();
        // A quoted token may go over several lines.
        while let Some(token) = tokens.peek().filter(|token| token.start < line.end) {
            on_line.push(token.start.max(line.start)..token.end.min(line.text_end()));
            if token.end > line.end {
                break;
            }
            tokens.next();
        }
        if !on_line.is_empty() {
            delete_on_line(patch, &line, text, &on_line);
        }
    }
}

fn delete_on_line(patch: &mut Patch<'_>, line: &Line<'_>, text: &str, tokens: &[Range<usize>]) {
    let blank = |range: Range<usize>| text[range].trim_matches([' ', '\t']).is_empty();
    let mut runs: Vec<Range<usize>> = Vec::new();
    for token in tokens {
        match runs.last_mut() {
            Some(run) if blank(run.end..token.start) => run.end = token.end,
            _ => runs.push(token.clone()),
        }
    }
    let first_blank = |run: &Range<usize>| blank(line.start..run.start);
    if let [run] = runs.as_slice()
        && first_blank(run)
        && blank(run.end..line.text_end())
    {
        patch.delete_line(line);
        return;
    }
    for run in runs {
        if first_blank(&run) {
            let after = &text[run.end..line.text_end()];
            let space = after.len() - after.trim_start_matches([' ', '\t']).len();
            patch.replace(run.start..run.end + space, "");
        } else {
            let before = &text[line.start..run.start];
            let space = before.len() - before.trim_end_matches([' ', '\t']).len();
            // Words on both sides must not become one.
            let glued = run.end < line.text_end() && !text[run.end..].starts_with([' ', '\t']);
            patch.replace(run.start - space..run.end, if glued { " " } else { "" });
        }
    }
}
