//! Where Python's `netrc` (3.11 and later) and curl (7.88) read the same file differently.

use serde::Serialize;

macro_rules! differences {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $message:literal, hint $hint:literal;)+) => {
        /// A place in a netrc that not every reader takes the same way.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Difference { $($(#[doc = $doc])+ $name,)+ }

        impl Difference {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What the readers do.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)+ }
            }

            /// What to write instead.
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$name => $hint,)+ }
            }
        }
    };
}

differences! {
    /// A backslash outside quotes.
    Backslash = "netrc_backslash", "curl takes an unquoted backslash as it stands, Python drops it", hint "put the value in double quotes and double the backslash";
    /// `\n`, `\r` or `\t` in quotes.
    Escape = "netrc_escape", "curl makes a control character of \\n, \\r and \\t in quotes, Python a letter", hint "avoid these escapes";
    /// A quoted value that does not end on its line.
    OpenQuote = "netrc_open_quote", "a quoted value does not end on its line: curl gives up, Python reads on", hint "close the quotes on the same line";
    /// Something right behind a closing quote.
    GluedQuote = "netrc_glued_quote", "a character follows a closing quote: curl skips it, Python starts a new word", hint "put a space behind the quotes";
    /// A value that begins with `#`.
    HashValue = "netrc_hash_value", "curl takes a value that begins with # for a comment, Python for a value", hint "put the value in double quotes";
    /// A comment that Python does not skip.
    Comment = "netrc_comment", "Python stops with an error at this comment, curl skips it", hint "write `# ` with a space, and no blank line before it";
    /// A form feed or vertical tab.
    WhiteSpace = "netrc_white_space", "curl ends a word at a form feed or vertical tab, Python does not", hint "use spaces";
    /// A word where a keyword belongs.
    UnknownWord = "netrc_unknown_word", "Python stops with an error at this word, curl ignores it", hint "delete the word, or mend the keyword";
    /// A keyword in capitals.
    KeywordCase = "netrc_keyword_case", "Python knows keywords in small letters only, curl in any", hint "write the keyword in small letters";
    /// `user` in place of `login`.
    UserKeyword = "netrc_user_keyword", "Python takes `user` for `login`, curl does not", hint "write `login`";
    /// A value that reads like a keyword.
    KeywordValue = "netrc_keyword_value", "a value is a keyword: a value may be missing before it, and curl may take it for the keyword", hint "add the missing value, or put this one in double quotes";
    /// A keyword at the end, without its value.
    MissingValue = "netrc_missing_value", "the file ends where a value belongs: Python takes it for empty or stops, curl ignores the keyword", hint "add the value";
    /// An entry without a login.
    MissingLogin = "netrc_missing_login", "the entry has no login: curl sends nothing, Python gives an empty one", hint "add `login` and the username";
    /// An entry without a password.
    MissingPassword = "netrc_missing_password", "the entry has no password", hint "add `password` and the password";
    /// A machine that occurs twice.
    Duplicate = "netrc_duplicate", "the machine occurs twice: curl takes the first entry, Python the last", hint "delete one of them";
    /// A keyword that occurs twice in an entry.
    RepeatedField = "netrc_repeated_field", "a keyword occurs twice in the entry: curl takes what stands when it has both values, Python the last", hint "delete one of them";
    /// A `default` that is not the last entry.
    DefaultFirst = "netrc_default_first", "curl stops at `default` and never sees this machine, Python finds it", hint "move `default` to the end";
    /// A machine with a port.
    Port = "netrc_port", "neither curl nor Python finds a machine with a port", hint "write the host alone";
    /// A macro that no blank line ends.
    OpenMacro = "netrc_open_macro", "no empty line ends the macro: Python stops with an error, curl reads to the end", hint "add an empty line";
    /// White space, a CR among it, at the end of a line, or a blank line, before a value.
    EmptyWord = "netrc_empty_word", "curl takes white space or a CR at the end of this line, or a blank line, for an empty value or the end of a macro", hint "put the value on the same line; after `macdef` and its name end the line at once, with LF";
    /// A line longer than curl reads.
    LongLine = "netrc_long_line", "curl before 8 skips lines over 4,095 bytes, and so the credential", hint "write login and password on lines of their own, or use another format";
    /// A byte order mark.
    ByteOrderMark = "netrc_byte_order_mark", "a byte order mark stands at the start: Python stops with an error, curl misses the first word", hint "save the file without a byte order mark";
}

impl Serialize for Difference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
