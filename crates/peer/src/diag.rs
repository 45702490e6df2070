//! One connection's owner, asked of Linux by netlink (`sock_diag(7)`). Some kernels and sandboxes do not answer.

use std::net::{IpAddr, SocketAddr};

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink};

/// `SOCK_DIAG_BY_FAMILY`, of the question and of the answer.
const BY_FAMILY: u16 = 20;
/// `NLM_F_REQUEST` without `NLM_F_DUMP`: the one connection.
const REQUEST: u16 = 1;
const TCP: u8 = 6;
/// `TCP_TIME_WAIT` and `TCP_LISTEN`: what has no owner any more, and what is no connection.
const NOT_CONNECTED: [u8; 2] = [6, 10];

/// Lengths and places in `struct nlmsghdr`, `inet_diag_req_v2` and `inet_diag_msg`.
const HEADER: usize = 16;
const QUESTION: u32 = 72;
const STATE: usize = HEADER + 1;
const PORTS: usize = HEADER + 4;
const UID: usize = HEADER + 64;

/// The user of the socket with these two ends; `None` where that is not told, for whatever reason.
pub(super) fn owner(local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    let question = question(local, remote);
    let flags = SocketFlags::CLOEXEC;
    let socket =
        rustix::net::socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(netlink::SOCK_DIAG)).ok()?;
    rustix::net::send(&socket, &question, SendFlags::empty()).ok()?;
    let mut answer = [0; 1024];
    // The kernel has answered by the time that it has taken the question.
    let (length, _) = rustix::net::recv(&socket, &mut answer[..], RecvFlags::DONTWAIT).ok()?;
    read(answer.get(..length)?, local, remote)
}

fn question(local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    // AF_INET and AF_INET6. A socket of IPv6 that speaks IPv4 is found by its IPv4 address.
    let family = if local.is_ipv4() { 2 } else { 10 };
    let mut bytes = Vec::with_capacity(HEADER);
    bytes.extend(QUESTION.to_ne_bytes());
    bytes.extend(BY_FAMILY.to_ne_bytes());
    bytes.extend(REQUEST.to_ne_bytes());
    // Sequence and sender: one question for each socket.
    bytes.extend([0; 8]);
    bytes.extend([family, TCP, 0, 0]);
    // Every state.
    bytes.extend(u32::MAX.to_ne_bytes());
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    bytes.extend(address(local.ip()));
    bytes.extend(address(remote.ip()));
    // Any interface; no cookie.
    bytes.extend([0; 4]);
    bytes.extend([0xff; 8]);
    bytes
}

fn address(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => {
            let mut bytes = [0; 16];
            for (to, from) in bytes.iter_mut().zip(address.octets()) {
                *to = from;
            }
            bytes
        }
        IpAddr::V6(address) => address.octets(),
    }
}

/// Takes nothing but the connection that was asked for: where it is gone, the kernel tells of whoever
/// listens at its port.
fn read(answer: &[u8], local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    let word = |at: usize| answer.get(at..at + 2)?.try_into().ok();
    let ports = [word(PORTS)?, word(PORTS + 2)?].map(u16::from_be_bytes);
    let is_it = word(4).map(u16::from_ne_bytes) == Some(BY_FAMILY)
        && ports == [local.port(), remote.port()]
        && !NOT_CONNECTED.contains(answer.get(STATE)?);
    is_it.then(|| Some(u32::from_ne_bytes(answer.get(UID..UID + 4)?.try_into().ok()?)))?
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    fn pair(address: &str) -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind(address).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (listener.accept().unwrap().0, client)
    }

    #[test]
    fn the_kernel_knows_its_user() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let (server, client) = pair(address);
            let own = rustix::process::geteuid().as_raw();
            assert_eq!(owner(client.local_addr().unwrap(), server.local_addr().unwrap()), Some(own), "{address}");
        }
    }

    /// The kernel would name the listener's user instead.
    #[test]
    fn whoever_listens_at_a_port_is_not_who_connected_from_it() {
        let (server, client) = pair("127.0.0.1:0");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        assert_eq!(owner(listener.local_addr().unwrap(), server.local_addr().unwrap()), None);
        drop(client);
    }

    #[test]
    fn an_answer_that_is_cut_or_an_error_tells_nothing() {
        let (local, remote) = ("127.0.0.1:4660".parse().unwrap(), "127.0.0.1:22136".parse().unwrap());
        let mut answer = vec![0; HEADER + 72];
        answer[4..6].copy_from_slice(&BY_FAMILY.to_ne_bytes());
        answer[STATE] = 1;
        answer[PORTS..PORTS + 4].copy_from_slice(&[0x12, 0x34, 0x56, 0x78]);
        answer[UID..UID + 4].copy_from_slice(&1000_u32.to_ne_bytes());
        assert_eq!(read(&answer, local, remote), Some(1000));
        assert_eq!(read(&answer, remote, local), None);
        assert_eq!(read(&answer[..UID + 3], local, remote), None);
        for state in NOT_CONNECTED {
            answer[STATE] = state;
            assert_eq!(read(&answer, local, remote), None);
        }
        answer[STATE] = 1;
        // NLMSG_ERROR
        answer[4..6].copy_from_slice(&2_u16.to_ne_bytes());
        assert_eq!(read(&answer, local, remote), None);
    }
}
