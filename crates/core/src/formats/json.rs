//! `json`: one object on one line, as `pulltoken get -o json` prints it.

use serde::Serialize;

use crate::credentials::Credentials;
use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::formats::{ParsedEntry, RenderOptions};
use crate::json::{self, Value};
use crate::jwt::UnverifiedJwt;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    username: &'a str,
    password: &'a str,
    ecosystem: Ecosystem,
    source: Option<&'a str>,
    expires_at: Option<Timestamp>,
}

pub(super) fn render(c: &Credentials, o: &RenderOptions) -> Result<Secret> {
    // The password leaves here for whoever reads the object.
    let password = c.password.expose();
    let object = Object {
        username: &c.username,
        password,
        ecosystem: o.ecosystem,
        source: o.source.as_deref(),
        expires_at: UnverifiedJwt::parse(password).ok().and_then(|jwt| jwt.claims.expires_at),
    };
    let mut text = serde_json::to_string(&object)
        .map_err(|error| Error::new(ErrorCode::Internal, format!("the credential could not be written: {error}")))?;
    text.push('\n');
    Ok(Secret::new(text))
}

/// One object, or an array of them, each with a username or a password. Fields such as
/// `identity_id` and `token`, which the vendor's CLI prints, are read too.
pub(super) fn parse(text: &str) -> Result<Vec<ParsedEntry>> {
    let text = text.trim_start_matches(super::lines::BOM);
    let found = match json::read(text) {
        Ok(Value::List(list)) => list,
        Ok(one) => vec![one],
        // Only the place is passed on: what stands there may be a secret.
        Err(defect) => {
            let line = text[..defect.at].matches('\n').count() + 1;
            return Err(unusual(&format!(" at line {line}")));
        }
    };
    let found: Option<Vec<_>> = found.into_iter().map(entry).collect();
    let entries = found.ok_or_else(|| unusual(""))?.into_iter();
    Ok(entries.filter(|entry| entry.username.is_some() || entry.password.is_some()).collect())
}

/// What an object says; `None` where it is none, or holds something else than texts.
fn entry(value: Value<'_>) -> Option<ParsedEntry> {
    let Value::Object(mut object) = value else { return None };
    let username = text(&mut object, ["username", "identity_id"])?;
    let password = text(&mut object, ["password", "token"])?.map(Secret::new);
    let ecosystem = text(&mut object, ["ecosystem", "ecosystem"])?.and_then(|text| Ecosystem::parse(&text).ok());
    Some(ParsedEntry { line: 1, ecosystem, username, password, ..ParsedEntry::default() })
}

/// The text of one name or the other, not of both.
fn text(object: &mut json::Object<'_>, names: [&str; 2]) -> Option<Option<String>> {
    let mut found = None;
    for name in names {
        match object.take(name).ok()? {
            None => {}
            Some(_) if found.is_some() => return None,
            Some(Value::Text(text)) => found = Some(Some(text.into_owned())),
            Some(Value::Null) => found = Some(None),
            Some(_) => return None,
        }
    }
    Some(found.flatten())
}

fn unusual(place: &str) -> Error {
    Error::new(ErrorCode::InvalidSyntax, format!("this is no JSON object with username and password{place}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::options;

    #[test]
    fn what_is_unknown_is_null() {
        let text = render(&Credentials::new("u", Secret::new("p\n\"")), &options()).unwrap();
        assert_eq!(
            text.expose(),
            "{\"username\":\"u\",\"password\":\"p\\n\\\"\",\"ecosystem\":\"javascript\",\"source\":null,\"expiresAt\":null}\n"
        );
        let found = parse(text.expose()).unwrap();
        assert_eq!(found[0].password.as_ref().unwrap().expose(), "p\n\"");
    }

    #[test]
    fn the_expiry_comes_from_the_token() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjB9.c2ln";
        let text = render(&Credentials::new("u", Secret::new(jwt)), &options()).unwrap();
        assert!(text.expose().contains(r#""expiresAt":"1970-01-01T00:00:00Z""#));
    }

    #[test]
    fn the_vendors_object_is_read_and_errors_show_nothing() {
        assert_eq!(parse(r#"{"identity_id":"i","token":"t"}"#).unwrap()[0].username.as_deref(), Some("i"));
        let error = parse(r#"{"password": hunter2}"#).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidSyntax);
        assert!(!error.message().contains("hunter2"));
    }
}
