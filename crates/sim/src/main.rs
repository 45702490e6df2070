//! `pulltoken-sim`: the simulator as a program, for tests outside Rust and for a look around.

mod stdin;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use pulltoken_sim::{LoggedRequest, Sim};

/// Plays the platform and its libraries registry on loopback ports.
#[derive(Parser)]
#[command(name = "pulltoken-sim", version)]
struct Arguments {
    /// Print one line of JSON that says how to reach it, then serve until signalled or until the
    /// pipe on standard input closes
    #[arg(long, required = true)]
    print_env: bool,
    /// Use ports N to N+4: API, issuer, console, registry, storage
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=65531))]
    port_base: Option<u16>,
    /// The longest life of a pull token, as 168h or 1h30m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_ttl: Option<Duration>,
    /// Serve packages it does not have from the npm registry at URL
    #[arg(long, value_name = "URL")]
    upstream_npm: Option<String>,
    /// Serve the platform's real names over TLS too
    #[arg(long)]
    tls: bool,
    /// Spell unset fields out in the API's answers
    #[arg(long)]
    write_unset_fields: bool,
    /// Play an old platform without version 2 of the API
    #[arg(long)]
    without_v2: bool,
    /// Print every request on standard error
    #[arg(long)]
    verbose: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "pulltoken-sim: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    let mut builder = Sim::builder()
        .tls(arguments.tls)
        .write_unset_fields(arguments.write_unset_fields)
        .without_v2(arguments.without_v2);
    if let Some(base) = arguments.port_base {
        builder = builder.port_base(base);
    }
    if let Some(longest) = arguments.max_ttl {
        builder = builder.max_ttl(longest);
    }
    if let Some(url) = arguments.upstream_npm {
        builder = builder.upstream_npm(url);
    }
    if arguments.verbose {
        builder = builder.observe(report);
    }
    let sim = builder.start().map_err(|error| error.to_string())?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let signalled = signalled()?;
        let watched = stdin::is_open_pipe();
        writeln!(io::stdout(), "{}", sim.description()).map_err(|error| error.to_string())?;
        io::stdout().flush().map_err(|error| error.to_string())?;
        let closed = async {
            if watched {
                stdin::closed().await;
            } else {
                std::future::pending().await
            }
        };
        tokio::select! {
            () = signalled => {}
            () = closed => {}
        }
        Ok(())
    })
}

fn report(request: &LoggedRequest) {
    let status = request.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let credential = match (&request.authorization, request.authenticated) {
        (None, _) => "no credential",
        (Some(_), true) => "authenticated",
        (Some(_), false) => "not authenticated",
    };
    let _ = writeln!(
        io::stderr(),
        "{:8} {status} {} {} ({credential})",
        request.part.to_string(),
        request.method,
        request.path,
    );
}

/// Interrupt or termination. Listening begins at once, waiting with the first poll.
#[cfg(unix)]
fn signalled() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signalled() -> Result<impl Future<Output = ()>, String> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Hours, minutes and seconds: `168h`, `1h30m`, `90s`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no duration; write 168h, 1h30m or 90s");
    let mut seconds = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u64 = rest[..end].parse().map_err(|_| wrong())?;
        let unit = match rest.as_bytes().get(end) {
            Some(b'h') => 3600,
            Some(b'm') => 60,
            Some(b's') => 1,
            _ => return Err(wrong()),
        };
        seconds = number.checked_mul(unit).and_then(|it| it.checked_add(seconds)).ok_or_else(wrong)?;
        rest = &rest[end + 1..];
    }
    if seconds == 0 {
        return Err(wrong());
    }
    Ok(Duration::from_secs(seconds))
}
