//! What an agent holds: nothing at first, then what one search has found, and nothing any more once it
//! was told to forget.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pulltoken_core::{Error, ErrorCode, Result};

use crate::agent::name::AgentName;

/// What can be lent by its name, and has to be given back.
pub(super) trait Lendable {
    /// What opens it.
    fn name(&self) -> AgentName;
    /// Ends what was lent, then gives back what was made for it. May go over the network.
    fn give_back(self);
}

/// How things stand.
pub(super) enum State<T> {
    /// Nobody has asked yet, or nothing was found.
    Nothing,
    /// Somebody searches; the others wait to be told what comes of it.
    Searching(Vec<Sender<Answer>>),
    /// It is there.
    Held(T),
    /// It was told to forget, and somebody has yet to give back, or to find out whether there is
    /// anything to be given back.
    Forgetting,
    /// All is given back, and nothing comes any more.
    Forgotten,
}

/// What comes of asking.
pub(in super::super) type Answer = std::result::Result<AgentName, Refusal>;

/// Why nothing is lent.
#[derive(Clone)]
pub(in super::super) enum Refusal {
    /// It was told to forget.
    Over,
    /// Nothing was found.
    Failed(Error),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Over => Self::new(ErrorCode::Interrupted, "interrupted: the agent was told to end"),
            Refusal::Failed(error) => error,
        }
    }
}

/// The state, with those who wait for its end. Nobody holds it locked while searching or giving back.
pub(super) struct Holding<T> {
    state: Mutex<State<T>>,
    forgotten: Condvar,
}

impl<T: Lendable> Holding<T> {
    pub(super) fn new() -> Self {
        Self { state: Mutex::new(State::Nothing), forgotten: Condvar::new() }
    }

    /// The name of what is held, after a search where nothing is: the first who asks makes it, and all
    /// others have what comes of it.
    pub(super) fn ask(&self, search: impl FnOnce() -> Result<T>) -> Answer {
        let mut state = self.lock();
        match &mut *state {
            State::Held(held) => return Ok(held.name()),
            State::Forgetting | State::Forgotten => return Err(Refusal::Over),
            State::Searching(waiting) => {
                let (told, answer) = channel();
                waiting.push(told);
                drop(state);
                // Whoever forgets drops the other end.
                return answer.recv().unwrap_or(Err(Refusal::Over));
            }
            State::Nothing => *state = State::Searching(Vec::new()),
        }
        drop(state);
        // One that panics has failed, and not left everybody waiting. It shares nothing with us that it
        // could leave half done: the state is not its own, and unlocked.
        let found = catch_unwind(AssertUnwindSafe(search));
        self.keep(
            found.unwrap_or_else(|_| {
                Err(Error::new(ErrorCode::Internal, "the agent's search for a credential broke off"))
            }),
        )
    }

    /// Keeps what a search has brought and tells those who wait, or gives it back where it came too late.
    fn keep(&self, found: Result<T>) -> Answer {
        let mut state = self.lock();
        let State::Searching(waiting) = mem::replace(&mut *state, State::Forgetting) else {
            drop(state);
            let _end = End(self);
            if let Ok(late) = found {
                late.give_back();
            }
            return Err(Refusal::Over);
        };
        let answer = match found {
            Ok(held) => {
                let name = held.name();
                *state = State::Held(held);
                Ok(name)
            }
            Err(error) => {
                *state = State::Nothing;
                Err(Refusal::Failed(error))
            }
        };
        drop(state);
        for asker in waiting {
            // Whoever has gone needs no answer.
            let _ = asker.send(answer.clone());
        }
        answer
    }

    /// Forgets, at once and for good; returns when what was held is given back. A search that is under
    /// way gives back itself what it brings.
    pub(super) fn forget(&self) {
        let mut state = self.lock();
        match mem::replace(&mut *state, State::Forgetting) {
            State::Held(held) => {
                drop(state);
                let _end = End(self);
                held.give_back();
            }
            State::Nothing | State::Forgotten => {
                drop(state);
                self.end();
            }
            State::Searching(_) | State::Forgetting => {}
        }
    }

    fn end(&self) {
        *self.lock() = State::Forgotten;
        self.forgotten.notify_all();
    }

    /// Waits until it has forgotten, and given back, or for so long.
    pub(super) fn until_forgotten_or(&self, limit: Duration) {
        let is_on = |state: &mut State<T>| !matches!(state, State::Forgotten);
        drop(self.forgotten.wait_timeout_while(self.lock(), limit, is_on));
    }

    /// Waits until it has forgotten and given back.
    pub(super) fn until_forgotten(&self) {
        drop(self.forgotten.wait_while(self.lock(), |state| !matches!(state, State::Forgotten)));
    }

