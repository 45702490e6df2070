//! The documentation's lists, written from the lists that the code itself uses.

use std::fmt::Write as _;

use crate::base_url::BaseUrl;
use crate::credentials::Credentials;
use crate::ecosystem::Ecosystem;
use crate::error::ErrorCode;
use crate::formats::{self, DEFAULT_REGISTRY, Format, RenderOptions};
use crate::secret::Secret;

/// The pages generated here: where each stands below the root of the repository, and its text.
pub fn files() -> Vec<(&'static str, String)> {
    vec![("docs/errors.md", errors_markdown()), ("docs/formats.md", formats_markdown())]
}

/// The page on error codes.
pub fn errors_markdown() -> String {
    let mut out = String::from(
        "# Error codes\n\n\
         Generated from the list in `crates/core/src/error.rs`; change it there and run `cargo xtask types`.\n\n\
         Every failure has a code that stays, a message and a hint that may change, and, where a server answered, its \
         status and request id. With `-o json` a command prints `{\"code\",\"message\",\"hint\",…}` on one line of its \
         standard error; in JavaScript they are the fields of a `PullTokenError`.\n\n\
         | code | exit | what happened | what to do |\n|---|---|---|---|\n",
    );
    for code in ErrorCode::ALL {
        row(
            &mut out,
            &[&format!("`{code}`"), &code.exit_code().to_string(), code.summary().trim(), code.default_hint()],
        );
    }
    out
}

/// The page on formats, with a sample of each.
pub fn formats_markdown() -> String {
    let mut out = String::from(
        "# Formats\n\n\
         Generated from the list in `crates/core/src/formats/list.rs`; change it there and run `cargo xtask types`.\n\n\
         All of them can be written (`render`) and read (`parse`). Those marked *file* can also be put into an existing \
         file (`edit`) and taken out again (`remove`): every byte that is not ours stays, comments, order, line breaks \
         and a missing one at the end included. `edit` twice is `edit` once. The others are made for output; changing \
         a file in their name is refused with `format_not_editable`.\n\n\
         A value that a format cannot hold (a line break, a NUL, a colon in a username where Basic authentication ends \
         it there) is refused with `value_not_representable`. A format that serves one ecosystem refuses another with \
         `usage`.\n\n\
         | format | kind | holds the secret | ecosystem | what it is | tried with |\n|---|---|---|---|---|---|\n",
    );
    for format in Format::ALL {
        let cells: [&str; 6] = [
            &format!("[`{format}`](#{format})"),
            if format.is_editable() { "file" } else { "output" },
            if format.holds_secret() { "yes" } else { "no" },
            format.ecosystem().map_or("any", Ecosystem::flag),
            format.summary(),
            format.tried_with(),
        ];
        row(&mut out, &cells);
    }
    out.push_str(
        "\n## Samples\n\nFor the username `<40 hex digits>/<16 hex digits>`, shortened here to `0a1b/2c3d`, and the \
         password `header.payload.signature`.\n",
    );
    for format in Format::ALL {
        _ = write!(
            out,
            "\n### {format}\n\n{}\n\n```{}\n{}```\n",
            sentence(format.summary()),
            language(*format),
            sample(*format)
        );
    }
    out
}

fn row(out: &mut String, cells: &[&str]) {
    for cell in cells {
        _ = write!(out, "| {} ", cell.replace('|', "\\|"));
    }
    out.push_str("|\n");
}

fn sentence(summary: &str) -> String {
    let mut chars = summary.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

fn sample(format: Format) -> String {
    let Ok(registry) = BaseUrl::parse(DEFAULT_REGISTRY) else { return String::new() };
    let mut options = RenderOptions::new(format.ecosystem().unwrap_or(Ecosystem::JavaScript), registry);
    options.delimiter = Some("5f2e8c1a9d047b36".to_owned());
    let pair = Credentials::new("0a1b/2c3d", Secret::new("header.payload.signature"));
    // A made-up pair: no secret.
    formats::render(&pair, format, &options)
        .map(|rendered| rendered.text.expose().replace('\r', ""))
        .unwrap_or_default()
}

fn language(format: Format) -> &'static str {
    match format {
        Format::Env | Format::UvEnv => "sh",
        Format::Fish => "fish",
        Format::PowerShell => "powershell",
        Format::Cmd => "bat",
        Format::Json | Format::Renovate => "json",
        Format::Npmrc | Format::NpmrcEnv | Format::Pnpm | Format::Pip => "ini",
        Format::Yarnrc | Format::YarnrcEnv | Format::Dependabot => "yaml",
        Format::Bunfig | Format::BunfigEnv | Format::Uv | Format::Poetry => "toml",
        Format::Maven | Format::MavenEnv => "xml",
        Format::Gradle | Format::Sbt => "properties",
        Format::GradleInit => "groovy",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_format_is_on_its_page() {
        let (errors, formats) = (errors_markdown(), formats_markdown());
        for code in ErrorCode::ALL {
            assert!(errors.contains(&format!("| `{code}` | {} |", code.exit_code())), "{code}");
        }
        for format in Format::ALL {
            assert!(formats.contains(&format!("\n### {format}\n")), "{format}");
            assert!(!sample(*format).is_empty(), "{format}");
        }
    }
}
