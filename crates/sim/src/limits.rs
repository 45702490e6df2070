//! What a session was limited to when it was asked for.

use crate::jose::Claims;
use crate::world::Uidp;

/// The only capabilities and the only groups a session may use; empty for all its holder has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) capabilities: Vec<String>,
    pub(crate) scopes: Vec<Uidp>,
}

impl Limits {
    pub(crate) fn of(claims: &Claims) -> Self {
        Self {
            capabilities: claims.texts("cap").into_iter().map(str::to_owned).collect(),
            scopes: claims.texts("scopes").into_iter().filter_map(Uidp::parse).collect(),
        }
    }

    /// What is left of the groups at and below which a capability is held.
    pub(crate) fn narrow(&self, capability: &str, held: Vec<Uidp>) -> Vec<Uidp> {
        if !self.capabilities.is_empty() && !self.capabilities.iter().any(|allowed| allowed == capability) {
            return Vec::new();
        }
        if self.scopes.is_empty() {
            return held;
        }
        let overlap = |group: &Uidp, scope: &Uidp| match () {
            () if scope.is_at_or_below(group) => Some(scope.clone()),
            () if group.is_below(scope) => Some(group.clone()),
            () => None,
        };
        held.iter().flat_map(|group| self.scopes.iter().filter_map(|scope| overlap(group, scope))).collect()
    }

    /// Whether these limits allow nothing that `wider` does not.
    pub(crate) fn within(&self, wider: &Self) -> bool {
        let capabilities = wider.capabilities.is_empty()
            || (!self.capabilities.is_empty() && self.capabilities.iter().all(|it| wider.capabilities.contains(it)));
        let inside = |scope: &Uidp| wider.scopes.iter().any(|allowed| scope.is_at_or_below(allowed));
        let scopes = wider.scopes.is_empty() || (!self.scopes.is_empty() && self.scopes.iter().all(inside));
        capabilities && scopes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Uidp {
        Uidp::parse(text).unwrap()
    }

    #[test]
    fn what_is_held_shrinks_to_what_the_session_may_use() {
        let org = id(&"a".repeat(40));
        let (folder, other) = (id(&format!("{org}/{}", "b".repeat(16))), id(&"c".repeat(40)));
        let limits = Limits { capabilities: vec!["groups.list".to_owned()], scopes: vec![folder.clone()] };
        assert_eq!(limits.narrow("groups.list", vec![org.clone(), other.clone()]), std::slice::from_ref(&folder));
        assert_eq!(limits.narrow("groups.list", vec![folder.clone()]), [folder]);
        assert!(limits.narrow("groups.list", vec![other]).is_empty());
        assert!(limits.narrow("roles.list", vec![org.clone()]).is_empty());
        assert_eq!(Limits::default().narrow("roles.list", vec![org.clone()]), [org]);
    }

    #[test]
    fn limits_can_be_narrowed_and_never_widened() {
        let org = id(&"a".repeat(40));
        let folder = id(&format!("{org}/{}", "b".repeat(16)));
        let whole = Limits { capabilities: Vec::new(), scopes: vec![org] };
        let part = Limits { capabilities: vec!["groups.list".to_owned()], scopes: vec![folder] };
        assert!(part.within(&whole) && whole.within(&Limits::default()));
        assert!(!whole.within(&part) && !Limits::default().within(&whole));
    }
}
