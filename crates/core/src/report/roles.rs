//! What a token's roles allow, once somebody has asked the platform for them.

use super::problem::{Problem, ProblemCode};
use crate::ecosystem::Ecosystem;
use crate::text::printable_prefix;

/// Judges the roles bound to a token that is meant for `ecosystem`: the one that pulls must be
/// there, and a libraries token should not carry the container registry's as well (the vendor's
/// console leaves it behind when a token made for containers is given another role).
///
/// `roles` are names as the platform lists them; unknown ones are fine.
pub fn judge_roles<'a>(roles: impl IntoIterator<Item = &'a str> + Clone, ecosystem: Ecosystem) -> Vec<Problem> {
    let mut problems = Vec::new();
    let holds = |wanted: &str| roles.clone().into_iter().any(|role| role == wanted);
    let role = ecosystem.role();
    let subject = role.strip_suffix(".pull").unwrap_or(role);
    if !holds(role) {
        let others: Vec<_> = roles.clone().into_iter().map(|role| printable_prefix(role, 60)).collect();
        let held =
            if others.is_empty() { "it has no role".to_owned() } else { format!("it has {}", others.join(", ")) };
        problems.push(Problem::new(
            ProblemCode::RoleMissing,
            format!("this token cannot pull {subject}: {held}, and {role} is needed"),
        ));
    }
    let container = Ecosystem::Oci.role();
    if ecosystem.entitlement().is_some() && holds(container) {
        problems.push(Problem::new(
            ProblemCode::RegistryRoleLeft,
            format!("this libraries token still carries {container}"),
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(roles: &[&str], ecosystem: Ecosystem) -> Vec<ProblemCode> {
        judge_roles(roles.iter().copied(), ecosystem).iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn the_role_that_pulls_must_be_there_and_the_registrys_not() {
        assert_eq!(codes(&["libraries.java.pull", "custom"], Ecosystem::Java), []);
        assert_eq!(codes(&["registry.pull"], Ecosystem::Oci), []);
        assert_eq!(codes(&[], Ecosystem::Oci), [ProblemCode::RoleMissing]);
        assert_eq!(
            codes(&["registry.pull"], Ecosystem::Java),
            [ProblemCode::RoleMissing, ProblemCode::RegistryRoleLeft]
        );
        assert_eq!(codes(&["libraries.java.pull", "registry.pull"], Ecosystem::Java), [ProblemCode::RegistryRoleLeft]);
    }

    #[test]
    fn the_message_names_both() {
        let problem = &judge_roles(["libraries.python.pull"], Ecosystem::Java)[0];
        assert_eq!(
            problem.message,
            "this token cannot pull libraries.java: it has libraries.python.pull, and libraries.java.pull is needed"
        );
    }
}
