//! A list of tokens, for people and spreadsheets.

use comfy_table::{ContentArrangement, Table, presets};
use pulltoken_client::tokens::{PullTokenInfo, Which};
use pulltoken_core::Timestamp;
use pulltoken_core::text::printable;

const COLUMNS: [&str; 5] = ["ID", "NAME", "DESCRIPTION", "ROLES", "EXPIRES"];
const WIDE_COLUMNS: [&str; 2] = ["CREATED", "LAST SEEN"];

/// Aligned columns without lines, as other command lines have them.
pub(super) fn table(tokens: &[PullTokenInfo], now: Timestamp, wide: bool) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(columns(wide));
    for token in tokens {
        table.add_row(row(token, now, wide));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    // A line that ends in spaces is a nuisance to copy.
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// RFC 4180, with a heading.
pub(super) fn csv(tokens: &[PullTokenInfo], now: Timestamp) -> String {
    let line = |cells: Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n";
    let heading = line(columns(true).into_iter().map(str::to_owned).collect());
    tokens.iter().fold(heading, |text, token| text + &line(row(token, now, true)))
}

/// What the list left out.
pub(super) fn footer(shown: usize, hidden: usize, which: Which) -> Option<String> {
    let (kind, flag) = match which {
        Which::Valid => ("expired", "--expired or --all"),
        Which::Expired => ("valid", "no flag or --all"),
        Which::All => return (shown == 0).then(|| "no pull tokens".to_owned()),
    };
    match (shown, hidden) {
        (0, 0) => Some("no pull tokens".to_owned()),
        (_, 0) => None,
        (_, hidden) => Some(format!("{hidden} {kind} not shown ({flag} shows them)")),
    }
}

fn columns(wide: bool) -> Vec<&'static str> {
    COLUMNS.into_iter().chain(WIDE_COLUMNS.into_iter().filter(|_| wide)).collect()
}

fn row(token: &PullTokenInfo, now: Timestamp, wide: bool) -> Vec<String> {
    let roles: Vec<_> = token.roles.iter().map(|held| format!("{}:{}", held.group.name, held.role)).collect();
    let days = token.expires_at.map(|end| end.seconds_since(now).div_euclid(86_400).to_string()).unwrap_or_default();
    let mut cells = vec![
        token.id.to_string(),
        printable(&token.name),
        printable(&token.description),
        printable(&roles.join(",")),
        days,
    ];
    if wide {
        cells.extend(
            [token.created_at, token.last_seen_at].map(|time| time.map(|time| time.to_string()).unwrap_or_default()),
        );
    }
    cells
}

fn quoted(cell: &str) -> String {
    // A leading sign would be a formula to a spreadsheet; a number may keep it.
    let cell = if cell.starts_with(['=', '+', '@']) || (cell.starts_with('-') && cell.parse::<i64>().is_err()) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::Uidp;

    fn token() -> PullTokenInfo {
        PullTokenInfo {
            id: Uidp::parse(&format!("{}/0011223344556677", "a".repeat(40))).unwrap(),
            name: "ci".into(),
            description: "=1+1, \u{1b}[31m".into(),
            ecosystems: vec![],
            roles: vec![],
            created_at: None,
            expires_at: Timestamp::from_unix_seconds(1),
            last_seen_at: None,
            expired: true,
        }
    }

    #[test]
    fn days_are_rounded_down_and_text_is_harmless() {
        let now = Timestamp::from_unix_seconds(2).unwrap();
        let text = table(&[token()], now, false);
        assert!(text.lines().next().unwrap().starts_with("ID ") && text.contains(r"\u{1b}[31m"), "{text}");
        assert!(text.trim_end().ends_with("-1"), "{text}");
        let csv = csv(&[token()], now);
        assert!(csv.lines().nth(1).unwrap().contains(r#""'=1+1, \u{1b}[31m",,-1,,"#), "{csv}");
    }

    #[test]
    fn the_footer_counts_what_is_hidden() {
        assert_eq!(footer(1, 0, Which::Valid), None);
        assert_eq!(footer(1, 2, Which::Valid).unwrap(), "2 expired not shown (--expired or --all shows them)");
        assert_eq!(footer(0, 0, Which::All).unwrap(), "no pull tokens");
    }
}
