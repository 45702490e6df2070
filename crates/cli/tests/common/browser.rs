//! A browser that a test drives: it notes where it was opened, and asks for what the test wants.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::{Ended, World, ended};

/// An answer, as far as tests look at it.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Page {
    /// Where it leads.
    pub(crate) fn location(&self) -> String {
        self.header("location").unwrap_or_else(|| panic!("no Location: {}", self.head))
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }
}

/// A `login` that waits for its browser.
pub(crate) struct Login {
    pub(crate) child: Child,
    /// The only argument that the browser got.
    pub(crate) start: String,
}

impl Login {
    /// Begins to sign in, and waits until the browser is opened.
    pub(crate) fn begin(world: &World, line: &str) -> Self {
        let (pipe, browser) = fake_browser(world);
        let child =
            world.stored(line).env("BROWSER", browser).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Blocks until the browser writes to it.
        let start = std::fs::read_to_string(&pipe).unwrap().trim().to_owned();
        // Whoever reads all files afterwards would wait for it.
        std::fs::remove_file(pipe).unwrap();
        Self { child, start }
    }

    pub(crate) fn port(&self) -> u16 {
        port(&self.start)
    }

    pub(crate) fn end(self) -> Ended {
        ended(self.child.wait_with_output().unwrap())
    }
}

/// Follows wherever pages lead, from the browser's start to the last one.
pub(crate) fn follow(start: &str) -> Page {
    let mut page = get(start);
    while page.header("location").is_some() {
        page = get(&page.location());
    }
    page
}

/// A pipe, and a value for `BROWSER` that writes its argument into it. The shell reads the script: a
/// file just written could not be run itself while another test's child still holds it open.
pub(crate) fn fake_browser(world: &World) -> (PathBuf, String) {
    let (pipe, script) = (world.home.path().join("opened"), world.home.path().join("browser"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::fs::write(&script, format!("echo \"$@\" > '{}'\n", pipe.display())).unwrap();
    (pipe, format!("sh {} %s", script.display()))
}

/// Waits until the browser is opened, and goes wherever it is led.
pub(crate) fn browse(pipe: PathBuf) -> Page {
    let start = std::fs::read_to_string(&pipe).unwrap();
    std::fs::remove_file(pipe).unwrap();
    follow(start.trim())
}

/// Asks for a URL of this machine without following where it leads.
pub(crate) fn get(url: &str) -> Page {
    let authority = authority(url);
    ask(url, "GET", &authority, IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// The same with another method, under another name or at another address.
pub(crate) fn ask(url: &str, method: &str, host: &str, address: IpAddr) -> Page {
    let path = &url["http://".len() + authority(url).len()..];
    let mut stream = TcpStream::connect((address, port(url))).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Page { status, head: head.to_owned(), body: body.to_owned() }
}

fn authority(url: &str) -> String {
    url["http://".len()..].split(['/', '?']).next().unwrap().to_owned()
}

fn port(url: &str) -> u16 {
    authority(url).rsplit(':').next().unwrap().parse().unwrap()
}
