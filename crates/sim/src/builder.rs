//! How a simulator is asked for.

mod sign_in;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::addresses::{Sockets, real_name};
use crate::issuer::SignInState;
use crate::jose::{PublicKeys, Signer};
use crate::log::{LoggedRequest, Part};
use crate::registry::{Catalog, Package, Upstream, built_in};
use crate::seed::PEOPLE;
use crate::sim::Sim;
use crate::spec::{IdentitySpec, OrganizationSpec};
use crate::state::{Keys, Options, Shared};
use crate::tls::Tls;
use crate::world::World;

/// The longest life of a pull token on the largest plan.
const LARGEST_PLAN: Duration = Duration::from_secs(8760 * 3600);

/// Seconds between questions about a device code, as RFC 8628 has it where nothing is said.
const DEVICE_INTERVAL: u32 = 5;

/// CI systems that are trusted from the start, each played with a key of its own.
const CI: [&str; 2] = ["https://token.actions.githubusercontent.com", "https://gitlab.com"];

/// A simulator that was not started. It says what stood in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError(pub(crate) String);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for StartError {}

/// A simulator to be started. Organisation `example`, entitled to JAVA, PYTHON and JAVASCRIPT,
/// is always there, and so is one that its owner does not see.
pub struct SimBuilder {
    options: Options,
    port_base: Option<u16>,
    upstream_npm: Option<String>,
    packages: Vec<Package>,
    organizations: Vec<OrganizationSpec>,
    identities: Vec<IdentitySpec>,
    trusted: Vec<(String, String)>,
    ci: Vec<String>,
    oidc: Option<(String, String)>,
    oidc_audiences: Vec<String>,
    sign_in_as: Option<String>,
    observer: Option<Observer>,
}

/// Called with every request once it is answered.
pub(crate) type Observer = Box<dyn Fn(&LoggedRequest) + Send + Sync>;

impl Default for SimBuilder {
    fn default() -> Self {
        Self {
            options: Options {
                max_ttl: LARGEST_PLAN,
                write_unset_fields: false,
                unknown_fields: false,
                without_v2: false,
                tls: false,
                auto: None,
                drop_redirect_parameters: false,
                device_interval: DEVICE_INTERVAL,
                cors: false,
            },
            port_base: None,
            upstream_npm: None,
            packages: Vec::new(),
            organizations: Vec::new(),
            identities: Vec::new(),
            trusted: Vec::new(),
            ci: Vec::new(),
            oidc: None,
            oidc_audiences: Vec::new(),
            sign_in_as: None,
            observer: None,
        }
    }
}

impl SimBuilder {
    /// The longest life of a pull token: 8760 hours otherwise.
    #[must_use]
    pub fn max_ttl(mut self, longest: Duration) -> Self {
        self.options.max_ttl = longest;
        self
    }

    /// Listens on ports `base` to `base` + 4 (API, issuer, console, registry, storage).
    #[must_use]
    pub fn port_base(mut self, base: u16) -> Self {
        self.port_base = Some(base);
        self
    }

    /// Serves packages it does not have from the real npm registry at this URL.
    #[must_use]
    pub fn upstream_npm(mut self, url: impl Into<String>) -> Self {
        self.upstream_npm = Some(url.into());
        self
    }

    /// Whether answers of the API spell unset fields out (`"description":""`), as some servers
    /// do, or leave them out, as it does otherwise.
    #[must_use]
    pub fn write_unset_fields(mut self, yes: bool) -> Self {
        self.options.write_unset_fields = yes;
        self
    }

    /// Adds a field that no client knows to every message of the API.
    #[must_use]
    pub fn unknown_fields(mut self, yes: bool) -> Self {
        self.options.unknown_fields = yes;
        self
    }

    /// Plays an old server: below `/iam/v2/` there is nothing.
    #[must_use]
    pub fn without_v2(mut self, yes: bool) -> Self {
        self.options.without_v2 = yes;
        self
    }

