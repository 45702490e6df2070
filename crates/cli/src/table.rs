//! A list of things, in rows: for people, for spreadsheets and for documents.

use comfy_table::{ContentArrangement, Table, presets};

/// Rows below the names of their columns. Texts are fit to be printed.
pub(crate) struct Rows {
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Rows {
    /// Aligned columns without lines, as other command lines have them.
    pub(crate) fn aligned(self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(self.columns);
        table.add_rows(self.rows);
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        // A line that ends in spaces is a nuisance to copy.
        table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// RFC 4180, with a heading.
    pub(crate) fn csv(self) -> String {
        let line = |cells: Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n";
        let heading = line(self.columns.into_iter().map(str::to_owned).collect());
        self.rows.into_iter().fold(heading, |text, row| text + &line(row))
    }

    /// A table as GitHub and GitLab read it.
    pub(crate) fn markdown(self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let heading = line(self.columns.iter().map(|column| (*column).to_owned()).collect());
        let rule = line(self.columns.iter().map(|_| "---".to_owned()).collect());
        let rows = self.rows.into_iter().map(|row| line(row.iter().map(|cell| escaped(cell)).collect()));
        rows.fold(heading + &rule, |text, row| text + &row)
    }
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

/// Text that is read as itself: nothing in it is markup or a link, and no cell ends early.
fn escaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for c in cell.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '|' | '&' | '!' | '$') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        let row = ["1", "=1+1, \"x\"", "<b>a|b_c</b>"].map(str::to_owned).to_vec();
        Rows { columns: vec!["ID", "NAME", "TEXT"], rows: vec![row, vec!["-2".into(), "-x".into(), String::new()]] }
    }

    #[test]
    fn columns_stand_below_each_other() {
        assert_eq!(rows().aligned(), "ID  NAME       TEXT\n1   =1+1, \"x\"  <b>a|b_c</b>\n-2  -x\n");
    }

    #[test]
    fn a_spreadsheet_finds_no_formula() {
        assert_eq!(rows().csv(), "ID,NAME,TEXT\r\n1,\"'=1+1, \"\"x\"\"\",<b>a|b_c</b>\r\n-2,'-x,\r\n");
    }

    #[test]
    fn a_document_finds_no_markup() {
        assert_eq!(
            rows().markdown(),
            "| ID | NAME | TEXT |\n| --- | --- | --- |\n| 1 | =1+1, \"x\" | \\<b\\>a\\|b\\_c\\</b\\> |\n| -2 | -x |  |\n"
        );
    }
}
