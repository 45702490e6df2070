//! The platform's built-in roles and what each may do.

/// Ecosystems of the entitlement enum: the name in role names, the enum name, the enum number.
pub(crate) const ECOSYSTEMS: [(&str, &str, i32); 10] = [
    ("java", "JAVA", 1),
    ("python", "PYTHON", 2),
    ("javascript", "JAVASCRIPT", 3),
    ("java_athena", "JAVA_ATHENA", 4),
    ("python_athena", "PYTHON_ATHENA", 5),
    ("javascript_athena", "JAVASCRIPT_ATHENA", 6),
    ("dotnet", "DOTNET", 7),
    ("dotnet_athena", "DOTNET_ATHENA", 8),
    ("go", "GO", 9),
    ("go_athena", "GO_ATHENA", 10),
];

/// A role as it is made at the start: name, description, capabilities.
pub(crate) struct BuiltIn {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) capabilities: Vec<String>,
}

/// Every built-in role.
pub(crate) fn built_in() -> Vec<BuiltIn> {
    let mut roles = vec![
        role("viewer", "may see everything but libraries", VIEWER.iter().copied()),
        role("registry.pull", "may pull images", REGISTRY_PULL.iter().copied()),
        role("apk.pull", "may pull packages", APK_PULL.iter().copied()),
    ];
    for (ecosystem, _, _) in ECOSYSTEMS {
        let list = format!("libraries.{ecosystem}.list");
        let pull = [ENTITLEMENTS_LIST, list.as_str()];
        roles.push(role(&format!("libraries.{ecosystem}.pull"), &format!("may pull {ecosystem} libraries"), pull));
        roles.push(role(
            &format!("libraries.{ecosystem}.pull_token_creator"),
            &format!("may create pull tokens for {ecosystem} libraries"),
            pull.into_iter().chain(CREATOR),
        ));
    }
    let mut all: Vec<String> = roles.iter().flat_map(|role| role.capabilities.clone()).collect();
    all.extend(OWNER_ONLY.iter().map(|&name| name.to_owned()));
    all.sort();
    all.dedup();
    roles.push(BuiltIn { name: "owner".to_owned(), description: "may do everything".to_owned(), capabilities: all });
    roles
}

/// The capability that pulling libraries of an ecosystem needs.
pub(crate) fn pull_capability(ecosystem: &str) -> String {
    format!("libraries.{ecosystem}.list")
}

const ENTITLEMENTS_LIST: &str = "libraries.entitlements.list";

const CREATOR: [&str; 4] = ["role_bindings.create", "identity.create", "roles.list", "groups.list"];

const VIEWER: [&str; 6] =
    ["groups.list", "roles.list", "role_bindings.list", "identity.list", "identity_providers.list", ENTITLEMENTS_LIST];

const REGISTRY_PULL: [&str; 5] = ["groups.list", "repo.list", "repo.blobs.get", "manifest.list", "tag.list"];

const APK_PULL: [&str; 3] = ["groups.list", "apk.list", "apk.blobs.get"];

const OWNER_ONLY: [&str; 14] = [
    "groups.create",
    "groups.update",
    "groups.delete",
    "roles.create",
    "roles.update",
    "roles.delete",
    "role_bindings.update",
    "role_bindings.delete",
    "identity.update",
    "identity.delete",
    "identity_providers.create",
    "identity_providers.update",
    "libraries.entitlements.create",
    "libraries.entitlements.delete",
];

fn role<'a>(name: &str, description: &str, capabilities: impl IntoIterator<Item = &'a str>) -> BuiltIn {
    BuiltIn {
        name: name.to_owned(),
        description: description.to_owned(),
        capabilities: capabilities.into_iter().map(str::to_owned).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capabilities(name: &str) -> Vec<String> {
        built_in().into_iter().find(|role| role.name == name).unwrap().capabilities
    }

    #[test]
    fn deleting_identities_is_an_owners_alone() {
        let holders: Vec<_> = built_in()
            .into_iter()
            .filter(|role| role.capabilities.iter().any(|c| c == "identity.delete"))
            .map(|role| role.name)
            .collect();
        assert_eq!(holders, ["owner"]);
    }

    #[test]
    fn an_owner_holds_every_pull_roles_capabilities_and_a_viewer_none() {
        let owner = capabilities("owner");
        assert!(capabilities("libraries.go_athena.pull").iter().all(|c| owner.contains(c)));
        assert!(!capabilities("viewer").contains(&"libraries.java.list".to_owned()));
    }
}
