//! Two users of one machine: neither gets the other's token.
//!
//! As root, as the tests usually run, another user really tries. Elsewhere nobody can be another user:
//! then the owners and modes of the files say it.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::browser::{Login, follow};
use common::{Ended, World, end};

/// A user who need not be in any list.
const OTHER: u32 = 12_345;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// What comes of a program that the other user runs.
fn as_other(program: &str, arguments: &[&str]) -> Ended {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap()).current_dir("/");
    end(command.uid(OTHER).gid(OTHER))
}

/// What the other user gets to see at an address of this machine.
fn page_of_other(url: &str) -> String {
    let (authority, path) = url["http://".len()..].split_once('/').unwrap();
    let port = authority.rsplit(':').next().unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    let script = "exec 3<>/dev/tcp/127.0.0.1/$0 && printf \"$1\" >&3 && cat <&3";
    as_other("bash", &["-c", script, port, &request.replace('%', "%%")]).success().out
}

/// A home that everybody may look into, as homes often are.
fn open_home(world: &World) {
    fs::set_permissions(world.home.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Every file and folder below one.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        if path.is_dir() {
            found.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    found
}

#[test]
fn what_is_stored_is_read_by_nobody_else() {
    let world = World::new();
    open_home(&world);
    world.sign_in("owner", "");
    world.run_stored("get --mint --parent example -o none").success();
    let kept = all_below(&world.home.path().join(".cache/pulltoken"));
    let files: Vec<_> = kept.iter().filter(|path| path.is_file()).collect();
    assert!(files.iter().any(|path| fs::read_to_string(path).unwrap().contains("eyJ")), "{files:?}");
    let own = rustix::process::geteuid().as_raw();
    for path in &kept {
        let metadata = fs::metadata(path).unwrap();
        let private = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!((metadata.uid(), metadata.mode() & 0o777), (own, private), "{}", path.display());
        if is_root() {
            let program = if path.is_dir() { "ls" } else { "cat" };
            let refused = as_other(program, &[path.to_str().unwrap()]);
            assert_ne!(refused.code, Some(0), "{}", path.display());
            assert_eq!(refused.out, "");
        }
    }
    if is_root() {
        // What is refused above is not refused for another reason.
        let open = world.home.path().join("open");
        fs::write(&open, "read").unwrap();
        assert_eq!(as_other("cat", &[open.to_str().unwrap()]).success().out, "read");
    }
}

#[test]
fn nothing_is_stored_in_a_folder_of_somebody_else() {
    let world = World::new();
    open_home(&world);
    let (shared, theirs) = (world.home.path().join("shared"), world.home.path().join("shared/cache"));
    fs::create_dir(&shared).unwrap();
    let everybody = fs::Permissions::from_mode(0o777);
    fs::set_permissions(&shared, everybody.clone()).unwrap();
    let why = if is_root() {
        as_other("mkdir", &[theirs.to_str().unwrap()]).success();
        "belongs to another user"
    } else {
        fs::create_dir(&theirs).unwrap();
        fs::set_permissions(&theirs, everybody).unwrap();
        "can be written to by other users"
    };
    let token = world.sim.ci_token("https://idp.example.com", serde_json::json!({"sub": "owner"})).unwrap();
    let file = world.home.path().join("id-token");
    fs::write(&file, token).unwrap();
    let line = format!("login --quiet -o none --identity-token {}", file.display());
    let refused = end(world.stored(&line).env("PULLTOKEN_CACHE_DIR", &theirs)).failure(1, "file_unwritable");
    assert!(refused.err.contains(why), "{}", refused.err);
    fs::remove_file(file).unwrap();
    assert!(common::files_with(world.home.path(), &["eyJ"]).is_empty());
}

#[test]
fn a_sign_in_is_begun_and_ended_by_its_own_user_alone() {
    let world = World::with(|builder| builder.sign_in_as("owner"));
    let login = Login::begin(&world, "login");
    let port = login.port();
    if is_root() {
        // The link that leads to the issuer, with the nonce, and the way back with a session of one's own.
        let theirs = world.sim.token("viewer").unwrap();
        for path in [
            "start".to_owned(),
            String::new(),
            format!("callback?nonce={}&token={theirs}", "0".repeat(32)),
            format!("callback?token={theirs}"),
            "callback?error=access_denied&status_code=403".to_owned(),
        ] {
            let page = page_of_other(&format!("http://localhost:{port}/{path}"));
            assert!(page.starts_with("HTTP/1.1 403 "), "{path}: {page}");
            assert!(page.contains("begun by another user") && !page.to_lowercase().contains("location:"), "{page}");
        }
    }
    assert_eq!(follow(&login.start).status, 200);
    let done = login.end().success();
    if is_root() {
        let told = format!("Another user of this machine (uid {OTHER}) came to the address of this sign-in");
        assert_eq!(done.err.matches(&told).count(), 1, "{}", done.err);
    }
    assert!(done.out.contains("can pull java, python, javascript"), "{}", done.out);
}
