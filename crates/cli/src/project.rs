//! What the folder at hand says of itself.

use std::path::Path;

use pulltoken_core::Ecosystem;

/// Files that tell which ecosystem a project is of, in the order in which they decide.
const MARKERS: [(&str, Ecosystem); 9] = [
    ("package.json", Ecosystem::JavaScript),
    ("pom.xml", Ecosystem::Java),
    ("build.gradle", Ecosystem::Java),
    ("build.gradle.kts", Ecosystem::Java),
    ("build.sbt", Ecosystem::Java),
    ("pyproject.toml", Ecosystem::Python),
    ("requirements.txt", Ecosystem::Python),
    ("setup.py", Ecosystem::Python),
    ("Pipfile", Ecosystem::Python),
];

/// The ecosystem of the project in a folder; JavaScript where nothing tells.
pub(crate) fn ecosystem(folder: &Path) -> Ecosystem {
    MARKERS
        .iter()
        .find(|(file, _)| folder.join(file).is_file())
        .map_or(Ecosystem::JavaScript, |(_, ecosystem)| *ecosystem)
}
