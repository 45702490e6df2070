//! Whether the proxy that a name stands for is there.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulltoken_core::Secret;

use super::name::AgentName;

/// A process on this machine answers at once, if it is there at all.
const LIMIT: Duration = Duration::from_secs(2);

/// Whether a proxy listens there and takes the password. Asked for something that it never gives, it
/// says so to whoever has the password, and asks everybody else for it (407).
///
/// What is sent opens that proxy alone: a stranger on its port learns nothing of use.
pub(crate) fn answers(name: &AgentName) -> bool {
    status(name).is_some_and(|status| status != 407)
}

fn status(name: &AgentName) -> Option<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, name.port));
    let mut stream = TcpStream::connect_timeout(&address, LIMIT).ok()?;
    stream.set_read_timeout(Some(LIMIT)).ok()?;
    stream.set_write_timeout(Some(LIMIT)).ok()?;
    // Goes to the proxy that it opens.
    let pair = Secret::new(STANDARD.encode(name.userinfo().expose()));
    let head = format!("GET / HTTP/1.1\r\nConnection: close\r\nProxy-Authorization: Basic {}\r\n\r\n", pair.expose());
    stream.write_all(head.as_bytes()).ok()?;
    let mut line = [0; 12];
    stream.read_exact(&mut line).ok()?;
    std::str::from_utf8(&line).ok()?.strip_prefix("HTTP/1.1 ")?.parse().ok()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// Whether a server is taken for an agent that answers so, and what it was sent.
    fn seen(answer: &'static str) -> (bool, String) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(head).unwrap()
        });
        let name = AgentName::parse(&format!("127.0.0.1:{port}:{}:/a", "ab".repeat(16))).unwrap();
        (answers(&name), server.join().unwrap())
    }

    #[test]
    fn only_who_takes_the_password_is_there() {
        let (is_there, sent) = seen("HTTP/1.1 400 Bad Request\r\n\r\n");
        let pair = STANDARD.encode(format!("s:{}", "ab".repeat(16)));
        assert!(is_there && sent.contains(&format!("Proxy-Authorization: Basic {pair}\r\n")), "{sent}");
        assert!(!seen("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").0);
        assert!(!seen("SSH-2.0-something-else\r\n").0);
        assert!(!seen("").0);
    }

    #[test]
    fn nobody_is_not_there() {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let name = AgentName::parse(&format!("127.0.0.1:{port}:{}:/a", "ab".repeat(16))).unwrap();
        assert!(!answers(&name));
    }
}
