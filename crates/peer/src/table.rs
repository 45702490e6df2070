//! The table of connections that Linux shows as a file.

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
        assert_eq!(owner(TABLE, client, server), Some(1000));
        assert_eq!(owner(TABLE, server, client), Some(0));
        assert_eq!(owner(TABLE6, client, server), Some(1001));
        assert_eq!(owner(TABLE, address("127.0.0.1:54322"), server), None);
        assert_eq!(owner("", client, server), None);
    }
}
