//! A lockfile that was made against another registry: its hashes do not fit ours.

use std::path::Path;

use pulltoken_core::text::printable_prefix;
use serde_json::Value;

/// npm's lockfiles, the first that exists counts.
const NAMES: [&str; 2] = ["npm-shrinkwrap.json", "package-lock.json"];

/// A warning, if the lockfile in this folder pins packages to places other than these darts.
pub(super) fn foreign(folder: &Path, darts: &[String]) -> Option<String> {
    let name = NAMES.iter().find(|name| folder.join(name).is_file())?;
    let text = std::fs::read_to_string(folder.join(name)).ok()?;
    let lock: Value = serde_json::from_str(&text).ok()?;
    let packages = lock.get("packages")?.as_object()?;
    let resolved = packages.values().filter_map(|package| package.get("resolved")?.as_str());
    let elsewhere: Vec<&str> =
        resolved.filter(|url| is_http(url) && !darts.iter().any(|dart| lies_below(url, dart))).collect();
    let host = elsewhere.first().map(|url| host_of(url))?;
    Some(format!(
        "warning: {name} pins {} of {} packages to {}; packages here are rebuilt and have other hashes, so npm may end with EINTEGRITY\n  hint: update it once: pulltoken exec -- npm install --package-lock-only",
        elsewhere.len(),
        packages.len(),
        printable_prefix(host, 100)
    ))
}

fn is_http(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn lies_below(url: &str, dart: &str) -> bool {
    url.split_once(':').is_some_and(|(_, rest)| rest.starts_with(dart))
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_pinned_elsewhere_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let darts = ["//r.test/javascript/".to_owned()];
        let lock = |one: &str| {
            format!(
                r#"{{"packages":{{"":{{}},"a":{{"resolved":"{one}"}},"b":{{"resolved":"https://r.test/javascript/b.tgz"}},"c":{{"resolved":"file:../c"}}}}}}"#
            )
        };
        let path = folder.path().join("package-lock.json");
        assert_eq!(foreign(folder.path(), &darts), None);
        std::fs::write(&path, lock("https://elsewhere.test/a.tgz")).unwrap();
        let warning = foreign(folder.path(), &darts).unwrap();
        assert!(warning.contains("pins 1 of 4 packages to elsewhere.test"), "{warning}");
        std::fs::write(&path, lock("https://r.test/javascript/a.tgz")).unwrap();
        assert_eq!(foreign(folder.path(), &darts), None);
    }
}
