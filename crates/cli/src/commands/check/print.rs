//! The verdicts, for people.

use pulltoken_core::report::CredentialReport;
use pulltoken_core::text::{printable, printable_prefix};

use super::Checked;

/// One paragraph for each pair.
pub(super) fn text(checked: &[Checked]) -> String {
    checked.iter().map(paragraph).collect()
}

fn paragraph(one: &Checked) -> String {
    let place = one.line.map_or_else(|| one.source.clone(), |line| format!("{}:{line}", one.source));
    let target =
        one.target.as_deref().map(|target| format!(" ({})", printable_prefix(target, 100))).unwrap_or_default();
    let username =
        if one.username.is_empty() { "no username".to_owned() } else { printable_prefix(&one.username, 100) };
    let mut out = format!("{}: {place}{target}\n  {username}{}\n", one.report.state, when(&one.report));
    for problem in &one.report.problems {
        out.push_str(&format!("  {}: {}\n    hint: {}\n", problem.code, printable(&problem.message), problem.hint));
    }
    if let Some(access) = &one.access {
        let verdict = if access.allowed { "allowed" } else { "refused" };
        out.push_str(&format!("  registry: {verdict}: {}\n", access.message));
        if !access.hint.is_empty() {
            out.push_str(&format!("    hint: {}\n", access.hint));
        }
    }
    out
}

fn when(report: &CredentialReport) -> String {
    match (report.expires_at, report.seconds_left) {
        (Some(moment), Some(left)) if left > 0 => format!(", expires {moment} (in {})", span(left)),
        (Some(moment), Some(left)) => format!(", expired {moment} ({} ago)", span(-left)),
        _ => String::new(),
    }
}

/// The largest whole unit.
fn span(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_in_the_largest_unit_that_is_not_one() {
        assert_eq!(span(1), "1 second");
        assert_eq!(span(119), "119 seconds");
        assert_eq!(span(7_199), "119 minutes");
        assert_eq!(span(30 * 86_400 - 1), "29 days");
    }
}
