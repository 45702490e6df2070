use proptest::prelude::*;

use super::*;

fn npm() -> Rules {
    Rules { prefixes: vec!["/javascript/".to_owned(), "/javascript-upstream/".to_owned()], grammar: Grammar::Npm }
}

fn files() -> Rules {
    Rules { prefixes: vec!["/python/".to_owned()], grammar: Grammar::Files }
}

fn document(package: &str) -> Meaning {
    Meaning::Document { package: package.to_owned() }
}

fn tarball(package: &str, version: &str) -> Meaning {
    Meaning::Tarball { package: package.to_owned(), version: version.to_owned() }
}

#[test]
fn what_installers_read_is_allowed() {
    let version = |package: &str, version: &str| Meaning::Version { package: package.into(), version: version.into() };
    for (target, meaning) in [
        ("/javascript/left-hand", document("left-hand")),
        ("/javascript/left-hand?write=true", document("left-hand")),
        ("/javascript-upstream/JSONStream", document("JSONStream")),
        ("/javascript/@example%2fscoped", document("@example/scoped")),
        ("/javascript/@example%2Fscoped", document("@example/scoped")),
        ("/javascript/%40example%2fscoped", document("@example/scoped")),
        ("/javascript/@example/scoped", document("@example/scoped")),
        ("/javascript/left-hand/1.0.1-cgr.1", version("left-hand", "1.0.1-cgr.1")),
        ("/javascript/@example/scoped/latest", version("@example/scoped", "latest")),
        ("/javascript/@example%2fscoped/1.0.0+b", version("@example/scoped", "1.0.0+b")),
        ("/javascript/left-hand/-/left-hand-1.0.0.tgz", tarball("left-hand", "1.0.0")),
        ("/javascript/left-hand/-/left-hand-1.0.0%2Bb.tgz", tarball("left-hand", "1.0.0+b")),
        ("/javascript/@example/scoped/-/scoped-1.2.0.tgz", tarball("@example/scoped", "1.2.0")),
        ("/javascript/@example%2fscoped/-/scoped-1.2.0.tgz", tarball("@example/scoped", "1.2.0")),
        ("/javascript/@example/scoped/-/@example/scoped-1.2.0.tgz", tarball("@example/scoped", "1.2.0")),
        ("/javascript/left-hand/-/other.tgz", tarball("left-hand", "")),
        ("/javascript/-/ping", Meaning::Other),
        ("/javascript/-/ping?write=true", Meaning::Other),
        ("/javascript/-/v1/search?text=gr%C3%B6%C3%9Fe%25&size=20", Meaning::Other),
        ("/javascript/-/package/@example%2fscoped/dist-tags", Meaning::Other),
        ("/javascript/-/package/left-hand/dist-tags/latest", Meaning::Other),
        ("/javascript/-/npm/v1/keys", Meaning::Other),
        ("/javascript/-/npm/v1/attestations/@example%2fscoped@1.2.0", Meaning::Other),
        ("/javascript/-/npm/v1/attestations/left-hand@1.0.0", Meaning::Other),
        ("/javascript/-/npm/v1/sbom/spdx/@example/scoped@1.2.0", Meaning::Other),
        ("/javascript/-/npm/v1/security/advisories/bulk", Meaning::Audit),
        ("/javascript/-/npm/v1/security/audits", Meaning::Audit),
        ("/javascript/-/npm/v1/security/audits/quick", Meaning::Audit),
    ] {
        let allowed = npm().read(target.as_bytes()).unwrap_or_else(|refusal| panic!("{target}: {refusal:?}"));
        assert_eq!(allowed.meaning, meaning, "{target}");
        assert_eq!(allowed.path_and_query().as_str(), target);
        assert_eq!(allowed.from_upstream, target.starts_with("/javascript-upstream/"));
    }
}

#[test]
fn what_is_not_on_the_list_is_refused() {
    for target in [
        "/",
        "/javascript",
        "/javascript/",
        "/javascript/left-hand/",
        "/Javascript/left-hand",
        "/javascript-other/left-hand",
        "/%6aavascript/left-hand",
        "/python/simple/x/",
        "/token",
        "/sts/exchange",
        "/javascript/-",
        "/javascript/-/whoami",
        "/javascript/-/user/token",
        "/javascript/-/npm/v1/tokens",
        "/javascript/-/npm/v1/user",
        "/javascript/-/package/left-hand/collaborators",
        "/javascript/-/npm/v1/security/advisories",
        "/javascript/_session",
        "/javascript/.well-known",
        "/javascript/@example",
        "/javascript/@/x",
        "/javascript/@example/",
        "/javascript/@example%2f",
        "/javascript/left-hand/-/left-hand-1.0.0.tgz/x",
        "/javascript/left-hand/-/left-hand-1.0.0.zip",
        "/javascript/left-hand/-rev/1",
        "/javascript/a:b",
        "/javascript/a@b",
        "/javascript/a%40b",
    ] {
        assert_eq!(npm().read(target.as_bytes()).err(), Some(Refusal::NotListed), "{target}");
    }
}

