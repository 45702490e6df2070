//! What a program has to lend: four small traits.

use std::pin::Pin;
use std::time::Duration;

use pulltoken_core::http::{Request, Response};
use pulltoken_core::jwk::RsaPublicKey;
use pulltoken_core::{Error, Result, Timestamp};

/// A future that may change threads, except in wasm, where there is only one.
#[cfg(not(target_family = "wasm"))]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A future that may change threads, except in wasm, where there is only one.
#[cfg(target_family = "wasm")]
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// `Send`, except in wasm.
#[cfg(not(target_family = "wasm"))]
pub trait MaySend: Send {}
#[cfg(not(target_family = "wasm"))]
impl<T: Send + ?Sized> MaySend for T {}
/// `Send`, except in wasm.
#[cfg(target_family = "wasm")]
pub trait MaySend {}
#[cfg(target_family = "wasm")]
impl<T: ?Sized> MaySend for T {}

/// `Send` and `Sync`, except in wasm: the one place that knows the difference.
#[cfg(not(target_family = "wasm"))]
pub trait Shared: Send + Sync {}
#[cfg(not(target_family = "wasm"))]
impl<T: Send + Sync + ?Sized> Shared for T {}
/// `Send` and `Sync`, except in wasm: the one place that knows the difference.
#[cfg(target_family = "wasm")]
pub trait Shared {}
#[cfg(target_family = "wasm")]
impl<T: ?Sized> Shared for T {}

/// Sends requests as they stand: no redirect is followed, nothing is retried.
pub trait Transport: Shared {
    /// Sends one request and reads the whole answer, whatever its status.
    fn send(&self, request: Request) -> BoxFuture<'_, std::result::Result<Response, SendFailure>>;
}

/// Why no answer came.
#[derive(Debug)]
pub struct SendFailure {
    /// `network`, `tls` or `timeout`.
    pub error: Error,
    /// Whether the server may have seen and carried out the request all the same.
    pub may_have_arrived: bool,
}

/// Tells and waits for time.
pub trait Clock: Shared {
    /// The present moment.
    fn now(&self) -> Timestamp;
    /// Ends after so long.
    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()>;
}

/// Draws random bytes fit for cryptography.
pub trait Entropy: Shared {
    /// Fills the buffer.
    ///
    /// # Errors
    /// `internal` where the machine has none to give.
    fn fill(&self, buffer: &mut [u8]) -> Result<()>;
}

/// Makes RSA-4096 keys.
pub trait KeyMaker: Shared {
    /// Makes a key, off the calling thread where the host has others.
    ///
    /// # Errors
    /// `internal`.
    fn make_key(&self) -> BoxFuture<'_, Result<Box<dyn SigningKey>>>;
}

/// A private key that signs once.
#[cfg(not(target_family = "wasm"))]
pub trait SigningKey: Send {
    /// The public half.
    fn public_key(&self) -> &RsaPublicKey;
    /// Signs with RS256 and forgets the key.
    ///
    /// # Errors
    /// `internal`.
    fn sign_once(self: Box<Self>, message: Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>>>;
}
/// A private key that signs once.
#[cfg(target_family = "wasm")]
pub trait SigningKey {
    /// The public half.
    fn public_key(&self) -> &RsaPublicKey;
    /// Signs with RS256 and forgets the key.
    ///
    /// # Errors
    /// `internal`.
    fn sign_once(self: Box<Self>, message: Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>>>;
}

/// All four together.
pub trait Host: Transport + Clock + Entropy + KeyMaker {}
impl<T: Transport + Clock + Entropy + KeyMaker> Host for T {}

/// A host may be lent, so that many calls share its connections.
impl<T: Transport + ?Sized> Transport for &T {
    fn send(&self, request: Request) -> BoxFuture<'_, std::result::Result<Response, SendFailure>> {
        (**self).send(request)
    }
}
impl<T: Clock + ?Sized> Clock for &T {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        (**self).sleep(time)
    }
}
impl<T: Entropy + ?Sized> Entropy for &T {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        (**self).fill(buffer)
    }
}
impl<T: KeyMaker + ?Sized> KeyMaker for &T {
    fn make_key(&self) -> BoxFuture<'_, Result<Box<dyn SigningKey>>> {
        (**self).make_key()
    }
}
