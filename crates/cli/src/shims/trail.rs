//! Where shims have been, so that none goes in circles: a version manager that falls back to "the
//! system's" program looks on `PATH` again and finds the shim.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use pulltoken_core::{Error, ErrorCode, Result};

/// The variable that a shim leaves for the next: `PROCESS;DEPTH;NAME;PROGRAMS`, the programs as in `PATH`.
pub(super) const VARIABLE: &str = "PULLTOKEN_SHIM_TRAIL";
/// Package managers start each other; nobody's scripts nest as deep as this.
const DEEPEST: u32 = 50;

/// What earlier shims have done on the way to this one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trail {
    depth: u32,
    /// Programs that this very process has been before it came back here: no use in trying them again.
    pub(super) tried: Vec<PathBuf>,
}

impl Trail {
    /// Reads it. `process` is this one's number.
    ///
    /// # Errors
    /// `usage` where shims call each other on and on.
    pub(super) fn read(value: Option<&OsStr>, process: u32, name: &str) -> Result<Self> {
        let trail = value.and_then(OsStr::to_str).and_then(|text| Self::parse(text, process, name)).unwrap_or_default();
        if trail.depth >= DEEPEST {
            let message =
                format!("`{name}` has called itself {DEEPEST} times: a version manager and the shims call each other");
            return Err(Error::new(ErrorCode::Usage, message)
                .with_hint("put the real program's folder on PATH, or take that of the shims off (PULLTOKEN_BYPASS=1 does not help here)"));
        }
        Ok(trail)
    }

    fn parse(text: &str, process: u32, name: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ';');
        let (last, depth) = (parts.next()?.parse::<u32>().ok()?, parts.next()?.parse().ok()?);
        let is_here = last == process && parts.next()? == name;
        let programs = parts.next().filter(|_| is_here).unwrap_or_default();
        let tried = std::env::split_paths(programs).filter(|path| path.is_absolute()).collect();
        Some(Self { depth, tried })
    }

    /// The variable's value for the program that comes next.
    pub(super) fn with(&self, program: &PathBuf, process: u32, name: &str) -> OsString {
        let mut value = OsString::from(format!("{process};{};{name};", self.depth + 1));
        // A path with a separator in it was found on no `PATH`.
        value.push(std::env::join_paths(self.tried.iter().chain([program])).unwrap_or_default());
        value
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_comes_back_does_not_try_the_same_again() {
        let (one, two) = (PathBuf::from("/a/npm"), PathBuf::from("/b/npm"));
        let value = Trail::default().with(&one, 7, "npm");
        let back = Trail::read(Some(&value), 7, "npm").unwrap();
        assert_eq!((back.depth, &back.tried[..]), (1, &[one.clone()][..]));
        let value = back.with(&two, 7, "npm");
        assert_eq!(Trail::read(Some(&value), 7, "npm").unwrap().tried, [one, two]);
        // A child that a script starts, and another command, begin anew.
        assert_eq!(Trail::read(Some(&value), 8, "npm").unwrap(), Trail { depth: 2, tried: vec![] });
        assert_eq!(Trail::read(Some(&value), 7, "npx").unwrap().tried, Vec::<PathBuf>::new());
    }

    #[test]
    fn circles_end() {
        let mut value = None;
        for _ in 0..DEEPEST {
            let trail = Trail::read(value.as_deref(), 1, "npm").unwrap();
            value = Some(trail.with(&PathBuf::from("/a/npm"), 2, "npm"));
        }
        assert_eq!(Trail::read(value.as_deref(), 1, "npm").unwrap_err().code(), ErrorCode::Usage);
        for nonsense in ["", "x", "1;2", "1;x;npm;/a"] {
            assert_eq!(Trail::read(Some(OsStr::new(nonsense)), 1, "npm").unwrap(), Trail::default(), "{nonsense}");
        }
    }
}
