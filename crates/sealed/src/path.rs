//! What may be asked of the registry: an allow-list, applied to the bytes as the client sent them.

mod npm;

use bytes::Bytes;
use http::uri::PathAndQuery;

/// The longest path that is sent on, in bytes. Names of packages and versions leave much room.
const LONGEST: usize = 2 << 10;

/// Which paths the credential is lent for.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Each begins and ends with a slash.
    pub(crate) prefixes: Vec<String>,
    pub(crate) grammar: Grammar,
}

/// What may stand below a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    /// npm's protocol, read-only.
    Npm,
    /// Any file or folder.
    Files,
}

/// A target that has passed. It holds the client's bytes, all of them and no others.
#[derive(Clone, Debug)]
pub(crate) struct Allowed {
    path_and_query: PathAndQuery,
    pub(crate) meaning: Meaning,
    /// Whether it lies below the prefix of what the registry passes on from upstream.
    pub(crate) from_upstream: bool,
}

/// What a path asks for, its percent-encoding undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// All versions of a package.
    Document { package: String },
    /// One version or tag.
    Version { package: String, version: String },
    /// A package to install; the version is empty where the file's name does not tell it.
    Tarball { package: String, version: String },
    /// A read-only question that is POSTed.
    Audit,
    /// Something else that may be asked for.
    Other,
}

/// Why a target is not sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It could be read in two ways: 400.
    Ambiguous(&'static str),
    /// It is longer than any path of a package: 414.
    TooLong,
    /// It is not on the list: 403.
    NotListed,
}

impl Allowed {
    pub(crate) fn path_and_query(&self) -> &PathAndQuery {
        &self.path_and_query
    }
}

impl Rules {
    /// Reads a target in origin form.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) fn read(&self, target: &[u8]) -> Result<Allowed, Refusal> {
        let path_end = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
        let (path, query) = target.split_at(path_end);
        if path.len() > LONGEST {
            return Err(Refusal::TooLong);
        }
        check_query(query)?;
        let path = check_path(path)?;
        let (prefix, rest) = self
            .prefixes
            .iter()
            .find_map(|prefix| Some((prefix, path.strip_prefix(prefix.as_str())?)))
            .ok_or(Refusal::NotListed)?;
        let meaning = match self.grammar {
            Grammar::Npm => npm::meaning(rest).ok_or(Refusal::NotListed)?,
            Grammar::Files => Meaning::Other,
        };
        if slashes(path) > usize::from(self.grammar == Grammar::Npm) {
            return Err(Refusal::Ambiguous("the path holds an encoded slash"));
        }
        let ambiguous = Refusal::Ambiguous("the target is no path");
        let path_and_query = PathAndQuery::from_maybe_shared(Bytes::copy_from_slice(target)).map_err(|_| ambiguous)?;
        if path_and_query.as_str().as_bytes() != target {
            return Err(ambiguous);
        }
        Ok(Allowed { path_and_query, meaning, from_upstream: prefix.ends_with("-upstream/") })
    }
}

/// Whether a path can be a prefix: it begins and ends with a slash and could be read in one way only.
pub(crate) fn is_prefix(path: &str) -> bool {
    path.ends_with('/') && !path.ends_with("//") && !path.contains('%') && check_path(path.as_bytes()).is_ok()
}

/// Every byte may stand in a path, no encoding hides another, and no segment is empty (but the
/// last) or a dot segment, encoded slashes counted as slashes.
fn check_path(path: &[u8]) -> Result<&str, Refusal> {
    let path = std::str::from_utf8(path).map_err(|_| Refusal::Ambiguous("the path is not ASCII"))?;
    let decoded = decode(path)?;
    let segments = decoded.strip_prefix('/').ok_or(Refusal::Ambiguous("the path does not begin with a slash"))?;
    let mut segments = segments.split('/').peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "." | ".." => return Err(Refusal::Ambiguous("the path holds a dot segment")),
            "" if segments.peek().is_some() => return Err(Refusal::Ambiguous("the path holds an empty segment")),
            _ => {}
        }
    }
    Ok(path)
}

/// The path with its percent-encoding undone.
fn decode(path: &str) -> Result<String, Refusal> {
    let mut decoded = String::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => {
                let digits =
                    [bytes.next(), bytes.next()].map(|digit| char::from(digit.unwrap_or_default()).to_digit(16));
                let [Some(high), Some(low)] = digits else {
                    return Err(Refusal::Ambiguous("the path holds a broken percent-encoding"));
                };
                u8::try_from(high * 16 + low).ok().filter(|byte| may_be_encoded(*byte))
            }
            byte => Some(byte).filter(|byte| may_stand(*byte)),
        };
        let byte = byte.ok_or(Refusal::Ambiguous("the path holds a character that has no place in one"))?;
        decoded.push(char::from(byte));
    }
    Ok(decoded)
}

/// Characters of a path by RFC 3986, but `;`, which some servers cut segments at.
fn may_stand(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@/".contains(&byte)
}

/// What an encoding may stand for: a second decoding would change nothing.
fn may_be_encoded(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\\%;?#".contains(&byte)
}

fn check_query(query: &[u8]) -> Result<(), Refusal> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
    if !query.iter().all(|byte| plain(*byte)) {
        return Err(Refusal::Ambiguous("the query holds a character that has to be percent-encoded"));
    }
    for (index, _) in query.iter().enumerate().filter(|(_, byte)| **byte == b'%') {
        match query.get(index + 1..index + 3) {
            Some([b'0' | b'1', digit]) if digit.is_ascii_hexdigit() => {
                return Err(Refusal::Ambiguous("the query holds an encoded control character"));
            }
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => {}
            _ => return Err(Refusal::Ambiguous("the query holds a broken percent-encoding")),
        }
    }
    Ok(())
}

/// How many encoded slashes there are.
fn slashes(path: &str) -> usize {
    path.as_bytes().windows(3).filter(|three| three.eq_ignore_ascii_case(b"%2f")).count()
}

#[cfg(test)]
mod tests;
