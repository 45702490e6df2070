//! The providers that ask somebody: a session renewed, the job's own identity, a token made for the purpose.

use pulltoken_core::jwt::UnverifiedJwt;
use pulltoken_core::{Credentials, Description, Ecosystem, ErrorCode, Name, Result, Secret, Ttl, Uidp};

use super::{CachedPair, Found, Origin, REGISTRY_AUDIENCE, Reasons, SESSION_USERNAME, Source, judge};
use crate::client::{Client, Endpoints};
use crate::create::{NewPullToken, Parent, Stamp};
use crate::host::{BoxFuture, Host};
use crate::session::Session;
use crate::stored::{self, Place, SessionStore, StoredSession};

/// A name by which people know such tokens.
pub const MINTED_NAME: &str = "pulltoken just-in-time";

/// How long they live, unless something else is wanted.
pub const MINTED_TTL: &str = "1h";

/// What the providers ask, and of whom.
pub struct Elsewhere<'a, H> {
    /// Network, clock, chance and keys.
    pub host: &'a H,
    /// The platform's addresses.
    pub endpoints: &'a Endpoints,
    /// Where stored sessions have to come from.
    pub place: &'a Place,
    /// Our own sessions; none where a session was given by variable, which counts alone.
    pub sessions: Option<&'a dyn SessionStore>,
    /// Those of the vendor's command.
    pub vendor: Option<&'a dyn SessionStore>,
    /// The CI job's own identity, which gives a session for the registry.
    pub ci: Option<&'a (dyn Fn() -> BoxFuture<'a, Result<StoredSession>> + Sync)>,
    /// Making a token, where that is allowed.
    pub mint: Option<Mint<'a>>,
    /// For how long the credential is needed.
    pub seconds: i64,
}

/// Making a token for the purpose.
pub struct Mint<'a> {
    /// A session for the API; it is asked for when it is needed.
    pub session: &'a (dyn Fn() -> BoxFuture<'a, Result<Session>> + Sync),
    /// In which organisation.
    pub parent: Parent,
    /// For how long.
    pub ttl: Ttl,
    /// What its description says of whose it is.
    pub stamp: Description,
}

/// A token that was made for the purpose.
#[derive(Clone, Debug)]
pub struct Minted {
    /// Its identity, to be deleted when it is done.
    pub id: Uidp,
    /// Where it came from.
    pub origin: Origin,
}

/// Asks one provider after the other, as [`super::find_here`] does, and goes on with its reasons.
///
/// # Errors
/// `no_credentials` with every reason. What making a token, or the identity of a CI job, failed with,
/// since that was asked for.
pub async fn find_elsewhere<H: Host>(
    ecosystem: Ecosystem,
    around: &Elsewhere<'_, H>,
    mut reasons: Reasons,
    told: &mut (dyn FnMut(String) + Send),
    interrupt: impl Future<Output = ()> + Unpin,
) -> Result<(Found, Option<Minted>)> {
    for (name, store) in [("session", around.sessions), ("vendor's session", around.vendor)] {
        let Some(store) = store else { continue };
        let fresh = stored::fresh(around.host, store, around.place, REGISTRY_AUDIENCE, around.seconds).await;
        match fresh.map(|found| found.map(|stored| session_pair(ecosystem, around, stored.token, Source::Session))) {
            Ok(None) => {}
            Ok(Some(Ok(found))) => {
                told(format!("{name}: used"));
                return Ok((found, None));
            }
            Ok(Some(Err(reason))) => reasons.add(told, name, reason),
            Err(error) => reasons.add(told, name, error.message().to_owned()),
        }
    }
    if let Some(ci) = around.ci {
        match ci().await {
            Ok(session) => match session_pair(ecosystem, around, session.token, Source::Ci) {
                Ok(found) => {
                    told("CI identity: used".to_owned());
                    return Ok((found, None));
                }
                Err(reason) => reasons.add(told, "CI identity", reason),
            },
            // An identity was named: what stands in its way says more than all the places passed over.
            Err(error) if around.mint.is_none() => return Err(error),
            Err(error) => reasons.add(told, "CI identity", error.message().to_owned()),
        }
    }
    match &around.mint {
        None => {
            reasons.add(told, "mint", "no token may be made without --mint".to_owned());
            Err(reasons.into_error(ecosystem))
        }
        Some(mint) => {
            let (found, minted) = make(ecosystem, around, mint, told, interrupt).await?;
            told(format!("mint: made {}", minted.id));
            Ok((found, Some(minted)))
        }
    }
}

fn session_pair<H: Host>(
    ecosystem: Ecosystem,
    around: &Elsewhere<'_, H>,
    token: Secret,
    source: Source,
) -> std::result::Result<Found, String> {
    judge(Credentials::new(SESSION_USERNAME, token), ecosystem, source, around.host.now(), super::SKEW_SECONDS)
}

/// Makes one token, by the flow that `create` has.
async fn make<H: Host>(
    ecosystem: Ecosystem,
    around: &Elsewhere<'_, H>,
    mint: &Mint<'_>,
    told: &mut (dyn FnMut(String) + Send),
    interrupt: impl Future<Output = ()> + Unpin,
) -> Result<(Found, Minted)> {
    let session = (mint.session)().await.map_err(|error| match error.code() {
        ErrorCode::NotSignedIn => error.with_message("a token cannot be made: nobody is signed in"),
        _ => error,
    })?;
    let origin = origin(&session, &mint.parent);
    let wanted = NewPullToken {
        parent: mint.parent.clone(),
        ecosystems: vec![ecosystem],
        ttl: mint.ttl,
        name: Some(Name::parse(MINTED_NAME)?),
        warn_of_namesakes: false,
        stamp: Stamp::Given(mint.stamp.clone()),
    };
    let client = Client::new(around.host, around.endpoints.clone(), &session);
    let token = client.create_pull_token(wanted, interrupt).await?;
    token.warnings.iter().for_each(|warning| told(format!("mint: {}", warning.message)));
    let id = Uidp::parse(&token.credentials.username)?;
    let found =
        Found { credentials: token.credentials, ecosystem, source: Source::Mint, expires_at: Some(token.expires_at) };
    Ok((found, Minted { id, origin }))
}

/// Whose a token is that this session makes in this organisation.
pub fn origin(session: &Session, parent: &Parent) -> Origin {
    // Read only: the token goes nowhere from here.
    let jwt = UnverifiedJwt::parse(session.token().expose()).ok();
    let subject = jwt.and_then(|jwt| jwt.claims.subject).unwrap_or_default();
    let parent = match parent {
        Parent::Only => String::new(),
        Parent::Id(id) => id.to_string(),
        Parent::Name(name) => name.clone(),
    };
    Origin { parent, subject }
}

impl CachedPair {
    /// A minted pair to keep.
    pub fn of(found: &Found, minted: &Minted) -> Self {
        Self { credentials: found.credentials.clone(), expires_at: found.expires_at, origin: minted.origin.clone() }
    }
}
