//! `GET /iam/v2/identities` and, on older servers, `GET /iam/v1/identities`: the identities with
//! keys of their own, among them the pull tokens.

use super::pages::{self, At, Page, Place};
use super::reader::{Message, Parts, Read};
use super::{Caller, identities::PULL_TOKEN_ISSUER, read};
use crate::error::Result;
use crate::http::{Request, Response};
use crate::timestamp::Timestamp;
use crate::uidp::Uidp;

/// An identity that presents tokens signed by a registered key. The key itself is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticIdentity {
    /// The identifier: a pull token's username.
    pub id: Uidp,
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// Who its tokens are from.
    pub issuer: String,
    /// Whom its tokens are about.
    pub subject: String,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last used, if it ever was.
    pub last_seen_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

impl StaticIdentity {
    /// Whether it is a pull token.
    pub fn is_pull_token(&self) -> bool {
        self.issuer == PULL_TOKEN_ISSUER
    }

    /// Whether its time is over.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// Asks for a page of the identities below a group, or of all that the caller can see.
pub fn request(caller: &Caller, below: Option<&Uidp>, at: At<'_>) -> Request {
    let mut query = pages::query(below.map(Uidp::as_str), at);
    query.push(("relationship_type", "RELATIONSHIP_TYPE_STATIC"));
    caller.get("/iam/v2/identities", &query)
}

/// Asks for a page of those of one name below a group.
pub fn request_named(caller: &Caller, below: &Uidp, name: &str, at: At<'_>) -> Request {
    let mut query = pages::query(Some(below.as_str()), at);
    query.extend([("relationship_type", "RELATIONSHIP_TYPE_STATIC"), ("name", name)]);
    caller.get("/iam/v2/identities", &query)
}

/// Reads a page.
///
/// # Errors
/// What the platform refused with; `not_found` or `unimplemented` from a server without v2.
pub fn parse(response: &Response) -> Result<Page<StaticIdentity>> {
    let list: List = read(response, "list the identities")?;
    let given = list.identities.len();
    let items = list.identities.into_iter().filter_map(Identity::into_static).collect();
    Ok(list.place.page(given, items))
}

/// Asks an older server, which answers with everything at once.
pub fn request_v1(caller: &Caller, below: Option<&Uidp>) -> Request {
    let query: Vec<_> = below.map(|group| ("uidp.descendants_of", group.as_str())).into_iter().collect();
    caller.get("/iam/v1/identities", &query)
}

/// Reads an older server's list.
///
/// # Errors
/// What the platform refused with.
pub fn parse_v1(response: &Response) -> Result<Vec<StaticIdentity>> {
    let list: List = read(response, "list the identities")?;
    Ok(list.identities.into_iter().filter_map(Identity::into_static).collect())
}

/// What stands behind an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An identity with keys of its own.
    Static(StaticIdentity),
    /// An identity of another kind: a person, a CI job, a service.
    Other,
}

/// Asks for one identity.
pub fn request_one(caller: &Caller, id: &Uidp) -> Request {
    caller.get("/iam/v2/identities", &[("uidp.ids", id.as_str())])
}

/// Reads the identity of this identifier, if the caller may see it.
///
/// # Errors
/// What the platform refused with; `not_found` or `unimplemented` from a server without v2.
pub fn parse_one(response: &Response, id: &Uidp) -> Result<Option<Found>> {
    let list: List = read(response, "look up the identity")?;
    Ok(list.identities.into_iter().find(|one| one.uid == *id).map(Found::of))
}

/// Asks an older server for one identity.
pub fn request_one_v1(caller: &Caller, id: &Uidp) -> Request {
    caller.get("/iam/v1/identities", &[("uidp.ids", id.as_str())])
}

/// Reads an older server's answer.
///
/// # Errors
/// What the platform refused with.
pub fn parse_one_v1(response: &Response, id: &Uidp) -> Result<Option<Found>> {
    parse_one(response, id)
}

impl Found {
    fn of(identity: Identity) -> Self {
        identity.into_static().map_or(Self::Other, Self::Static)
    }
}

/// A list of either version: they differ in some names alone.
struct List {
    identities: Vec<Identity>,
    place: Place,
}

impl Message for List {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self { identities: parts.list(&["identities", "items"])?, place: Place::of(parts)? })
    }
}

struct Identity {
    uid: Uidp,
    name: String,
    description: String,
    create_time: Option<Timestamp>,
    last_seen_time: Option<Timestamp>,
    static_keys: Option<Keys>,
}

