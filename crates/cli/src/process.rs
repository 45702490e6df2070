//! What this process is and is not open to. Whoever runs as the same user may otherwise read the
//! memory and the environment of a process.

#[cfg(unix)]
use std::collections::HashMap;

use pulltoken_core::Result;
use pulltoken_native::core_limit;

/// Starts a program, with the user's own limit on core files: whatever we start has to be started by this.
pub(crate) use pulltoken_native::core_limit::with_the_users as with_the_users_limits;

/// Names the open file that holds what was handed over.
pub(crate) const HANDLE: &str = "PULLTOKEN_HANDED_OVER";

/// Closes this process to others of the same user: no memory, environment or core file of it can be
/// read. The first act of `main`, and it lasts; programs that are started are as open as ever, where
/// they are started by [`with_the_users_limits`].
pub(crate) fn close_to_others() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A kernel that knows no such thing leaves nothing better to do.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    core_limit::give_up();
}

/// Starts this program once more, in the same process, where secrets lie in the environment that it
/// was started with: there they stay until it ends, whatever is unset. They come along by a pipe.
///
/// Returns where there is nothing to do, and where it cannot be done.
///
/// # Errors
/// `internal` where what was handed over cannot be read.
pub(crate) fn leave_environment_behind() -> Result<()> {
    #[cfg(unix)]
    return inherited::take_or_leave();
    #[cfg(not(unix))]
    Ok(())
}

/// Secret variables that came by another way than the environment.
///
/// # Errors
/// `internal` where there are some already.
#[cfg(unix)]
pub(crate) fn hand_over(secrets: HashMap<String, String>) -> Result<()> {
    inherited::set(secrets)
}

/// Leaves whoever started this process: no terminal, no files of theirs but the standard streams,
/// and no signal of theirs reaches it. For the very start: what this process itself has opened by
/// then is closed as well.
#[cfg(unix)]
pub(crate) fn detach() {
    let folder = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    let open = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let open: Vec<i32> = open.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for file in open.into_iter().filter(|file| *file > 2) {
        // The folder's own is closed by now.
        let _ = nix::unistd::close(file);
    }
    // Fails where it leads a group already, which whoever starts it does not make it do.
    let _ = nix::unistd::setsid();
}

/// A secret variable that this process was handed in place of its environment.
pub(crate) fn handed_over(name: &str) -> Option<String> {
    #[cfg(unix)]
    return inherited::get(name);
    #[cfg(not(unix))]
    {
        let _ = name;
        None
    }
}

/// The names of all those.
pub(crate) fn handed_over_names() -> Vec<String> {
    #[cfg(unix)]
    return inherited::names();
    #[cfg(not(unix))]
    Vec::new()
}

/// The process above this one whose environment holds a secret, if there is one: its number and
/// name. What a command runs can read it there.
pub(crate) fn open_ancestor() -> Option<(u32, String)> {
    #[cfg(target_os = "linux")]
    return ancestors::with_secret();
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(unix)]
mod inherited {
    use std::collections::HashMap;
    use std::fs::File;
    use std::io::{PipeReader, Read as _, Write as _};
    use std::os::fd::AsRawFd as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;
    use std::sync::OnceLock;

    use pulltoken_core::{Error, ErrorCode, Result, Secret};
    use rustix::io::{FdFlags, fcntl_setfd, ioctl_fionbio};

    use super::{HANDLE, with_the_users_limits};
    use crate::exec::environment::Environment;

    /// Handed over is no more than this: pipes hold it, but for users who have very many of them.
    const LONGEST: usize = 60_000;

    static SECRETS: OnceLock<HashMap<String, Secret>> = OnceLock::new();

    pub(super) fn take_or_leave() -> Result<()> {
        match std::env::var(HANDLE) {
            Ok(handle) => set(take(&handle)?),
            Err(_) => {
                leave();
                Ok(())
            }
        }
    }

