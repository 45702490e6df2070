//! The packages the registry has, packed when it starts.

use std::collections::BTreeMap;

use aws_lc_rs::{constant_time, hmac};
use bytes::Bytes;

use super::package::{Package, Treatment};
use super::tarball::Tarball;

/// One version.
pub(crate) struct Release {
    pub(crate) package: Package,
    pub(crate) tarball: Tarball,
}

/// All versions of all packages.
pub(crate) struct Catalog {
    packages: BTreeMap<String, Vec<Release>>,
    /// Signs the object store's URLs.
    key: hmac::Key,
}

impl Catalog {
    pub(crate) fn pack(packages: Vec<Package>) -> Result<Self, String> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| error.to_string())?;
        let mut catalog = Self { packages: BTreeMap::new(), key: hmac::Key::new(hmac::HMAC_SHA256, &seed) };
        for package in packages {
            let tarball = Tarball::pack(&package).map_err(|error| format!("cannot pack {}: {error}", package.name))?;
            let releases = catalog.packages.entry(package.name.clone()).or_default();
            // A test may replace a version that is there from the start.
            releases.retain(|other| other.package.version != package.version);
            releases.push(Release { package, tarball });
        }
        Ok(catalog)
    }

    /// All versions of a package, in the order in which they were added; the last is `latest`
    /// unless it is a pre-release.
    pub(crate) fn releases(&self, name: &str) -> Option<&[Release]> {
        self.packages.get(name).map(Vec::as_slice)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(String::as_str)
    }

    /// The release whose download has this file name.
    pub(crate) fn release_of_file(&self, name: &str, file: &str) -> Option<&Release> {
        self.releases(name)?.iter().find(|release| release.file_name() == file)
    }

    /// The path and presigned query of a release in the object store.
    pub(crate) fn presigned(&self, release: &Release) -> String {
        let name = release.object_name();
        let signature = hmac::sign(&self.key, name.as_bytes());
        format!("{name}?X-Expires=900&X-Signature={}", hex(signature.as_ref()))
    }

    /// What the object store holds under a name, for who knows the signature.
    pub(crate) fn stored(&self, name: &str, query: &str) -> Option<Bytes> {
        let signature = query.split('&').find_map(|pair| pair.strip_prefix("X-Signature="))?;
        let expected = hex(hmac::sign(&self.key, name.as_bytes()).as_ref());
        constant_time::verify_slices_are_equal(signature.as_bytes(), expected.as_bytes()).ok()?;
        let release = self
            .packages
            .values()
            .flatten()
            .filter(|release| {
                matches!(release.package.treatment, Treatment::Redirected | Treatment::RedirectedNextDoor)
            })
            .find(|release| release.object_name() == name)?;
        Some(release.tarball.bytes.clone())
    }
}

impl Release {
    /// `scoped-1.2.0.tgz`
    pub(crate) fn file_name(&self) -> String {
        let name = self.package.name.rsplit('/').next().unwrap_or_default();
        format!("{name}-{}.tgz", self.package.version)
    }

    fn object_name(&self) -> String {
        let digits = self.tarball.shasum.get(..16).unwrap_or_default();
        format!("objects/{digits}/{}", self.file_name())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
