//! What is asked for, in which order, and what an answer that was lost leads to.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future;
use pulltoken_core::trust::{System, Wish};
use pulltoken_core::{Ecosystem, Error, ErrorCode};
use serde_json::{Value, json};

use super::*;
use crate::host::SendFailure;
use crate::testing::{Answer, Host};

const ORG: &str = "0123456789abcdef0123456789abcdef01234567";
const NEW: &str = "0123456789abcdef0123456789abcdef01234567/0011223344556677";
const OLD: &str = "0123456789abcdef0123456789abcdef01234567/8899aabbccddeeff";

fn trust(repository: &str) -> Trust {
    Wish { system: System::GitHub, repository, references: &[], issuer: None, audience: None }.settle().unwrap()
}

fn wanted(repositories: &[&str]) -> NewCiIdentities {
    NewCiIdentities {
        parent: Parent::parse(ORG),
        ecosystems: vec![Ecosystem::JavaScript],
        trusts: repositories.iter().map(|one| trust(one)).collect(),
        replace: false,
    }
}

fn identity(id: &str, trust: &Trust) -> Value {
    json!({"uid": id, "name": trust.name, "claimMatch": trust.claims})
}

fn binding(identity: &str) -> Value {
    let role = json!({"uid": "role", "name": "libraries.javascript.pull"});
    json!({"uid": format!("{ORG}/ffffffffffffffff"), "identity": {"uid": identity}, "group": {"uid": ORG}, "role": role})
}

/// An owner's platform with these identities and bindings.
fn owner(line: &str, identities: &[Value], bindings: &[Value]) -> Answer {
    let capabilities = [
        "identity.create",
        "identity.list",
        "identity.update",
        "identity.delete",
        "role_bindings.create",
        "role_bindings.list",
        "roles.list",
        "libraries.javascript.list",
    ];
    Ok((
        200,
        match line {
            _ if line.starts_with("GET /auth/v1/ok") => {
                json!({"capabilities": [{"group": {"id": ORG}, "role": {"name": "owner", "capabilities": capabilities}}]})
            }
            _ if line.starts_with("GET /iam/v1/groups") => json!({"items": [{"id": ORG, "name": "example"}]}),
            _ if line.starts_with("GET /iam/v1/roles") => {
                json!({"items": [{"id": "role", "name": "libraries.javascript.pull", "capabilities": ["libraries.javascript.list"]}]})
            }
            _ if line.starts_with("GET /libraries/v1/entitlements") => json!({"items": [{"ecosystem": "JAVASCRIPT"}]}),
            _ if line.starts_with("GET /iam/v2/identities") => json!({"identities": identities}),
            _ if line.starts_with("GET /iam/v2/roleBindings") => json!({"roleBindings": bindings}),
            _ if line.starts_with("POST /iam/v1/identities") => json!({"id": NEW}),
            _ => json!({}),
        },
    ))
}

fn create(host: &Host, wanted: &NewCiIdentities) -> (Result<CiIdentitiesMade>, usize) {
    let client = host.client();
    host.run(client.create_ci_identities(wanted, Box::pin(future::pending::<()>())))
}

fn writes(host: &Host) -> Vec<String> {
    host.sent().into_iter().filter(|line| !line.starts_with("GET ")).collect()
}

#[test]
fn questions_come_side_by_side_and_deeds_in_turn() {
    let host = Host::new(|line| owner(line, &[], &[]));
    let (made, waves) = create(&host, &wanted(&["example/web", "example/api"]));
    let made = made.unwrap();
    assert_eq!((waves, made.settled.len(), made.stopped.is_none()), (6, 2, true));
    assert!(made.settled.iter().all(|one| one.change == Change::Created && one.bound == ["libraries.javascript.pull"]));
    let (identity, binding) = (format!("POST /iam/v1/identities/{ORG}"), format!("POST /iam/v1/rolebindings/{ORG}"));
    assert_eq!(writes(&host), [&identity[..], &binding, &identity, &binding]);
}

#[test]
fn what_is_there_is_left_alone() {
    let (same, other) = (trust("example/web"), trust("example/*"));
    let there = |bindings: Vec<Value>| {
        let same = identity(OLD, &same);
        Host::new(move |line| owner(line, std::slice::from_ref(&same), &bindings))
    };
    let host = there(vec![binding(OLD)]);
    let settled = create(&host, &wanted(&["example/web", "example/web"])).0.unwrap().settled;
    assert_eq!((settled.len(), settled[0].change, writes(&host).len()), (1, Change::Unchanged, 0));

    let host = there(vec![binding(NEW)]);
    let settled = create(&host, &wanted(&["example/web"])).0.unwrap().settled;
    assert_eq!((settled[0].change, writes(&host)), (Change::Bound, vec![format!("POST /iam/v1/rolebindings/{ORG}")]));

    let namesake = json!({"uid": OLD, "name": same.name, "claimMatch": other.claims});
    let host = Host::new(move |line| owner(line, std::slice::from_ref(&namesake), &[]));
    let error = create(&host, &wanted(&["example/web"])).0.unwrap_err();
    assert_eq!((error.code(), writes(&host).len()), (ErrorCode::AlreadyExists, 0));
    assert!(error.message().contains(OLD) && error.hint().contains("--replace"), "{error}");
    // In a folder below the organisation a name is another's.
    let deep = json!({"uid": format!("{OLD}/0011223344556677"), "name": same.name, "claimMatch": other.claims});
    let host = Host::new(move |line| owner(line, std::slice::from_ref(&deep), &[]));
    assert_eq!(create(&host, &wanted(&["example/web"])).0.unwrap().settled[0].change, Change::Created);
}

#[test]
fn one_name_for_two_rules_is_a_mistake() {
    let host = Host::new(|line| owner(line, &[], &[]));
    let error = create(&host, &wanted(&["example/web", "Example/web"])).0.unwrap_err();
    assert_eq!((error.code(), host.sent().len()), (ErrorCode::Usage, 0));
}

/// The identity is made and the answer lost; what was there before looks the same.
#[test]
fn a_lost_answer_is_looked_for_and_taken_back() {
    static LISTS: AtomicUsize = AtomicUsize::new(0);
    let host = Host::new(|line| {
        let lost = |code| Err(SendFailure { error: Error::new(code, "lost"), may_have_arrived: true });
        match line {
            _ if line.starts_with("POST /iam/v1/identities") => lost(ErrorCode::Timeout),
            _ if line.starts_with("GET /iam/v2/identities") => {
                let other = identity(OLD, &trust("example/api"));
                let made = identity(NEW, &trust("example/web"));
                let first = LISTS.fetch_add(1, Ordering::Relaxed) == 0;
                owner(line, &if first { vec![other] } else { vec![other, made] }, &[])
            }
            _ => owner(line, &[], &[]),
        }
    });
    let made = create(&host, &wanted(&["example/web", "example/lib"])).0.unwrap();
    assert_eq!(made.stopped.unwrap().code(), ErrorCode::Timeout);
    assert_eq!(made.left, [trust("example/web").name, trust("example/lib").name]);
    assert_eq!(writes(&host).last().unwrap(), &format!("DELETE /iam/v1/identities/{NEW}"));
}
