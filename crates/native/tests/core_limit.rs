//! The limit on core files belongs to the whole process: so does this test, which is alone in its own.

// A test may fail as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

use std::os::unix::process::CommandExt as _;
use std::panic::catch_unwind;
use std::process::Command;

use pulltoken_native::{ci_job, core_limit};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// A limit that nobody has by chance. Where no core file is allowed at all, not to root either, it is
/// 0, and there is nothing that could get lost.
const WANTED: u64 = 1234 << 10;

fn soft() -> Option<u64> {
    getrlimit(Resource::Core).current
}

fn ulimit() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ran = runtime.block_on((ci_job().run)("sh", &["-c", "ulimit -S -c"])).unwrap();
    ran.out.expose().to_owned()
}

#[test]
fn only_what_is_started_has_the_users_limit() {
    if getrlimit(Resource::Core).maximum.is_some_and(|hard| hard < WANTED) {
        // Root may.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(WANTED), maximum: Some(WANTED) });
    }
    let hard = getrlimit(Resource::Core).maximum;
    let users = Some(hard.map_or(WANTED, |hard| hard.min(WANTED)));
    setrlimit(Resource::Core, Rlimit { current: users, maximum: hard }).unwrap();

    // A program that has given nothing up is left as it is.
    assert_eq!((core_limit::with_the_users(soft), soft()), (users, users));
    let shown = ulimit();
    assert_eq!(shown.trim() == "0", users == Some(0), "{shown}");

    // Twice, and the first limit is still known.
    core_limit::give_up();
    core_limit::give_up();
    let now = getrlimit(Resource::Core);
    assert_eq!((now.current, now.maximum), (Some(0), hard));
    assert_eq!((core_limit::with_the_users(soft), soft()), (users, Some(0)));
    assert_eq!((ulimit(), soft()), (shown, Some(0)));

    // However a start ends, it is given up again.
    assert!(core_limit::with_the_users(|| Command::new("/nowhere/at-all").spawn()).is_err());
    assert_eq!(soft(), Some(0));
    core_limit::with_the_users(|| Command::new("/nowhere/at-all").exec());
    assert_eq!(soft(), Some(0));
    assert!(catch_unwind(|| core_limit::with_the_users(|| panic!("while it starts"))).is_err());
    assert_eq!((soft(), core_limit::with_the_users(soft)), (Some(0), users));

    // Nobody who starts something takes the limit from another who does.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..2000 {
                    assert_eq!(core_limit::with_the_users(soft), users);
                }
            });
        }
    });
    assert_eq!(soft(), Some(0));
}
