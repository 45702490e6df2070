//! `json`: one object on one line, as `pulltoken get -o json` prints it.

use serde::{Deserialize, Serialize};

use crate::credentials::Credentials;
use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::formats::{ParsedEntry, RenderOptions};
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
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Document {
        Many(Vec<Found>),
        One(Found),
    }
    #[derive(Deserialize)]
    struct Found {
        #[serde(alias = "identity_id")]
        username: Option<String>,
        #[serde(alias = "token")]
        password: Option<Secret>,
        ecosystem: Option<String>,
    }
    let text = text.trim_start_matches(super::lines::BOM);
    let document: Document = serde_json::from_str(text).map_err(|error| {
        // The parser's own words may repeat what it read: only the place is passed on.
        let (line, column) = (error.line(), error.column());
        let place = if line == 0 { String::new() } else { format!(" at line {line}, column {column}") };
        Error::new(ErrorCode::InvalidSyntax, format!("this is no JSON object with username and password{place}"))
    })?;
    let found = match document {
        Document::Many(list) => list,
        Document::One(one) => vec![one],
    };
    Ok(found
        .into_iter()
        .filter(|found| found.username.is_some() || found.password.is_some())
        .map(|found| ParsedEntry {
            line: 1,
            ecosystem: found.ecosystem.and_then(|text| Ecosystem::parse(&text).ok()),
            username: found.username,
            password: found.password,
            ..ParsedEntry::default()
        })
        .collect())
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
