//! The four traits of a host, on an operating system.

use std::time::Duration;

use pulltoken_client::host::{BoxFuture, Clock, Entropy, KeyMaker, SendFailure, SigningKey, Transport};
use pulltoken_core::http::{Request, Response};
use pulltoken_core::{Error, ErrorCode, Result, Timestamp};

use crate::clock::now;
use crate::keys;
use crate::transport::HttpTransport;

/// Network, clock, chance and keys of this machine. Its futures want a tokio runtime.
pub struct NativeHost {
    transport: HttpTransport,
}

impl NativeHost {
    /// A host that sends through this transport.
    pub fn new(transport: HttpTransport) -> Self {
        Self { transport }
    }
}

impl Transport for NativeHost {
    fn send(&self, request: Request) -> BoxFuture<'_, std::result::Result<Response, SendFailure>> {
        Box::pin(self.transport.send(request))
    }
}

impl Clock for NativeHost {
    fn now(&self) -> Timestamp {
        now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

impl Entropy for NativeHost {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        getrandom::fill(buffer)
            .map_err(|error| Error::new(ErrorCode::Internal, format!("the system gives no random numbers: {error}")))
    }
}

impl KeyMaker for NativeHost {
    fn make_key(&self) -> BoxFuture<'_, Result<Box<dyn SigningKey>>> {
        Box::pin(keys::make())
    }
}
