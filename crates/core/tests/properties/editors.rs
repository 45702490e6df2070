//! What every format keeps to, whatever the file and the credential.

use pulltoken_core::formats::netrc::parse_netrc;
use pulltoken_core::formats::{ParsedEntry, RenderOptions, detect, edit, parse, remove, render};
use pulltoken_core::{Credentials, Error, Format, Secret};

use super::input::Input;
use super::{MARK, assert_silent};

/// Tries the formats of a family on a file.
pub(super) fn check(formats: &[Format], data: &[u8]) {
    let Some(input) = Input::read(data) else { return };
    if input.has('d') {
        _ = detect(input.text);
    }
    for format in formats {
        let options = input.options(*format);
        // A name is shown, so it must not look like a password.
        if options.name.contains(MARK) {
            return;
        }
        is_read(input.text, *format);
        if !input.is_plain() {
            is_rendered(&input.pair, *format, &options);
        }
        if format.is_editable() {
            is_edited(&input, *format, &options);
        }
    }
}

/// Entries stand where they say, and an error does not show what it met.
fn is_read(text: &str, format: Format) {
    let lines = text.len() + 1;
    if format == Format::Netrc {
        let netrc = parse_netrc(text);
        assert!(netrc.entries.is_sorted_by_key(|entry| entry.line), "netrc: entries out of order");
        assert!(netrc.differences.iter().all(|(line, _)| (1..=lines).contains(line)), "netrc: no such line");
    }
    match parse(text, format) {
        Ok(entries) => assert!(entries.iter().all(|entry| (1..=lines).contains(&entry.line)), "{format}: no such line"),
        Err(error) => assert_silent(&error),
    }
}

/// A format may refuse a value, but never write another.
fn is_rendered(pair: &Credentials, format: Format, options: &RenderOptions) {
    let rendered = tried(render(pair, format, options));
    if format.is_editable() {
        // A fresh text is what an edit makes of none.
        let edited = tried(edit("", format, pair, options)).map(|edited| exposed(edited.text));
        let fresh = rendered.as_ref().map(|rendered| rendered.text.expose());
        assert_eq!(fresh, edited.as_deref(), "{format}: rendering and editing nothing");
    }
    let Some(rendered) = rendered else { return };
    let entries = parse(rendered.text.expose(), format).expect("what is rendered can be read");
    assert!(!entries.is_empty(), "{format}: nothing is read back");
    for entry in &entries {
        assert!(is_ours(entry, pair, format), "{format}: another credential is read back: {}", rendered.text.expose());
    }
}

fn is_edited(input: &Input<'_>, format: Format, options: &RenderOptions) {
    let text = input.text;
    let removed = tried(remove(text, format, options)).map(exposed);
    if let Some(removed) = &removed {
        if matches!(format, Format::Dotenv | Format::Gitlab) {
            others_are_kept(text, removed, format, options);
        }
        let again = exposed(remove(removed, format, options).expect("what was cleaned can be cleaned"));
        assert_eq!(&again, removed, "{format}: cleaning twice");
    }
    let Some(once) = tried(edit(text, format, &input.pair, options)).map(|rendered| exposed(rendered.text)) else {
        return;
    };
    let twice = edit(&once, format, &input.pair, options).expect("what was edited can be edited");
    assert_eq!(twice.text.expose(), once, "{format}: editing twice");
    let entries = parse(&once, format).expect("what was edited can be read");
    assert!(entries.iter().any(|entry| is_ours(entry, &input.pair, format)), "{format}: nothing is found in {once:?}");
    let back = exposed(remove(&once, format, options).expect("what was edited can be cleaned"));
    // Taking a line out from between a lone CR and an LF makes one line break of the two.
    let breaks = text.replace("\r\n", "");
    if !(breaks.contains('\r') && text.contains('\n')) {
        let removed = removed.expect("what can be edited can be cleaned");
        assert_eq!(back, removed, "{format}: cleaning after editing");
    }
}

/// A text cleaned of our variables sets the others as before: no open quote takes them in.
fn others_are_kept(before: &str, after: &str, format: Format, options: &RenderOptions) {
    let others = |text| {
        let entries = parse(text, format).expect("dotenv is always read");
        let others = entries.into_iter().filter(|entry| entry.ecosystem != Some(options.ecosystem));
        others.map(|entry| (entry.username, entry.password.map(exposed))).collect::<Vec<_>>()
    };
    assert_eq!(others(after), others(before), "{format}: another variable is read otherwise");
    let entries = parse(after, format).expect("dotenv is always read");
    let left = entries.iter().any(|entry| entry.ecosystem == Some(options.ecosystem));
    assert!(!left, "{format}: one of ours is left in {after:?}");
}

fn is_ours(entry: &ParsedEntry, pair: &Credentials, format: Format) -> bool {
    if format.holds_secret() {
        entry.username.as_deref() == Some(&pair.username)
            && entry.password.as_ref().map(Secret::expose) == Some(pair.password.expose())
    } else {
        // Bazel's line names a program, Gradle's script properties; the others variables.
        !entry.variables.is_empty() || matches!(format, Format::Bazel | Format::GradleInit)
    }
}

fn tried<T>(result: Result<T, Error>) -> Option<T> {
    result.inspect_err(assert_silent).ok()
}

fn exposed(text: Secret) -> String {
    text.expose().to_owned()
}
