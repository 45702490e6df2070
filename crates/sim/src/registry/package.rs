//! A package of the simulated registry, as a test describes it.

/// How the registry treats a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// Built and served by the registry itself.
    Built,
    /// Not built yet: its downloads come from `/javascript-upstream/`.
    UpstreamOnly,
    /// Its downloads redirect to the object store.
    Redirected,
    /// The same, to another port of the registry's own host.
    RedirectedNextDoor,
}

/// A package version that npm can install. It has an `index.js` that exports its name.
#[derive(Clone, Debug)]
pub struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) dependencies: Vec<(String, String)>,
    pub(crate) scripts: Vec<(String, String)>,
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) treatment: Treatment,
    pub(crate) blocked: Option<String>,
    pub(crate) wholly_blocked: bool,
}

impl Package {
    /// A package without dependencies, built by the registry.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            dependencies: Vec::new(),
            scripts: Vec::new(),
            files: Vec::new(),
            treatment: Treatment::Built,
            blocked: None,
            wholly_blocked: false,
        }
    }

    /// Depends on another package.
    #[must_use]
    pub fn depends_on(mut self, name: &str, range: &str) -> Self {
        self.dependencies.push((name.to_owned(), range.to_owned()));
        self
    }

    /// Has a script, such as `postinstall`.
    #[must_use]
    pub fn script(mut self, name: &str, command: &str) -> Self {
        self.scripts.push((name.to_owned(), command.to_owned()));
        self
    }

    /// Has a further file, by its path in the package.
    #[must_use]
    pub fn file(mut self, path: &str, contents: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.to_owned(), contents.into()));
        self
    }

    /// Served from `/javascript-upstream/` only.
    #[must_use]
    pub fn upstream_only(mut self) -> Self {
        self.treatment = Treatment::UpstreamOnly;
        self
    }

    /// Downloaded from the object store, by a redirect.
    #[must_use]
    pub fn redirected(mut self) -> Self {
        self.treatment = Treatment::Redirected;
        self
    }

    /// Downloaded from the object store, by a redirect to another port of the registry's own host.
    #[must_use]
    pub fn redirected_next_door(mut self) -> Self {
        self.treatment = Treatment::RedirectedNextDoor;
        self
    }

    /// Listed, but its download is refused with 403 for this reason.
    #[must_use]
    pub fn blocked(mut self, reason: &str) -> Self {
        self.blocked = Some(reason.to_owned());
        self
    }

    /// The package as a whole is refused with 409 for this reason.
    #[must_use]
    pub fn wholly_blocked(mut self, reason: &str) -> Self {
        self.blocked = Some(reason.to_owned());
        self.wholly_blocked = true;
        self
    }
}

/// The packages that are always there: an installable tree, and one of every treatment.
pub(crate) fn built_in() -> Vec<Package> {
    vec![
        Package::new("left-hand", "1.0.0"),
        Package::new("left-hand", "1.0.1-cgr.1"),
        Package::new("left-hand", "1.1.0"),
        Package::new("right-hand", "2.0.0").depends_on("small-words", "^0.3.0"),
        Package::new("small-words", "0.3.0"),
        Package::new("small-words", "0.3.1"),
        Package::new("@example/scoped", "1.2.0").depends_on("small-words", "^0.3.0"),
        Package::new("two-hands", "1.0.0")
            .depends_on("left-hand", "^1.0.0")
            .depends_on("right-hand", "^2.0.0")
            .depends_on("@example/scoped", "^1.0.0"),
        Package::new("only-upstream", "1.0.0").upstream_only(),
        Package::new("far-away", "1.0.0").redirected(),
        Package::new("next-door", "1.0.0").redirected_next_door(),
        Package::new("whole-crew", "3.0.0")
            .depends_on("two-hands", "^1.0.0")
            .depends_on("only-upstream", "^1.0.0")
            .depends_on("far-away", "^1.0.0"),
        Package::new("bad-apple", "1.0.0").blocked("blocked by policy: bad-apple@1.0.0 is known malware"),
        Package::new("rotten-barrel", "1.0.0")
            .wholly_blocked("blocked by policy: every version of rotten-barrel is refused"),
    ]
}
