//! Packs a package the way npm does, the same bytes every time.

use std::io::{self, Write};

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::{Compression, GzBuilder};
use serde_json::{Map, Value, json};
use tar::{Builder, EntryType, Header};

use super::package::Package;

/// A packed package and its checksums.
pub(crate) struct Tarball {
    pub(crate) bytes: Bytes,
    /// sha512, as lockfiles hold it.
    pub(crate) integrity: String,
    /// sha1, in hex.
    pub(crate) shasum: String,
    pub(crate) manifest: Map<String, Value>,
    pub(crate) file_count: usize,
    pub(crate) unpacked_size: usize,
}

impl Tarball {
    pub(crate) fn pack(package: &Package) -> io::Result<Self> {
        let manifest = manifest(package);
        let index = format!("module.exports = {:?};\n", package.name);
        let mut files = vec![
            ("package.json".to_owned(), format!("{:#}\n", Value::Object(manifest.clone())).into()),
            ("index.js".to_owned(), index.into_bytes()),
            ("README.md".to_owned(), format!("# {}\n", package.name).into_bytes()),
        ];
        files.extend(package.files.iter().cloned());
        let unpacked_size = files.iter().map(|(_, contents)| contents.len()).sum();
        let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
        let mut archive = Builder::new(gzip);
        for (path, contents) in &files {
            let mut header = Header::new_ustar();
            header.set_entry_type(EntryType::Regular);
            header.set_size(contents.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(499_162_500);
            archive.append_data(&mut header, format!("package/{path}"), contents.as_slice())?;
        }
        let mut gzip = archive.into_inner()?;
        gzip.flush()?;
        let bytes = gzip.finish()?;
        let sha512 = digest::digest(&digest::SHA512, &bytes);
        let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &bytes);
        Ok(Self {
            integrity: format!("sha512-{}", STANDARD.encode(sha512.as_ref())),
            shasum: sha1.as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
            bytes: Bytes::from(bytes),
            manifest,
            file_count: files.len(),
            unpacked_size,
        })
    }
}

fn manifest(package: &Package) -> Map<String, Value> {
    let map = |pairs: &[(String, String)]| -> Value {
        Value::Object(pairs.iter().map(|(name, text)| (name.clone(), json!(text))).collect())
    };
    let mut manifest = Map::new();
    manifest.insert("name".to_owned(), json!(package.name));
    manifest.insert("version".to_owned(), json!(package.version));
    manifest.insert("description".to_owned(), json!(format!("{}, for tests", package.name)));
    manifest.insert("license".to_owned(), json!("Apache-2.0"));
    manifest.insert("main".to_owned(), json!("index.js"));
    if !package.dependencies.is_empty() {
        manifest.insert("dependencies".to_owned(), map(&package.dependencies));
    }
    if !package.scripts.is_empty() {
        manifest.insert("scripts".to_owned(), map(&package.scripts));
    }
    manifest
}
