//! Signing in by a page of the issuer that a browser of somebody else's opens, such as an extension's.

use serde::Serialize;

use super::fields::{Fields, FromFields};
use super::secret::expose;
use super::session::SessionFields;
use crate::api::oauth::{self, Asked, Door, Nonce, Redirect, Return, SocialLogin};
use crate::api::{DEFAULT_API, DEFAULT_ISSUER};
use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::secret::Secret;
use crate::uidp::Uidp;

/// Through which door a person comes in: at most one of the three.
#[derive(Debug, Default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SignInDoor", rename_all = "camelCase", optional_fields))]
pub struct DoorInput {
    /// The name of a verified organisation, whose own identity provider is used.
    pub org_name: Option<String>,
    /// The identifier of an identity provider.
    pub identity_provider: Option<String>,
    /// A social log-in.
    #[cfg_attr(feature = "ts", ts(optional, type = "'email' | 'google' | 'github' | 'gitlab'"))]
    pub social_login: Option<String>,
}

impl FromFields for DoorInput {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            org_name: fields.optional_text("orgName")?,
            identity_provider: fields.optional_text("identityProvider")?,
            social_login: fields.optional_text("socialLogin")?,
        })
    }
}

impl DoorInput {
    /// The door.
    ///
    /// # Errors
    /// `usage` for two of them and for a social log-in that is none; `invalid_uidp`.
    pub fn read(self) -> Result<Door> {
        match (self.identity_provider, self.org_name, self.social_login) {
            (None, None, None) => Ok(Door::Any),
            (Some(id), None, None) => Uidp::parse(&id).map(Door::IdentityProvider),
            (None, Some(name), None) => Ok(Door::Organization(name)),
            (None, None, Some(login)) => SocialLogin::parse(&login).map(Door::Social),
            _ => {
                Err(Error::new(ErrorCode::Usage, "`orgName`, `identityProvider` and `socialLogin` exclude each other")
                    .with_hint("give one of them, or none"))
            }
        }
    }
}

/// What a sign-in by a page of the issuer asks for.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SignInQuestions", optional_fields))]
pub struct BeginSignInArguments {
    /// The address that the browser comes back to, without a query: https, or http on loopback.
    pub redirect: String,
    /// What the session is to open; the API if absent.
    pub audience: Option<String>,
    /// The identity to act as, where it is not the person's own.
    pub identity: Option<String>,
    /// The issuer's URL, `https://issuer.enforce.dev`.
    pub issuer: Option<String>,
    /// The API's URL, `https://console-api.enforce.dev`.
    pub api: Option<String>,
    /// The door.
    #[cfg_attr(feature = "ts", ts(skip))]
    pub door: DoorInput,
    /// 32 random hex digits; from the package, not from its user.
    #[cfg_attr(feature = "ts", ts(skip))]
    pub nonce: Secret,
}

impl FromFields for BeginSignInArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            redirect: fields.text("redirect")?,
            audience: fields.optional_text("audience")?,
            identity: fields.optional_text("identity")?,
            issuer: fields.optional_text("issuer")?,
            api: fields.optional_text("api")?,
            door: DoorInput::from_fields(fields)?,
            nonce: fields.secret("nonce")?,
        })
    }
}

/// A sign-in that was begun. Both secrets are for the one browser that is sent to the page.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "BegunSignInFields"))]
pub struct BegunSignIn {
    /// What the session is to open.
    pub audience: String,
    /// The issuer's page to open.
    #[serde(serialize_with = "expose")]
    #[cfg_attr(feature = "ts", ts(as = "String"))]
    pub url: Secret,
    /// What has to come back with the answer.
    #[serde(serialize_with = "expose")]
    #[cfg_attr(feature = "ts", ts(as = "String"))]
    pub nonce: Secret,
}

pub(super) fn begin_sign_in(arguments: BeginSignInArguments) -> Result<BegunSignIn> {
    let issuer = BaseUrl::parse(arguments.issuer.as_deref().unwrap_or(DEFAULT_ISSUER))?;
    let audience = match arguments.audience {
        Some(audience) => audience,
        None => BaseUrl::parse(arguments.api.as_deref().unwrap_or(DEFAULT_API))?.as_str().to_owned(),
    };
    // For what it refuses: to the issuer the address goes as it was written.
    BaseUrl::parse(&arguments.redirect)?;
    let redirect = Redirect::new(&arguments.redirect, Nonce::parse(arguments.nonce.clone())?);
    let identity = arguments.identity.as_deref().map(Uidp::parse).transpose()?;
    let door = arguments.door.read()?;
    let asked = Asked { redirect: &redirect, audience: &audience, identity: identity.as_ref(), door: &door };
    let url = oauth::url(&issuer, &asked);
    Ok(BegunSignIn { audience, url, nonce: arguments.nonce })
}

/// The arguments of `finishSignIn`.
#[derive(Debug)]
pub struct FinishSignInArguments {
    /// The whole address that the browser came back with.
    pub answer: Secret,
    /// The nonce that was sent.
    pub nonce: Secret,
    /// What the session was to open.
    pub audience: String,
}

impl FromFields for FinishSignInArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            answer: fields.secret("answer")?,
            nonce: fields.secret("nonce")?,
            audience: fields.text("audience")?,
        })
    }
}

/// A session that a browser brought.
#[derive(Debug, Serialize)]
pub struct FinishedSignIn {
    session: SessionFields,
    /// Whether the nonce came back with it. Without, anybody's page may have sent the browser.
    proven: bool,
}

pub(super) fn finish_sign_in(arguments: FinishSignInArguments) -> Result<FinishedSignIn> {
    // Read only, for the token in it.
    let address = arguments.answer.expose();
    let query = address.split('#').next().and_then(|address| address.split_once('?')).map_or("", |(_, query)| query);
    match Nonce::parse(arguments.nonce)?.read(query)? {
        Return::Stranger => Err(Error::new(
            ErrorCode::SignInRefused,
            "the browser brought no answer to the sign-in that was begun here",
        )),
        Return::Token { token, refresh_token, proven } => {
            oauth::checked(&token, &arguments.audience)?;
            Ok(FinishedSignIn { session: SessionFields::new(arguments.audience, token, refresh_token)?, proven })
        }
    }
}
