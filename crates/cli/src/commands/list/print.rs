//! What is told of each token in a list.

use pulltoken_client::tokens::{PullTokenInfo, Which};
use pulltoken_core::Timestamp;
use pulltoken_core::text::printable;

use crate::table::Rows;

const COLUMNS: [&str; 5] = ["ID", "NAME", "DESCRIPTION", "ROLES", "EXPIRES"];
const WIDE_COLUMNS: [&str; 2] = ["CREATED", "LAST SEEN"];

/// A row for each token; `wide` with two more columns.
pub(super) fn rows(tokens: &[PullTokenInfo], now: Timestamp, wide: bool) -> Rows {
    let columns = COLUMNS.into_iter().chain(WIDE_COLUMNS.into_iter().filter(|_| wide)).collect();
    Rows { columns, rows: tokens.iter().map(|token| row(token, now, wide)).collect() }
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
            [token.created_at, token.last_seen_at]
                .map(|time| time.map(|time| time.truncated_to_seconds().to_string()).unwrap_or_default()),
        );
    }
    cells
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
            created_at: Timestamp::parse("2026-01-01T00:00:00.5Z").ok(),
            expires_at: Timestamp::from_unix_seconds(1),
            last_seen_at: None,
            expired: true,
        }
    }

    #[test]
    fn days_are_rounded_down_and_text_is_harmless() {
        let now = Timestamp::from_unix_seconds(2).unwrap();
        let narrow = rows(&[token()], now, false);
        assert_eq!((narrow.columns.as_slice(), narrow.rows.len()), (COLUMNS.as_slice(), 1));
        assert_eq!(narrow.rows[0][2..], [r"=1+1, \u{1b}[31m", "", "-1"]);
        let wide = rows(&[token()], now, true);
        assert_eq!(
            (wide.columns[5..].to_vec(), &wide.rows[0][5..]),
            (WIDE_COLUMNS.to_vec(), ["2026-01-01T00:00:00Z", ""].map(String::from).as_slice())
        );
    }

    #[test]
    fn the_footer_counts_what_is_hidden() {
        assert_eq!(footer(1, 0, Which::Valid), None);
        assert_eq!(footer(1, 2, Which::Valid).unwrap(), "2 expired not shown (--expired or --all shows them)");
        assert_eq!(footer(0, 0, Which::All).unwrap(), "no pull tokens");
    }
}
