//! What was served, without a secret: the list that `--report` writes, and what a failure is told by.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulltoken_core::text::printable_prefix;
use serde::Serialize;
use serde_json::Value;

use crate::path::{Allowed, Meaning};

/// More entries than any install has; past them nothing is added.
const ENTRIES: usize = 200_000;
/// The texts of all entries together, in bytes: the same for entries that are made to be large.
const TEXTS: usize = 32 << 20;

/// Where a package came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Built by Chainguard.
    Chainguard,
    /// Passed on from the public registry.
    Upstream,
}

/// A download, or a request that did not get what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Served {
    /// The path asked for, without its query.
    pub path: String,
    /// The package, where the path names one.
    pub package: Option<String>,
    /// Its version, where the path names one.
    pub version: Option<String>,
    /// `sha512-…` over the bytes that were passed on, once all of them were.
    pub integrity: Option<String>,
    /// Where it came from.
    pub source: Source,
    /// The HTTP status that the client saw.
    pub status: u16,
    /// For a status of 400 and above: what the registry said, one line; or this program, where there
    /// was no answer or the storage that the registry redirects to gave it.
    pub reason: Option<String>,
    /// Whether this program, and not the registry, refused or failed, or had to tell of the storage.
    pub local: bool,
    /// Whether it tells of the storage.
    #[serde(skip)]
    pub(crate) of_storage: bool,
    /// How often it was asked for. The other fields are the last time's.
    pub times: u32,
}

/// Whose word the status of an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// The registry's, or a success of the storage that it redirects to.
    Server,
    /// That storage's, told in our words.
    Storage,
    /// Our own.
    Ourselves,
}

/// All that was served so far.
#[derive(Default)]
pub(crate) struct Report(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    list: Vec<Served>,
    /// Where the entry of a path stands.
    by_path: HashMap<String, usize>,
    /// How long all their texts are.
    texts: usize,
    /// Whether anything was asked for at all.
    asked: bool,
}

impl Report {
    /// Everything so far, in the order in which it was first asked for.
    pub(crate) fn all(&self) -> Vec<Served> {
        self.lock().list.clone()
    }

    /// Takes note of a request, whatever comes of it.
    pub(crate) fn note_request(&self) {
        self.lock().asked = true;
    }

    /// Whether there was one.
    pub(crate) fn was_asked(&self) -> bool {
        self.lock().asked
    }

    /// Adds an entry, or puts it in the place of the last for the same path.
    pub(crate) fn add(&self, entry: Served) {
        let mut entries = self.lock();
        let Entries { list, by_path, texts, .. } = &mut *entries;
        let known = by_path.get(&entry.path).copied();
        if let Some(known) = known.and_then(|index| list.get_mut(index)) {
            let others = texts.saturating_sub(known.texts());
            let mut entry = Served { times: known.times.saturating_add(1), ..entry };
            if others + entry.texts() > TEXTS {
                // The rest of it is as long as it was.
                (entry.integrity, entry.reason) = (None, None);
            }
            *texts = others + entry.texts();
            *known = entry;
        } else if list.len() < ENTRIES && *texts + entry.texts() <= TEXTS {
            *texts += entry.texts();
            by_path.insert(entry.path.clone(), list.len());
            list.push(entry);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Served {
    /// An entry for a request and the status of its answer.
    pub(crate) fn new(allowed: &Allowed, status: u16) -> Self {
        let (package, version) = match &allowed.meaning {
            Meaning::Document { package } => (Some(package.clone()), None),
            Meaning::Version { package, version } | Meaning::Tarball { package, version } => {
                (Some(package.clone()), Some(version.clone()).filter(|version| !version.is_empty()))
            }
            Meaning::Audit | Meaning::Other => (None, None),
        };
        Self {
            path: allowed.path_and_query().path().to_owned(),
            package,
            version,
            integrity: None,
            source: if allowed.from_upstream { Source::Upstream } else { Source::Chainguard },
            status,
            reason: None,
            local: false,
            of_storage: false,
            times: 1,
        }
    }

    /// The same, of an answer that has its status from this one.
    pub(crate) fn by(self, speaker: Speaker) -> Self {
        Self { local: speaker != Speaker::Server, of_storage: speaker == Speaker::Storage, ..self }
    }

    /// How long its texts are, the path counted for the index as well.
    fn texts(&self) -> usize {
        let optional = [&self.package, &self.version, &self.integrity, &self.reason];
        2 * self.path.len() + optional.into_iter().flatten().map(String::len).sum::<usize>()
    }
}

/// What the report is to say of a request, once it is known how it ended.
pub(crate) struct Entry<'a> {
    report: &'a Report,
    served: Option<Served>,
}

impl<'a> Entry<'a> {
    /// Of something that the report says, or nothing.
    pub(crate) fn new(report: &'a Report, served: Option<Served>) -> Self {
        Self { report, served }
    }

    /// All of it is there. Later calls change nothing.
    pub(crate) fn complete(&mut self, integrity: Option<String>) {
        if let Some(served) = self.served.take() {
            self.report.add(Served { integrity, ..served });
        }
    }
}

/// What was not completed is told without its integrity.
impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.complete(None);
    }
}

