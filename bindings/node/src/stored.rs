//! What this machine has of its user: stored sessions, kept tokens, the CI job's identity.

use pulltoken_client::ambient::Job;
use pulltoken_client::chain::{CachedPair, MINTED_TTL, PairCache as _, SKEW_SECONDS};
use pulltoken_client::client::Endpoints;
use pulltoken_client::create::Parent;
use pulltoken_client::js::{self, Cancellation, CredentialsArguments, FoundCredentials};
use pulltoken_client::stored::Place;
use pulltoken_core::js::read;
use pulltoken_core::{Credentials, Ecosystem, Result, Ttl, Uidp};
use pulltoken_native::{FilePairs, NativeHost, Search, UserSessions, Wanted, ci_job, shares_vendors};

/// What `getCredentials` finds for the JSON text of its arguments.
pub(crate) async fn credentials(
    host: &NativeHost,
    endpoints: &Endpoints,
    connect_to: Vec<String>,
    arguments: &str,
    cancellation: &Cancellation,
) -> Result<FoundCredentials> {
    let arguments: CredentialsArguments = read("getCredentials", arguments)?;
    let (ecosystem, environment) = (arguments.ecosystem()?, &arguments.environment);
    // Ours come from JavaScript, whose workers have an environment of their own.
    let ours = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    let variable = |name: &str| match name.starts_with("CHAINGUARD_") || name.starts_with("PULLTOKEN_") {
        true => environment.get(name),
        false => (ci_job().variable)(name),
    };
    let identity = arguments.identity.clone().or_else(|| ours("PULLTOKEN_IDENTITY"));
    let identity = identity.as_deref().map(Uidp::parse).transpose()?;
    let parent = arguments.parent.clone().or_else(|| ours("PULLTOKEN_PARENT"));
    let mint = match arguments.mint {
        Some(true) => {
            let ttl = Ttl::parse(arguments.ttl.as_deref().unwrap_or(MINTED_TTL))?;
            Some((parent.as_deref().map_or(Parent::Only, Parent::parse), ttl))
        }
        _ => None,
    };
    let wanted = Wanted {
        ecosystem,
        explicit: arguments.credentials.map(Credentials::from),
        identity: identity.as_ref(),
        parent: parent.as_deref(),
        mint,
        seconds: SKEW_SECONDS,
    };
    let sessions = sessions(endpoints, connect_to, ours("PULLTOKEN_SHARED_CACHE").as_deref());
    let job = Job { variable: &variable, ..ci_job() };
    let search = Search { host, endpoints, sessions: &sessions, job: &job };
    let reasons = match search.here(&wanted, &mut |_| {})? {
        Ok(found) => return Ok(found.into()),
        Err(reasons) => reasons,
    };
    let wish = cancellation.wish();
    if wanted.mint.is_none() {
        let mut told = |_| {};
        let asking = search.elsewhere(&wanted, reasons, &mut told, std::future::pending());
        return js::unless_stopped(wish, asking).await.map(|(found, _)| found.into());
    }
    // What was begun is taken back.
    let (found, minted) = search.elsewhere(&wanted, reasons, &mut |_| {}, wish).await?;
    if let (Some(minted), true, Ok(sessions)) = (&minted, search.stored_counts(), &sessions) {
        // A token that cannot be kept is there all the same.
        let _ = keep(&sessions.place, ecosystem, &CachedPair::of(&found, minted));
    }
    Ok(found.into())
}

fn keep(place: &Place, ecosystem: Ecosystem, pair: &CachedPair) -> Result<()> {
    FilePairs::of_user()?.save(place, ecosystem, pair)
}

/// The access token of the stored session for the API, renewed if need be.
pub(crate) async fn session(
    host: &NativeHost,
    endpoints: &Endpoints,
    connect_to: Vec<String>,
    shared: Option<&str>,
    cancellation: &Cancellation,
) -> Result<Option<String>> {
    let sessions = sessions(endpoints, connect_to, shared)?;
    let flow = sessions.fresh(host, endpoints.api.as_str(), SKEW_SECONDS);
    let stored = js::unless_stopped(cancellation.wish(), flow).await?;
    // To the client that sends it to the API, as it does with one that is given.
    Ok(stored.map(|stored| stored.token.expose().to_owned()))
}

fn sessions(endpoints: &Endpoints, connect_to: Vec<String>, shared: Option<&str>) -> Result<UserSessions> {
    UserSessions::of_user(Place::new(endpoints, connect_to), shared.is_some_and(shares_vendors))
}
