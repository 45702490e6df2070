//! `ISSUER/oauth`: the page that a browser is sent to, and what it brings back.

use std::fmt;

use crate::base_url::BaseUrl;
use crate::error::{Error, ErrorCode, Result};
use crate::http::encode_query;
use crate::jwt::UnverifiedJwt;
use crate::secret::Secret;
use crate::text::printable_prefix;
use crate::uidp::Uidp;

/// Through which door a person comes in; the issuer's own choice is offered without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Door {
    /// Whatever the issuer offers.
    #[default]
    Any,
    /// An organisation's identity provider.
    IdentityProvider(Uidp),
    /// The identity provider of a verified organisation of this name.
    Organization(String),
    /// A social log-in.
    Social(SocialLogin),
}

/// A social log-in, as the issuer names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SocialLogin {
    Email,
    Google,
    GitHub,
    GitLab,
}

impl SocialLogin {
    /// Reads `email`, `google` (or `google-oauth2`), `github` or `gitlab`.
    ///
    /// # Errors
    /// `usage`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "email" => Ok(Self::Email),
            "google" | "google-oauth2" => Ok(Self::Google),
            "github" => Ok(Self::GitHub),
            "gitlab" => Ok(Self::GitLab),
            _ => {
                let message = format!("`{}` is no social log-in", printable_prefix(text, 40));
                Err(Error::new(ErrorCode::Usage, message).with_hint("choose email, google, github or gitlab"))
            }
        }
    }

    /// The value of `connection`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Google => "google-oauth2",
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
        }
    }
}

impl Door {
    fn fields(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Any => None,
            Self::IdentityProvider(id) => Some(("idp_id", id.as_str())),
            Self::Organization(name) => Some(("idp_id", name)),
            Self::Social(login) => Some(("connection", login.as_str())),
        }
    }
}

/// What a sign-in by browser asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Where the browser comes back to, nonce included.
    pub redirect: &'a Redirect,
    /// What the session is to open.
    pub audience: &'a str,
    /// The identity to act as, where it is not the person's own.
    pub identity: Option<&'a Uidp>,
    /// The door.
    pub door: &'a Door,
}

/// The page for a browser that can come back to us. It holds the nonce: not for a process's arguments.
pub fn url(issuer: &BaseUrl, asked: &Asked<'_>) -> Secret {
    // The issuer sends the browser to this URL; only the person's own browser sees it.
    let mut fields = vec![("exit", "redirect"), ("redirect", asked.redirect.url.expose())];
    fields.push(("audience", asked.audience));
    fields.extend(asked.identity.map(|id| ("identity", id.as_str())));
    fields.extend(asked.door.fields());
    fields.extend([("create_refresh_token", "true"), ("skip_registration", "true")]);
    Secret::new(page(issuer, &fields))
}

/// The page for a browser on any machine, which cannot come back to us.
pub fn headless_url(issuer: &BaseUrl, code: &str, door: &Door) -> String {
    let mut fields = vec![("headless_code", code)];
    fields.extend(door.fields());
    page(issuer, &fields)
}

fn page(issuer: &BaseUrl, fields: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode_query(value))).collect();
    format!("{}?{}", issuer.join("/oauth"), pairs.join("&"))
}

/// Where a browser comes back to: an address of ours, and a nonce that nobody else knows.
#[derive(Clone, Debug)]
pub struct Redirect {
    url: Secret,
    nonce: Nonce,
}

impl Redirect {
    /// `base` is the callback's address without a query, `http://localhost:PORT/callback`.
    pub fn new(base: &str, nonce: Nonce) -> Self {
        // `token` and `error` are switches: the issuer is to bring back both. The nonce goes to the
        // issuer and comes back from it.
        let url = format!("{base}?token=true&error=true&nonce={}", nonce.0.expose());
        Self { url: Secret::new(url), nonce }
    }

    /// Reads the query that a browser came back with.
    ///
    /// # Errors
    /// `sign_in_refused` with what the issuer says, which it has to say with our nonce.
    pub fn read(&self, query: &str) -> Result<Return> {
        self.nonce.read(query)
    }
}

/// 128 random bits as 32 hex digits, by which what comes back is known to have been begun here.
#[derive(Clone, Debug)]
pub struct Nonce(Secret);

impl Nonce {
    /// Of random bytes.
    pub fn new(bytes: &[u8; 16]) -> Self {
        Self(Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
    }

    /// Takes 32 hex digits that were drawn elsewhere.
    ///
    /// # Errors
    /// `usage` for anything else.
    pub fn parse(text: Secret) -> Result<Self> {
        // Looked at for its form alone.
        if text.expose().len() == 32 && text.expose().bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(text));
        }
        Err(Error::new(ErrorCode::Usage, "the nonce of a sign-in is 32 hex digits"))
    }

    /// Reads the query that a browser came back with, as [`Redirect::read`] does.
    ///
    /// # Errors
    /// `sign_in_refused` with what the issuer says, which it has to say with this nonce.
    pub fn read(&self, query: &str) -> Result<Return> {
        let fields: Vec<(String, String)> = query.split('&').filter_map(decode_pair).collect();
        let value = |name: &str| -> Option<&str> {
            // `true` is a switch of our own URL, which an issuer may leave in front of its answer.
            let is_switch = |value: &str| value == "true" && matches!(name, "token" | "error");
            let mut found = fields.iter().filter(|(own, value)| own == name && !value.is_empty() && !is_switch(value));
            found.next().map(|(_, value)| value.as_str())
        };
        let ours = match value("nonce") {
            // Compared with what we drew ourselves.
            Some(nonce) if same(nonce.as_bytes(), self.0.expose().as_bytes()) => true,
            Some(_) => return Ok(Return::Stranger),
            None => false,
        };
        if let Some(token) = value("token") {
            let refresh_token = value("refresh_token").map(Secret::new);
            return Ok(Return::Token { token: Secret::new(token), refresh_token, proven: ours });
        }
        let Some(text) = value("error").filter(|_| ours) else { return Ok(Return::Stranger) };
        let reason = printable_prefix(text, 200);
        let message = match value("status_code") {
            Some("404") => "the issuer knows no such account: it has to be registered first".to_owned(),
            Some(status) => format!("the issuer refused: {reason} ({})", printable_prefix(status, 8)),
            None => format!("the issuer refused: {reason}"),
        };
        Err(Error::new(ErrorCode::SignInRefused, message))
    }
}

