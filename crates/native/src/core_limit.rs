//! Core files: a program that holds secrets leaves none, and what it starts for the user leaves them as
//! the user has it set. The limit belongs to the process as a whole, and whatever it starts inherits it.

/// From now on this process leaves no core file: its soft limit is 0. What the limit was is
/// remembered, and how far it may be raised stays as it is. For the very start of a program.
pub fn give_up() {
    #[cfg(unix)]
    limit::give_up();
}

/// Does this, the start of a program, with the limit that the user has set. A start that becomes the
/// program comes back only where it failed; it is for this process to leave no core file then, too.
/// Without [`give_up`] before it, nothing but the start is done.
pub fn with_the_users<T>(start: impl FnOnce() -> T) -> T {
    #[cfg(unix)]
    return limit::with_the_users(start);
    #[cfg(not(unix))]
    start()
}

#[cfg(unix)]
mod limit {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// A soft limit: bytes, or none.
    #[derive(Clone, Copy)]
    struct Soft(Option<u64>);

    /// What the user has set, once it was given up. Locked while a program is started, so that no
    /// other start is caught between.
    static USERS: Mutex<Option<Soft>> = Mutex::new(None);

    pub(super) fn give_up() {
        let mut users = lock();
        users.get_or_insert_with(|| Soft(getrlimit(Resource::Core).current));
        set(NONE);
    }

    /// For this moment a crash would leave a core file, of this process as well: the child alone can be
    /// given another limit only between fork and exec, which takes unsafe code. Linux writes none of a
    /// process that is not dumpable, whatever its limit; elsewhere the crash, or the signal that brings
    /// it about, would have to come in just that moment.
    pub(super) fn with_the_users<T>(start: impl FnOnce() -> T) -> T {
        let users = lock();
        let Some(soft) = *users else {
            drop(users);
            return start();
        };
        // Dropped before the lock is.
        let _again = Again;
        set(soft);
        start()
    }

    const NONE: Soft = Soft(Some(0));

    /// Gives it up again, however the start has ended.
    struct Again;

    impl Drop for Again {
        fn drop(&mut self) {
            set(NONE);
        }
    }

    fn set(soft: Soft) {
        let now = getrlimit(Resource::Core);
        // Below the hard limit it is always granted. Where somebody has lowered that meanwhile, the
        // user's own cannot be had any more, and less is what they wanted.
        let _ = setrlimit(Resource::Core, Rlimit { current: soft.0, maximum: now.maximum });
    }

    fn lock() -> MutexGuard<'static, Option<Soft>> {
        USERS.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
