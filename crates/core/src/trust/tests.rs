//! Whom a wish trusts and whom it does not, held against tokens' subjects.

use regex::Regex;

use super::*;

fn settle(system: System, repository: &str, references: &[&str], issuer: Option<&str>) -> Result<Trust> {
    let references: Vec<_> = references.iter().map(|one| (*one).to_owned()).collect();
    let issuer = issuer.map(|text| Issuer::parse(text).unwrap());
    Wish { system, repository, references: &references, issuer: issuer.as_ref(), audience: None }.settle()
}

fn subject(system: System, repository: &str, references: &[&str], issuer: Option<&str>) -> Matcher {
    settle(system, repository, references, issuer).unwrap().claims.subject.unwrap()
}

/// Holds a rule to what it must take and what it must not.
#[track_caller]
fn assert_trusts(rule: &Matcher, good: &[&str], bad: &[&str]) {
    // As a platform would look for a pattern that it does not anchor itself.
    let fits = |text: &str| match rule {
        Matcher::Exact(exact) => exact == text,
        Matcher::Pattern(pattern) => Regex::new(pattern).unwrap().is_match(text),
    };
    for text in good {
        assert!(fits(text), "{rule} refuses {text}");
    }
    for text in bad {
        assert!(!fits(text), "{rule} takes {text}");
    }
}

#[test]
fn every_repository_of_an_owner_and_of_nobody_else() {
    let rule = subject(System::GitHub, "example/*", &["main"], None);
    assert_eq!(rule, Matcher::Pattern("^repo:example(?:@[0-9]+)?/[^/:]+:ref:refs/heads/main$".into()));
    assert_trusts(
        &rule,
        &["repo:example/web:ref:refs/heads/main", "repo:example@12/web@34:ref:refs/heads/main"],
        &[
            "repo:example-evil/x:ref:refs/heads/main",
            "repo:evil-example/x:ref:refs/heads/main",
            "repo:example/web:ref:refs/heads/main2",
            "repo:example/web:ref:refs/heads/main:x",
            "repo:example/web:ref:refs/heads/x/main",
            "repo:example/web:pull_request",
            "repo:example/:ref:refs/heads/main",
            "repo:example/a/b:ref:refs/heads/main",
            "repo:evil/x:environment:repo:example/web:ref:refs/heads/main",
            "repo:example@evil/web:ref:refs/heads/main",
            "xrepo:example/web:ref:refs/heads/main",
            "repo:Example/web:ref:refs/heads/main",
        ],
    );
}

#[test]
fn what_is_typed_means_itself() {
    let rule = subject(System::GitHub, "example/a.b", &["v1.0+x|(y)"], None);
    assert_trusts(
        &rule,
        &["repo:example/a.b:ref:refs/heads/v1.0+x|(y)", "repo:example@1/a.b@2:ref:refs/heads/v1.0+x|(y)"],
        &["repo:example/axb:ref:refs/heads/v1.0+x|(y)", "repo:example/a.b:ref:refs/heads/v1.0", "(y)"],
    );
    let generic = |text| subject(System::Generic, text, &[], Some("https://ci.example.com"));
    assert_eq!(generic(r"a\.+?[b]{2}^$"), Matcher::Exact(r"a\.+?[b]{2}^$".into()));
    assert_eq!(generic(r"a\.+?[b]{2}^$*"), Matcher::Pattern(r"^a\\\.\+\?\[b\]\{2\}\^\$[^/:]*$".into()));
}

#[test]
fn numbers_hold_a_repository_to_itself() {
    let one = subject(System::GitHub, "example@12/web@34", &["main"], None);
    assert_eq!(one, Matcher::Exact("repo:example@12/web@34:ref:refs/heads/main".into()));
    assert_trusts(
        &subject(System::GitHub, "example@12/*", &["pull_request"], None),
        &["repo:example@12/web@34:pull_request"],
        &["repo:example@13/web@34:pull_request", "repo:example/web:pull_request", "repo:example@12/web:pull_request"],
    );
}

