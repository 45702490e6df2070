//! The text of a token, taken from the file without a copy where it stands there as it is meant.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use zeroize::Zeroizing;

use crate::secret::Secret;

/// A token's text: a part of the file, or built anew and then zeroed in the end.
#[derive(Clone)]
pub(super) enum Text<'a> {
    Plain(&'a str),
    Built(Zeroizing<String>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Built(text) => text,
        }
    }
}

impl<'a> From<Text<'a>> for Cow<'a, str> {
    fn from(text: Text<'a>) -> Self {
        match text {
            Text::Plain(text) => Cow::Borrowed(text),
            Text::Built(text) => Cow::Owned(text.to_string()),
        }
    }
}

/// A password as it stands in a netrc; prints as `[redacted]`.
#[derive(Clone)]
pub struct Password<'a>(pub(super) Text<'a>);

impl Password<'_> {
    /// The text itself. Every caller says beside the call where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A copy that outlives the file's text.
    pub fn to_secret(&self) -> Secret {
        // Into custody again.
        Secret::new(self.expose())
    }
}

impl fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
