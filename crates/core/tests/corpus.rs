//! Replays the corpus of the fuzz targets, tests/vectors/fuzz: inputs that once broke something, and
//! those that reach the most of each parser and editor.
#![cfg(feature = "editors")]
#![allow(clippy::disallowed_methods, reason = "the corpus is files; it is the library that reads none")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what does not hold is a failed test")]

#[allow(unreachable_pub, reason = "the fuzz targets' crate exports it")]
mod properties;

use std::fs;
use std::path::{Path, PathBuf};

use pulltoken_core::Format;

#[test]
fn the_corpus_holds() {
    let mut failed = Vec::new();
    for (family, _) in properties::FAMILIES {
        let files = inputs(family);
        assert!(files.len() >= 10, "{family} has {} inputs", files.len());
        for file in files {
            let data = fs::read(&file).unwrap();
            if std::panic::catch_unwind(|| properties::check(family, &data)).is_err() {
                failed.push(format!("{family}/{}", file.file_name().unwrap().display()));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn every_format_has_one_family() {
    for format in Format::ALL {
        let families = properties::FORMATS.iter().filter(|formats| formats.contains(format));
        assert_eq!(families.count(), 1, "{format}");
    }
}

#[test]
fn every_family_has_a_fuzz_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for (family, _) in properties::FAMILIES {
        assert!(manifest.contains(&format!("name = \"{family}\"")), "{family}");
        let target = fs::read_to_string(folder.join(format!("fuzz_targets/{family}.rs"))).unwrap();
        assert!(target.contains(&format!("check(\"{family}\"")), "{family}");
    }
}

fn inputs(family: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/fuzz").join(family);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}
