//! Which CI jobs an identity trusts: what `--repo` and `--ref` say, as what a job's token must say.
//!
//! CI systems are shared: the same issuer signs for everybody's repositories. A pattern is therefore
//! anchored at both ends, everything that was typed is taken literally, and a wildcard never reaches
//! beyond the part of the subject that it stands in. `example/*` means every repository of `example`
//! and none of `example-evil`.

mod claim_match;
mod generic;
mod github;
mod gitlab;
mod glob;
mod issuer;
mod jenkins;
mod naming;

pub use claim_match::{ClaimMatch, Matcher};
pub use issuer::Issuer;

use crate::error::{Error, ErrorCode, Result};
use crate::names::{Description, Name};

/// A kind of CI system, by what its tokens' subjects look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// GitHub Actions: `repo:OWNER/NAME:ref:refs/heads/BRANCH`.
    GitHub,
    /// GitLab CI/CD: `project_path:GROUP/NAME:ref_type:branch:ref:BRANCH`.
    GitLab,
    /// Jenkins' OpenID Connect Provider plugin: the job's URL.
    Jenkins,
    /// Any other: the subject is written out.
    Generic,
}

/// The jobs to trust, as somebody asked for them.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The CI system.
    pub system: System,
    /// A repository or several by wildcard, as [`System`] writes them; a subject for `Generic`.
    pub repository: &'a str,
    /// Branches, tags and whatever else the system tells apart; any of them. Empty: all.
    pub references: &'a [String],
    /// Who signs the tokens, where it is not the system's public service.
    pub issuer: Option<&'a Issuer>,
    /// The audience of the tokens, where it is not the platform's issuer.
    pub audience: Option<&'a str>,
}

/// An identity that trusts them: its name, its description, and what a token must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// A name made from the wish.
    pub name: Name,
    /// The wish in words.
    pub description: Description,
    /// What a token must say.
    pub claims: ClaimMatch,
}

impl Wish<'_> {
    /// Settles what is trusted.
    ///
    /// # Errors
    /// `usage` for a repository or reference that the system does not have, for a wildcard that would
    /// reach other people's repositories, and where the issuer has to be named.
    pub fn settle(&self) -> Result<Trust> {
        check_text("--repo", self.repository)?;
        for reference in self.references {
            check_text("--ref", reference)?;
        }
        let (issuer, subject) = match self.system {
            System::GitHub => github::settle(self)?,
            System::GitLab => gitlab::settle(self)?,
            System::Jenkins => jenkins::settle(self)?,
            System::Generic => generic::settle(self)?,
        };
        if self.audience.is_some_and(|audience| audience.is_empty() || audience.chars().any(char::is_control)) {
            return Err(usage("--audience is empty or holds a control character", "leave it out, or copy it again"));
        }
        let claims = ClaimMatch {
            issuer: Some(Matcher::Exact(issuer)),
            subject: Some(subject),
            audience: self.audience.map(|audience| Matcher::Exact(audience.to_owned())),
            ..ClaimMatch::default()
        };
        Ok(Trust { name: naming::name(self)?, description: naming::description(self)?, claims })
    }
}

impl System {
    /// Reads the name on the command line.
    ///
    /// # Errors
    /// `usage`.
    pub fn parse(text: &str) -> Result<Self> {
        match text.to_ascii_lowercase().as_str() {
            "github" => Ok(Self::GitHub),
            "gitlab" => Ok(Self::GitLab),
            "jenkins" => Ok(Self::Jenkins),
            "generic" => Ok(Self::Generic),
            _ => {
                let shown = crate::text::printable_prefix(text, 40);
                Err(usage(&format!("`{shown}` is not a CI system"), "use github, gitlab, jenkins or generic"))
            }
        }
    }

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Jenkins => "jenkins",
            Self::Generic => "generic",
        }
    }
}

/// Neither subjects nor patterns hold spaces at their ends or control characters anywhere.
fn check_text(flag: &str, text: &str) -> Result<()> {
    if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
        let shown = crate::text::printable_prefix(text, 80);
        let message = format!("{flag} `{shown}` is empty, or has a space around it or a control character in it");
        return Err(usage(&message, "write it as the CI system shows it"));
    }
    Ok(())
}

fn usage(message: &str, hint: &str) -> Error {
    Error::new(ErrorCode::Usage, message).with_hint(hint.to_owned())
}

#[cfg(test)]
mod tests;
