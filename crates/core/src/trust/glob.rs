//! Wildcards of the command line, and the RE2 patterns that they stand for.

use super::Matcher;

/// What a wildcard may stand for.
#[derive(Clone, Copy)]
pub(super) enum Reach {
    /// `*` for anything within one part between `/` and `:`, `**` for anything up to the next `:`.
    Path,
    /// The same, but a `**` with nothing behind it for anything at all.
    Rest,
}

/// A part of a subject: an RE2 expression, and whether it is more than its own text.
pub(super) struct Part {
    expression: String,
    text: Option<String>,
}

impl Part {
    /// A text that stands for itself.
    pub(super) fn literal(text: &str) -> Self {
        Self { expression: quoted(text), text: Some(text.to_owned()) }
    }

    /// An expression of ours.
    pub(super) fn expression(expression: impl Into<String>) -> Self {
        Self { expression: expression.into(), text: None }
    }

    /// What somebody typed, with `*` and `**` in it.
    pub(super) fn glob(typed: &str, reach: Reach) -> Self {
        if !typed.contains('*') {
            return Self::literal(typed);
        }
        let mut expression = String::new();
        let mut rest = typed;
        while let Some((before, after)) = rest.split_once('*') {
            expression.push_str(&quoted(before));
            let deep = after.starts_with('*');
            let after = after.trim_start_matches('*');
            // A part that is all wildcard is not empty: no system has repositories without a name.
            let alone = (expression.is_empty() || before.ends_with(['/', ':']))
                && (after.is_empty() || after.starts_with(['/', ':']));
            expression.push_str(match (deep, reach) {
                (false, _) => "[^/:]",
                // What follows is not to be swallowed.
                (true, Reach::Rest) if after.is_empty() => ".",
                (true, Reach::Path | Reach::Rest) => "[^:]",
            });
            expression.push(if alone { '+' } else { '*' });
            rest = after;
        }
        expression.push_str(&quoted(rest));
        Self { expression, text: None }
    }

    /// Whichever of several.
    pub(super) fn one_of(parts: Vec<Self>) -> Self {
        match <[Self; 1]>::try_from(parts) {
            Ok([only]) => only,
            Err(parts) => {
                let all: Vec<_> = parts.into_iter().map(|part| part.expression).collect();
                Self::expression(format!("(?:{})", all.join("|")))
            }
        }
    }
}

/// The parts one after the other: to the letter where each is, else a pattern for the whole subject.
pub(super) fn subject(parts: impl IntoIterator<Item = Part>) -> Matcher {
    let parts: Vec<_> = parts.into_iter().collect();
    match parts.iter().map(|part| part.text.as_deref()).collect::<Option<Vec<_>>>() {
        Some(texts) => Matcher::Exact(texts.concat()),
        None => {
            let whole: String = parts.into_iter().map(|part| part.expression).collect();
            Matcher::Pattern(format!("^{whole}$"))
        }
    }
}

/// The text with what means something to RE2 taken literally.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
