//! What the registry says about a package: the document npm resolves versions from.

use aws_lc_rs::digest;
use serde_json::{Map, Value, json};

use super::catalog::Release;
use super::package::Treatment;

/// When every package of the simulator was published.
const PUBLISHED: &str = "2026-01-15T12:00:00.000Z";

/// The version that `latest` stands for: the last one added that is no pre-release.
pub(crate) fn latest(releases: &[Release]) -> Option<&Release> {
    let stable = releases.iter().rev().find(|release| !release.package.version.contains('-'));
    stable.or(releases.last())
}

pub(crate) fn dist_tags(releases: &[Release]) -> Value {
    let latest = latest(releases).map(|release| release.package.version.as_str());
    json!({ "latest": latest })
}

/// The whole document, or the abbreviated one that installers ask for.
pub(crate) fn document(releases: &[Release], registry: &str, abbreviated: bool) -> Value {
    let name = releases.first().map(|release| release.package.name.as_str()).unwrap_or_default();
    let versions: Map<String, Value> = releases
        .iter()
        .map(|release| (release.package.version.clone(), version(release, registry, abbreviated)))
        .collect();
    if abbreviated {
        return json!({
            "name": name,
            "modified": PUBLISHED,
            "dist-tags": dist_tags(releases),
            "versions": versions,
        });
    }
    let mut time = Map::new();
    time.insert("created".to_owned(), json!(PUBLISHED));
    time.insert("modified".to_owned(), json!(PUBLISHED));
    for release in releases {
        time.insert(release.package.version.clone(), json!(PUBLISHED));
    }
    json!({
        "_id": name,
        "name": name,
        "description": format!("{name}, for tests"),
        "dist-tags": dist_tags(releases),
        "versions": versions,
        "time": time,
        "license": "Apache-2.0",
        "readme": format!("# {name}\n"),
    })
}

/// One version's manifest.
pub(crate) fn version(release: &Release, registry: &str, abbreviated: bool) -> Value {
    let package = &release.package;
    let tarball = &release.tarball;
    let prefix = match package.treatment {
        Treatment::UpstreamOnly => "javascript-upstream",
        Treatment::Built | Treatment::Redirected | Treatment::RedirectedNextDoor => "javascript",
    };
    let mut manifest = tarball.manifest.clone();
    if abbreviated {
        manifest.remove("description");
        manifest.remove("license");
        manifest.remove("main");
        let installs =
            package.scripts.iter().any(|(name, _)| ["preinstall", "install", "postinstall"].contains(&name.as_str()));
        if installs {
            manifest.insert("hasInstallScript".to_owned(), Value::Bool(true));
        }
        manifest.remove("scripts");
    } else {
        manifest.insert("_id".to_owned(), json!(format!("{}@{}", package.name, package.version)));
    }
    manifest.insert(
        "dist".to_owned(),
        json!({
            "tarball": format!("{registry}/{prefix}/{}/-/{}", package.name, release.file_name()),
            "integrity": tarball.integrity,
            "shasum": tarball.shasum,
            "fileCount": tarball.file_count,
            "unpackedSize": tarball.unpacked_size,
        }),
    );
    Value::Object(manifest)
}

/// A validator of a document's bytes.
pub(crate) fn etag(bytes: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    let digits: String = hash.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}
