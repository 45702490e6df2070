//! The handle of a running simulator.

mod additions;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::addresses::Addresses;
use crate::builder::{SimBuilder, StartError};
use crate::clock::Clock;
use crate::faults::Faults;
use crate::limits::Limits;
use crate::log::{LoggedRequest, Part};
use crate::seed::{HOLDERS, OWNER};
use crate::server;
use crate::snapshot::{self, IdentitySnapshot, RoleBindingSnapshot};
use crate::spec::{IdTokenSpec, SessionSpec};
use crate::state::Shared;
use crate::tls::Tls;
use crate::world::Uidp;

/// How long the sessions that are there from the start live.
const PRESET_LIFETIME: Duration = Duration::from_secs(12 * 3600);

/// An organisation of the simulated platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A pull token that is usable at once. Its password is made for tests and opens nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullToken {
    /// The identity's id.
    pub username: String,
    /// The signed JWT.
    pub password: String,
}

/// A running simulator. Dropping it stops all servers and closes all connections.
pub struct Sim {
    shared: Arc<Shared>,
    example: Uidp,
    tokens: BTreeMap<&'static str, String>,
    refresh_token: String,
    tls: Option<Tls>,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Sim {
    /// A simulator to be adjusted and started.
    pub fn builder() -> SimBuilder {
        SimBuilder::default()
    }

    pub(crate) fn run(
        shared: Shared,
        example: Uidp,
        listeners: Vec<(Part, TcpListener)>,
        tls: Option<Tls>,
    ) -> Result<Self, String> {
        let shared = Arc::new(shared);
        let tokens = preset_tokens(&shared, &example)?;
        let owner = shared.add_person(OWNER, None);
        let audiences = [shared.addresses.api.clone(), REGISTRY.to_owned()];
        let refresh_token = shared.new_refresh_token(&owner, &audiences, &Limits::default());
        let acceptor = tls.as_ref().map(|tls| tls.acceptor.clone());
        for (_, listener) in &listeners {
            listener.set_nonblocking(true).map_err(|error| error.to_string())?;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("pulltoken-sim")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let (stop, stopped) = oneshot::channel::<()>();
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("pulltoken-sim".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    for (part, listener) in listeners {
                        if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                            let shared = Arc::clone(&served);
                            tokio::spawn(server::serve(shared, part, listener, acceptor.clone()));
                        }
                    }
                    let _ = stopped.await;
                });
                runtime.shutdown_timeout(Duration::from_secs(1));
            })
            .map_err(|error| error.to_string())?;
        Ok(Self { shared, example, tokens, refresh_token, tls, running: Some((stop, thread)) })
    }

    /// The base URLs of all parts.
    pub fn addresses(&self) -> &Addresses {
        &self.shared.addresses
    }

    /// Organisation `example`.
    pub fn organization(&self) -> Organization {
        Organization { id: self.example.to_string(), name: "example".to_owned() }
    }

    /// A session for the API that is there from the start: of the `owner`, of a `viewer`, of a
    /// `libraries.java.pull_token_creator` (and javascript, python), or an `expired` one.
    pub fn token(&self, of: &str) -> Option<String> {
        self.tokens.get(of).cloned()
    }

    /// A refresh token of the owner, for the API and the registry.
    pub fn refresh_token(&self) -> &str {
        &self.refresh_token
    }

    /// The environment that points a client at this simulator.
    pub fn env(&self) -> Vec<(String, String)> {
        let Addresses { api, issuer, console, registry, .. } = self.addresses();
        [
            ("PULLTOKEN_API", api),
            ("PULLTOKEN_ISSUER", issuer),
            ("PULLTOKEN_REGISTRY", registry),
            ("PULLTOKEN_CONSOLE", console),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect()
    }

    /// The file with the throw-away authority's certificate, where TLS is on.
    pub fn ca_file(&self) -> Option<PathBuf> {
        self.tls.as_ref().map(Tls::ca_file)
    }

    /// `HOST:PORT:ADDRESS:PORT` of every real name, separated by commas, where TLS is on.
    pub fn connect_to(&self) -> Option<&str> {
        self.tls.as_ref().map(|tls| tls.connect_to.as_str())
    }

    /// Everything a client needs to know, as `pulltoken-sim --print-env` prints it.
    pub fn description(&self) -> Value {
        let env: BTreeMap<String, String> = self.env().into_iter().collect();
        let mut line = json!(self.addresses());
        line["organization"] = json!(self.organization());
        line["tokens"] = json!(self.tokens);
        line["refresh"] = json!(self.refresh_token);
        line["env"] = json!(env);
        line["identityProvider"] = json!(self.identity_provider());
        if let Some(tls) = &self.tls {
            line["caFile"] = json!(tls.ca_file());
            line["connectTo"] = json!(tls.connect_to);
        }
        line
    }

    /// A session as a test describes it.
    ///
    /// # Errors
    ///
    /// When the spec names a role or an id that is not there.
    pub fn session(&self, spec: SessionSpec) -> Result<String, StartError> {
        self.shared.session(&spec, &self.example).map_err(StartError)
    }

    /// An ID token of a provider that the issuer trusts, for the token exchange.
    ///
    /// # Errors
    ///
    /// When it cannot be signed.
    pub fn id_token(&self, spec: IdTokenSpec) -> Result<String, StartError> {
        self.shared.id_token(&spec).map_err(StartError)
    }

    /// A token of a CI system or another provider that the issuer trusts, signed with its key.
    /// Claims that are not given are those of a token for this issuer, valid for ten minutes;
    /// `null` leaves one out.
    ///
    /// # Errors
    ///
    /// When no key of this issuer is held here, or `claims` is no JSON object.
    pub fn ci_token(&self, issuer: &str, claims: Value) -> Result<String, StartError> {
        self.shared.ci_token(issuer, claims).map_err(StartError)
    }

    /// The id of the customer identity provider of organisation `example`.
    pub fn identity_provider(&self) -> String {
        self.shared.sign_in.provider().map(ToString::to_string).unwrap_or_default()
    }

    /// All requests so far, those still without an answer included.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.log.all()
    }

    /// Forgets all requests so far.
    pub fn clear_requests(&self) {
        self.shared.log.clear();
    }

    /// Waits for a request that satisfies `wanted`, also one that has come already.
    pub fn wait_for_request(
        &self,
        wanted: impl Fn(&LoggedRequest) -> bool,
        timeout: Duration,
    ) -> Option<LoggedRequest> {
        self.shared.log.wait_for(wanted, timeout)
    }

    /// The identities there are now, people not included.
    pub fn identities(&self) -> Vec<IdentitySnapshot> {
        snapshot::identities(&self.shared)
    }

    /// The role bindings there are now, those of people included.
    pub fn role_bindings(&self) -> Vec<RoleBindingSnapshot> {
        snapshot::role_bindings(&self.shared)
    }

    /// The simulator's time.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// What goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

/// The audience of the registry.
const REGISTRY: &str = "libraries.cgr.dev";

fn preset_tokens(shared: &Shared, example: &Uidp) -> Result<BTreeMap<&'static str, String>, String> {
    let owner = shared.add_person(OWNER, None);
    let session = |of: &Uidp| SessionSpec::new().identity(of.as_str()).expires_in(PRESET_LIFETIME);
    let mut tokens = BTreeMap::new();
    tokens.insert("owner", shared.session(&session(&owner), example)?);
    tokens.insert("expired", shared.session(&session(&owner).expired(), example)?);
    for role in HOLDERS {
        let person = shared.add_person(role, None);
        shared.bind(example, &person, role)?;
        tokens.insert(role, shared.session(&session(&person), example)?);
    }
    Ok(tokens)
}