#[test]
fn githubs_events_are_told_apart() {
    let of = |references: &[&str]| subject(System::GitHub, "example/web", references, None);
    let (main, tag, request, environment) = (
        "repo:example/web:ref:refs/heads/main",
        "repo:example/web:ref:refs/tags/v1.2",
        "repo:example/web:pull_request",
        "repo:example/web:environment:prod",
    );
    assert_trusts(
        &of(&[]),
        &[main, tag, request, environment],
        &["repo:example/web:", "repo:example/web2:pull_request"],
    );
    assert_trusts(&of(&["refs/tags/v*"]), &[tag], &[main, request, environment, "repo:example/web:ref:refs/tags/v1/x"]);
    assert_trusts(&of(&["environment:prod"]), &[environment], &[main, "repo:example/web:environment:prod2"]);
    assert_trusts(
        &of(&["main", "pull_request"]),
        &[main, request],
        &[tag, environment, "repo:example/web:mainpull_request"],
    );
    let release = of(&["release/*", "deep/**"]);
    let branch = |name: &str| format!("repo:example/web:ref:refs/heads/{name}");
    assert_trusts(
        &release,
        &[&branch("release/1"), &branch("deep/a/b")],
        &[&branch("release/"), &branch("release/1/x"), &branch("release"), &branch("deep/")],
    );
    // With something behind it a wildcard stays in its part.
    let middle = subject(System::Generic, "job:**:main", &[], Some("https://ci.example.com"));
    assert_trusts(&middle, &["job:a/b:main"], &["job:a:b:main", "job:a/b:x:main", "job::main"]);
}

#[test]
fn gitlab_has_groups_in_groups() {
    let of = |repository, references: &[&str]| subject(System::GitLab, repository, references, None);
    let sub = |path: &str, rest: &str| format!("project_path:{path}:ref_type:{rest}");
    assert_eq!(of("example/team/web", &["main"]), Matcher::Exact(sub("example/team/web", "branch:ref:main")));
    let (direct, deep) = (sub("example/web", "branch:ref:main"), sub("example/team/web", "branch:ref:main"));
    let evil = sub("example-evil/web", "branch:ref:main");
    assert_trusts(&of("example/*", &["main"]), &[&direct], &[&deep, &evil]);
    assert_trusts(&of("example/**", &["main"]), &[&direct, &deep], &[&evil, &sub("example/", "branch:ref:main")]);
    let tag = sub("example/web", "tag:ref:v1");
    assert_trusts(&of("example/web", &["refs/tags/v*"]), &[&tag], &[&direct, &sub("example/web", "branch:ref:v1")]);
    assert_trusts(&of("example/web", &[]), &[&tag, &direct], &[&deep]);
}

#[test]
fn jenkins_jobs_are_addresses() {
    let issuer = Some("https://jenkins.example.com/oidc");
    let of = |repository, references: &[&str]| subject(System::Jenkins, repository, references, issuer);
    let job = |path: &str| format!("https://jenkins.example.com/job/{path}/");
    assert_eq!(of("team a/web", &[]), Matcher::Exact(job("team%20a/job/web")));
    assert_eq!(of("web", &["feature/x"]), Matcher::Exact(job("web/job/feature%252Fx")));
    assert_eq!(of("https://jenkins.example.com/job/web", &[]), Matcher::Exact(job("web")));
    assert_trusts(
        &of("web", &["*"]),
        &[&job("web/job/main")],
        &[&job("web"), &job("web2/job/main"), &job("web/job/a/job/b")],
    );
    assert_trusts(
        &of("team/*", &[]),
        &[&job("team/job/web")],
        &[&job("team"), &job("team-evil/job/web"), "https://evil.example.com/job/team/job/web/"],
    );
    let folders = Some("https://jenkins.example.com/job/team/oidc/");
    assert_eq!(subject(System::Jenkins, "team/web", &[], folders), Matcher::Exact(job("team/job/web")));
}

