//! The registry's answers about packages in general: search, audits, attestations, bills of
//! materials.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::document::{latest, version};
use super::error;
use crate::http::{Reply, Request, pairs};
use crate::state::Shared;

/// Answers below `-/`, for somebody who may pull.
pub(crate) fn answer(shared: &Shared, request: &Request, path: &str, registry: &str, user: &str) -> Reply {
    let ok = |value: Value| Reply::json(StatusCode::OK, &value);
    let is_get = matches!(request.method, Method::GET | Method::HEAD);
    let is_post = request.method == Method::POST;
    match path {
        "ping" if is_get => ok(json!({})),
        "whoami" if is_get => ok(json!({ "username": user })),
        "v1/search" if is_get => ok(search(shared, &request.query, registry)),
        "npm/v1/keys" if is_get => ok(json!({ "keys": [] })),
        "npm/v1/security/advisories/bulk" if is_post => ok(json!({})),
        "npm/v1/security/audits" | "npm/v1/security/audits/quick" if is_post => ok(no_advisories()),
        _ if is_get => about_one(shared, path, registry),
        _ => error(StatusCode::METHOD_NOT_ALLOWED, "the registry is read-only"),
    }
}

fn about_one(shared: &Shared, path: &str, registry: &str) -> Reply {
    let not_found = || error(StatusCode::NOT_FOUND, "not found");
    let (kind, wanted) = match path.strip_prefix("npm/v1/attestations/") {
        Some(wanted) => ("attestations", wanted),
        None => match path.strip_prefix("npm/v1/sbom/spdx/") {
            Some(wanted) => ("sbom", wanted),
            None => return tags(shared, path).unwrap_or_else(not_found),
        },
    };
    let release = wanted.rsplit_once('@').and_then(|(name, wanted)| {
        let releases = shared.catalog.releases(name)?;
        releases.iter().find(|release| release.package.version == wanted)
    });
    let Some(release) = release else { return not_found() };
    let manifest = version(release, registry, false);
    let dist = &manifest["dist"];
    let answer = match kind {
        "attestations" => json!({ "attestations": [] }),
        _ => json!({
            "spdxVersion": "SPDX-2.3",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": wanted,
            "packages": [{
                "SPDXID": "SPDXRef-Package",
                "name": release.package.name,
                "versionInfo": release.package.version,
                "downloadLocation": dist["tarball"],
                "checksums": [{"algorithm": "SHA1", "checksumValue": dist["shasum"]}],
            }],
        }),
    };
    Reply::json(StatusCode::OK, &answer)
}

/// `-/package/NAME/dist-tags`
fn tags(shared: &Shared, path: &str) -> Option<Reply> {
    let name = path.strip_prefix("package/")?.strip_suffix("/dist-tags")?;
    let releases = shared.catalog.releases(name)?;
    Some(Reply::json(StatusCode::OK, &super::document::dist_tags(releases)))
}

fn search(shared: &Shared, query: &str, registry: &str) -> Value {
    let text = pairs(query).into_iter().find(|(name, _)| name == "text").map(|(_, value)| value);
    let text = text.unwrap_or_default();
    let objects: Vec<Value> = shared
        .catalog
        .names()
        .filter(|name| name.contains(&text))
        .filter_map(|name| latest(shared.catalog.releases(name)?))
        .map(|release| json!({ "package": version(release, registry, false) }))
        .collect();
    json!({ "total": objects.len(), "objects": objects, "time": "2026-01-15T12:00:00.000Z" })
}

fn no_advisories() -> Value {
    json!({
        "actions": [],
        "advisories": {},
        "muted": [],
        "metadata": {
            "vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": 0, "critical": 0},
            "dependencies": 0,
            "devDependencies": 0,
            "optionalDependencies": 0,
            "totalDependencies": 0,
        },
    })
}
