//! Who signs in, and how.

use super::SimBuilder;
use crate::issuer::{Auto, Oidc};
use crate::seed::people;

impl SimBuilder {
    /// Trusts a CI system of this issuer, played with a key of its own: `Sim::ci_token` signs its
    /// tokens. GitHub's and GitLab's are there already.
    #[must_use]
    pub fn ci_issuer(mut self, issuer: impl Into<String>) -> Self {
        self.ci.push(issuer.into());
        self
    }

    /// Has people sign in with an OpenID Connect provider instead of the built-in page, as the
    /// public client `client_id`, whose redirect URI is `ISSUER/oauth/callback`. Whose subject or
    /// address there is that of one of the simulator's people is that person; others register.
    /// The provider is discovered when it is first needed.
    #[must_use]
    pub fn oidc(mut self, url: impl Into<String>, client_id: impl Into<String>) -> Self {
        self.oidc = Some((url.into(), client_id.into()));
        self
    }

    /// Takes that provider's ID tokens for another of its clients too, as one that uses device
    /// codes may be.
    #[must_use]
    pub fn oidc_audience(mut self, client_id: impl Into<String>) -> Self {
        self.oidc_audiences.push(client_id.into());
        self
    }

    /// Signs everybody in at once as `owner`, `viewer`, a role's holder
    /// (`libraries.java.pull_token_creator`) or `newcomer`, who is not registered, instead of
    /// showing a page.
    #[must_use]
    pub fn sign_in_as(mut self, name: impl Into<String>) -> Self {
        self.sign_in_as = Some(name.into());
        self
    }

    /// Refuses every sign-in at once instead of showing a page, as somebody does who presses Deny.
    #[must_use]
    pub fn deny_sign_in(mut self) -> Self {
        self.options.auto = Some(Auto::Nobody);
        self
    }

    /// Plays an issuer that redirects to the bare callback: what a client has put into its query
    /// besides is lost.
    #[must_use]
    pub fn drop_redirect_parameters(mut self, yes: bool) -> Self {
        self.options.drop_redirect_parameters = yes;
        self
    }

    /// How many seconds a client waits between questions about a device code: 5 otherwise.
    #[must_use]
    pub fn device_interval(mut self, seconds: u32) -> Self {
        self.options.device_interval = seconds;
        self
    }

    /// Settles who signs in by themselves, and gives the external provider if there is one.
    pub(super) fn take_sign_in(&mut self) -> Result<Option<Oidc>, String> {
        if let Some(name) = self.sign_in_as.take() {
            if self.options.auto.is_some() {
                return Err("sign_in_as and deny_sign_in exclude each other".to_owned());
            }
            if !people().any(|known| known == name) {
                let known: Vec<_> = people().collect();
                return Err(format!("nobody is called {name}; there are {}", known.join(", ")));
            }
            self.options.auto = Some(Auto::Person(name));
        }
        if self.oidc.is_some() && self.options.auto.is_some() {
            return Err("with an external provider nobody signs in by default".to_owned());
        }
        match self.oidc.take() {
            Some((url, client)) => {
                let clients = [client].into_iter().chain(self.oidc_audiences.drain(..)).collect();
                Oidc::new(&url, clients).map(Some)
            }
            None if !self.oidc_audiences.is_empty() => Err("oidc_audience needs oidc".to_owned()),
            None => Ok(None),
        }
    }
}
