//! The CI job that this process runs in: its environment, files and programs.

use std::io::{self, Read as _};
use std::path::Path;
use std::process::Stdio;

use pulltoken_client::ambient::{Job, Ran, Running};
use pulltoken_core::Secret;
use tokio::process::Command;

use crate::core_limit;

/// A file larger than this holds neither a token nor an event.
const LIMIT: u64 = 16 << 20;

/// What this process's job lends. Its programs want a tokio runtime.
pub fn ci_job() -> Job<'static> {
    Job { variable: &variable, file: &read, run: &run }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)?.take(LIMIT + 1).read_to_string(&mut text)?;
    if read as u64 > LIMIT {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 16 MB"));
    }
    Ok(text)
}

fn run(program: &str, arguments: &[&str]) -> Running {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    Box::pin(async move {
        let ended = core_limit::with_the_users(|| command.spawn())?.wait_with_output().await?;
        let out = String::from_utf8(ended.stdout).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let err = String::from_utf8_lossy(&ended.stderr).into_owned();
        Ok(Ran { succeeded: ended.status.success(), out: Secret::new(out), err })
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn a_program_is_run_as_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("agent");
        std::fs::write(&program, "#!/bin/sh\nprintf '%s|' \"$@\"; echo said >&2; exit \"${1:-0}\"\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let job = ci_job();
        let ran = block_on((job.run)(program.to_str().unwrap(), &["0", "a b", "$(id)"])).unwrap();
        assert_eq!((ran.succeeded, ran.out.expose(), ran.err.as_str()), (true, "0|a b|$(id)|", "said\n"));
        assert!(!block_on((job.run)(program.to_str().unwrap(), &["3"])).unwrap().succeeded);
        let missing = block_on((job.run)("pulltoken-has-no-such-agent", &[])).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "token\n").unwrap();
        assert_eq!((ci_job().file)(&path).unwrap(), "token\n");
        std::fs::File::create(&path).unwrap().set_len(LIMIT + 1).unwrap();
        assert_eq!((ci_job().file)(&path).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
