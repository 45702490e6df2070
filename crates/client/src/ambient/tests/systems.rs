//! Tokens that were given, and every other system's.

use super::*;

#[test]
fn what_the_job_was_given_comes_first() {
    let host = Recorded::silent();
    let given =
        |variables: &[(&'static str, &str)]| Around::of(&[&[("GITHUB_ACTIONS", "true")][..], variables].concat());
    for name in ["PULLTOKEN_ID_TOKEN", "CHAINGUARD_ID_TOKEN"] {
        assert_found(&given(&[(name, &format!(" {TOKEN}\n"))]).ask(&host), System::Given, TOKEN);
    }
    let file = given(&[("PULLTOKEN_ID_TOKEN_FILE", "/t")]);
    assert_eq!(file.ask(&host).unwrap_err().code(), ErrorCode::FileUnreadable);
    assert_found(&file.file("/t", TOKEN).ask(&host), System::Given, TOKEN);
    assert!(host.sent.lock().unwrap().is_empty());
}

#[test]
fn what_is_no_token_or_over_is_not_sent() {
    let (message, _) = Around::of(&[("PULLTOKEN_ID_TOKEN", "hunter2")]).refused();
    assert_eq!(message, "what PULLTOKEN_ID_TOKEN holds is not a JSON Web Token");
    let late = Recorded { now: 2_000, ..Recorded::silent() };
    let error = Around::of(&[("PULLTOKEN_ID_TOKEN", TOKEN)]).ask(&late).unwrap_err();
    assert!(
        error.code() == ErrorCode::NoCiToken && error.message().contains("expired at 1970-01-01T00:33:20Z"),
        "{error}"
    );
}

#[test]
fn gitlab_says_what_the_job_lacks() {
    let gitlab = |version: &[(&'static str, &str)]| Around::of(&[&[("GITLAB_CI", "true")], version].concat()).refused();
    let (message, hint) = gitlab(&[("CI_SERVER_VERSION_MAJOR", "18"), ("CI_SERVER_VERSION_MINOR", "1")]);
    assert!(message.starts_with("`id_tokens:` is missing"), "{message}");
    assert_eq!(hint, "add `id_tokens: {PULLTOKEN_ID_TOKEN: {aud: issuer.test}}` to the job");
    assert!(gitlab(&[]).0.starts_with("`id_tokens:` is missing"));
    let (message, _) = gitlab(&[("CI_SERVER_VERSION_MAJOR", "15"), ("CI_SERVER_VERSION_MINOR", "6")]);
    assert_eq!(message, "GitLab 15.6 gives jobs no ID tokens");
}

#[test]
fn buildkites_agent_is_asked_without_a_shell() {
    let host = Recorded::silent();
    let job = || Around::of(&[("BUILDKITE", "true")]);
    let asked = job().program("buildkite-agent", true, &format!("{TOKEN}\n"), "");
    assert_found(&asked.ask(&host), System::Buildkite, TOKEN);
    assert_eq!(asked.ran(), ["buildkite-agent oidc request-token --audience issuer.test"]);
    assert!(job().refused().0.starts_with("`buildkite-agent` is not in PATH"));
    let (message, _) = job().program("buildkite-agent", false, "", "trying\nfatal: not\u{1b} allowed\n\n").refused();
    assert_eq!(message, r"`buildkite-agent` gave no ID token: fatal: not\u{1b} allowed");
    let mut denied = job();
    denied.program = Some(("buildkite-agent", Err(io::ErrorKind::PermissionDenied.into())));
    assert!(denied.refused().0.contains("gave no ID token: permission denied"));
    let hanging = Around { hangs: true, ..job() };
    let error = hanging.ask(&Recorded { patient: false, ..Recorded::silent() }).unwrap_err();
    assert!(error.message().ends_with("it did not end within 30 seconds"), "{error}");
}

#[test]
fn circleci_prefers_a_token_for_the_audience() {
    let host = Recorded::silent();
    let job = |token: &str| Around::of(&[("CIRCLECI", "true"), ("CIRCLE_OIDC_TOKEN_V2", token)]);
    let ready = job(TOKEN);
    assert_found(&ready.ask(&host), System::CircleCi, TOKEN);
    assert!(ready.ran().is_empty());
    let asked = job(OTHER).program("circleci", true, TOKEN, "");
    assert_found(&asked.ask(&host), System::CircleCi, TOKEN);
    assert_eq!(asked.ran(), [r#"circleci run oidc get --claims {"aud":"issuer.test"}"#]);
    let without = job(OTHER).ask(&host);
    assert_found(&without, System::CircleCi, OTHER);
    assert!(!without.unwrap().is_for(AUDIENCE));
    let (message, hint) = job("").refused();
    assert!(message.contains("CIRCLE_OIDC_TOKEN_V2 is not set") && hint.contains("context"), "{message}");
}

#[test]
fn azure_is_asked_by_post() {
    let all = [
        ("TF_BUILD", "True"),
        ("SYSTEM_OIDCREQUESTURI", "https://az.test/jobs/1/oidctoken"),
        ("SYSTEM_ACCESSTOKEN", "ask"),
    ];
    let host = Recorded::answering(200, &format!(r#"{{"oidcToken":"{OTHER}"}}"#));
    assert_found(&Around::of(&all).ask(&host), System::Azure, OTHER);
    let url = "https://az.test/jobs/1/oidctoken?api-version=7.1";
    assert_eq!(host.sent(), (Method::Post, url.to_owned(), "ask".to_owned()));
    assert!(matches!(&host.sent.lock().unwrap()[0].body, Some(Body::Json(body)) if body == "{}"));

    assert!(Around::of(&all[..1]).refused().0.starts_with("SYSTEM_OIDCREQUESTURI is not set"));
    let (message, hint) = Around::of(&all[..2]).refused();
    assert!(message.starts_with("SYSTEM_ACCESSTOKEN is not set") && hint.contains("$(System.AccessToken)"), "{hint}");
    let fork = ("SYSTEM_PULLREQUEST_ISFORK", "True");
    assert!(Around::of(&[all[0], all[1], fork]).refused().1.contains("builds of forks"));
    let refused = Around::of(&[&all[..], &[fork]].concat()).ask(&Recorded::answering(401, "")).unwrap_err();
    assert!(refused.code() == ErrorCode::NoCiToken && refused.hint().contains("builds of forks"), "{refused}");
}

#[test]
fn bitbucket_and_jenkins_say_what_the_step_lacks() {
    let host = Recorded::silent();
    let step = [("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_STEP_OIDC_TOKEN", TOKEN)];
    assert_found(&Around::of(&step).ask(&host), System::Bitbucket, TOKEN);
    assert!(Around::of(&step[..1]).refused().0.starts_with("`oidc: true` is missing"));
    let (message, hint) = Around::of(&[("JENKINS_URL", "https://j.test/")]).refused();
    assert!(message.starts_with("this Jenkins build has no ID token") && hint.contains("withCredentials"), "{message}");
}

#[test]
fn a_pod_finds_its_projected_token() {
    let host = Recorded::silent();
    let path = "/var/run/secrets/pulltoken/token";
    assert_found(&Around::default().file(path, TOKEN).ask(&host), System::Kubernetes, TOKEN);
    let agent = Around::of(&[("JENKINS_URL", "https://j.test/")]).file(path, TOKEN);
    assert_found(&agent.ask(&host), System::Kubernetes, TOKEN);
    let (message, hint) = Around::default().refused();
    assert!(message.contains("no CI system") && hint.contains("PULLTOKEN_ID_TOKEN_FILE"), "{message}");
}
