//! `bazel`: the line of `.bazelrc` that names the credential helper for our host. Holds no secret.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::error::Result;
use crate::formats::lines::{Line, Patch, lines};
use crate::formats::{ParsedEntry, RenderOptions};
use crate::secret::Secret;

/// A program of this name on PATH speaks Bazel's credential-helper protocol.
const HELPER: &str = "pulltoken-helper-bazel";
const FLAG: &str = "--credential_helper=";

pub(super) fn render(o: &RenderOptions) -> Result<Secret> {
    Ok(super::whole_lines(&[fresh(&o.host()?)]))
}

pub(super) fn edit(text: &str, o: &RenderOptions) -> Result<Secret> {
    let host = o.host()?;
    let mut patch = Patch::new(text);
    let mut ours = flags(text).filter(|found| found.host == host).peekable();
    match ours.next() {
        Some(first) => {
            patch.replace(first.range, flag(&host));
            while let Some(other) = ours.next_if(|other| other.line.number == first.line.number) {
                delete_flag(&mut patch, text, &other);
            }
        }
        None => patch.insert_lines(text.len(), &[fresh(&host)]),
    }
    delete(&mut patch, text, &ours.collect::<Vec<_>>());
    Ok(patch.apply())
}

pub(super) fn remove(text: &str, o: &RenderOptions) -> Result<Secret> {
    let host = o.host()?;
    let mut patch = Patch::new(text);
    delete(&mut patch, text, &flags(text).filter(|found| found.host == host).collect::<Vec<_>>());
    Ok(patch.apply())
}

/// One entry for each helper, its host as the target.
pub(super) fn parse(text: &str) -> Vec<ParsedEntry> {
    flags(text)
        .map(|found| ParsedEntry {
            line: found.line.number,
            target: Some(found.host.to_owned()),
            ..ParsedEntry::default()
        })
        .collect()
}

fn flag(host: &str) -> String {
    format!("{FLAG}{host}={HELPER}")
}

fn fresh(host: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("common {}", flag(host)))
}

struct Flag<'a> {
    line: Line<'a>,
    range: Range<usize>,
    host: &'a str,
}

fn flags(text: &str) -> impl Iterator<Item = Flag<'_>> {
    lines(text).flat_map(|line| {
        let words = line.text.match_indices(FLAG).filter_map(move |(at, _)| {
            let before = &line.text[..at];
            let visible = !before.contains('#') && before.ends_with([' ', '\t']) && !before.trim().is_empty();
            // To Bazel any `#` begins a comment; what it hides stays hidden.
            let word = line.text[at..].split([' ', '\t', '#']).next()?;
            let (host, _) = word[FLAG.len()..].split_once('=')?;
            visible.then(|| Flag { line, range: line.start + at..line.start + at + word.len(), host })
        });
        words.collect::<Vec<_>>()
    })
}

/// Whole lines where they say nothing but a command and these flags, else the flags alone.
fn delete(patch: &mut Patch<'_>, text: &str, flags: &[Flag<'_>]) {
    for on_line in flags.chunk_by(|one, other| one.line.number == other.line.number) {
        let Some(line) = on_line.first().map(|flag| flag.line) else { continue };
        let taken: usize = on_line.iter().map(|flag| flag.range.len()).sum();
        let words = line.text.split([' ', '\t']).filter(|word| !word.is_empty());
        let command = words.clone().next().unwrap_or_default();
        if words.map(str::len).sum::<usize>() == command.len() + taken {
            patch.delete_line(&line);
        } else {
            on_line.iter().for_each(|flag| delete_flag(patch, text, flag));
        }
    }
}

fn delete_flag(patch: &mut Patch<'_>, text: &str, flag: &Flag<'_>) {
    let kept = text[flag.line.start..flag.range.start].trim_end_matches([' ', '\t']);
    patch.replace(flag.line.start + kept.len()..flag.range.end, "");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::options;

    fn edited(text: &str) -> String {
        edit(text, &options()).unwrap().expose().to_owned()
    }

    #[test]
    fn the_helper_is_named_once() {
        let line = "common --credential_helper=libraries.cgr.dev=pulltoken-helper-bazel";
        assert_eq!(edited(""), format!("{line}\n"));
        assert_eq!(edited("build --config=x"), format!("build --config=x\n{line}"));
        assert_eq!(
            edited(
                "# common --credential_helper=libraries.cgr.dev=x\nbuild --a --credential_helper=libraries.cgr.dev=/x --b\nfetch --credential_helper=libraries.cgr.dev=/y\n"
            ),
            "# common --credential_helper=libraries.cgr.dev=x\nbuild --a --credential_helper=libraries.cgr.dev=pulltoken-helper-bazel --b\n"
        );
    }

    #[test]
    fn flags_on_one_line_go_together() {
        let text = "build --credential_helper=libraries.cgr.dev=/x --credential_helper=libraries.cgr.dev=/y\n";
        assert_eq!(edited(text), "build --credential_helper=libraries.cgr.dev=pulltoken-helper-bazel\n");
        assert_eq!(remove(text, &options()).unwrap().expose(), "");
    }

    #[test]
    fn a_comment_right_behind_hides_what_it_hid() {
        let text = "build --credential_helper=libraries.cgr.dev=/x#--credential_helper=libraries.cgr.dev=/y common \
            --credential_helper=libraries.cgr.dev=/z\n";
        let comment = text.split_once('#').unwrap().1;
        let once = format!("build --credential_helper=libraries.cgr.dev=pulltoken-helper-bazel#{comment}");
        assert_eq!(edited(text), once);
        for text in [text, &once] {
            assert_eq!(remove(text, &options()).unwrap().expose(), format!("build#{comment}"));
        }
    }

    #[test]
    fn other_flags_and_hosts_stay() {
        let text = "build --a --credential_helper=libraries.cgr.dev=/x --b\ncommon --credential_helper=*.test=/y\n";
        assert_eq!(remove(text, &options()).unwrap().expose(), "build --a --b\ncommon --credential_helper=*.test=/y\n");
        let hosts: Vec<_> = parse(text).into_iter().map(|entry| (entry.line, entry.target.unwrap())).collect();
        assert_eq!(hosts, [(1, "libraries.cgr.dev".to_owned()), (2, "*.test".to_owned())]);
    }
}
