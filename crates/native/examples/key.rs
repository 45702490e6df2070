//! Makes one key as `create` does, and nothing else: `cargo xtask bench` holds it beside OpenSSL's.

use std::process::ExitCode;

use pulltoken_client::host::KeyMaker as _;
use pulltoken_native::{HttpTransport, NativeHost, TransportOptions};

fn main() -> ExitCode {
    let host = NativeHost::new(HttpTransport::new(TransportOptions::default()));
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return ExitCode::FAILURE };
    match runtime.block_on(host.make_key()) {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
