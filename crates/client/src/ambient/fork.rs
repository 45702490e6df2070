//! Whether a pull request on GitHub comes from a fork, which gets no token.

use std::path::Path;

use pulltoken_core::text::printable_prefix;
use serde::Deserialize;

use super::Job;

/// Where the commits of this run come from.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// This repository: a push, a schedule, a pull request within it.
    Own,
    /// A pull request from this other repository.
    Fork(String),
    /// A pull request, and the event's file says no more.
    Unknown,
}

impl Origin {
    /// Reads the event that started the run.
    pub(super) fn of(job: &Job<'_>) -> Self {
        // `pull_request_target` runs the base repository's own workflow and gets a token like any other.
        let event = job.set("GITHUB_EVENT_NAME").unwrap_or_default();
        if !matches!(event.as_str(), "pull_request" | "pull_request_review" | "pull_request_review_comment") {
            return Self::Own;
        }
        let text = job.set("GITHUB_EVENT_PATH").and_then(|path| (job.file)(Path::new(&path)).ok());
        match text.and_then(|text| serde_json::from_str::<Event>(&text).ok()) {
            Some(Event { pull_request: Some(request) }) => request.origin(),
            _ => Self::Unknown,
        }
    }
}

#[derive(Deserialize)]
struct Event {
    pull_request: Option<PullRequest>,
}

#[derive(Deserialize)]
struct PullRequest {
    head: Side,
    base: Side,
}

#[derive(Deserialize)]
struct Side {
    /// `null` once the fork has been deleted.
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

impl PullRequest {
    /// By name, and not by the `fork` flag: a repository that is a fork itself has pull requests of its
    /// own, too.
    fn origin(self) -> Origin {
        let base = self.base.repo.map(|repo| repo.full_name).unwrap_or_default();
        match self.head.repo {
            Some(head) if head.full_name.eq_ignore_ascii_case(&base) => Origin::Own,
            Some(head) => Origin::Fork(printable_prefix(&head.full_name, 100)),
            None => Origin::Fork("a fork that has been deleted".to_owned()),
        }
    }
}