    /// Looks how things stand.
    pub(super) fn look<R>(&self, at: impl FnOnce(&State<T>) -> R) -> R {
        at(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has forgotten when dropped: nobody waits for ever where giving back panics.
struct End<'a, T: Lendable>(&'a Holding<T>);

impl<T: Lendable> Drop for End<'_, T> {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::mpsc::Receiver;
    use std::thread;

    /// Something that tells when it is given back.
    struct Thing(Sender<&'static str>);

    impl Lendable for Thing {
        fn name(&self) -> AgentName {
            AgentName::parse(&format!("127.0.0.1:1:{}:/a", "ab".repeat(16))).unwrap()
        }

        fn give_back(self) {
            self.0.send("given back").unwrap();
        }
    }

    fn is_over(answer: &Answer) -> bool {
        matches!(answer, Err(Refusal::Over))
    }

    /// A search that has begun, and ends when told to with what it then brings.
    fn search(begun: Sender<()>, brought: Receiver<Result<Thing>>) -> impl FnOnce() -> Result<Thing> {
        move || {
            begun.send(()).unwrap();
            brought.recv().unwrap()
        }
    }

    #[test]
    fn all_who_ask_wait_for_one_search() {
        for is_found in [true, false] {
            let holding = Holding::new();
            let ((begun, has_begun), (bring, brought), (told, _given)) = (channel(), channel(), channel());
            thread::scope(|scope| {
                let first = scope.spawn(|| holding.ask(search(begun, brought)));
                has_begun.recv().unwrap();
                let others: Vec<_> =
                    (0..3).map(|_| scope.spawn(|| holding.ask(|| panic!("a second search")))).collect();
                while holding.look(|state| !matches!(state, State::Searching(waiting) if waiting.len() == 3)) {
                    thread::yield_now();
                }
                let none = || Error::new(ErrorCode::NoCredentials, "none");
                bring.send(if is_found { Ok(Thing(told)) } else { Err(none()) }).unwrap();
                for asker in [first].into_iter().chain(others) {
                    match asker.join().unwrap() {
                        Ok(name) => assert!(is_found && name.port == 1),
                        Err(refusal) => assert!(!is_found && Error::from(refusal).code() == ErrorCode::NoCredentials),
                    }
                }
            });
        }
    }

    #[test]
    fn what_comes_too_late_is_given_back_and_nobody_waits_for_it() {
        let holding = Holding::new();
        let ((begun, has_begun), (bring, brought), (told, given)) = (channel(), channel(), channel());
        thread::scope(|scope| {
            let first = scope.spawn(|| holding.ask(search(begun, brought)));
            has_begun.recv().unwrap();
            let other = scope.spawn(|| holding.ask(|| panic!("a second search")));
            while holding.look(|state| !matches!(state, State::Searching(waiting) if waiting.len() == 1)) {
                thread::yield_now();
            }
            holding.forget();
            assert!(is_over(&other.join().unwrap()) && is_over(&holding.ask(|| panic!("a search after the end"))));
            // Again, while it is at it: nothing more happens.
            holding.forget();
            assert!(holding.look(|state| matches!(state, State::Forgetting)));
            bring.send(Ok(Thing(told))).unwrap();
            assert!(is_over(&first.join().unwrap()));
            holding.until_forgotten();
            assert_eq!(given.recv(), Ok("given back"));
        });
    }

    /// Somebody else's thread, whose answer is awaited for so long and no longer.
    fn elsewhere<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Receiver<R> {
        let (told, answer) = channel();
        thread::spawn(move || {
            // Whoever has gone needs no answer.
            let _ = told.send(work());
        });
        answer
    }

    const SOON: Duration = Duration::from_secs(10);

    #[test]
    fn a_search_that_panics_has_failed_for_all_who_wait() {
        let holding = Arc::new(Holding::new());
        let ((begun, has_begun), (bring, brought)) = (channel(), channel());
        let asking = Arc::clone(&holding);
        // It panics as soon as nobody brings it anything.
        let first = elsewhere(move || asking.ask(search(begun, brought)));
        has_begun.recv().unwrap();
        let asking = Arc::clone(&holding);
        let other = elsewhere(move || asking.ask(|| panic!("a second search")));
        while holding.look(|state| !matches!(state, State::Searching(waiting) if waiting.len() == 1)) {
            thread::yield_now();
        }
        drop(bring);
        for asker in [first, other] {
            let Err(Refusal::Failed(error)) = asker.recv_timeout(SOON).unwrap() else { panic!("no failure") };
            assert_eq!(error.code(), ErrorCode::Internal);
            assert!(error.to_string().contains("search"), "{error}");
        }
        // The next who asks searches again.
        let (told, _given) = channel();
        assert!(holding.ask(|| Ok(Thing(told))).is_ok());
    }

    #[test]
    fn nobody_waits_for_a_search_that_panicked_or_for_what_panics_when_it_is_given_back() {
        let (begun, has_begun) = channel();
        let (bring, brought) = channel();
        let searching = Arc::new(Holding::new());
        let asking = Arc::clone(&searching);
        let first = elsewhere(move || asking.ask(search(begun, brought)));
        has_begun.recv().unwrap();
        searching.forget();
        drop(bring);
        assert!(is_over(&first.recv_timeout(SOON).unwrap()));

        // Nobody is there to be told that it was given back: that panics.
        let held = Arc::new(Holding::new());
        assert!(held.ask(|| Ok(Thing(channel().0))).is_ok());
        let forgetting = Arc::clone(&held);
        assert!(elsewhere(move || forgetting.forget()).recv_timeout(SOON).is_err());

        for holding in [searching, held] {
            elsewhere(move || holding.until_forgotten()).recv_timeout(SOON).unwrap();
        }
    }

    #[test]
    fn what_is_held_is_given_back_once_and_nothing_comes_after() {
        let holding = Holding::new();
        let (told, given) = channel();
        assert!(holding.ask(|| Ok(Thing(told))).is_ok() && holding.ask(|| panic!("a second search")).is_ok());
        holding.forget();
        holding.forget();
        assert!(is_over(&holding.ask(|| panic!("a search after the end"))));
        holding.until_forgotten();
        assert_eq!(given.iter().count(), 1);
    }
}
