//! The flags on how the platform is reached.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::ttl::GoDuration;
use pulltoken_core::{Error, ErrorCode, Result};
use pulltoken_native::{ConnectTo, TransportOptions};

use crate::common::variable_or;

/// The longest waits unless told otherwise.
const CONNECT_TIMEOUT: &str = "10s";
const TIMEOUT: &str = "60s";

#[derive(Args, Clone)]
pub(crate) struct Network {
    /// The longest wait for a connection, such as 10s
    #[arg(long, global = true, env = "PULLTOKEN_CONNECT_TIMEOUT", value_name = "TIME", default_value = CONNECT_TIMEOUT, value_parser = limit, hide_env_values = true, help_heading = "Network")]
    connect_timeout: Duration,

    /// The longest wait for one answer of the platform, connection included, such as 1m
    #[arg(long, global = true, env = "PULLTOKEN_TIMEOUT", value_name = "TIME", default_value = TIMEOUT, value_parser = limit, hide_env_values = true, help_heading = "Network")]
    timeout: Duration,

    /// Trust the certificate authorities in this PEM file, too
    #[arg(long, global = true, value_name = "FILE", help_heading = "Network")]
    ca_file: Option<PathBuf>,

    /// Make connections for a host and port elsewhere; the host's name and certificate stay (repeatable)
    #[arg(long, global = true, env = "PULLTOKEN_CONNECT_TO", value_name = "HOST:PORT:ADDRESS:PORT", value_delimiter = ',', value_parser = ConnectTo::parse, hide_env_values = true, help_heading = "Network")]
    connect_to: Vec<ConnectTo>,
}

impl Network {
    /// What the flags are where a command line has none of them; `None` as for `Common`.
    pub(crate) fn of_environment() -> Option<Self> {
        let time = |name, default: &str| limit(&variable_or(name, default)?).ok();
        let ways = variable_or("PULLTOKEN_CONNECT_TO", "")?;
        let ways = if ways.is_empty() { None } else { Some(ways.split(',').map(ConnectTo::parse)) };
        Some(Self {
            connect_timeout: time("PULLTOKEN_CONNECT_TIMEOUT", CONNECT_TIMEOUT)?,
            timeout: time("PULLTOKEN_TIMEOUT", TIMEOUT)?,
            ca_file: None,
            connect_to: ways.into_iter().flatten().collect::<Result<_>>().ok()?,
        })
    }

    /// The connections that are made elsewhere, each in its normal form.
    pub(crate) fn connect_to_texts(&self) -> Vec<String> {
        self.connect_to.iter().map(ToString::to_string).collect()
    }

    /// The longest wait for a connection.
    pub(crate) fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// The file with further authorities.
    pub(crate) fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }

    /// Where connections to a host and port are made instead.
    pub(crate) fn connect_to(&self) -> Vec<ConnectTo> {
        self.connect_to.clone()
    }

    /// What the transport has to know of them.
    pub(crate) fn options(&self) -> TransportOptions {
        TransportOptions {
            connect_timeout: self.connect_timeout,
            timeout: self.timeout,
            ca_file: self.ca_file.clone(),
            connect_to: self.connect_to.clone(),
            ..TransportOptions::default()
        }
    }
}

/// Reads a time limit: a Go duration above zero.
///
/// # Errors
/// `usage`.
pub(crate) fn limit(text: &str) -> Result<Duration> {
    let refused =
        |message: String| Error::new(ErrorCode::Usage, message).with_hint("write a time such as 10s or 1m30s");
    let duration = GoDuration::parse(text).map_err(|error| refused(error.message().to_owned()))?;
    match u64::try_from(duration.nanoseconds()) {
        Ok(nanoseconds) if nanoseconds > 0 => Ok(Duration::from_nanos(nanoseconds)),
        _ => Err(refused(format!("`{}` is no time to wait", printable_prefix(text, 40)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_duration_above_zero() {
        assert_eq!(limit("1m30s").unwrap(), Duration::from_secs(90));
        for text in ["", "10", "0", "0s", "-1s", "soon"] {
            assert_eq!(limit(text).unwrap_err().code(), ErrorCode::Usage, "{text}");
        }
    }
}
