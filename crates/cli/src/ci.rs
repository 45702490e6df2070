//! CI systems, as far as a secret on their way into a log is concerned.

use pulltoken_core::Credentials;

/// A CI system that the environment names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ci {
    GitHub,
    Azure,
    GitLab,
    Other(&'static str),
}

/// Variables that CI systems without a mask command set, and the system's name.
const OTHERS: [(&str, &str); 6] = [
    ("BITBUCKET_BUILD_NUMBER", "Bitbucket Pipelines"),
    ("BUILDKITE", "Buildkite"),
    ("CIRCLECI", "CircleCI"),
    ("JENKINS_URL", "Jenkins"),
    ("TEAMCITY_VERSION", "TeamCity"),
    ("TRAVIS", "Travis CI"),
];

impl Ci {
    /// The system this runs in, if it says so.
    pub(crate) fn detect(variable: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        if is_set("GITHUB_ACTIONS") {
            Some(Self::GitHub)
        } else if is_set("TF_BUILD") {
            Some(Self::Azure)
        } else if is_set("GITLAB_CI") {
            Some(Self::GitLab)
        } else {
            OTHERS.iter().find(|(name, _)| is_set(name)).map(|(_, system)| Self::Other(system))
        }
    }

    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::Azure => "Azure Pipelines",
            Self::GitLab => "GitLab CI",
            Self::Other(name) => name,
        }
    }

    /// Whether a running job can have a value masked.
    pub(crate) fn can_mask(self) -> bool {
        matches!(self, Self::GitHub | Self::Azure)
    }

    /// The lines that have the password and base64 of the pair masked.
    pub(crate) fn mask_lines(self, credentials: &Credentials) -> Vec<String> {
        let prefix = match self {
            Self::GitHub => "::add-mask::",
            Self::Azure => "##vso[task.setsecret]",
            Self::GitLab | Self::Other(_) => return Vec::new(),
        };
        // Goes to the runner, which takes the line out of the log and masks the value from then on.
        [&credentials.password, &credentials.basic()].map(|secret| format!("{prefix}{}", secret.expose())).to_vec()
    }

    /// Which run this is, in words for a description.
    pub(crate) fn run(self, variable: &dyn Fn(&str) -> Option<String>) -> String {
        let of = |name: &str| variable(name).unwrap_or_default();
        match self {
            Self::GitHub => format!("GitHub Actions {} run {}", of("GITHUB_REPOSITORY"), of("GITHUB_RUN_ID")),
            Self::Azure => format!("Azure Pipelines build {}", of("BUILD_BUILDNUMBER")),
            Self::GitLab => format!("GitLab CI {} job {}", of("CI_PROJECT_PATH"), of("CI_JOB_ID")),
            Self::Other(name) => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::Secret;

    #[test]
    fn a_system_is_known_by_its_own_variable() {
        let of = |set: &'static str| Ci::detect(&move |name| (name == set).then(|| "true".to_owned()));
        assert_eq!(of("GITHUB_ACTIONS"), Some(Ci::GitHub));
        assert_eq!(of("CIRCLECI"), Some(Ci::Other("CircleCI")));
        assert_eq!(of("CI"), None);
    }

    #[test]
    fn the_pair_is_masked_in_both_forms() {
        let pair = Credentials::new("u", Secret::new("p"));
        assert_eq!(Ci::GitHub.mask_lines(&pair), ["::add-mask::p", "::add-mask::dTpw"]);
        assert_eq!(Ci::Azure.mask_lines(&pair)[0], "##vso[task.setsecret]p");
        assert!(Ci::GitLab.mask_lines(&pair).is_empty() && !Ci::GitLab.can_mask());
    }
}
