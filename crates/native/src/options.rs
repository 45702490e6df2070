//! What a transport may do.

use std::path::PathBuf;
use std::time::Duration;

use crate::connect_to::ConnectTo;

/// Limits of a transport, and what it is told about the network.
#[derive(Clone, Debug)]
pub struct TransportOptions {
    /// For the connection, its encryption included.
    pub connect_timeout: Duration,
    /// For one request from the first byte to the answer's last, connection included.
    pub timeout: Duration,
    /// A file in PEM form with authorities to trust beside the others.
    pub ca_file: Option<PathBuf>,
    /// Connections to make elsewhere; the first that fits counts.
    pub connect_to: Vec<ConnectTo>,
    /// The largest body of an answer, in bytes. Larger ones are not the platform's.
    pub body_limit: usize,
}

impl Default for TransportOptions {
    /// 10 seconds to connect, 60 in all, 256 MiB.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            ca_file: None,
            connect_to: Vec::new(),
            body_limit: 256 << 20,
        }
    }
}
