//! The password of the proxy itself, which keeps strangers on this machine out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::PROXY_AUTHORIZATION;
use pulltoken_core::{Error, ErrorCode, Result, Secret};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::head::Head;

/// The user that stands before the password in a proxy's URL.
const USER: &str = "s";

/// 128 random bits in hex.
pub(crate) struct Password(Secret);

impl Password {
    /// Draws one.
    ///
    /// # Errors
    /// `internal` where the machine has no random bytes to give.
    pub(crate) fn draw() -> Result<Self> {
        let mut bytes = Zeroizing::new([0; 16]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|error| Error::new(ErrorCode::Internal, format!("no random numbers can be drawn: {error}")))?;
        let mut text = Zeroizing::new(String::with_capacity(32));
        for byte in bytes.iter() {
            text.push_str(&format!("{byte:02x}"));
        }
        Ok(Self(Secret::new(text.as_str())))
    }

    /// `s:PASSWORD`, for the front of a proxy's URL.
    pub(crate) fn userinfo(&self) -> Secret {
        // Stays wrapped: only the form changes.
        Secret::new(format!("{USER}:{}", self.0.expose()))
    }

    /// Whether a request brings the password. The comparison takes as long for a wrong one.
    pub(crate) fn opens(&self, head: &Head) -> bool {
        let Ok(Some(value)) = head.only(PROXY_AUTHORIZATION) else { return false };
        let Some((scheme, pair)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else { return false };
        let Ok(pair) = STANDARD.decode(pair.trim()).map(Zeroizing::new) else { return false };
        // Compared here, never sent.
        let expected = self.userinfo();
        scheme.eq_ignore_ascii_case("basic") && bool::from(pair.as_slice().ct_eq(expected.expose().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens(password: &Password, headers: &str) -> bool {
        password.opens(&Head::read(format!("CONNECT a:1 HTTP/1.1\r\n{headers}\r\n").as_bytes()).unwrap())
    }

    #[test]
    fn opens_to_the_pair_alone() {
        let password = Password::draw().unwrap();
        let userinfo = password.userinfo().expose().to_owned();
        assert_eq!(userinfo.len(), 2 + 32);
        let header = |pair: &str| format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode(pair));
        assert!(opens(&password, &header(&userinfo)));
        assert!(opens(&password, &header(&userinfo).replace("Basic", "bASIC")));
        let other = Password::draw().unwrap().userinfo().expose().to_owned();
        for headers in [
            String::new(),
            header(&other),
            header(&userinfo[..userinfo.len() - 1]),
            header(&format!("{userinfo}0")),
            header(&userinfo.replacen('s', "t", 1)),
            header(&userinfo) + &header(&userinfo),
            header(&userinfo).replace("Basic", "Bearer"),
            header(&userinfo).replace("Proxy-", ""),
            "Proxy-Authorization: Basic\r\n".to_owned(),
            "Proxy-Authorization: Basic !\r\n".to_owned(),
        ] {
            assert!(!opens(&password, &headers), "{headers}");
        }
    }
}
