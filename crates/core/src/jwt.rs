//! JSON Web Tokens: reading what one claims, and laying one out for signing. No signature is
//! checked or made here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::json::{self, Object, Value};
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// What a token says of itself. Unproven until somebody checks the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedJwt {
    /// The header's `alg`.
    pub algorithm: String,
    /// The claims that matter here.
    pub claims: Claims,
}

/// The registered claims of RFC 7519 that pull tokens and sessions use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// `iss`.
    pub issuer: Option<String>,
    /// `sub`.
    pub subject: Option<String>,
    /// `aud`, which may be one text or several.
    pub audience: Vec<String>,
    /// `exp`.
    pub expires_at: Option<Timestamp>,
    /// `nbf`.
    pub not_before: Option<Timestamp>,
    /// `iat`.
    pub issued_at: Option<Timestamp>,
}

/// Why a text is no JSON Web Token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtDefect {
    /// It has not three parts between dots; how many it has.
    Parts(usize),
    /// A part (1, 2 or 3) is not unpadded base64url.
    Base64(u8),
    /// The header (1) or payload (2) is no JSON object of the expected shape.
    Json(u8),
}

impl UnverifiedJwt {
    /// Reads a compact token.
    ///
    /// # Errors
    /// The first defect, from the left.
    pub fn parse(text: &str) -> Result<Self, JwtDefect> {
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwtDefect::Parts(text.split('.').count()));
        };
        // One buffer for all three: a report is asked for often, and a signature is long.
        let mut buffer = Vec::with_capacity(header.len().max(payload.len()).max(signature.len()));
        let algorithm = read_part(header, 1, &mut buffer, |header| text_of(header, "alg").flatten())?;
        let claims = read_part(payload, 2, &mut buffer, Claims::read)?;
        if signature.is_empty() {
            return Err(JwtDefect::Base64(3));
        }
        decode_part(signature, 3, &mut buffer)?;
        Ok(Self { algorithm, claims })
    }
}

fn decode_part(part: &str, number: u8, buffer: &mut Vec<u8>) -> Result<(), JwtDefect> {
    buffer.clear();
    URL_SAFE_NO_PAD.decode_vec(part, buffer).map_err(|_| JwtDefect::Base64(number))
}

/// What is read from the object that a part holds.
fn read_part<T>(
    part: &str,
    number: u8,
    buffer: &mut Vec<u8>,
    read: impl FnOnce(&mut Object<'_>) -> Option<T>,
) -> Result<T, JwtDefect> {
    decode_part(part, number, buffer)?;
    match std::str::from_utf8(buffer).map(json::read) {
        Ok(Ok(Value::Object(mut object))) => read(&mut object),
        _ => None,
    }
    .ok_or(JwtDefect::Json(number))
}

impl Claims {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        Some(Self {
            issuer: text_of(object, "iss")?,
            subject: text_of(object, "sub")?,
            audience: audience(object)?,
            expires_at: date(object, "exp")?,
            not_before: date(object, "nbf")?,
            issued_at: date(object, "iat")?,
        })
    }
}

/// The value of a name, which may be none; `None` where there is more than one.
fn value<'a>(object: &mut Object<'a>, name: &str) -> Option<Value<'a>> {
    object.take(name).ok().map(|value| value.unwrap_or(Value::Null))
}

/// A text or none; `None` for anything else.
fn text_of(object: &mut Object<'_>, name: &str) -> Option<Option<String>> {
    match value(object, name)? {
        Value::Null => Some(None),
        Value::Text(text) => Some(Some(text.into_owned())),
        _ => None,
    }
}

/// A text, a list of texts, or none.
fn audience(object: &mut Object<'_>) -> Option<Vec<String>> {
    match value(object, "aud")? {
        Value::Null => Some(Vec::new()),
        Value::Text(text) => Some(vec![text.into_owned()]),
        Value::List(list) => list
            .into_iter()
            .map(|value| if let Value::Text(text) = value { Some(text.into_owned()) } else { None })
            .collect(),
        _ => None,
    }
}

