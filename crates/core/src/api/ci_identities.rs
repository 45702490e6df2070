//! `/iam/v1/identities` and `/iam/v2/identities`: the identities that jobs assume with tokens of their
//! own, by what those tokens say.

use std::collections::BTreeMap;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::pages::{self, At, Page, Place};
use super::reader::{self, OtherShape, Parts, Read};
use super::{Caller, items, read};
use crate::error::Result;
use crate::http::{Method, Request, Response};
use crate::json::Value;
use crate::names::{Description, Name};
use crate::timestamp::Timestamp;
use crate::trust::{ClaimMatch, Matcher, Trust};
use crate::uidp::Uidp;

/// An identity that is assumed by claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiIdentity {
    /// The identifier.
    pub id: Uidp,
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// What a token must say.
    pub claims: ClaimMatch,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When a job last assumed it, if one ever did.
    pub last_seen_at: Option<Timestamp>,
}

/// Asks to make an identity below an organisation.
pub fn create(caller: &Caller, parent: &Uidp, trust: &Trust) -> Request {
    caller.request(Method::Post, &format!("/iam/v1/identities/{parent}")).with_json(&Body {
        name: &trust.name,
        description: &trust.description,
        claim_match: &trust.claims,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    name: &'a Name,
    description: &'a Description,
    claim_match: &'a ClaimMatch,
}

/// Asks for a page of those below a group, or of all that the caller can see.
pub fn request(caller: &Caller, below: Option<&Uidp>, at: At<'_>) -> Request {
    let mut query = pages::query(below.map(Uidp::as_str), at);
    query.push(("relationship_type", "RELATIONSHIP_TYPE_CLAIM_MATCH"));
    caller.get("/iam/v2/identities", &query)
}

/// Reads a page.
///
/// # Errors
/// What the platform refused with; `not_found` or `unimplemented` from a server without v2.
pub fn parse(response: &Response) -> Result<Page<CiIdentity>> {
    let list: List = read(response, "list the identities")?;
    let given = list.identities.len();
    Ok(list.place.page(given, list.identities.into_iter().filter_map(Message::assumable).collect()))
}

/// Reads an older server's list, which [`super::identity_list::request_v1`] asks for.
///
/// # Errors
/// What the platform refused with.
pub fn parse_v1(response: &Response) -> Result<Vec<CiIdentity>> {
    let list: Vec<Message> = items(response, "list the identities")?;
    Ok(list.into_iter().filter_map(Message::assumable).collect())
}

/// What stands behind an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// An identity that jobs assume.
    Assumable,
    /// An identity of another kind: a pull token, a person, a service.
    Other,
}

/// Reads the answer to [`super::identity_list::request_one`].
///
/// # Errors
/// What the platform refused with; `not_found` or `unimplemented` from a server without v2.
pub fn parse_one(response: &Response, id: &Uidp) -> Result<Option<Found>> {
    let list: List = read(response, "look up the identity")?;
    Ok(Found::of(list.identities, id))
}

/// Reads the answer to [`super::identity_list::request_one_v1`].
///
/// # Errors
/// What the platform refused with.
pub fn parse_one_v1(response: &Response, id: &Uidp) -> Result<Option<Found>> {
    Ok(Found::of(items(response, "look up the identity")?, id))
}

impl Found {
    fn of(list: Vec<Message>, id: &Uidp) -> Option<Self> {
        let found = list.into_iter().find(|one| one.id == *id)?;
        Some(if found.claim_match.is_some() { Self::Assumable } else { Self::Other })
    }
}

struct List {
    identities: Vec<Message>,
    place: Place,
}

impl reader::Message for List {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self { identities: parts.list(&["identities"])?, place: Place::of(parts)? })
    }
}

/// An identity of either version: they differ in some names alone.
struct Message {
    id: Uidp,
    name: String,
    description: String,
    created_at: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    claim_match: Option<ClaimMatch>,
}

impl reader::Message for Message {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            id: parts.needed_id(&["id", "uid"])?,
            name: parts.text(&["name"])?,
            description: parts.text(&["description"])?,
            created_at: parts.moment(&["createdAt", "createTime"])?,
            last_seen: parts.moment(&["lastSeen", "lastSeenTime"])?,
            claim_match: parts.message(&["claimMatch"])?,
        })
    }
}

impl reader::Message for ClaimMatch {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            issuer: matcher(parts.text(&["issuer"])?, parts.text(&["issuerPattern"])?),
            subject: matcher(parts.text(&["subject"])?, parts.text(&["subjectPattern"])?),
            audience: matcher(parts.text(&["audience"])?, parts.text(&["audiencePattern"])?),
            claims: texts(parts.value(&["claims"])?)?,
            claim_patterns: texts(parts.value(&["claimPatterns"])?)?,
        })
    }
}

