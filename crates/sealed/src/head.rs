//! The head of a request, read strictly: bytes that two readers could understand differently are refused.

use http::{HeaderMap, HeaderName, HeaderValue};

/// The largest head that is read, in bytes.
pub(crate) const LIMIT: usize = 64 << 10;
/// The most header lines that are read.
const LINES: usize = 128;

/// A head whose header lines have been read. The request line comes later: whoever has no password
/// is not told what is wrong with it.
#[derive(Debug)]
pub(crate) struct Head {
    line: Vec<u8>,
    pub(crate) headers: HeaderMap,
}

/// The request line, its target as it was sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RequestLine<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a [u8],
    pub(crate) version: Version,
}

/// The versions of HTTP that are spoken here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Http10,
    Http11,
}

/// What is wrong with a head, for who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// How long the head at the beginning of these bytes is, its last empty line included; `None` as
/// long as that has not come.
///
/// # Errors
/// For a line that ends in something other than CR LF, and for a NUL.
pub(crate) fn length(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let mut before = [0; 3];
    for (index, &byte) in bytes.iter().enumerate() {
        match (before, byte) {
            ([_, _, previous], b'\n') if previous != b'\r' => return Err(Malformed("a line does not end in CR LF")),
            ([_, _, b'\r'], other) if other != b'\n' => return Err(Malformed("a carriage return stands alone")),
            (_, 0) => return Err(Malformed("the head holds a NUL")),
            ([b'\r', b'\n', b'\r'], b'\n') => return Ok(Some(index + 1)),
            _ => {}
        }
        before = [before[1], before[2], byte];
    }
    Ok(None)
}

/// How many bytes of empty lines stand before a head, where some clients leave one.
pub(crate) fn empty_lines(bytes: &[u8]) -> usize {
    bytes.chunks_exact(2).take_while(|pair| *pair == b"\r\n").count() * 2
}

impl Head {
    /// Reads a head of the [`length`] found.
    ///
    /// # Errors
    /// For header lines that are malformed, folded or too many.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let end = bytes.windows(2).position(|pair| pair == b"\r\n").ok_or(Malformed("the head has no end"))?;
        let (line, rest) = bytes.split_at(end);
        let mut lines = [httparse::EMPTY_HEADER; LINES];
        let rest = rest.get(2..).unwrap_or_default();
        let parsed = httparse::parse_headers(rest, &mut lines).map_err(|error| match error {
            httparse::Error::TooManyHeaders => Malformed("there are too many header lines"),
            _ => Malformed("a header line is malformed"),
        })?;
        let httparse::Status::Complete((_, lines)) = parsed else { return Err(Malformed("the head has no end")) };
        let mut headers = HeaderMap::with_capacity(lines.len());
        for line in lines {
            let malformed = Malformed("a header line is malformed");
            let name = HeaderName::from_bytes(line.name.as_bytes()).map_err(|_| malformed)?;
            let value = HeaderValue::from_bytes(line.value).map_err(|_| malformed)?;
            headers.append(name, value);
        }
        Ok(Self { line: line.to_vec(), headers })
    }

    /// Reads the request line.
    ///
    /// # Errors
    /// For anything but a method, a target and a version of HTTP with one space between them.
    pub(crate) fn request_line(&self) -> Result<RequestLine<'_>, Malformed> {
        let malformed = Malformed("the request line is malformed");
        let mut parts = self.line.split(|byte| *byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed);
        };
        let method = std::str::from_utf8(method).map_err(|_| malformed)?;
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') {
            return Err(malformed);
        }
        let version = match version {
            b"HTTP/1.1" => Version::Http11,
            b"HTTP/1.0" => Version::Http10,
            _ => return Err(Malformed("the version of HTTP is not 1.1 or 1.0")),
        };
        if target.is_empty() || !target.iter().all(u8::is_ascii_graphic) {
            return Err(Malformed("the target holds a byte that has to be percent-encoded"));
        }
        Ok(RequestLine { method, target, version })
    }

    /// The only value of a header; `None` where there is none.
    ///
    /// # Errors
    /// Where there are several.
    pub(crate) fn only(&self, name: HeaderName) -> Result<Option<&HeaderValue>, Malformed> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(Malformed("a header that may stand once stands twice")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> Result<(String, Vec<u8>), Malformed> {
        let head = Head::read(format!("{text}\r\n\r\n").as_bytes())?;
        head.request_line().map(|line| (line.method.to_owned(), line.target.to_vec()))
    }

    #[test]
    fn a_head_ends_at_its_empty_line() {
        assert_eq!(length(b"GET / HTTP/1.1\r\nA: b\r\n\r\nrest"), Ok(Some(24)));
        assert_eq!(length(b"GET / HTTP/1.1\r\nA: b\r\n\r"), Ok(None));
        assert_eq!(length(b""), Ok(None));
        for bytes in [&b"GET / HTTP/1.1\n\n"[..], b"GET / HTTP/1.1\r\rA", b"GET /\0 HTTP/1.1\r\n\r\n", b"\n"] {
            assert!(length(bytes).is_err(), "{bytes:?}");
        }
        assert_eq!(empty_lines(b"\r\n\r\nGET"), 4);
        assert_eq!(empty_lines(b"GET"), 0);
    }

    #[test]
    fn headers_are_read_before_the_line() {
        let head = Head::read(b"what \xff is this\r\nProxy-Authorization: Basic x\r\n\r\n").unwrap();
        assert_eq!(head.only(http::header::PROXY_AUTHORIZATION).unwrap().unwrap(), "Basic x");
        assert!(head.request_line().is_err());
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for bytes in [
            &b"GET / HTTP/1.1\r\nA : b\r\n\r\n"[..],
            b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
            b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
            b"GET / HTTP/1.1\r\n: b\r\n\r\n",
        ] {
            assert!(Head::read(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
        let head = Head::read(b"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n").unwrap();
        assert!(head.only(http::header::HOST).is_err());
    }

    #[test]
    fn a_line_has_three_parts() {
        assert_eq!(line("GET /a?b HTTP/1.1").unwrap(), ("GET".to_owned(), b"/a?b".to_vec()));
        for text in
            ["GET / HTTP/2.0", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /", "GET /ä HTTP/1.1", "G(T / HTTP/1.1", ""]
        {
            assert!(line(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_read_past_the_head(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(Some(length)) = length(&bytes) {
                prop_assert!(bytes[..length].ends_with(b"\r\n\r\n"));
                if let Ok(head) = Head::read(&bytes[..length]) {
                    let _ = head.request_line();
                }
            }
        }
    }
}
