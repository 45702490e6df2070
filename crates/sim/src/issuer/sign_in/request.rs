//! What `GET /oauth` asks for.

use super::redirect::Redirect;
use crate::http::{Request, pairs};
use crate::issuer::headless::Code;
use crate::log::Part;
use crate::problem::Problem;
use crate::state::Shared;
use crate::world::Uidp;

/// A sign-in that was asked for, in order in every respect.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) exit: Exit,
    /// The issuer's URL as the browser knows it.
    pub(crate) issuer: String,
    pub(crate) audiences: Vec<String>,
    /// The identity to be assumed instead of being oneself.
    pub(crate) identity: Option<Uidp>,
    pub(crate) scope: Option<Uidp>,
    pub(crate) refresh: bool,
    pub(crate) skip_registration: bool,
    /// The way that was chosen beforehand, in words.
    pub(crate) through: Option<String>,
}

/// How the answer reaches who asked.
#[derive(Clone, Debug)]
pub(crate) enum Exit {
    /// The browser takes it there.
    Redirect(Redirect),
    /// It is fetched with this code.
    Headless(Code),
}

/// Social logins, as the identity provider names them.
const CONNECTIONS: [&str; 4] = ["email", "google-oauth2", "github", "gitlab"];

/// Everything that is read; further parameters are ignored.
const KNOWN: [&str; 11] = [
    "exit",
    "redirect",
    "headless_code",
    "idp_id",
    "connection",
    "client_id",
    "audience",
    "identity",
    "scope",
    "create_refresh_token",
    "skip_registration",
];

/// What a headless sign-in leaves to the exchange of the ID token it gives.
const NOT_HEADLESS: [&str; 6] = ["exit", "redirect", "audience", "identity", "scope", "create_refresh_token"];

impl SignIn {
    pub(crate) fn parse(shared: &Shared, request: &Request) -> Result<Self, Problem> {
        let parameters = Parameters::read(&request.query)?;
        let exit = parameters.exit()?;
        let default_audience = shared.url(Part::Api, request.tls);
        let audiences = match parameters.get("audience") {
            None => vec![default_audience],
            Some(list) => list.split(',').map(str::to_owned).collect(),
        };
        if audiences.iter().any(|audience| audience.trim().is_empty()) {
            return Err(Problem::invalid("audience holds an empty name"));
        }
        Ok(Self {
            exit,
            issuer: shared.url(Part::Issuer, request.tls),
            audiences,
            identity: parameters.uidp("identity")?,
            scope: parameters.uidp("scope")?,
            refresh: parameters.switch("create_refresh_token")?,
            skip_registration: parameters.switch("skip_registration")?,
            through: parameters.through(shared)?,
        })
    }
}

struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn read(query: &str) -> Result<Self, Problem> {
        let given: Vec<_> = pairs(query).into_iter().filter(|(name, _)| KNOWN.contains(&name.as_str())).collect();
        for (index, (name, value)) in given.iter().enumerate() {
            if given.iter().skip(index + 1).any(|(other, _)| other == name) {
                return Err(Problem::invalid(format!("{name} is given twice")));
            }
            if value.is_empty() {
                return Err(Problem::invalid(format!("{name} is empty")));
            }
        }
        Ok(Self(given))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn exit(&self) -> Result<Exit, Problem> {
        if let Some(code) = self.get("headless_code") {
            if let Some(name) = NOT_HEADLESS.iter().find(|name| self.get(name).is_some()) {
                return Err(Problem::invalid(format!("a headless sign-in takes no {name}")));
            }
            return Code::parse(code).map(Exit::Headless).map_err(Problem::invalid);
        }
        if self.get("exit") != Some("redirect") {
            return Err(Problem::invalid("exit=redirect or headless_code is required"));
        }
        let redirect = self.get("redirect").ok_or_else(|| Problem::invalid("redirect is required"))?;
        Redirect::parse(redirect).map(Exit::Redirect).map_err(Problem::invalid)
    }

    fn uidp(&self, name: &str) -> Result<Option<Uidp>, Problem> {
        let parse = |text| Uidp::parse(text).ok_or_else(|| Problem::invalid(format!("{name} is no UIDP")));
        self.get(name).map(parse).transpose()
    }

    fn switch(&self, name: &str) -> Result<bool, Problem> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::invalid(format!("{name} must be true or false"))),
        }
    }

    /// Checks `idp_id`, `connection` and `client_id`, which exclude each other but for the last two.
    fn through(&self, shared: &Shared) -> Result<Option<String>, Problem> {
        let (provider, connection, client) = (self.get("idp_id"), self.get("connection"), self.get("client_id"));
        if let Some(connection) = connection
            && !CONNECTIONS.contains(&connection)
        {
            return Err(Problem::invalid(format!("connection must be one of {}", CONNECTIONS.join(", "))));
        }
        match (provider, connection) {
            (Some(_), _) if connection.or(client).is_some() => {
                Err(Problem::invalid("idp_id excludes connection and client_id"))
            }
            (Some(provider), _) => shared.find_provider(provider).map(Some),
            (None, Some(connection)) => Ok(Some(format!("social login {connection}"))),
            (None, None) => Ok(client.map(|client| format!("client {client}"))),
        }
    }
}

impl Shared {
    /// The identity provider of this UIDP, or of the verified organisation of this name, in words.
    fn find_provider(&self, wanted: &str) -> Result<String, Problem> {
        match Uidp::parse(wanted) {
            Some(id) if self.sign_in.is_provider(&id) => Ok(format!("identity provider {id}")),
            Some(_) => Err(Problem::not_found("there is no identity provider of this id")),
            None if self.is_verified(wanted) => Ok(format!("the identity provider of {wanted}")),
            None => Err(Problem::not_found("there is no verified organization of this name")),
        }
    }

    /// Whether an organisation of this name is verified.
    pub(crate) fn is_verified(&self, name: &str) -> bool {
        self.world().groups.values().any(|group| group.id.is_root() && group.verified && group.name == name)
    }
}
