//! An agent that can be reached by its socket alone, as from a container: a port on loopback in front of
//! it, since package managers know no other proxies.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Secret};

use super::lease::Lease;
use crate::agent::{control, info};
use crate::ending::thread;

/// Names the socket.
pub(crate) const VARIABLE: &str = "PULLTOKEN_AGENT_SOCKET";

/// The lease of the agent behind a socket, by a port that is open as long as this process lives, and
/// the authorities to believe. The agent's folder has to be around the socket.
///
/// # Errors
/// `network` where nobody listens there; what the agent failed with; `file_unreadable` for a folder
/// that others may write to.
pub(crate) fn lease(socket: &Path) -> Result<(Lease, String)> {
    let shown = printable_prefix(&socket.display().to_string(), 200);
    let gone = || {
        Error::new(ErrorCode::Network, format!("no agent listens on {shown}"))
            .with_hint(format!("start one where the socket is from, or unset {VARIABLE}"))
    };
    let folder = socket.parent().filter(|folder| control::socket(folder) == socket).ok_or_else(|| {
        Error::new(ErrorCode::Usage, format!("{shown} is no socket of an agent"))
            .with_hint(format!("set {VARIABLE} to the path of agent.sock in the agent's folder"))
    })?;
    info::ensure_own(folder)?;
    let (name, _) = control::name(folder)?.ok_or_else(gone)?;
    // Here the agent's folder is where it was mounted.
    let name = name.at(name.port, folder).ok_or_else(gone)?;
    let told = info::read(folder)?.lease(&name)?.ok_or_else(gone)?;
    let authorities = std::fs::read_to_string(told.ca_file()).map_err(|error| {
        Error::new(ErrorCode::FileUnreadable, format!("the agent's authorities cannot be read: {error}"))
    })?;
    let proxy: Secret = name.at(open(socket.to_owned())?, folder).ok_or_else(gone)?.proxy_url();
    Ok((told.through(proxy), authorities))
}

/// Opens the port, for this user alone where the system tells who connects: to the agent all of them
/// would be this process.
fn open(socket: PathBuf) -> Result<u16> {
    let failed =
        |error: io::Error| Error::new(ErrorCode::Internal, format!("no port can be opened on loopback: {error}"));
    pulltoken_peer::check().map_err(failed)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    thread(move || {
        loop {
            match listener.accept() {
                Ok((client, peer)) if is_own(&client, peer) => {
                    let socket = socket.clone();
                    // Without a thread for it the connection is closed.
                    let _ = thread(move || pass(&client, &socket));
                }
                // Whoever cannot be told is a stranger.
                Ok(_) => {}
                // Out of descriptors, say: others are freed meanwhile.
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    })?;
    Ok(port)
}

fn is_own(client: &TcpStream, peer: SocketAddr) -> bool {
    let owner = client.local_addr().and_then(|local| pulltoken_peer::owner(local, peer));
    owner.is_ok_and(pulltoken_peer::is_own)
}

/// Passes everything on, both ways. The agent's proxy asks for its password.
fn pass(client: &TcpStream, socket: &Path) {
    let Ok(agent) = UnixStream::connect(socket) else { return };
    let (Ok(mut from_agent), Ok(mut to_client)) = (agent.try_clone(), client.try_clone()) else { return };
    let back = thread(move || {
        // An end that is broken off is an end.
        let _ = io::copy(&mut from_agent, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let Ok(back) = back else { return };
    let (mut from_client, mut to_agent) = (client, &agent);
    let _ = io::copy(&mut from_client, &mut to_agent);
    let _ = agent.shutdown(Shutdown::Write);
    // It cannot panic.
    let _ = back.join();
}