    /// Serves the platform's real names over TLS too, on the same ports.
    #[must_use]
    pub fn tls(mut self, yes: bool) -> Self {
        self.options.tls = yes;
        self
    }

    /// A further organisation.
    #[must_use]
    pub fn organization(mut self, spec: OrganizationSpec) -> Self {
        self.organizations.push(spec);
        self
    }

    /// Identities that are there from the start.
    #[must_use]
    pub fn identities(mut self, spec: IdentitySpec) -> Self {
        self.identities.push(spec);
        self
    }

    /// A further package in the registry.
    #[must_use]
    pub fn package(mut self, package: Package) -> Self {
        self.packages.push(package);
        self
    }

    /// Believes ID tokens of this issuer that one of these keys (a JWKS document) signed.
    #[must_use]
    pub fn trust(mut self, issuer: impl Into<String>, jwks: impl Into<String>) -> Self {
        self.trusted.push((issuer.into(), jwks.into()));
        self
    }

    /// Lets pages of every origin call the API, the issuer and the registry, without cookies.
    #[must_use]
    pub fn cors(mut self, yes: bool) -> Self {
        self.options.cors = yes;
        self
    }

    /// Calls `observer` with every request once it is answered.
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&LoggedRequest) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Starts it. It runs until the handle is dropped.
    ///
    /// # Errors
    ///
    /// When a port is taken, a URL or key set cannot be read, or a spec names what is not there.
    pub fn start(self) -> Result<Sim, StartError> {
        self.try_start().map_err(StartError)
    }

    fn try_start(mut self) -> Result<Sim, String> {
        let oidc = self.take_sign_in()?;
        let Sockets { addresses, listeners } = Sockets::bind(self.port_base)?;
        let tls = if self.options.tls { Some(Tls::new(&addresses)?) } else { None };
        let keys = Keys::generate()?;
        let mut ci = BTreeMap::new();
        let mut trusted = BTreeMap::new();
        // People sign in with one provider on the page and with the issuer itself on devices.
        let mut own = vec![PEOPLE.to_owned(), addresses.issuer.clone()];
        if self.options.tls {
            own.push(format!("https://{}", real_name(Part::Issuer)));
        }
        trusted.extend(own.into_iter().map(|issuer| (issuer, keys.provider_public.clone())));
        for issuer in CI.into_iter().map(str::to_owned).chain(self.ci) {
            let signer = Signer::generate()?;
            trusted.insert(issuer.clone(), PublicKeys::parse(&signer.jwks().to_string())?);
            ci.insert(issuer, signer);
        }
        for (issuer, jwks) in self.trusted {
            let keys = PublicKeys::parse(&jwks).map_err(|error| format!("{issuer}: {error}"))?;
            ci.remove(&issuer);
            trusted.insert(issuer, keys);
        }
        let mut packages = built_in();
        packages.extend(self.packages);
        let catalog = Catalog::pack(packages)?;
        let upstream = self.upstream_npm.as_deref().map(Upstream::new).transpose()?;
        let world = World::new().map_err(|error| error.to_string())?;
        let sign_in = SignInState::new(oidc);
        let shared =
            Shared::new(addresses, self.options, keys, catalog, upstream, trusted, ci, sign_in, self.observer, world);
        let example = shared.add_organization(
            &OrganizationSpec::new("example")
                .entitlement("JAVA")
                .entitlement("PYTHON")
                .entitlement("JAVASCRIPT")
                .verified(),
        )?;
        let provider = shared.world().ids.child_of(&example);
        shared.sign_in.set_provider(provider);
        shared.add_organization(&OrganizationSpec::new("another-example").entitlement("JAVASCRIPT").hidden())?;
        for organization in &self.organizations {
            shared.add_organization(organization)?;
        }
        for identities in &self.identities {
            shared.add_identities(identities, &example)?;
        }
        Sim::run(shared, example, listeners, tls)
    }
}