/// RFC 7519's NumericDate: seconds since 1970, a fraction allowed and dropped towards the past.
fn date(object: &mut Object<'_>, name: &str) -> Option<Option<Timestamp>> {
    match value(object, name)? {
        Value::Null => Some(None),
        // `as` saturates, and what saturates is out of range for a timestamp.
        Value::Number(number) => {
            let seconds = number.whole().unwrap_or_else(|| number.float().floor() as i64);
            Timestamp::from_unix_seconds(seconds).map(Some)
        }
        _ => None,
    }
}

/// A token all but its signature: what an RS256 key signs.
pub struct SigningInput(String);

impl SigningInput {
    /// Lays out the claims of a pull token: issued now, for one audience.
    pub fn new(
        key_id: &str,
        issuer: &str,
        subject: &str,
        audience: &str,
        issued_at: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        #[derive(Serialize)]
        struct Header<'a> {
            alg: &'a str,
            kid: &'a str,
            typ: &'a str,
        }
        #[derive(Serialize)]
        struct Payload<'a> {
            iss: &'a str,
            sub: &'a str,
            aud: [&'a str; 1],
            iat: i64,
            exp: i64,
        }
        let header = Header { alg: "RS256", kid: key_id, typ: "JWT" };
        let payload = Payload {
            iss: issuer,
            sub: subject,
            aud: [audience],
            iat: issued_at.unix_seconds(),
            exp: expires_at.unix_seconds(),
        };
        Self(format!("{}.{}", encode_json(&header), encode_json(&payload)))
    }

    /// The bytes to sign.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The finished token.
    pub fn with_signature(self, signature: &[u8]) -> Secret {
        Secret::new(format!("{}.{}", self.0, URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn encode_json(value: &impl Serialize) -> String {
    // Structs of texts and numbers always serialise; an empty part would be refused by every reader.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn reads_back_what_it_lays_out() {
        let (from, to) = (Timestamp::from_unix_seconds(1_000).unwrap(), Timestamp::from_unix_seconds(2_000).unwrap());
        let secret = SigningInput::new("k", "https://i.test", "s", "https://a.test", from, to).with_signature(b"sig");
        let jwt = UnverifiedJwt::parse(secret.expose()).unwrap();
        assert_eq!(jwt.algorithm, "RS256");
        assert_eq!(jwt.claims.issuer.as_deref(), Some("https://i.test"));
        assert_eq!(jwt.claims.audience, ["https://a.test"]);
        assert_eq!((jwt.claims.issued_at, jwt.claims.expires_at), (Some(from), Some(to)));
    }

    #[test]
    fn audience_and_dates_come_in_all_shapes() {
        let claims = |payload| UnverifiedJwt::parse(&token(r#"{"alg":"x"}"#, payload)).map(|jwt| jwt.claims);
        assert_eq!(claims(r#"{"aud":"a"}"#).unwrap().audience, ["a"]);
        assert_eq!(claims(r#"{"aud":["a","b"],"exp":1e3}"#).unwrap().expires_at, Timestamp::from_unix_seconds(1000));
        assert_eq!(claims(r#"{"exp":1000.9,"aud":null}"#).unwrap().expires_at, Timestamp::from_unix_seconds(1000));
        assert_eq!(claims("{}").unwrap(), Claims::default());
        for bad in [
            r#"{"exp":"1000"}"#,
            r#"{"exp":1,"exp":2}"#,
            r#"[null,null,null]"#,
            r#"{"exp":1e300}"#,
            r#"{"aud":1}"#,
            r#"{"aud":["a",1]}"#,
            r#"{"aud":{}}"#,
            "[]",
            "null",
            "{",
        ] {
            assert_eq!(claims(bad), Err(JwtDefect::Json(2)), "{bad}");
        }
    }

    #[test]
    fn names_the_first_defect() {
        let good = token(r#"{"alg":"RS256"}"#, "{}");
        assert_eq!(UnverifiedJwt::parse("abc"), Err(JwtDefect::Parts(1)));
        assert_eq!(UnverifiedJwt::parse(&format!("{good}.x")), Err(JwtDefect::Parts(4)));
        assert_eq!(UnverifiedJwt::parse(&format!("={good}")), Err(JwtDefect::Base64(1)));
        assert_eq!(UnverifiedJwt::parse(&format!("{good}=")), Err(JwtDefect::Base64(3)));
        assert_eq!(UnverifiedJwt::parse(&token("{}", "{}")), Err(JwtDefect::Json(1)));
    }
}
