//! The list of calls: their names in JavaScript, which the bindings and the TypeScript types share.

use pulltoken_core::{Error, ErrorCode, Result};

macro_rules! calls {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)+) => {
        /// A call of a client.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Call {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Call {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name in JavaScript.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

calls! {
    /// Who the session belongs to.
    Whoami = "whoami";
    /// The organisations that it sees.
    Organizations = "organizations";
    /// Makes a pull token.
    CreatePullToken = "createPullToken";
    /// Lists pull tokens.
    ListPullTokens = "listPullTokens";
    /// Changes name and description.
    UpdatePullToken = "updatePullToken";
    /// Deletes one.
    DeletePullToken = "deletePullToken";
    /// Deletes the expired ones of an organisation.
    DeleteExpiredPullTokens = "deleteExpiredPullTokens";
    /// Makes a new one in the place of an old one.
    RotatePullToken = "rotatePullToken";
    /// Changes what one opens.
    SetRole = "setRole";
    /// Lists entitlements.
    ListEntitlements = "listEntitlements";
    /// Entitles an organisation.
    CreateEntitlement = "createEntitlement";
    /// Takes an entitlement away.
    DeleteEntitlement = "deleteEntitlement";
    /// Asks the registry whether a credential opens an ecosystem.
    VerifyAccess = "verifyAccess";
    /// A token of somebody else's for sessions.
    ExchangeToken = "exchangeToken";
    /// A refresh token for a session.
    RefreshSession = "refreshSession";
    /// Signs in by a code that is typed in elsewhere.
    SignInByDevice = "signInByDevice";
    /// Signs in by a page that is opened elsewhere.
    SignInHeadless = "signInHeadless";
    /// Makes sure that a verified organisation bears a name.
    CheckOrganization = "checkOrganization";
}

impl Call {
    /// Whether it needs a session for the API.
    pub const fn needs_session(self) -> bool {
        !matches!(
            self,
            Self::VerifyAccess
                | Self::ExchangeToken
                | Self::RefreshSession
                | Self::SignInByDevice
                | Self::SignInHeadless
                | Self::CheckOrganization
        )
    }

    /// Finds a call by its name.
    ///
    /// # Errors
    /// `usage`.
    pub fn parse(name: &str) -> Result<Self> {
        let unknown = || Error::new(ErrorCode::Usage, "a client has no call of that name");
        Self::ALL.iter().copied().find(|call| call.as_str() == name).ok_or_else(unknown)
    }
}
