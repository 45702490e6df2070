//! `exchangeToken`, `refreshSession`, `signInByDevice`, `signInHeadless` and `checkOrganization`: the
//! calls of which a session comes.

use pulltoken_core::api::device::DeviceCode;
use pulltoken_core::api::exchange::Asking;
use pulltoken_core::js::{DoorInput, Fields, FromFields, SessionFields};
use pulltoken_core::{BaseUrl, Result, Secret, Uidp};
use serde::Serialize;

use super::listener::{Listener, tell};
use crate::client::Endpoints;
use crate::host::Host;
use crate::sign_in::{self, Ask};
use crate::stored::{self, StoredSession};

/// A token to exchange, and for what.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "TokenExchange", rename_all = "camelCase", optional_fields))]
pub struct ExchangeArguments {
    /// A token of somebody whom the issuer trusts, for the issuer.
    #[cfg_attr(feature = "ts", ts(as = "String"))]
    pub identity_token: Secret,
    /// An identity that trusts the token; the token's own subject if absent.
    pub identity: Option<String>,
    /// The organisation's identity provider that made the token.
    pub identity_provider: Option<String>,
    /// What the sessions are to open, one each; the API and the registry if absent.
    pub audiences: Option<Vec<String>>,
}

/// A session to renew.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SessionRenewal", rename_all = "camelCase"))]
pub struct RefreshArguments {
    /// What renews it; dead afterwards.
    #[cfg_attr(feature = "ts", ts(as = "String"))]
    pub refresh_token: Secret,
    /// What the session opens; no other can be had.
    pub audience: String,
}

/// A sign-in by a code that a person types in elsewhere.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DeviceSignIn", rename_all = "camelCase", optional_fields))]
pub struct DeviceArguments {
    /// The OpenID provider that gives codes; the issuer's if absent.
    pub provider: Option<String>,
    /// Our name at that provider; `pulltoken` if absent.
    pub client_id: Option<String>,
    /// The identity to act as, where it is not the person's own.
    pub identity: Option<String>,
    /// What the sessions are to open, one each; the API and the registry if absent.
    pub audiences: Option<Vec<String>>,
}

/// A sign-in by a page that a person opens on any machine.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "HeadlessSignIn", optional_fields))]
pub struct HeadlessArguments {
    /// The identity to act as, where it is not the person's own.
    pub identity: Option<String>,
    /// What the sessions are to open, one each; the API and the registry if absent.
    pub audiences: Option<Vec<String>>,
    /// The door.
    #[cfg_attr(feature = "ts", ts(skip))]
    pub door: DoorInput,
}

/// The arguments of `checkOrganization`.
#[derive(Debug)]
pub(super) struct OrganizationArguments {
    /// The name.
    pub(super) name: String,
}

/// A code for a person to type in.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DeviceCode"))]
#[serde(rename_all = "camelCase")]
pub struct DeviceCodeInfo<'a> {
    /// What the person types in.
    pub user_code: &'a str,
    /// Where.
    pub verification_uri: &'a str,
    /// Where, the code already filled in.
    pub verification_uri_complete: Option<&'a str>,
    /// For how long the code is good.
    pub expires_in_seconds: u32,
}

impl FromFields for ExchangeArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            identity_token: fields.secret("identityToken")?,
            identity: fields.optional_text("identity")?,
            identity_provider: fields.optional_text("identityProvider")?,
            audiences: fields.optional_texts("audiences")?,
        })
    }
}

impl FromFields for RefreshArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { refresh_token: fields.secret("refreshToken")?, audience: fields.text("audience")? })
    }
}

impl FromFields for DeviceArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            provider: fields.optional_text("provider")?,
            client_id: fields.optional_text("clientId")?,
            identity: fields.optional_text("identity")?,
            audiences: fields.optional_texts("audiences")?,
        })
    }
}

impl FromFields for HeadlessArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            identity: fields.optional_text("identity")?,
            audiences: fields.optional_texts("audiences")?,
            door: DoorInput::from_fields(fields)?,
        })
    }
}

impl FromFields for OrganizationArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { name: fields.text("name")? })
    }
}

pub(super) async fn exchange<H: Host>(
    host: &H,
    endpoints: &Endpoints,
    arguments: ExchangeArguments,
) -> Result<Vec<SessionFields>> {
    let identity_provider = uidp(arguments.identity_provider)?;
    let wanted = Wanted::read(endpoints, arguments.identity, arguments.audiences)?;
    let asking = Asking { identity: wanted.identity.as_ref(), identity_provider: identity_provider.as_ref() };
    let (token, issuer) = (&arguments.identity_token, &endpoints.issuer);
    fields(sign_in::by_identity_token(host, issuer, token, asking, &wanted.audiences).await?)
}

