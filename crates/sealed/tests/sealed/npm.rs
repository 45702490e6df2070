//! The real npm, which is given a proxy and a bundle and nothing secret of the registry's.

use std::path::Path;
use std::process::{Command, Output};

use pulltoken_sim::{Package, Part, Sim};

use crate::support::*;

/// Runs npm in a folder, with nothing of the test's own environment but PATH.
fn npm(sealed: &Sealed, folder: &Path, arguments: &[&str]) -> Output {
    let bundle = folder.join("bundle.pem");
    std::fs::write(&bundle, sealed.proxy().ca_bundle()).unwrap();
    Command::new("timeout")
        .args(["120", "npm"])
        .args(arguments)
        .args(["--no-fund", "--no-update-notifier", "--loglevel=http"])
        .current_dir(folder.join("project"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder.join("home"))
        .env("npm_config_registry", format!("{REGISTRY}/javascript/"))
        .env("npm_config_https_proxy", sealed.proxy().proxy_url().expose())
        .env("npm_config_cafile", &bundle)
        .output()
        .unwrap()
}

#[test]
fn npm_installs_audits_and_leaves_no_secret() {
    let hunt = "node -e \"require('fs').writeFileSync('found.json', JSON.stringify(process.env))\"";
    let curious = Package::new("curious", "1.0.0").script("postinstall", hunt);
    let sim = Sim::builder().tls(true).package(curious).start().unwrap();
    let lent = lent(&sim);
    let (username, password) = (lent.credentials.username.clone(), lent.credentials.password.expose().to_owned());
    let basic = lent.credentials.basic().expose().to_owned();
    let sealed = Sealed::start(options(&sim, lent));
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    std::fs::create_dir_all(&project).unwrap();
    std::fs::create_dir_all(folder.path().join("home")).unwrap();
    let manifest = r#"{"name":"p","version":"1.0.0","dependencies":{"whole-crew":"^3.0.0","curious":"1.0.0"}}"#;
    std::fs::write(project.join("package.json"), manifest).unwrap();

    let output = npm(&sealed, folder.path(), &["install"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lockfile = std::fs::read_to_string(project.join("package-lock.json")).unwrap();
    for url in [
        "https://libraries.cgr.dev/javascript/@example/scoped/-/scoped-1.2.0.tgz",
        "https://libraries.cgr.dev/javascript/far-away/-/far-away-1.0.0.tgz",
        "https://libraries.cgr.dev/javascript-upstream/only-upstream/-/only-upstream-1.0.0.tgz",
    ] {
        assert!(lockfile.contains(url), "{lockfile}");
    }
    std::fs::remove_dir_all(project.join("node_modules")).unwrap();
    let output = npm(&sealed, folder.path(), &["ci"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = npm(&sealed, folder.path(), &["audit"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let requests = sim.requests();
    assert!(requests.iter().any(|request| request.method == "POST"));
    for request in &requests {
        assert_eq!(request.authenticated, request.part == Part::Registry, "{request:?}");
    }
    // The report tells the integrity that the lockfile holds.
    let report = sealed.proxy().report();
    assert!(report.iter().any(|entry| entry.package.as_deref() == Some("@example/scoped")));
    for entry in &report {
        assert!(lockfile.contains(entry.integrity.as_deref().unwrap()), "{entry:?}");
    }
    assert!(sealed.proxy().explain().is_none());

    // Files, logs and caches included, and the environment of an install script.
    let found = std::fs::read_to_string(project.join("node_modules/curious/found.json")).unwrap();
    assert!(found.contains("npm_config_registry"), "{found}");
    let mut searched = 0;
    visit(folder.path(), &mut |bytes| {
        searched += 1;
        for secret in [&username, &password, &basic, password.rsplit('.').next().unwrap()] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    });
    assert!(searched > 20, "{searched}");
}

#[test]
fn npm_is_told_why_a_package_is_blocked_and_may_not_publish() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    std::fs::create_dir_all(&project).unwrap();
    std::fs::create_dir_all(folder.path().join("home")).unwrap();
    std::fs::write(project.join("package.json"), r#"{"name":"p","version":"1.0.0"}"#).unwrap();
    let output = npm(&sealed, folder.path(), &["install", "bad-apple"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("bad-apple@1.0.0 is known malware"), "{told}");
    std::fs::write(folder.path().join("home/.npmrc"), "//libraries.cgr.dev/javascript/:_authToken=x\n").unwrap();
    let output = npm(&sealed, folder.path(), &["publish"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("read-only"), "{told}");
    assert!(sim.requests().iter().all(|request| request.method != "PUT"));
}

fn visit(folder: &Path, look: &mut impl FnMut(&[u8])) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            visit(&path, look);
        } else {
            look(&std::fs::read(&path).unwrap());
        }
    }
}