/// Texts by their names.
fn texts(value: Value<'_>) -> Read<BTreeMap<String, String>> {
    match value {
        Value::Null => Ok(BTreeMap::new()),
        Value::Object(members) => members
            .into_members()
            .map(|(name, value)| match value {
                Value::Text(text) => Ok((name.into_owned(), text.into_owned())),
                _ => Err(OtherShape),
            })
            .collect(),
        _ => Err(OtherShape),
    }
}

impl Message {
    fn assumable(self) -> Option<CiIdentity> {
        let claims = self.claim_match?;
        Some(CiIdentity {
            id: self.id,
            name: self.name,
            description: self.description,
            claims,
            created_at: self.created_at,
            last_seen_at: self.last_seen,
        })
    }
}

fn matcher(exact: String, pattern: String) -> Option<Matcher> {
    match (exact.is_empty(), pattern.is_empty()) {
        (false, _) => Some(Matcher::Exact(exact)),
        (true, false) => Some(Matcher::Pattern(pattern)),
        (true, true) => None,
    }
}

/// As the platform reads it: `issuer` or `issuerPattern`, and so on; what says nothing is left out.
impl Serialize for ClaimMatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (exact, pattern, matcher) in [
            ("issuer", "issuerPattern", &self.issuer),
            ("subject", "subjectPattern", &self.subject),
            ("audience", "audiencePattern", &self.audience),
        ] {
            match matcher {
                Some(Matcher::Exact(text)) => map.serialize_entry(exact, text)?,
                Some(Matcher::Pattern(text)) => map.serialize_entry(pattern, text)?,
                None => {}
            }
        }
        for (name, claims) in [("claims", &self.claims), ("claimPatterns", &self.claim_patterns)] {
            if !claims.is_empty() {
                map.serialize_entry(name, claims)?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, body_of, caller};
    use super::*;
    use crate::trust::{System, Wish};
    use serde_json::json;

    fn id() -> Uidp {
        Uidp::parse(&format!("{ORG}/0011223344556677")).unwrap()
    }

    #[test]
    fn what_is_made_is_what_is_read() {
        let main = ["main".to_owned()];
        let wish = Wish {
            system: System::GitHub,
            repository: "example/*",
            references: &main,
            issuer: None,
            audience: Some("aud"),
        };
        let trust = wish.settle().unwrap();
        let request = create(&caller(), &Uidp::parse(ORG).unwrap(), &trust);
        assert_eq!(request.url, format!("https://api.test/iam/v1/identities/{ORG}"));
        let body = body_of(&request);
        assert_eq!(
            body["claimMatch"],
            json!({
                "issuer": "https://token.actions.githubusercontent.com",
                "subjectPattern": "^repo:example(?:@[0-9]+)?/[^/:]+:ref:refs/heads/main$",
                "audience": "aud",
            })
        );
        let (mut v1, mut v2) = (body.clone(), body);
        v1["id"] = json!(id());
        v1["createdAt"] = json!("2026-01-01T00:00:00Z");
        v1["lastSeen"] = json!("2026-01-02T00:00:00Z");
        v1["claimMatch"]["issuerPattern"] = json!("");
        v1["claimMatch"]["claims"] = json!(null);
        v2["uid"] = json!(id());
        v2["createTime"] = json!("2026-01-01T00:00:00Z");
        v2["lastSeenTime"] = json!("2026-01-02T00:00:00Z");
        let older = parse_v1(&answer(200, &json!({"items": [v1, {"id": id(), "static": {}}]}))).unwrap();
        let newer = parse(&answer(200, &json!({"identities": [v2], "totalCount": "1"}))).unwrap();
        assert_eq!((&older, newer.given), (&newer.items, 1));
        assert_eq!((&older[0].claims, older[0].name.as_str()), (&trust.claims, trust.name.as_str()));
        assert!(older[0].last_seen_at > older[0].created_at);
    }

    #[test]
    fn one_identity_is_told_from_others() {
        let of = |body| parse_one(&answer(200, &body), &id()).unwrap();
        let claims = json!({"issuer": "https://ci.test", "claims": {"a": "b"}, "claimPatterns": {"c": "d"}});
        let body = json!({"identities": [{"uid": ORG}, {"uid": id(), "claimMatch": claims}]});
        assert_eq!(of(body.clone()), Some(Found::Assumable));
        let read = parse(&answer(200, &body)).unwrap().items;
        assert_eq!((read.len(), serde_json::to_value(&read[0].claims).unwrap()), (1, claims));
        assert_eq!(of(json!({"identities": [{"uid": id(), "staticKeys": {}}]})), Some(Found::Other));
        assert_eq!(of(json!({})), None);
        let older = parse_one_v1(&answer(200, &json!({"items": [{"id": id(), "claimMatch": null}]})), &id());
        assert_eq!(older.unwrap(), Some(Found::Other));
        assert!(request(&caller(), None, At::Start).url.ends_with("relationship_type=RELATIONSHIP_TYPE_CLAIM_MATCH"));
    }
}