pub(super) async fn refresh<H: Host>(
    host: &H,
    endpoints: &Endpoints,
    arguments: RefreshArguments,
) -> Result<SessionFields> {
    let RefreshArguments { refresh_token, audience } = arguments;
    stored::renew(host, &endpoints.issuer, &refresh_token, &audience).await?.try_into()
}

pub(super) async fn by_device<H: Host>(
    host: &H,
    endpoints: &Endpoints,
    arguments: DeviceArguments,
    told: &mut Listener<'_>,
) -> Result<Vec<SessionFields>> {
    let provider = match arguments.provider {
        Some(url) => BaseUrl::parse(&url)?,
        None => sign_in::provider_of(&endpoints.issuer)?,
    };
    let client_id = arguments.client_id.as_deref().unwrap_or(sign_in::CLIENT_ID);
    let wanted = Wanted::read(endpoints, arguments.identity, arguments.audiences)?;
    let ask = Ask { provider: &provider, client_id };
    let token = sign_in::by_device(host, ask, |code| tell(told, &DeviceCodeInfo::of(code))).await?;
    wanted.exchange(host, endpoints, &token).await
}

#[cfg(feature = "headless")]
pub(super) async fn by_headless<H: Host>(
    host: &H,
    endpoints: &Endpoints,
    arguments: HeadlessArguments,
    told: &mut Listener<'_>,
) -> Result<Vec<SessionFields>> {
    use pulltoken_core::api::oauth::Door;

    #[derive(Serialize)]
    struct Page<'a> {
        url: &'a str,
    }

    let wanted = Wanted::read(endpoints, arguments.identity, arguments.audiences)?;
    let door = arguments.door.read()?;
    if let Door::Organization(name) = &door {
        sign_in::check_organization(host, &endpoints.issuer, name).await?;
    }
    let show = |url: &str| tell(told, &Page { url });
    let token = sign_in::by_headless(host, &endpoints.issuer, &door, show).await?;
    wanted.exchange(host, endpoints, &token).await
}

/// The smaller module leaves out what only those without a browser need.
#[cfg(not(feature = "headless"))]
pub(super) async fn by_headless<H: Host>(
    _: &H,
    _: &Endpoints,
    _: HeadlessArguments,
    _: &mut Listener<'_>,
) -> Result<Vec<SessionFields>> {
    use pulltoken_core::{Error, ErrorCode};

    Err(Error::new(ErrorCode::Usage, "signInHeadless: this smaller module cannot read what the issuer encrypts")
        .with_hint("import from pulltoken/web, or use signInByDevice or beginSignIn"))
}

pub(super) async fn check<H: Host>(host: &H, endpoints: &Endpoints, arguments: OrganizationArguments) -> Result<()> {
    sign_in::check_organization(host, &endpoints.issuer, &arguments.name).await
}

/// As whom and for what somebody signs in.
struct Wanted {
    identity: Option<Uidp>,
    audiences: Vec<String>,
}

impl Wanted {
    fn read(endpoints: &Endpoints, identity: Option<String>, audiences: Option<Vec<String>>) -> Result<Self> {
        let audiences = sign_in::audiences(&endpoints.api, audiences.unwrap_or_default())?;
        Ok(Self { identity: uidp(identity)?, audiences })
    }

    /// The sessions for the ID token of a person who signed in.
    async fn exchange<H: Host>(&self, host: &H, endpoints: &Endpoints, token: &Secret) -> Result<Vec<SessionFields>> {
        let asking = Asking { identity: self.identity.as_ref(), identity_provider: None };
        fields(sign_in::by_token(host, &endpoints.issuer, token, asking, &self.audiences).await?)
    }
}

fn uidp(text: Option<String>) -> Result<Option<Uidp>> {
    text.as_deref().map(Uidp::parse).transpose()
}

fn fields(sessions: Vec<StoredSession>) -> Result<Vec<SessionFields>> {
    sessions.into_iter().map(TryInto::try_into).collect()
}

impl TryFrom<StoredSession> for SessionFields {
    type Error = pulltoken_core::Error;

    fn try_from(session: StoredSession) -> Result<Self> {
        Self::new(session.audience, session.token, session.refresh_token)
    }
}

impl<'a> DeviceCodeInfo<'a> {
    fn of(code: &'a DeviceCode) -> Self {
        Self {
            user_code: &code.user_code,
            verification_uri: &code.verification_uri,
            verification_uri_complete: code.verification_uri_complete.as_deref(),
            expires_in_seconds: code.expires_in_seconds,
        }
    }
}
