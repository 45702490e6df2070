//! The flags that every command takes.

use clap::{ArgAction, Args};
use pulltoken_client::client::Endpoints;
use pulltoken_core::BaseUrl;
use pulltoken_core::api::{DEFAULT_API, DEFAULT_ISSUER};
use pulltoken_core::formats::DEFAULT_REGISTRY;

use crate::network::Network;
use crate::output::{self, Output};

/// Flags that every command takes.
#[derive(Args, Clone)]
pub(crate) struct Common {
    /// What to print: table, json, id, none; wide, csv or markdown for lists; or a format such as env,
    /// netrc or npmrc for credentials
    #[arg(short, long, global = true, value_name = "FORMAT", default_value = "table", value_parser = Output::parse, help_heading = "Output")]
    pub(crate) output: Output,

    /// Print results and errors alone
    #[arg(short, long, global = true, help_heading = "Output", conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say what is done, on standard error; never a secret
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) verbose: bool,

    /// How much to say, as the vendor's command line has it: from 1 on, the same as --verbose
    #[arg(long = "v", global = true, value_name = "N", default_value_t = 0, hide = true)]
    pub(crate) verbosity: u8,

    /// Print a secret although this CI system cannot mask it in its log
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) show: bool,

    /// The platform's API
    #[arg(long, global = true, env = "PULLTOKEN_API", value_name = "URL", default_value = DEFAULT_API, value_parser = BaseUrl::parse, hide_env_values = true, help_heading = "Platform")]
    pub(crate) api: BaseUrl,

    /// The issuer, which pull tokens name as their audience
    #[arg(long, global = true, env = "PULLTOKEN_ISSUER", value_name = "URL", default_value = DEFAULT_ISSUER, value_parser = BaseUrl::parse, hide_env_values = true, help_heading = "Platform")]
    pub(crate) issuer: BaseUrl,

    /// The libraries registry
    #[arg(long, global = true, env = "PULLTOKEN_REGISTRY", value_name = "URL", default_value = DEFAULT_REGISTRY, value_parser = BaseUrl::parse, hide_env_values = true, help_heading = "Platform")]
    pub(crate) registry: BaseUrl,

    /// Use and renew the sessions of the vendor's command, too
    #[arg(long, global = true, env = "PULLTOKEN_SHARED_CACHE", action = ArgAction::SetTrue, value_parser = clap::builder::FalseyValueParser::new(), hide_env_values = true, help_heading = "Platform")]
    pub(crate) shared_cache: bool,

    #[command(flatten)]
    pub(crate) network: Network,

    /// Whether the command was spelled as the vendor's, whose default and JSON differ.
    #[arg(skip)]
    pub(crate) vendor_create: bool,
}

impl Common {
    /// What the flags are where a command line has none of them. `None` where a variable is out of the
    /// ordinary: the parser of command lines knows what it means, or says what is wrong with it. To
    /// build that parser takes longer than all the rest of a quick command.
    pub(crate) fn of_environment() -> Option<Self> {
        if std::env::var_os("PULLTOKEN_SHARED_CACHE").is_some() {
            return None;
        }
        let url = |name, default: &str| BaseUrl::parse(&variable_or(name, default)?).ok();
        Some(Self {
            output: Output::Table,
            quiet: false,
            verbose: false,
            verbosity: 0,
            show: false,
            api: url("PULLTOKEN_API", DEFAULT_API)?,
            issuer: url("PULLTOKEN_ISSUER", DEFAULT_ISSUER)?,
            registry: url("PULLTOKEN_REGISTRY", DEFAULT_REGISTRY)?,
            shared_cache: false,
            network: Network::of_environment()?,
            vendor_create: false,
        })
    }

    /// What follows from the flags, once they are read.
    pub(crate) fn read(mut self, vendor_create: bool) -> Self {
        self.vendor_create = vendor_create;
        self.verbose |= self.verbosity > 0 && !self.quiet;
        self
    }

    /// Says what was done, to people who want to hear it.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            output::note(text);
        }
    }

    /// The platform's addresses.
    pub(crate) fn endpoints(&self) -> Endpoints {
        Endpoints { api: self.api.clone(), issuer: self.issuer.clone(), registry: self.registry.clone() }
    }

    /// The issuer, where one was chosen and not merely assumed: only then is a token held to it.
    pub(crate) fn configured_issuer(&self) -> Option<String> {
        (self.issuer.as_str() != DEFAULT_ISSUER).then(|| self.issuer.to_string())
    }
}

/// A variable's text, or this one where it is not set; `None` for what is no text.
pub(crate) fn variable_or(name: &str, default: &str) -> Option<String> {
    match std::env::var_os(name) {
        None => Some(default.to_owned()),
        Some(value) => value.into_string().ok(),
    }
}
