//! Starting an agent in the background: nothing of it is in an argument or an environment, and it
//! has no terminal.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, ExitCode, Stdio};

use pulltoken_core::{Error, ErrorCode, Result, Secret};

use super::super::credentials::Chain;
use super::server::{Agent, Kind, Limits};
use super::session;
use crate::agent::control::{Answer, Failure, LONGEST};
use crate::agent::name::AgentName;
use crate::common::Common;
use crate::exec::environment::Environment;
use crate::{input, output, process, shims};

/// The flag that tells an agent's own process.
pub(super) const FLAG: &str = "--background";

/// What is piped to the process, once: it is asked for again by several starts.
pub(super) struct Handover(Secret);

impl Handover {
    /// The secrets of this process's environment, and the password on its standard input where one
    /// is announced.
    ///
    /// # Errors
    /// `file_unreadable`.
    pub(super) fn new(chain: &Chain) -> Result<Self> {
        let mut text = serde_json::to_string(&Environment::inherited().secrets())
            .map_err(|_| Error::new(ErrorCode::Internal, "variables could not be written as JSON"))?;
        text.push('\n');
        if chain.password_stdin {
            text.push_str(&input::read_stdin()?);
        }
        Ok(Self(Secret::new(text)))
    }
}

/// Starts an agent with this process's own arguments, and waits until it serves.
///
/// # Errors
/// What it failed with; `internal` where it could not be started.
pub(super) fn start(handover: &Handover) -> Result<AgentName> {
    let failed = |what: String| Error::new(ErrorCode::Internal, format!("the agent could not be started: {what}"));
    let mut command = Command::new(shims::folder::program()?);
    command.args(std::env::args_os().skip(1)).arg(FLAG);
    // What the secrets were is replaced or gone there, too.
    command.env_clear().envs(Environment::scrubbed(&[]).iter());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // It gives up by itself what it starts programs with.
    let mut agent = process::with_the_users_limits(|| command.spawn()).map_err(|error| failed(error.to_string()))?;
    let (Some(mut to_agent), Some(from_agent)) = (agent.stdin.take(), agent.stdout.take()) else {
        return Err(failed("it has no pipes".into()));
    };
    // To the agent's own process, by a pipe that nobody else holds. One that has ended already says why.
    let _ = to_agent.write_all(handover.0.expose().as_bytes());
    drop(to_agent);
    let mut line = String::new();
    let read = BufReader::new(from_agent.take(LONGEST)).read_line(&mut line);
    match read.map(|_| serde_json::from_str(&line)) {
        Ok(Ok(Answer::Name { value, .. })) => AgentName::parse(&value),
        Ok(Ok(Answer::Failed(failure))) => {
            // It has said why, and ends: its code says no more.
            let _ = agent.wait();
            Err(failure.into())
        }
        _ => {
            let _ = agent.kill();
            let _ = agent.wait();
            Err(failed("it ended without a word".into()))
        }
    }
}

/// The agent's own process.
pub(super) fn run(common: &Common, chain: &Chain, limits: Limits) -> Result<ExitCode> {
    process::detach();
    let ready = take_over().and_then(|()| {
        let agent = Agent::new(common, chain, limits, Kind::Session)?;
        let name = agent.ask()?;
        let listener = agent.bind();
        if listener.is_err() {
            agent.forget();
        }
        Ok((agent, listener?, name))
    });
    match ready {
        Ok((agent, listener, name)) => {
            // To whoever started us, by a pipe, for the variable that names this agent.
            let value = name.to_text().expose().to_owned();
            let told = output::print_json(&Answer::Name { value, place: session::place(common) });
            if told.is_err() {
                agent.forget();
            }
            told?;
            agent.serve(listener)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            output::print_json(&Answer::Failed(Failure::from(&error)))?;
            Ok(ExitCode::from(error.code().exit_code()))
        }
    }
}

/// Reads the secrets, and leaves what comes after them on standard input.
fn take_over() -> Result<()> {
    let mut line = String::new();
    let failed = || Error::new(ErrorCode::Internal, "an agent is started by `pulltoken agent` alone");
    // Not through a reader of our own, which would take more than the line.
    std::io::stdin().read_line(&mut line).map_err(|_| failed())?;
    process::hand_over(serde_json::from_str(&line).map_err(|_| failed())?)
}