impl Message for Identity {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            uid: parts.needed_id(&["uid", "id"])?,
            name: parts.text(&["name"])?,
            description: parts.text(&["description"])?,
            create_time: parts.moment(&["createTime", "createdAt"])?,
            last_seen_time: parts.moment(&["lastSeenTime", "lastSeen"])?,
            static_keys: parts.message(&["staticKeys", "static"])?,
        })
    }
}

struct Keys {
    issuer: String,
    subject: String,
    expiration_time: Option<Timestamp>,
}

impl Message for Keys {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            issuer: parts.text(&["issuer"])?,
            subject: parts.text(&["subject"])?,
            // v1 says `expiration`.
            expiration_time: parts.moment(&["expirationTime", "expiration"])?,
        })
    }
}

impl Identity {
    fn into_static(self) -> Option<StaticIdentity> {
        let keys = self.static_keys?;
        Some(StaticIdentity {
            id: self.uid,
            name: self.name,
            description: self.description,
            issuer: keys.issuer,
            subject: keys.subject,
            created_at: self.create_time,
            last_seen_at: self.last_seen_time,
            expires_at: keys.expiration_time,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, caller};
    use super::*;
    use serde_json::json;

    fn id() -> String {
        format!("{ORG}/0011223344556677")
    }

    #[test]
    fn a_page_is_asked_for_by_its_token() {
        let org = Uidp::parse(ORG).unwrap();
        assert_eq!(
            request(&caller(), Some(&org), At::Token("a=b")).url,
            format!(
                "https://api.test/iam/v2/identities?page_size=200&uidp.descendants_of={ORG}&page_token=a%3Db&relationship_type=RELATIONSHIP_TYPE_STATIC"
            )
        );
        let named = request_named(&caller(), &org, "my ci", At::Start).url;
        assert!(named.ends_with("&relationship_type=RELATIONSHIP_TYPE_STATIC&name=my%20ci"), "{named}");
        assert_eq!(request_v1(&caller(), None).url, "https://api.test/iam/v1/identities");
    }

    #[test]
    fn both_versions_tell_the_same() {
        let v2 = parse(&answer(200, &json!({
            "identities": [
                {"uid": id(), "name": "ci", "description": null, "createTime": "2026-01-01T00:00:00.5Z", "lastSeenTime": null,
                 "staticKeys": {"issuer": PULL_TOKEN_ISSUER, "subject": "s", "issuerKeys": "{}", "expirationTime": "2026-02-01T00:00:00Z"}},
                {"uid": id(), "claimMatch": {}},
            ],
            "nextPageToken": "more", "totalCount": "2",
        })))
        .unwrap();
        let v1 = parse_v1(&answer(
            200,
            &json!({"items": [
                {"id": id(), "name": "ci", "createdAt": "2026-01-01T00:00:00.5Z",
                 "static": {"issuer": PULL_TOKEN_ISSUER, "subject": "s", "expiration": "2026-02-01T00:00:00Z"}},
                {"id": id(), "name": "x", "static": null},
            ]}),
        ))
        .unwrap();
        assert_eq!((v2.items.as_slice(), v2.next.as_deref()), (v1.as_slice(), Some("more")));
        assert_eq!((v2.given, v2.total), (2, Some(2)));
        assert!(v1[0].is_pull_token());
        let end = v1[0].expires_at.unwrap();
        assert!(v1[0].has_expired(end) && !v1[0].has_expired(end.plus_seconds(-1)));
    }

    #[test]
    fn one_identity_is_told_from_others() {
        let id = Uidp::parse(&id()).unwrap();
        assert!(request_one(&caller(), &id).url.contains("/iam/v2/identities?uidp.ids="));
        let of = |body| parse_one(&answer(200, &body), &id).unwrap();
        assert_eq!(of(json!({"identities": [{"uid": id, "claimMatch": {}}]})), Some(Found::Other));
        assert!(matches!(of(json!({"identities": [{"uid": id, "staticKeys": {}}]})), Some(Found::Static(_))));
        // A server that ignores the filter answers with others.
        assert_eq!(of(json!({"identities": [{"uid": ORG}]})), None);
        let older = parse_one_v1(&answer(200, &json!({"items": [{"id": id}]})), &id).unwrap();
        assert_eq!(older, Some(Found::Other));
    }

    #[test]
    fn the_last_page_names_no_next() {
        for body in [
            json!({}),
            json!({"identities": [], "nextPageToken": ""}),
            json!({"identities": null, "nextPageToken": null}),
        ] {
            assert_eq!(parse(&answer(200, &body)).unwrap(), Page { items: vec![], given: 0, next: None, total: None });
        }
    }
}
