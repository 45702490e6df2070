//! What the platform answers when it does not do as it is asked, and what the command makes of it.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::World;
use pulltoken_core::ErrorCode;
use pulltoken_sim::{Action, Fault, IdentitySpec, SessionSpec};
use serde_json::Value;

/// HTTP status, gRPC code, ours, exit code.
const ANSWERS: [(u16, u8, ErrorCode, i32); 10] = [
    (400, 3, ErrorCode::InvalidArgument, 1),
    (404, 5, ErrorCode::NotFound, 4),
    (409, 6, ErrorCode::AlreadyExists, 1),
    (403, 7, ErrorCode::PermissionDenied, 3),
    (429, 8, ErrorCode::RateLimited, 5),
    (400, 9, ErrorCode::FailedPrecondition, 1),
    (501, 12, ErrorCode::Unimplemented, 1),
    (500, 13, ErrorCode::ServerError, 5),
    (503, 14, ErrorCode::ServerError, 5),
    (401, 16, ErrorCode::Unauthenticated, 3),
];

#[test]
fn every_code_of_the_platform_has_ours_an_exit_code_and_advice() {
    for (status, grpc, code, exit) in ANSWERS {
        let world = World::new();
        let action = Action::Status { status, code: grpc, message: "first\n\u{1b}[31msecond".into() };
        world.sim.faults().add(Fault::on("GET", "/auth/v1/ok").action(action));
        let told = world.run("list").failure(exit, code.as_str());
        assert!(told.err.contains(r"first\u{a}\u{1b}[31msecond"), "{}", told.err);
        assert!(told.err.contains(&format!("  hint: {}", code.default_hint())), "{}", told.err);

        let json = world.run("list -o json");
        let error: Value = serde_json::from_str(&json.err).unwrap();
        assert_eq!((json.code, json.out.as_str()), (Some(exit), ""));
        assert_eq!((&error["code"], &error["status"]), (&code.as_str().into(), &status.into()));
        assert_eq!(error["hint"], code.default_hint());
        let last = world.sim.requests().into_iter().rev().find(|request| request.path == "/auth/v1/ok").unwrap();
        assert_eq!(error["requestId"], last.request_id.as_str());
    }
}

#[test]
fn the_platform_gives_these_answers_itself() {
    let world =
        World::with(|builder| builder.identities(IdentitySpec::pull_token("ci").role("libraries.javascript.pull")));
    let id = world.sim.identities()[0].id.clone();
    let (org, viewer) = (world.sim.organization().id.clone(), world.sim.token("viewer").unwrap());
    world.run(&format!("edit {id} --name ab")).failure(1, "invalid_argument");
    world.run(&format!("entitlements delete {org}/0011223344556677")).failure(4, "not_found");
    world.run("entitlements create --ecosystems java --parent example").failure(1, "already_exists");
    let entitlement = world.run("entitlements list --parent example -o id").success();
    let first = entitlement.out.lines().next().unwrap();
    world.run_as(&viewer, &format!("entitlements delete {first}")).failure(3, "permission_denied");
    let foreign = world.sim.session(SessionSpec::new().role("owner").audience("https://elsewhere.test")).unwrap();
    world.run_as(&foreign, "list").failure(3, "unauthenticated");
    let short = world.sim.session(SessionSpec::new().role("owner").expires_in(Duration::from_secs(3600))).unwrap();
    world.sim.clock().advance(Duration::from_secs(7200));
    world.run_as(&short, "list").failure(3, "unauthenticated");
}