#[test]
fn issuers_are_the_public_ones_unless_named() {
    let issuer = |system, repository, issuer| {
        settle(system, repository, &[], issuer).unwrap().claims.issuer.unwrap().to_string()
    };
    assert_eq!(issuer(System::GitHub, "a/b", None), "https://token.actions.githubusercontent.com");
    assert_eq!(issuer(System::GitLab, "a/b", None), "https://gitlab.com");
    assert_eq!(issuer(System::GitLab, "a/b", Some("https://gitlab.example.com")), "https://gitlab.example.com");
    // A slash at the end is a part of it: some clusters' issuers have one.
    assert_eq!(issuer(System::Generic, "x", Some("https://a.test/id/")), "https://a.test/id/");
}

#[test]
fn what_trusts_too_much_or_nobody_is_refused() {
    let jenkins = Some("https://jenkins.example.com/oidc");
    for (system, repository, references, issuer) in [
        (System::GitHub, "*/web", &[][..], None),
        (System::GitHub, "exam*/web", &[], None),
        (System::GitHub, "example", &[], None),
        (System::GitHub, "example/", &[], None),
        (System::GitHub, "example/a/b", &[], None),
        (System::GitHub, "example/a:b", &[], None),
        (System::GitHub, "https://github.com/example/web", &[], None),
        (System::GitHub, "example@x/web", &[], None),
        (System::GitHub, "example@1/web", &[], None),
        (System::GitHub, "example/web@1", &[], None),
        (System::GitHub, " example/web", &[], None),
        (System::GitHub, "example/web", &[""], None),
        (System::GitHub, "example/web", &["a\nb"], None),
        (System::GitLab, "*/web", &[], None),
        (System::GitLab, "web", &[], None),
        (System::GitLab, "example//web", &[], None),
        (System::GitLab, "example/web:x", &[], None),
        (System::Jenkins, "web", &[], None),
        (System::Jenkins, "web", &[], Some("https://elsewhere.example.com")),
        (System::Jenkins, "a//b", &[], jenkins),
        (System::Jenkins, "/a", &[], jenkins),
        (System::Jenkins, "https://*.example.com/job/web", &[], jenkins),
        (System::Jenkins, "https://jenkins.example.com/view/all", &[], jenkins),
        (System::Generic, "x", &[], None),
        (System::Generic, "*", &[], jenkins),
        (System::Generic, "x", &["main"], jenkins),
    ] {
        let error = settle(system, repository, references, issuer).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Usage, "{repository}: {error}");
    }
}

#[test]
fn a_wish_has_one_name() {
    let name =
        |repository: &str, references: &[&str]| settle(System::GitHub, repository, references, None).unwrap().name;
    assert_eq!(name("Example/web", &["main"]).as_str(), "github example web main");
    assert_eq!(name("example/*", &[]).as_str(), "github example any");
    assert_eq!(
        name("example/web", &["refs/tags/v*", "pull_request"]).as_str(),
        "github example web refs tags vany pull_request"
    );
    let long = |end: &str| name(&format!("example/{}{end}", "long-".repeat(12)), &["main"]);
    assert!(long("a").as_str().len() == 63 && long("a") == long("a") && long("a") != long("b"));
    let trust = settle(System::GitLab, "example/web", &["main", "next"], None).unwrap();
    assert_eq!(trust.description.as_str(), "jobs of example/web, main or next on GitLab CI");
}

#[test]
fn a_default_audience_may_be_written_out() {
    let claims = settle(System::GitHub, "a/b", &[], None).unwrap().claims;
    let with = |audience: &str| ClaimMatch { audience: Some(Matcher::Exact(audience.into())), ..claims.clone() };
    assert!(
        claims.trusts_as(&with("issuer.test"), "issuer.test") && with("issuer.test").trusts_as(&claims, "issuer.test")
    );
    assert!(!claims.trusts_as(&with("other.test"), "issuer.test"));
    let narrower = ClaimMatch { claims: [("actor".to_owned(), "x".to_owned())].into(), ..claims.clone() };
    assert!(!claims.trusts_as(&narrower, "issuer.test"));
}
