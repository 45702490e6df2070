//! The organisation a token is made in, by name, by identifier, or because there is only one.

use pulltoken_core::api::groups::{self, Group};
use pulltoken_core::api::whoami::WhoAmI;
use pulltoken_core::http::Request;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Uidp};

/// How the caller named the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parent {
    /// By its identifier.
    Id(Uidp),
    /// By its name.
    Name(String),
    /// Not at all: the only one there is.
    Only,
}

impl Parent {
    /// Reads what was given to `--parent`: an identifier, else a name.
    pub fn parse(text: &str) -> Self {
        match Uidp::parse(text) {
            Ok(id) => Self::Id(id),
            Err(_) => Self::Name(text.to_owned()),
        }
    }

    pub(crate) fn request(&self, caller: &pulltoken_core::api::Caller) -> Request {
        match self {
            Self::Id(id) => groups::by_id(caller, id),
            Self::Name(name) => groups::by_name(caller, name),
            Self::Only => groups::organizations(caller),
        }
    }

    /// Chooses among the groups that the platform answered.
    pub(crate) fn choose(&self, groups: Vec<Group>, me: &WhoAmI) -> Result<Group> {
        match self {
            Self::Id(id) => {
                // A caller may hold a role in an organisation whose name it may not read.
                let known = groups.into_iter().find(|group| group.id == *id);
                let held = || !me.roles_at(id).is_empty();
                known
                    .or_else(|| held().then(|| Group { id: id.clone(), name: String::new() }))
                    .ok_or_else(|| unknown(id.as_str()))
            }
            Self::Name(name) => one_of(groups.into_iter().filter(|group| group.name == *name), || unknown(name)),
            Self::Only => one_of(groups.into_iter(), || {
                Error::new(ErrorCode::OrganizationNotFound, "the session sees no organisation")
                    .with_hint("ask an owner of your organisation to invite you, or sign in with another account")
            }),
        }
    }
}

/// The only organisation (a group at the root) among these.
fn one_of(groups: impl Iterator<Item = Group>, none: impl FnOnce() -> Error) -> Result<Group> {
    let mut organizations: Vec<Group> = groups.filter(|group| group.id.is_root()).collect();
    match (organizations.pop(), organizations.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(none()),
        (Some(last), false) => {
            organizations.push(last);
            Err(several(&organizations))
        }
    }
}

fn several(organizations: &[Group]) -> Error {
    let listed: Vec<_> =
        organizations.iter().take(20).map(|one| format!("{} ({})", printable_prefix(&one.name, 64), one.id)).collect();
    let listed = listed.join(", ");
    if organizations.windows(2).all(|pair| pair[0].name == pair[1].name) {
        Error::new(ErrorCode::AmbiguousParent, format!("more than one organisation bears that name: {listed}"))
    } else {
        Error::new(ErrorCode::ParentRequired, format!("the session sees more than one organisation: {listed}"))
    }
}

fn unknown(shown: &str) -> Error {
    let shown = printable_prefix(shown, 80);
    Error::new(ErrorCode::OrganizationNotFound, format!("no organisation `{shown}` is visible to this session"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::http::Response;

    fn group(digit: char, name: &str) -> Group {
        Group { id: Uidp::parse(&digit.to_string().repeat(40)).unwrap(), name: name.into() }
    }

    fn me(group: &str) -> WhoAmI {
        let body = format!(r#"{{"capabilities":[{{"group":{{"id":"{group}"}},"role":{{"name":"r"}}}}]}}"#);
        pulltoken_core::api::whoami::parse(&Response::new(200, body)).unwrap()
    }

    #[test]
    fn a_name_must_be_an_organisations_and_only_ones() {
        let folder =
            Group { id: Uidp::parse(&format!("{}/0011223344556677", "a".repeat(40))).unwrap(), name: "x".into() };
        let by_name = |groups| Parent::Name("x".into()).choose(groups, &me(""));
        assert_eq!(by_name(vec![folder.clone(), group('a', "x")]).unwrap(), group('a', "x"));
        assert_eq!(by_name(vec![folder]).unwrap_err().code(), ErrorCode::OrganizationNotFound);
        let error = by_name(vec![group('a', "x"), group('b', "x")]).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AmbiguousParent);
        assert!(error.message().contains(&"a".repeat(40)) && error.message().contains(&"b".repeat(40)));
    }

    #[test]
    fn no_name_is_enough_where_there_is_one_organisation() {
        assert_eq!(Parent::Only.choose(vec![group('a', "x")], &me("")).unwrap(), group('a', "x"));
        assert_eq!(Parent::Only.choose(vec![], &me("")).unwrap_err().code(), ErrorCode::OrganizationNotFound);
        let several = Parent::Only.choose(vec![group('a', "x"), group('b', "y")], &me("")).unwrap_err();
        assert_eq!(several.code(), ErrorCode::ParentRequired);
    }

    #[test]
    fn an_identifier_needs_a_group_or_a_role_there() {
        let id = group('a', "").id;
        let parent = Parent::parse(id.as_str());
        assert_eq!(parent, Parent::Id(id.clone()));
        assert_eq!(parent.choose(vec![], &me(id.as_str())).unwrap().id, id);
        assert_eq!(parent.choose(vec![], &me("")).unwrap_err().code(), ErrorCode::OrganizationNotFound);
    }
}