/// The token that a browser brought, read, if it is for what was asked.
///
/// # Errors
/// `sign_in_refused` for what is no token, and for one towards another audience.
pub fn checked(token: &Secret, audience: &str) -> Result<UnverifiedJwt> {
    let refused = |message: String| Error::new(ErrorCode::SignInRefused, message);
    // Read only: the token goes nowhere from here.
    let jwt = UnverifiedJwt::parse(token.expose())
        .map_err(|_| refused("the browser brought something that is no token".to_owned()))?;
    if !jwt.claims.audience.iter().any(|own| own == audience) {
        return Err(refused(format!("the browser brought a token that is not for {audience}")));
    }
    Ok(jwt)
}

/// What a browser came back with.
#[derive(Debug)]
pub enum Return {
    /// A session.
    Token {
        /// The session.
        token: Secret,
        /// What renews it.
        refresh_token: Option<Secret>,
        /// Whether the nonce came back with it. Without, anybody's page may have sent the browser here.
        proven: bool,
    },
    /// Nothing that concerns us: another nonce, or neither a token nor an error with ours.
    Stranger,
}

impl fmt::Display for SocialLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Compares without telling by time where the difference is.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// One pair of a query, percent and plus decoded; `None` where that gives no text.
fn decode_pair(pair: &str) -> Option<(String, String)> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    Some((decode(name)?, decode(value)?))
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16));
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirect() -> Redirect {
        Redirect::new("http://localhost:1/callback", Nonce::new(&[0xab; 16]))
    }

    fn nonce() -> String {
        "ab".repeat(16)
    }

    #[test]
    fn the_page_is_asked_for_one_audience() {
        let issuer = BaseUrl::parse("https://issuer.test").unwrap();
        let door = Door::Organization("a b".into());
        let asked = Asked { redirect: &redirect(), audience: "https://a.test", identity: None, door: &door };
        let expected = format!(
            "https://issuer.test/oauth?exit=redirect&redirect=http%3A%2F%2Flocalhost%3A1%2Fcallback%3Ftoken%3Dtrue%26error%3Dtrue%26nonce%3D{}&audience=https%3A%2F%2Fa.test&idp_id=a%20b&create_refresh_token=true&skip_registration=true",
            nonce()
        );
        assert_eq!(url(&issuer, &asked).expose(), expected);
        let door = Door::Social(SocialLogin::parse("google").unwrap());
        assert_eq!(
            headless_url(&issuer, "c_-", &door),
            "https://issuer.test/oauth?headless_code=c_-&connection=google-oauth2"
        );
    }

    #[test]
    fn a_token_is_proven_by_our_nonce_alone() {
        let read = |query: &str| redirect().read(query).unwrap();
        let query = format!("error=true&nonce={}&token=t%2E1&refresh_token=r%2B+", nonce());
        let Return::Token { token, refresh_token, proven: true } = read(&query) else { panic!("not proven") };
        assert_eq!((token.expose(), refresh_token.unwrap().expose()), ("t.1", "r+ "));
        assert!(matches!(read("token=t"), Return::Token { proven: false, .. }));
        // An issuer that puts its answer behind what was there.
        let behind = format!("token=true&error=true&nonce={}&token=t2", nonce());
        assert!(matches!(read(&behind), Return::Token { token, proven: true, .. } if token.expose() == "t2"));
        let other = format!("token=t&nonce={}", "ac".repeat(16));
        for query in ["token=t&nonce=ac", &other, "token=true", "", "token=%zz", "%", "error=access_denied"] {
            assert!(matches!(read(query), Return::Stranger), "{query}");
        }
    }

    #[test]
    fn the_issuer_says_why_it_refused() {
        let message = |query: &str| redirect().read(query).unwrap_err().message().to_owned();
        let denied = message(&format!("error=access_denied&status_code=403&nonce={}", nonce()));
        assert!(denied.contains("access_denied (403)"));
        assert!(message(&format!("error=x&status_code=404&nonce={}", nonce())).contains("registered"));
    }

    #[test]
    fn a_nonce_is_128_bits_as_hex() {
        let parse = |text: &str| Nonce::parse(Secret::new(text));
        assert!(matches!(
            parse(&nonce()).unwrap().read(&format!("token=t&nonce={}", nonce())),
            Ok(Return::Token { proven: true, .. })
        ));
        for text in ["", "ab", "zb".repeat(16).as_str(), &"ab".repeat(17)] {
            assert_eq!(parse(text).unwrap_err().code(), ErrorCode::Usage, "{text}");
        }
    }

    #[test]
    fn nothing_of_a_redirect_is_printed() {
        assert!(!format!("{:?}", redirect()).contains(&nonce()));
    }
}
