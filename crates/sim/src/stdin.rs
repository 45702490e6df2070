//! Whether standard input is a pipe that somebody holds open, and when it closes.

use std::io::{self, Read};

/// Whether standard input is a pipe or socket whose other end is still open.
#[cfg(unix)]
pub(crate) fn is_open_pipe() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{FileType, fstat};

    let stdin = io::stdin();
    let Ok(stat) = fstat(&stdin) else { return false };
    if !matches!(FileType::from_raw_mode(stat.st_mode), FileType::Fifo | FileType::Socket) {
        return false;
    }
    let mut watched = [PollFd::new(&stdin, PollFlags::IN)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    match poll(&mut watched, Some(&at_once)) {
        Ok(0) => true,
        Ok(_) => {
            let [events] = watched.map(|it| it.revents());
            // A socket whose other end is shut reports itself readable, without data.
            !events.intersects(PollFlags::HUP | PollFlags::RDHUP | PollFlags::ERR | PollFlags::NVAL)
        }
        Err(_) => false,
    }
}

/// Elsewhere there is no telling beforehand: such a pipe is taken to be open.
#[cfg(not(unix))]
pub(crate) fn is_open_pipe() -> bool {
    use std::io::IsTerminal;
    !io::stdin().is_terminal()
}

/// Waits for the end of standard input; what comes before is not looked at.
pub(crate) async fn closed() {
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        let mut stdin = io::stdin().lock();
        loop {
            match stdin.read(&mut buffer) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let _ = ended.send(());
    });
    let _ = end.await;
}
