//! What a credential can be, and how it can be.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! names {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $vdoc:literal])+ $variant:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[doc = $vdoc])+ $variant,)+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

names! {
    /// What a password is, by the claims in it.
    Kind {
        /// A token made for one identity by its own key.
        PullToken = "pull_token",
        /// A signed-in person's or workload's token.
        Session = "session",
        /// Neither, or not readable.
        Unknown = "unknown",
    }
}

names! {
    /// The verdict on a credential. The order is that of precedence: the first that applies.
    State {
        /// Not what it should look like: a slip in copying, most often.
        Malformed = "malformed",
        /// Its time is over.
        Expired = "expired",
        /// Its time has not come, by the clock that was given.
        NotYetValid = "not_yet_valid",
        /// In order as such, but not for this.
        Unusable = "unusable",
        /// Still good, though not for long.
        Expiring = "expiring",
        /// Nothing is wrong that can be seen from here.
        Valid = "valid",
    }
}

impl State {
    /// Whether the registry would take it, as far as can be seen from here.
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Valid | Self::Expiring)
    }
}
