//! Every system's token and every way of not having one, held against a recorded network.

mod github;
mod session;
mod systems;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::{self, FutureExt as _};
use pulltoken_core::http::{Authorization, Body, Method, Request, Response};
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result, Secret, Timestamp, Uidp};

use super::*;
use crate::host::{BoxFuture, Clock, Entropy, KeyMaker, SendFailure, SigningKey, Transport};

const AUDIENCE: &str = "issuer.test";
/// {"alg":"none"} . {"iss":"https://ci.test","sub":"job","aud":"issuer.test","exp":2000} . "sig"
const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2NpLnRlc3QiLCJzdWIiOiJqb2IiLCJhdWQiOiJpc3N1ZXIudGVzdCIsImV4cCI6MjAwMH0.c2ln";
/// The same for the audience `org`.
const OTHER: &str =
    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2NpLnRlc3QiLCJzdWIiOiJqb2IiLCJhdWQiOiJvcmciLCJleHAiOjIwMDB9.c2ln";

/// Answers every request alike and remembers them; sleeps for ever where `patient`.
struct Recorded {
    answer: (u16, String),
    sent: Mutex<Vec<Request>>,
    now: i64,
    patient: bool,
}

impl Recorded {
    fn answering(status: u16, body: &str) -> Self {
        Self { answer: (status, body.to_owned()), sent: Mutex::default(), now: 1_000, patient: true }
    }

    fn silent() -> Self {
        Self::answering(500, "")
    }

    /// The only request: method, URL and bearer.
    fn sent(&self) -> (Method, String, String) {
        let sent = self.sent.lock().unwrap();
        let [request] = &sent[..] else { panic!("{sent:?}") };
        let Authorization::Bearer(bearer) = &request.authorization else { panic!("{request:?}") };
        (request.method, request.url.clone(), bearer.expose().to_owned())
    }
}

impl Transport for Recorded {
    fn send(&self, request: Request) -> BoxFuture<'_, std::result::Result<Response, SendFailure>> {
        self.sent.lock().unwrap().push(request);
        let (status, body) = self.answer.clone();
        Box::pin(future::ready(Ok(Response::new(status, body))))
    }
}

impl Clock for Recorded {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.now).unwrap()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        // The pauses between tries are shorter than what a program may take.
        if self.patient && time >= Duration::from_secs(30) {
            Box::pin(future::pending())
        } else {
            Box::pin(future::ready(()))
        }
    }
}

impl Entropy for Recorded {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        buffer.fill(0);
        Ok(())
    }
}

impl KeyMaker for Recorded {
    fn make_key(&self) -> BoxFuture<'_, Result<Box<dyn SigningKey>>> {
        Box::pin(future::ready(Err(Error::new(ErrorCode::Internal, "no keys here"))))
    }
}

/// A job with this environment, these files and this program.
#[derive(Default)]
struct Around {
    variables: HashMap<&'static str, String>,
    files: HashMap<&'static str, String>,
    program: Option<(&'static str, io::Result<Ran>)>,
    ran: Mutex<Vec<String>>,
    hangs: bool,
}

impl Around {
    fn of(variables: &[(&'static str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { variables, ..Self::default() }
    }

    fn file(mut self, path: &'static str, text: &str) -> Self {
        self.files.insert(path, text.to_owned());
        self
    }

    fn program(mut self, name: &'static str, succeeded: bool, out: &str, err: &str) -> Self {
        self.program = Some((name, Ok(Ran { succeeded, out: Secret::new(out), err: err.to_owned() })));
        self
    }

    fn ask(&self, host: &Recorded) -> Result<IdToken> {
        self.with(|job| id_token(host, &job, AUDIENCE).now_or_never().expect("nothing here has to wait"))
    }

    fn with<T>(&self, act: impl FnOnce(Job<'_>) -> T) -> T {
        let variable = |name: &str| self.variables.get(name).cloned();
        let file = |path: &Path| {
            let text = path.to_str().and_then(|path| self.files.get(path));
            text.cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        };
        let run = |program: &str, arguments: &[&str]| -> Running {
            self.ran.lock().unwrap().push(format!("{program} {}", arguments.join(" ")));
            if self.hangs {
                return Box::pin(future::pending());
            }
            let ended = match &self.program {
                Some((name, Ok(ran))) if *name == program => Ok(ran.clone()),
                Some((name, Err(error))) if *name == program => Err(error.kind().into()),
                _ => Err(io::ErrorKind::NotFound.into()),
            };
            Box::pin(future::ready(ended))
        };
        act(Job { variable: &variable, file: &file, run: &run })
    }

    fn ran(&self) -> Vec<String> {
        self.ran.lock().unwrap().clone()
    }

    /// Why there is no token, and what to do.
    #[track_caller]
    fn refused(&self) -> (String, String) {
        let host = Recorded::silent();
        let error = self.ask(&host).unwrap_err();
        assert_eq!(error.code(), ErrorCode::NoCiToken, "{error}");
        assert!(host.sent.lock().unwrap().is_empty());
        (error.message().to_owned(), error.hint().to_owned())
    }
}

#[track_caller]
fn assert_found(found: &Result<IdToken>, system: System, text: &str) {
    let found = found.as_ref().unwrap();
    assert_eq!((found.system(), found.token().expose()), (system, text));
}
