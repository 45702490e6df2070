//! Who is at the other end of a loopback connection, as far as the system tells.
//!
//! Linux does; elsewhere nobody is known.

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
    // The table changes while it is read, and may pass over a line.
    for _ in 0..3 {
        for table in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
            match std::fs::read_to_string(table) {
                Ok(text) => match table::owner(&text, peer, local) {
                    Some(owner) if owner == own => return Ok(Owner::Own),
                    Some(owner) => return Ok(Owner::Other(owner)),
                    None => {}
                },
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

#[cfg(any(target_os = "linux", test))]
mod table {
    use std::net::{IpAddr, SocketAddr};

    /// The user of the socket with these two ends, from a table as `/proc/net/tcp` shows it.
    pub(super) fn owner(table: &str, local: SocketAddr, remote: SocketAddr) -> Option<u32> {
        let ends = [[written(local.ip()), written(remote.ip())], [mapped(local.ip()), mapped(remote.ip())]]
            .map(|[a, b]| [format!("{a}:{:04X}", local.port()), format!("{b}:{:04X}", remote.port())]);
        table.lines().skip(1).find_map(|line| {
            let mut fields = line.split_ascii_whitespace().skip(1);
            let (from, to) = (fields.next()?, fields.next()?);
            ends.iter().any(|[local, remote]| from == local && to == remote).then(|| fields.nth(4)?.parse().ok())?
        })
    }

    /// An address as the kernel prints it: words of 32 bits in the machine's byte order, in hex.
    fn written(address: IpAddr) -> String {
        let word = |bytes: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(bytes));
        match address {
            IpAddr::V4(address) => word(address.octets()),
            IpAddr::V6(address) => address.octets().as_chunks::<4>().0.iter().copied().map(word).collect(),
        }
    }

    /// The same where a socket of IPv6 speaks IPv4.
    fn mapped(address: IpAddr) -> String {
        match address {
            IpAddr::V4(address) => written(IpAddr::V6(address.to_ipv6_mapped())),
            IpAddr::V6(_) => written(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 0 10 -1
   2: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0 20 4 0 10 -1
";
    const TABLE6: &str = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:D431 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 4
";

    #[cfg(target_endian = "little")]
    #[test]
    fn the_peer_is_found_by_both_ends() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let (server, client) = (address("127.0.0.1:8080"), address("127.0.0.1:54321"));
        assert_eq!(table::owner(TABLE, client, server), Some(1000));
        assert_eq!(table::owner(TABLE, server, client), Some(0));
        assert_eq!(table::owner(TABLE6, client, server), Some(1001));
        assert_eq!(table::owner(TABLE, address("127.0.0.1:54322"), server), None);
        assert_eq!(table::owner("", client, server), None);
    }

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