    pub(super) fn set(secrets: HashMap<String, String>) -> Result<()> {
        let secrets = secrets.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
        SECRETS.set(secrets).map_err(|_| Error::new(ErrorCode::Internal, "secrets were handed over twice"))
    }

    pub(super) fn get(name: &str) -> Option<String> {
        // Goes where the environment's own value would have gone.
        SECRETS.get()?.get(name).map(|secret| secret.expose().to_owned())
    }

    pub(super) fn names() -> Vec<String> {
        let mut names: Vec<String> = SECRETS.get().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }

    fn leave() {
        let secrets = Environment::inherited().secrets();
        let Ok(text) = serde_json::to_vec(&secrets) else { return };
        if secrets.is_empty() || text.len() > LONGEST {
            return;
        }
        let (Ok(program), Ok(reader)) = (std::env::current_exe(), filled(&text)) else { return };
        if fcntl_setfd(&reader, FdFlags::empty()).is_err() {
            return;
        }
        let mut arguments = std::env::args_os();
        let mut command = Command::new(program);
        if let Some(name) = arguments.next() {
            command.arg0(name);
        }
        command.args(arguments).env(HANDLE, reader.as_raw_fd().to_string());
        for name in secrets.keys() {
            command.env_remove(name);
        }
        // Returns only where it failed: then this process goes on as it is, closed to others.
        let _ = with_the_users_limits(|| command.exec());
    }

    /// A pipe with all of this in it.
    ///
    /// # Errors
    /// Where it does not hold that much: nobody reads from it yet, and nothing may wait for that.
    fn filled(text: &[u8]) -> std::io::Result<PipeReader> {
        let (reader, mut writer) = std::io::pipe()?;
        ioctl_fionbio(&writer, true)?;
        writer.write_all(text).map(|()| reader)
    }

    fn take(handle: &str) -> Result<HashMap<String, String>> {
        let failed = || {
            Error::new(ErrorCode::Internal, format!("what {HANDLE} names cannot be read"))
                .with_hint(format!("unset {HANDLE}: it is set by this program alone"))
        };
        let number: i32 = handle.parse().ok().filter(|number| *number > 2).ok_or_else(failed)?;
        let folder = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
        let mut text = Vec::new();
        let file = File::open(format!("{folder}/{number}")).map_err(|_| failed())?;
        file.take(LONGEST as u64 + 1).read_to_end(&mut text).map_err(|_| failed())?;
        // Nothing reads from it any more, and no command is to find it open.
        nix::unistd::close(number).map_err(|_| failed())?;
        serde_json::from_slice(&text).map_err(|_| failed())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_a_pipe_does_not_hold_is_not_waited_for() {
            let mut held = String::new();
            filled(b"held").unwrap().read_to_string(&mut held).unwrap();
            assert_eq!(held, "held");
            // No system gives a pipe as much unasked.
            assert!(filled(&vec![0; 4 << 20]).is_err());
        }
    }
}

#[cfg(target_os = "linux")]
mod ancestors {
    use std::fs;

    use pulltoken_core::text::printable_prefix;

    use crate::exec::environment::holds_secret;

    /// Enough for any chain of shells, runners and terminals.
    const GENERATIONS: usize = 32;

    pub(super) fn with_secret() -> Option<(u32, String)> {
        let mut process = std::os::unix::process::parent_id();
        for _ in 0..GENERATIONS {
            if process <= 1 {
                return None;
            }
            // One that cannot be read by us cannot be read by what we start.
            let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
            if environment.split(|byte| *byte == 0).any(has_secret) {
                let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
                return Some((process, printable_prefix(name.trim_end(), 40)));
            }
            process = parent(process)?;
        }
        None
    }

    fn has_secret(variable: &[u8]) -> bool {
        let mut parts = variable.splitn(2, |byte| *byte == b'=');
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else { return false };
        std::str::from_utf8(name).is_ok_and(|name| holds_secret(name, value))
    }

    fn parent(process: u32) -> Option<u32> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
    }
}
