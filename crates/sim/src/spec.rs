//! What tests ask for: organisations, identities, sessions, said in a sentence.

use std::time::Duration;

/// An organisation to be there.
#[derive(Clone, Debug)]
pub struct OrganizationSpec {
    pub(crate) name: String,
    pub(crate) verified: bool,
    pub(crate) owned: bool,
    pub(crate) entitlements: Vec<String>,
}

impl OrganizationSpec {
    /// An organisation of this name, which the simulator's owner owns and which is entitled to
    /// nothing. Names need not be unique.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), verified: false, owned: true, entitlements: Vec::new() }
    }

    /// Entitled to an ecosystem, by the enum's name (`JAVA`). A name the platform does not have
    /// is kept: it plays a server that is newer than its client.
    #[must_use]
    pub fn entitlement(mut self, ecosystem: &str) -> Self {
        self.entitlements.push(ecosystem.to_owned());
        self
    }

    /// Verified, so that the organisation check finds it.
    #[must_use]
    pub fn verified(mut self) -> Self {
        self.verified = true;
        self
    }

    /// Not owned, and so not seen, by the simulator's owner.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.owned = false;
        self
    }
}

/// How an identity to be there is assumed.
#[derive(Clone, Debug)]
pub(crate) enum Assumed {
    /// By the simulator's own registered key, with this issuer.
    Static { issuer: String },
    /// By the token of a trusted provider with exactly these claims.
    Claims { issuer: String, subject: String, audience: Option<String> },
}

/// An identity to be there.
#[derive(Clone, Debug)]
pub struct IdentitySpec {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) assumed: Assumed,
    pub(crate) organization: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) expires_in: i64,
    pub(crate) created_ago: i64,
    pub(crate) last_seen_ago: Option<i64>,
    pub(crate) count: usize,
}

impl IdentitySpec {
    /// A pull token's identity: no role yet, valid for 30 days, in organisation `example`.
    pub fn pull_token(name: &str) -> Self {
        Self::with(name, Assumed::Static { issuer: PULL_TOKEN_ISSUER.to_owned() })
    }

    /// An identity with a registered key that is no pull token.
    pub fn static_keys(name: &str, issuer: &str) -> Self {
        Self::with(name, Assumed::Static { issuer: issuer.to_owned() })
    }

    /// An identity that a token of `issuer` with this `subject` assumes; its audience is the
    /// issuer's host name.
    pub fn claim_match(name: &str, issuer: &str, subject: &str) -> Self {
        Self::with(name, Assumed::Claims { issuer: issuer.to_owned(), subject: subject.to_owned(), audience: None })
    }

    fn with(name: &str, assumed: Assumed) -> Self {
        Self {
            name: name.to_owned(),
            description: String::new(),
            assumed,
            organization: None,
            roles: Vec::new(),
            expires_in: 30 * 24 * 3600,
            created_ago: 0,
            last_seen_ago: None,
            count: 1,
        }
    }

    /// Its description.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        text.clone_into(&mut self.description);
        self
    }

    /// The id of the organisation or folder it lies in.
    #[must_use]
    pub fn organization(mut self, id: &str) -> Self {
        self.organization = Some(id.to_owned());
        self
    }

    /// Bound to the role of this name, where it lies.
    #[must_use]
    pub fn role(mut self, name: &str) -> Self {
        self.roles.push(name.to_owned());
        self
    }

    /// Expires after this long.
    #[must_use]
    pub fn expires_in(mut self, after: Duration) -> Self {
        self.expires_in = seconds(after);
        self
    }

    /// Expired this long ago.
    #[must_use]
    pub fn expired_since(mut self, ago: Duration) -> Self {
        self.expires_in = -seconds(ago);
        self.created_ago = self.created_ago.max(seconds(ago) + 3600);
        self
    }

    /// Created this long ago.
    #[must_use]
    pub fn created_ago(mut self, ago: Duration) -> Self {
        self.created_ago = seconds(ago);
        self
    }

    /// Last used this long ago.
    #[must_use]
    pub fn last_seen_ago(mut self, ago: Duration) -> Self {
        self.last_seen_ago = Some(seconds(ago));
        self
    }

    /// This many of them; their names end in ` 1`, ` 2`, ….
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }
}

/// A session to be made: who calls, with which roles, for which audience, until when.
#[derive(Clone, Debug)]
pub struct SessionSpec {
    pub(crate) roles: Vec<String>,
    pub(crate) group: Option<String>,
    pub(crate) audiences: Vec<String>,
    pub(crate) expires_in: i64,
    pub(crate) email: Option<String>,
    pub(crate) identity: Option<String>,
    pub(crate) issuer: Option<String>,
}

impl Default for SessionSpec {
    fn default() -> Self {
        Self::new()
    }
}

impl SessionSpec {
    /// A new person without any role, for the API, for an hour.
    pub fn new() -> Self {
        Self {
            roles: Vec::new(),
            group: None,
            audiences: Vec::new(),
            expires_in: 3600,
            email: None,
            identity: None,
            issuer: None,
        }
    }

    /// Who holds the role of this name.
    #[must_use]
    pub fn role(mut self, name: &str) -> Self {
        self.roles.push(name.to_owned());
        self
    }

    /// The group in which the roles are held; organisation `example` otherwise.
    #[must_use]
    pub fn group(mut self, id: &str) -> Self {
        self.group = Some(id.to_owned());
        self
    }

    /// For this audience instead of the API's; again for several.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.audiences.push(audience.to_owned());
        self
    }

    /// Expires after this long.
    #[must_use]
    pub fn expires_in(mut self, after: Duration) -> Self {
        self.expires_in = seconds(after);
        self
    }

    /// Already expired, an hour ago.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.expires_in = -3600;
        self
    }

    /// The person's mail address.
    #[must_use]
    pub fn email(mut self, address: &str) -> Self {
        self.email = Some(address.to_owned());
        self
    }

    /// Signed by the issuer's key, but in the name of another issuer.
    #[must_use]
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuer = Some(issuer.to_owned());
        self
    }

    /// The session of this identity (its id) instead of a new person's.
    #[must_use]
    pub fn identity(mut self, id: &str) -> Self {
        self.identity = Some(id.to_owned());
        self
    }
}

/// An ID token to be signed by a provider that the issuer trusts.
#[derive(Clone, Debug)]
pub struct IdTokenSpec {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) audience: Option<String>,
    pub(crate) expires_in: i64,
    pub(crate) claims: Vec<(String, String)>,
}

impl IdTokenSpec {
    /// A token of this issuer for this subject, for the simulator's issuer, for ten minutes.
    pub fn new(issuer: &str, subject: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            audience: None,
            expires_in: 600,
            claims: Vec::new(),
        }
    }

    /// The token of the person who owns the organisations.
    pub fn owner() -> Self {
        Self::new(crate::seed::PEOPLE, crate::seed::OWNER)
    }

    /// For this audience.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.audience = Some(audience.to_owned());
        self
    }

    /// Already expired, a minute ago.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.expires_in = -60;
        self
    }

    /// With a further claim.
    #[must_use]
    pub fn claim(mut self, name: &str, value: &str) -> Self {
        self.claims.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The static issuer of every pull token.
pub(crate) const PULL_TOKEN_ISSUER: &str = "https://pulltoken.issuer.chainguard.dev";

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
