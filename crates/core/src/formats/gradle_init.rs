//! `gradle-init`: a script for `~/.gradle/init.d/` that puts our repositories first everywhere.
//!
//! It holds no secret: Gradle (6.8 and later) looks for the pair under the repository's name in
//! `gradle.properties` or in `ORG_GRADLE_PROJECT_…` variables. The script stands between two marks,
//! so that it can be found again in a larger one.

use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode, Result};
use crate::formats::lines::{Line, Patch, line_break, lines};
use crate::formats::properties::gradle_names;
use crate::formats::{Format, ParsedEntry, RenderOptions};
use crate::secret::Secret;

const BEGIN: &str = "// pulltoken: begin";
const END: &str = "// pulltoken: end";

pub(super) fn render(o: &RenderOptions) -> Result<Secret> {
    Ok(super::whole_lines(&script(o)?))
}

pub(super) fn edit(text: &str, o: &RenderOptions) -> Result<Secret> {
    let block = script(o)?;
    let mut blocks = blocks(text)?.into_iter();
    let mut patch = Patch::new(text);
    match blocks.next() {
        Some((first, last)) => {
            let lines: Vec<&str> = block.iter().map(|line| line.as_str()).collect();
            patch.replace(first.start..last.text_end(), lines.join(line_break(text)));
        }
        None => patch.insert_lines(text.len(), &block),
    }
    blocks.for_each(|(first, last)| patch.delete_lines(first.start..last.end));
    Ok(patch.apply())
}

pub(super) fn remove(text: &str) -> Result<Secret> {
    let mut patch = Patch::new(text);
    blocks(text)?.into_iter().for_each(|(first, last)| patch.delete_lines(first.start..last.end));
    Ok(patch.apply())
}

/// One entry for each repository of our block, with the properties that Gradle reads for it.
pub(super) fn parse(text: &str) -> Vec<ParsedEntry> {
    let blocks = blocks(text).unwrap_or_default();
    lines(text)
        .filter(|line| blocks.iter().any(|(first, last)| line.start > first.start && line.start < last.start))
        .filter_map(|line| {
            let name = line.text.trim().strip_prefix("add('")?.split('\'').next()?.to_owned();
            let variables = ["Username", "Password"].map(|part| format!("ORG_GRADLE_PROJECT_{name}{part}")).to_vec();
            Some(ParsedEntry { line: line.number, target: Some(name), variables, ..ParsedEntry::default() })
        })
        .collect()
}

/// The first and last lines of our blocks.
fn blocks(text: &str) -> Result<Vec<(Line<'_>, Line<'_>)>> {
    let mut found = Vec::new();
    let mut all = lines(text);
    while let Some(first) = all.find(|line| line.text.trim() == BEGIN) {
        let last = all.find(|line| line.text.trim() == END).ok_or_else(|| {
            Error::new(ErrorCode::InvalidSyntax, format!("line {}: `{BEGIN}` has no `{END}`", first.number))
        })?;
        found.push((first, last));
    }
    Ok(found)
}

fn script(o: &RenderOptions) -> Result<Vec<Zeroizing<String>>> {
    let mut adds = String::new();
    // Each goes to the front, hence the last first.
    for (name, url) in gradle_names(o).iter().zip(o.repository_urls()).rev() {
        if !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(Error::new(
                ErrorCode::Usage,
                format!("{} names repositories by letters and digits", Format::GradleInit),
            ));
        }
        adds.push_str(&format!("    add('{name}', '{url}')\n"));
    }
    let script = format!(
        "{BEGIN}
def pulltokenRepositories = {{ handler ->
    def add = {{ id, address ->
        def repository = handler.maven {{
            name = id
            url = uri(address)
            credentials(PasswordCredentials)
        }}
        handler.remove(repository)
        handler.addFirst(repository)
    }}
{adds}}}
settingsEvaluated {{ settings ->
    pulltokenRepositories(settings.dependencyResolutionManagement.repositories)
}}
allprojects {{
    // A project without repositories of its own uses those of the settings.
    afterEvaluate {{ project ->
        if (!project.repositories.empty) pulltokenRepositories(project.repositories)
    }}
}}
{END}"
    );
    Ok(script.lines().map(|line| Zeroizing::new(line.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::Ecosystem;
    use crate::formats::tests::options;

    #[test]
    fn the_block_is_replaced_and_removed_whole() {
        let mut o = RenderOptions { ecosystem: Ecosystem::Java, ..options() };
        let once = edit("println 1\r\n", &o).unwrap();
        assert!(once.expose().starts_with("println 1\r\n// pulltoken: begin\r\n"));
        assert!(once.expose().contains("    add('chainguard', 'https://libraries.cgr.dev/java/')\r\n"));
        o.remediated = true;
        let twice = edit(once.expose(), &o).unwrap();
        let names: Vec<_> = parse(twice.expose()).into_iter().map(|entry| entry.target.unwrap()).collect();
        assert_eq!(names, ["chainguard", "chainguardRemediated"]);
        assert_eq!(remove(twice.expose()).unwrap().expose(), "println 1\r\n");
        assert_eq!(remove("// pulltoken: begin\n").unwrap_err().code(), ErrorCode::InvalidSyntax);
    }
}
