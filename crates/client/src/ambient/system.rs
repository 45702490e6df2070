//! The CI systems that hand out ID tokens, and what each is known by.

use super::Job;

/// Where a job's token comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// A variable or file of ours.
    Given,
    /// GitHub Actions.
    GitHub,
    /// GitLab CI/CD.
    GitLab,
    /// Buildkite.
    Buildkite,
    /// CircleCI.
    CircleCi,
    /// Azure Pipelines.
    Azure,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Jenkins, with its OpenID Connect Provider plugin.
    Jenkins,
    /// A pod with a projected service-account token.
    Kubernetes,
}

/// The variable that each system sets in every job.
const MARKS: [(&str, System); 7] = [
    ("GITHUB_ACTIONS", System::GitHub),
    ("GITLAB_CI", System::GitLab),
    ("BUILDKITE", System::Buildkite),
    ("CIRCLECI", System::CircleCi),
    ("TF_BUILD", System::Azure),
    ("BITBUCKET_BUILD_NUMBER", System::Bitbucket),
    ("JENKINS_URL", System::Jenkins),
];

impl System {
    /// The system that a job runs in, if it says so.
    pub(super) fn detect(job: &Job<'_>) -> Option<Self> {
        MARKS.iter().find(|(mark, _)| job.set(mark).is_some()).map(|(_, system)| *system)
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "the token given",
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
            Self::Buildkite => "Buildkite",
            Self::CircleCi => "CircleCI",
            Self::Azure => "Azure Pipelines",
            Self::Bitbucket => "Bitbucket Pipelines",
            Self::Jenkins => "Jenkins",
            Self::Kubernetes => "Kubernetes",
        }
    }
}
