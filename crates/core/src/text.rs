//! Making foreign text safe to show on one line.

/// The text with control, line-breaking and direction-changing characters written as `\u{…}`.
///
/// Server messages, names and file contents go through here before they reach a terminal or a
/// page, so that they can neither move the cursor nor disguise what stands beside them.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// The same, cut to at most `limit` characters with an ellipsis.
pub fn printable_prefix(text: &str, limit: usize) -> String {
    let mut short: String = text.chars().take(limit).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    printable(&short)
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_moves_the_cursor_or_turns_the_text() {
        assert_eq!(printable("a\x1b[2Jb\r\n"), r"a\u{1b}[2Jb\u{d}\u{a}");
        assert_eq!(printable("\u{202e}gnp"), r"\u{202e}gnp");
        assert_eq!(printable("größe 🚀"), "größe 🚀");
    }

    #[test]
    fn cuts_by_characters() {
        assert_eq!(printable_prefix("äöü", 2), "äö…");
        assert_eq!(printable_prefix("äöü", 3), "äöü");
    }
}
