//! The child process: signals go to it once, its exit code is ours.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};

use pulltoken_core::{Error, ErrorCode, Result};

use super::environment::Environment;
use crate::process::with_the_users_limits;

/// Runs a program to its end, with our standard streams and terminal.
///
/// # Errors
/// `command_not_found` or `command_not_executable` where it could not be started.
pub(crate) fn run(program: &Path, arguments: &[OsString], environment: Environment) -> Result<ExitCode> {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(environment.iter());
    let signals = signals::Watch::begin()?;
    let mut child = with_the_users_limits(|| command.spawn()).map_err(|error| {
        let code = if error.kind() == ErrorKind::NotFound {
            ErrorCode::CommandNotFound
        } else {
            ErrorCode::CommandNotExecutable
        };
        Error::new(code, format!("`{}` could not be started: {error}", program.display()))
    })?;
    let forwarding = signals.forward_to(&child).inspect_err(|_| {
        // One that no signal would reach is not left alone.
        let _ = child.kill();
        let _ = child.wait();
    })?;
    // First its end, then the end of the forwarding, and only then is its number given up, so that
    // no signal can reach another process.
    signals::await_end(&child);
    drop(forwarding);
    let status = child
        .wait()
        .map_err(|error| Error::new(ErrorCode::Internal, format!("the command could not be waited for: {error}")))?;
    Ok(ExitCode::from(code_of(status)))
}

#[cfg(unix)]
fn code_of(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    // A command that a signal ended counts as 128 and the signal's number, as in a shell.
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

#[cfg(not(unix))]
fn code_of(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(unix)]
mod signals {
    use std::process::Child;
    use std::thread::JoinHandle;

    use pulltoken_core::{Error, ErrorCode, Result};
    use rustix::io::Errno;
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
    use signal_hook::iterator::exfiltrator::origin::WithOrigin;
    use signal_hook::iterator::{Handle, SignalsInfo};
    use signal_hook::low_level::siginfo::Cause;

    use crate::ending::thread;

    /// Catches signals from before the child exists, so that none ends us and leaves it alone.
    pub(super) struct Watch(SignalsInfo<WithOrigin>);

    /// Ends the forwarding when dropped.
    pub(super) struct Forwarding(Handle, Option<JoinHandle<()>>);

    impl Watch {
        pub(super) fn begin() -> Result<Self> {
            SignalsInfo::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2])
                .map(Self)
                .map_err(|error| Error::new(ErrorCode::Internal, format!("signals could not be caught: {error}")))
        }

        pub(super) fn forward_to(mut self, child: &Child) -> Result<Forwarding> {
            let handle = self.0.handle();
            let pid = Pid::from_child(child);
            let thread = thread(move || {
                for origin in &mut self.0 {
                    // The terminal sends its signals to the whole group: the child has it already.
                    if matches!(origin.cause, Cause::Kernel) {
                        continue;
                    }
                    if let Some(signal) = Signal::from_named_raw(origin.signal) {
                        // It may have ended just now.
                        let _ = kill_process(pid, signal);
                    }
                }
            })?;
            Ok(Forwarding(handle, Some(thread)))
        }
    }

    impl Drop for Forwarding {
        fn drop(&mut self) {
            self.0.close();
            if let Some(thread) = self.1.take() {
                // It cannot panic; if it did, the child's exit code would still count.
                let _ = thread.join();
            }
        }
    }

    /// Waits until the child has ended and leaves it to be waited for.
    pub(super) fn await_end(child: &Child) {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        // An error means that there is nothing to wait for.
        while let Err(Errno::INTR) = waitid(WaitId::Pid(Pid::from_child(child)), options) {}
    }
}

#[cfg(not(unix))]
mod signals {
    use std::process::Child;

    use pulltoken_core::Result;

    /// Windows sends console events to every process of the console by itself.
    pub(super) struct Watch;

    impl Watch {
        pub(super) fn begin() -> Result<Self> {
            Ok(Self)
        }

        pub(super) fn forward_to(self, _child: &Child) -> Result<Self> {
            Ok(self)
        }
    }

    pub(super) fn await_end(_child: &Child) {}
}
