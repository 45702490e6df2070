//! An answer that the simulator holds back until a test has seen what it wants to see meanwhile.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use pulltoken_sim::{LoggedRequest, SimBuilder};

use super::{Ended, World, ended};

/// Longer than anything here takes that does not wait for what is held back.
const PATIENCE: Duration = Duration::from_secs(20);

/// The answer goes when this is dropped.
pub(crate) struct Held {
    arrived: Receiver<()>,
    _release: Sender<()>,
}

impl Held {
    /// Waits until the request has been handled.
    pub(crate) fn until_arrived(&self) {
        self.arrived.recv_timeout(PATIENCE).unwrap();
    }
}

/// A simulator that holds back the answer to such a request, after letting some pass.
pub(crate) fn holding(method: &'static str, path: &'static str, skip: usize) -> (World, Held) {
    let ((handled, arrived), (release, released)) = (channel(), channel::<()>());
    let released = Mutex::new(released);
    let seen = AtomicUsize::new(0);
    let observe = move |request: &LoggedRequest| {
        let is_meant = request.method == method && request.path.starts_with(path);
        if is_meant && seen.fetch_add(1, Ordering::SeqCst) == skip {
            // The simulator goes on with other requests meanwhile.
            tokio::task::block_in_place(|| {
                handled.send(()).unwrap();
                // Ends with the other end.
                let _ = released.lock().unwrap().recv();
            });
        }
    };
    let world = World::with(|builder: SimBuilder| builder.observe(observe));
    (world, Held { arrived, _release: release })
}

/// Runs a command that has to end while something is held back.
pub(crate) fn end_meanwhile(command: &mut Command) -> Ended {
    use std::process::Stdio;
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    within(move || ended(child.wait_with_output().unwrap()))
}

/// What comes of something that has to end while something is held back.
pub(crate) fn within<T: Send + 'static>(something: impl FnOnce() -> T + Send + 'static) -> T {
    let (end, ended) = channel();
    std::thread::spawn(move || {
        // Nobody waits any more where it took too long.
        let _ = end.send(something());
    });
    ended.recv_timeout(PATIENCE).unwrap()
}