#[test]
fn what_a_server_could_read_differently_is_refused() {
    for target in [
        "/javascript/../token",
        "/javascript/..",
        "/javascript/./left-hand",
        "/javascript/%2e%2e/token",
        "/javascript/%2E%2e/token",
        "/javascript/.%2e/token",
        "/javascript/%2e/left-hand",
        "/javascript/@example%2f..",
        "/javascript/@example%2f..%2f..%2ftoken",
        "/javascript/..%2ftoken",
        "/javascript/..;/token",
        "/javascript/x;y",
        "/javascript/x%3by",
        "/javascript//left-hand",
        "//javascript/left-hand",
        "/javascript/@example%2f%2fscoped",
        "/javascript/x\\y",
        "/javascript/x%5cy",
        "/javascript/x%5Cy",
        "/javascript/x%25y",
        "/javascript/x%252fy",
        "/javascript/x%00",
        "/javascript/x%0d%0ay",
        "/javascript/x%7f",
        "/javascript/x%c3%a4",
        "/javascript/x%",
        "/javascript/x%2",
        "/javascript/x%zz",
        "/javascript/x y",
        "/javascript/x\ty",
        "/javascript/x\r\nA: b",
        "/javascript/xä",
        "/javascript/x#y",
        "/javascript/x%23y",
        "/javascript/x?a#b",
        "/javascript/x?a b",
        "/javascript/x?a\\b",
        "/javascript/x?a%0d%0a",
        "/javascript/x?a%2",
        "/javascript/x?ä",
        "javascript/x",
        "",
        "*",
    ] {
        assert!(matches!(npm().read(target.as_bytes()), Err(Refusal::Ambiguous(_))), "{target}");
    }
    assert!(matches!(npm().read(b"/javascript/x\xff"), Err(Refusal::Ambiguous(_))));
}

#[test]
fn an_encoded_slash_stands_once_after_a_scope() {
    for target in ["/javascript/x%2fy", "/javascript%2fx", "/javascript/@a%2fb%2fc", "/javascript/@a%2fb/-/c%2fd.tgz"] {
        assert!(npm().read(target.as_bytes()).is_err(), "{target}");
    }
    assert!(files().read(b"/python/a%2fb").is_err());
}

#[test]
fn a_path_has_at_most_2048_bytes() {
    for (rules, prefix) in [(npm(), "/javascript/x/"), (files(), "/python/")] {
        let path = format!("{prefix}{}", "1".repeat(2048 - prefix.len()));
        assert!(rules.read(path.as_bytes()).is_ok());
        assert!(rules.read(format!("{path}?{}", "a".repeat(2048)).as_bytes()).is_ok());
        assert_eq!(rules.read(format!("{path}1").as_bytes()).err(), Some(Refusal::TooLong));
    }
}

#[test]
fn other_ecosystems_read_files_below_their_prefix() {
    for target in ["/python/simple/", "/python/simple/six/", "/python/a/b-1.0-py3-none-any.whl", "/python/x+1%2B.whl"] {
        assert_eq!(files().read(target.as_bytes()).unwrap().meaning, Meaning::Other, "{target}");
    }
    for target in ["/python/../java/", "/python/%2e%2e/java/", "/java/x", "/python//x", "/python/a;b"] {
        assert!(files().read(target.as_bytes()).is_err(), "{target}");
    }
}

/// Targets that look like what is allowed, with what attackers add.
fn near_targets() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("javascript".to_owned()),
        Just("javascript-upstream".to_owned()),
        Just("@a".to_owned()),
        Just("-".to_owned()),
        Just("x".to_owned()),
        Just("x-1.0.0.tgz".to_owned()),
        Just("..".to_owned()),
        Just("%2e%2E".to_owned()),
        Just("@a%2fb".to_owned()),
        Just("package".to_owned()),
        Just("dist-tags".to_owned()),
        Just(";".to_owned()),
        Just("%25".to_owned()),
        Just("".to_owned()),
        "[!-~]{0,6}",
        "%[0-9a-fA-F]{2}",
    ];
    (proptest::collection::vec(piece, 1..6), prop_oneof![Just(String::new()), "\\?[!-~]{0,8}"])
        .prop_map(|(pieces, query)| format!("/{}{query}", pieces.join("/")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_passes_is_sent_as_it_came_and_lies_below_the_prefixes(
        target in prop_oneof![near_targets(), "/javascript/[!-~]{0,20}", "\\PC{0,30}"]
    ) {
        for rules in [npm(), files()] {
            let Ok(allowed) = rules.read(target.as_bytes()) else { continue };
            // The bytes, and what the URL type makes of them beside an authority.
            let uri = http::Uri::builder()
                .scheme("https")
                .authority("a.test")
                .path_and_query(allowed.path_and_query().clone())
                .build()
                .unwrap();
            prop_assert_eq!(uri.path_and_query().unwrap().as_str(), &target);
            // What a server that normalises, decoding once or twice, would make of it.
            let url = url::Url::parse(&format!("https://a.test{target}")).unwrap();
            prop_assert!(rules.prefixes.iter().any(|prefix| url.path().starts_with(prefix.as_str())));
            let twice = target.to_ascii_lowercase().replace("%25", "%").replace("%2f", "/").replace("%2e", ".");
            let url = url::Url::parse(&format!("https://a.test{twice}")).unwrap();
            prop_assert!(rules.prefixes.iter().any(|prefix| url.path().starts_with(prefix.as_str())));
        }
    }
}
