//! Who is at the other end of a loopback connection, as far as the system tells.
//!
//! Linux does; elsewhere nobody is known.

#[cfg(target_os = "linux")]
mod diag;
#[cfg(any(target_os = "linux", test))]
mod table;

use std::io;
use std::net::SocketAddr;

/// Whose process is at the other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This process's user.
    Own,
    /// Another user, of this number.
    Other(u32),
    /// The system does not tell, or not any more: the other end may be gone.
    Untold,
}

/// Checks that the system tells who connects.
///
/// # Errors
/// Where it should and does not: then everybody would be a stranger.
#[cfg(target_os = "linux")]
pub fn check() -> io::Result<()> {
    std::fs::metadata("/proc/self/net/tcp").map(|_| ())
}

/// Checks that the system tells who connects, where that is asked.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn check() -> io::Result<()> {
    Ok(())
}

/// Whose process is at the other end of a connection.
///
/// # Errors
/// Where the system's own table cannot be read.
#[cfg(target_os = "linux")]
pub fn owner(local: SocketAddr, peer: SocketAddr) -> io::Result<Owner> {
    let own = rustix::process::geteuid().as_raw();
    let of = |uid| if uid == own { Owner::Own } else { Owner::Other(uid) };
    // Microseconds, where reading a table takes milliseconds: it has all of the system's connections.
    if let Some(uid) = diag::owner(peer, local) {
        return Ok(of(uid));
    }
    // The table changes while it is read, and may pass over a line.
    for _ in 0..3 {
        for table in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
            match std::fs::read_to_string(table) {
                Ok(text) => {
                    if let Some(uid) = table::owner(&text, peer, local) {
                        return Ok(of(uid));
                    }
                }
                // A kernel without IPv6 has no such table.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Owner::Untold)
}

/// Nobody is known here.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn owner(_: SocketAddr, _: SocketAddr) -> io::Result<Owner> {
    Ok(Owner::Untold)
}

/// Whether the other end is this process's user, where the system tells at all. Who is gone already is not.
pub fn is_own(owner: Owner) -> bool {
    owner == Owner::Own || cfg!(not(target_os = "linux"))
}

/// Whether the other end is certainly a person who is not the user of this process: not where the
/// system does not tell, not root, who forwards connections into containers and WSL and sees everything
/// anyway, not a number that stands for every user outside of this namespace, and not whoever called
/// `sudo`.
pub fn is_stranger(owner: Owner, sudo_user: Option<u32>) -> bool {
    match owner {
        Owner::Own | Owner::Untold | Owner::Other(0) => false,
        Owner::Other(uid) => Some(uid) != sudo_user && !(uid == overflow_user() && is_in_namespace()),
    }
}

/// The number that the kernel gives users who have none in this namespace.
fn overflow_user() -> u32 {
    let text = std::fs::read_to_string("/proc/sys/kernel/overflowuid").unwrap_or_default();
    text.trim().parse().unwrap_or(65_534)
}

/// Whether users have other numbers here than outside.
fn is_in_namespace() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.split_whitespace().collect::<Vec<_>>() != ["0", "0", "4294967295"]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_its_own() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, peer) = listener.accept().unwrap();
        assert_eq!(owner(server.local_addr().unwrap(), peer).unwrap(), Owner::Own);
        drop(client);
        assert_eq!(owner(server.local_addr().unwrap(), "127.0.0.1:1".parse().unwrap()).unwrap(), Owner::Untold);
    }

    #[test]
    fn only_who_is_known_to_be_another_is_a_stranger() {
        assert!(is_stranger(Owner::Other(1000), None));
        assert!(is_stranger(Owner::Other(1000), Some(1001)));
        assert!(!is_stranger(Owner::Other(1000), Some(1000)));
        for owner in [Owner::Own, Owner::Untold, Owner::Other(0)] {
            assert!(!is_stranger(owner, None), "{owner:?}");
        }
        assert_eq!(is_stranger(Owner::Other(overflow_user()), None), !is_in_namespace());
    }
}
