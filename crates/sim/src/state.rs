//! What all parts share while the simulator runs.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::addresses::{Addresses, real_name};
use crate::builder::Observer;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::issuer::{Auto, RefreshTokens, SignInState};
use crate::jose::{Claims, PublicKeys, Signer, Token};
use crate::limits::Limits;
use crate::log::{Part, RequestLog};
use crate::registry::{Catalog, Upstream};
use crate::world::{Uidp, World};

/// How the simulator behaves, as its builder was told.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) max_ttl: Duration,
    pub(crate) write_unset_fields: bool,
    pub(crate) unknown_fields: bool,
    pub(crate) without_v2: bool,
    pub(crate) tls: bool,
    /// Who signs in without being asked.
    pub(crate) auto: Option<Auto>,
    /// Lose what stands in a redirect's query besides the answer.
    pub(crate) drop_redirect_parameters: bool,
    /// How long a client waits between questions about a device code, in seconds.
    pub(crate) device_interval: u32,
    pub(crate) cors: bool,
}

/// The simulator's own keys.
pub(crate) struct Keys {
    /// Signs sessions.
    pub(crate) sessions: Signer,
    sessions_public: PublicKeys,
    /// Plays the identity providers that are trusted from the start.
    pub(crate) provider: Signer,
    pub(crate) provider_public: PublicKeys,
    /// Registered with every identity that was seeded.
    pub(crate) seeded: Signer,
}

impl Keys {
    pub(crate) fn generate() -> Result<Self, String> {
        let sessions = Signer::generate()?;
        let provider = Signer::generate()?;
        Ok(Self {
            sessions_public: PublicKeys::parse(&sessions.jwks().to_string())?,
            provider_public: PublicKeys::parse(&provider.jwks().to_string())?,
            sessions,
            provider,
            seeded: Signer::generate()?,
        })
    }
}

pub(crate) struct Shared {
    pub(crate) addresses: Addresses,
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    pub(crate) keys: Keys,
    pub(crate) refresh_tokens: Mutex<RefreshTokens>,
    pub(crate) sign_in: SignInState,
    /// The keys of CI systems that are played, by issuer.
    pub(crate) ci: BTreeMap<String, Signer>,
    /// Identity providers whose ID tokens are believed, by issuer.
    pub(crate) trusted: Mutex<BTreeMap<String, PublicKeys>>,
    pub(crate) catalog: Catalog,
    pub(crate) upstream: Option<Upstream>,
    /// How long lists are, remembered from page to page.
    pub(crate) counts: Counts,
    world: Mutex<World>,
}

/// The length of the list that was last counted.
#[derive(Default)]
pub(crate) struct Counts(Mutex<Option<(u64, String, usize)>>);

impl Counts {
    pub(crate) fn get_or_count(&self, generation: u64, query: String, count: impl FnOnce() -> usize) -> usize {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_ref() {
            Some((of, for_query, counted)) if *of == generation && *for_query == query => *counted,
            _ => {
                let counted = count();
                *last = Some((generation, query, counted));
                counted
            }
        }
    }
}

/// A session that was checked.
pub(crate) struct Session {
    pub(crate) subject: Uidp,
    pub(crate) limits: Limits,
    pub(crate) claims: Claims,
}

impl Shared {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn new(
        addresses: Addresses,
        options: Options,
        keys: Keys,
        catalog: Catalog,
        upstream: Option<Upstream>,
        trusted: BTreeMap<String, PublicKeys>,
        ci: BTreeMap<String, Signer>,
        sign_in: SignInState,
        observer: Option<Observer>,
        world: World,
    ) -> Self {
        Self {
            addresses,
            options,
            clock: Clock::default(),
            faults: Faults::default(),
            log: RequestLog::new(observer),
            keys,
            refresh_tokens: Mutex::default(),
            sign_in,
            ci,
            trusted: Mutex::new(trusted),
            catalog,
            upstream,
            counts: Counts::default(),
            world: Mutex::new(world),
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The URL under which the requester knows a part.
    pub(crate) fn url(&self, part: Part, tls: bool) -> String {
        if tls { format!("https://{}", real_name(part)) } else { self.addresses.of(part).to_owned() }
    }

    /// The names under which this issuer is known: its URLs.
    pub(crate) fn issuer_urls(&self) -> Vec<String> {
        let mut urls = vec![self.addresses.issuer.clone()];
        if self.options.tls {
            urls.push(self.url(Part::Issuer, true));
        }
        urls
    }

    /// Whether a token's audience is this issuer: its URL or its host, with or without the port.
    pub(crate) fn is_issuer_audience(&self, audience: &str) -> bool {
        self.issuer_urls().iter().any(|url| {
            let authority = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            let host = authority.split(':').next().unwrap_or_default();
            audience == url || audience == authority || audience == host
        })
    }

    /// The audiences for which the API takes a session.
    pub(crate) fn api_audiences(&self) -> [&str; 2] {
        ["https://console-api.enforce.dev", &self.addresses.api]
    }

    /// Signs a session.
    pub(crate) fn issue_session(&self, session: &NewSession<'_>) -> Result<String, String> {
        let mut claims = Map::new();
        claims.insert("iss".to_owned(), json!(session.issuer));
        claims.insert("sub".to_owned(), json!(session.subject));
        claims.insert("aud".to_owned(), json!(session.audiences));
        claims.insert("iat".to_owned(), json!(session.issued));
        claims.insert("exp".to_owned(), json!(session.expires));
        let serial = self.world().ids.hex(16);
        claims.insert("jti".to_owned(), json!(serial));
        if let Some(email) = session.email {
            claims.insert("email".to_owned(), json!(email));
            claims.insert("email_verified".to_owned(), Value::Bool(true));
        }
        if !session.limits.capabilities.is_empty() {
            claims.insert("cap".to_owned(), json!(session.limits.capabilities));
        }
        if !session.limits.scopes.is_empty() {
            claims.insert("scopes".to_owned(), json!(session.limits.scopes));
        }
        self.keys.sessions.sign(&claims)
    }

    /// Checks a session: signature, issuer, time, and that it is for one of `audiences`.
    pub(crate) fn check_session(&self, token: &str, audiences: &[&str]) -> Result<Session, String> {
        let claims = Token::parse(token)
            .ok_or("the token cannot be read")?
            .verify(&self.keys.sessions_public)
            .ok_or("the token's signature is not this issuer's")?;
        if !self.issuer_urls().iter().any(|url| url == claims.issuer()) {
            return Err("the token is another issuer's".to_owned());
        }
        if let Some(reason) = claims.out_of_date(self.now()) {
            return Err(reason.to_owned());
        }
        if !claims.audiences().iter().any(|audience| audiences.contains(audience)) {
            return Err(format!("the token is not for audience {}", audiences.join(" or ")));
        }
        let subject = Uidp::parse(claims.subject()).ok_or("the token's subject is no identity")?;
        Ok(Session { subject, limits: Limits::of(&claims), claims })
    }
}

/// What goes into a session.
pub(crate) struct NewSession<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) audiences: &'a [String],
    pub(crate) issued: i64,
    pub(crate) expires: i64,
    pub(crate) email: Option<&'a str>,
    pub(crate) limits: &'a Limits,
}