/// The integrity of a body, as it passes.
pub(crate) struct Hasher(digest::Context);

impl Hasher {
    pub(crate) fn new() -> Self {
        Self(digest::Context::new(&digest::SHA512))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// As lockfiles hold it.
    pub(crate) fn finish(self) -> String {
        format!("sha512-{}", STANDARD.encode(self.0.finish()))
    }
}

/// What an error's body says, one line: `error`, `message` or `reason` of a JSON object, else the
/// first line of a text that is no page.
pub(crate) fn said(body: &[u8]) -> Option<String> {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(fields)) => {
            ["error", "message", "reason"].iter().find_map(|name| Some(fields.get(*name)?.as_str()?.to_owned()))?
        }
        Ok(_) => return None,
        Err(_) => {
            let text = std::str::from_utf8(body).ok()?;
            text.lines().map(str::trim).find(|line| !line.is_empty())?.to_owned()
        }
    };
    (!text.trim_start().starts_with('<')).then(|| printable_prefix(&text, 300))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::{Grammar, Rules};

    #[test]
    fn what_is_asked_for_again_is_one_entry() {
        let rules = Rules { prefixes: vec!["/javascript-upstream/".into()], grammar: Grammar::Npm };
        let allowed = rules.read(b"/javascript-upstream/@a%2fb/-/b-1.0.0.tgz?sig=hunter2").unwrap();
        let report = Report::default();
        report.add(Served::new(&allowed, 503));
        report.add(Served { integrity: Some("sha512-x".into()), ..Served::new(&allowed, 200) });
        let all = report.all();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].status, all[0].times, all[0].source), (200, 2, Source::Upstream));
        let json = serde_json::to_string(&all).unwrap();
        assert!(
            json.contains(r#""package":"@a/b","version":"1.0.0","integrity":"sha512-x","source":"upstream""#),
            "{json}"
        );
        assert!(!json.contains("hunter2"));
    }

    #[test]
    fn many_large_entries_come_to_an_end() {
        let rules = Rules { prefixes: vec!["/javascript/".into()], grammar: Grammar::Npm };
        let report = Report::default();
        let served = |index: usize, status| {
            let path = format!("/javascript/x/{index:0>2000}");
            Served::new(&rules.read(path.as_bytes()).unwrap(), status)
        };
        for index in 0..10_000 {
            report.add(served(index, 404));
        }
        let length = report.all().len();
        assert!((3_000..8_000).contains(&length), "{length}");
        // What is there already still tells its last time, though not at any length.
        for index in 0..length {
            report.add(Served { reason: Some("x".repeat(300)), ..served(index, 503) });
        }
        let all = report.all();
        assert!(all.len() == length && all.iter().all(|entry| (entry.status, entry.times) == (503, 2)));
        let texts = all.iter().map(Served::texts).sum::<usize>();
        assert!(texts <= TEXTS && texts == report.lock().texts, "{texts}");
        assert!(all.last().unwrap().reason.is_none());
    }

    #[test]
    fn a_reason_is_one_harmless_line() {
        assert_eq!(said(br#"{"error":"blocked\u001b[2J by policy"}"#).unwrap(), r"blocked\u{1b}[2J by policy");
        assert_eq!(said(b"\nnot allowed\r\nmore").unwrap(), "not allowed");
        for body in [&b"<html><title>x</title>"[..], b"[]", b"", b"{}", b"\xff"] {
            assert_eq!(said(body), None);
        }
    }

    #[test]
    fn integrity_is_sha512() {
        let mut hasher = Hasher::new();
        hasher.update(b"");
        let empty = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
        assert_eq!(hasher.finish(), empty);
    }
}
