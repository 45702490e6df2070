//! What an identity is called, so that the same wish finds it again.

use super::{System, Wish};
use crate::error::Result;
use crate::names::{Description, Name};
use crate::text::printable_prefix;

/// The longest name that the platform's newer API takes.
const LONGEST: usize = 63;

/// `github example web main`: spaces stand between what a name itself may not hold.
pub(super) fn name(wish: &Wish<'_>) -> Result<Name> {
    let words = [wish.system.as_str(), wish.repository].into_iter().chain(wish.references.iter().map(String::as_str));
    let text = words.collect::<Vec<_>>().join(" ").to_lowercase();
    let mut out = String::with_capacity(text.len());
    for c in text.replace("**", "*").chars() {
        match c {
            'a'..='z' | '0'..='9' | '.' | '_' | '-' => out.push(c),
            '*' => out.push_str("any"),
            // Several in a row, as in a URL, are one.
            _ if !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    let out = out.trim_end();
    if out.len() <= LONGEST {
        return Name::parse(out);
    }
    let mark = format!(" {:08x}", fingerprint(&text));
    Name::parse(&format!("{}{mark}", out.chars().take(LONGEST - mark.len()).collect::<String>()))
}

/// Tells apart what was cut off (FNV-1a); it has to be the same in every version of this program.
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The wish in words.
pub(super) fn description(wish: &Wish<'_>) -> Result<Description> {
    let system = match wish.system {
        System::GitHub => "GitHub Actions",
        System::GitLab => "GitLab CI",
        System::Jenkins => "Jenkins",
        System::Generic => "a CI system",
    };
    let references = match wish.references {
        [] => String::new(),
        some => format!(", {}", some.join(" or ")),
    };
    Description::parse(&printable_prefix(&format!("jobs of {}{references} on {system}", wish.repository), 400))
}
