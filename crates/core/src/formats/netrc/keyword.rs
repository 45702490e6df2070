//! The words that give a netrc its structure.

/// A keyword.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Machine,
    Default,
    Macdef,
    Login,
    User,
    Account,
    Password,
}

impl Keyword {
    const ALL: [Self; 7] =
        [Self::Machine, Self::Login, Self::Password, Self::Default, Self::Macdef, Self::User, Self::Account];

    /// The keyword that a word is, in letters of either case, as curl reads it.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|keyword| word.eq_ignore_ascii_case(keyword.as_str()))
    }

    /// As Python reads it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Default => "default",
            Self::Macdef => "macdef",
            Self::Login => "login",
            Self::User => "user",
            Self::Account => "account",
            Self::Password => "password",
        }
    }

    /// Whether it begins an entry or a macro, and so ends the entry before.
    pub(super) const fn is_head(self) -> bool {
        matches!(self, Self::Machine | Self::Default | Self::Macdef)
    }
}
