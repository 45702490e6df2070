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
    /// Have people sign in with the OpenID Connect provider at URL instead of a built-in page. Its
    /// client has redirect URI ISSUER/oauth/callback; whoever has the subject or e-mail address of
    /// one of the built-in people (owner, viewer, …; NAME@example.com) there is that person
    #[arg(long, value_name = "URL", conflicts_with_all = ["sign_in_as", "deny_sign_in"])]
    oidc: Option<String>,
    /// The simulator's own client at that provider: public, with PKCE
    #[arg(long, value_name = "ID", default_value = "pulltoken-sim", requires = "oidc")]
    oidc_client_id: String,
    /// A further client of that provider whose ID tokens are accepted; may be repeated
    #[arg(long, value_name = "ID", requires = "oidc")]
    oidc_audience: Vec<String>,
    /// Sign everybody in as NAME without showing a page: owner, viewer, newcomer (who is not
    /// registered), or a role such as libraries.java.pull_token_creator
    #[arg(long, value_name = "NAME", conflicts_with = "deny_sign_in")]
    sign_in_as: Option<String>,
    /// Refuse every sign-in without showing a page
    #[arg(long)]
    deny_sign_in: bool,
    /// Lose what a client put into the query of its callback besides the answer
    #[arg(long)]
    drop_redirect_parameters: bool,
    /// Seconds a client waits between questions about a device code
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    device_interval: u32,
    /// Trust a CI system of this issuer; POST /__sim/ci_token {"issuer","claims"} signs its tokens,
    /// as it does those of GitHub Actions and gitlab.com; may be repeated
    #[arg(long, value_name = "URL")]
    ci_issuer: Vec<String>,
    /// Trust the ID tokens of ISSUER that a key of the JWKS file signed; may be repeated
    #[arg(long, value_name = "ISSUER=FILE", value_parser = trusted)]
    trust: Vec<(String, String)>,
    /// Let browser pages of every origin call the API, the issuer and the registry
    #[arg(long)]
    cors: bool,
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
        .without_v2(arguments.without_v2)
        .drop_redirect_parameters(arguments.drop_redirect_parameters)
        .device_interval(arguments.device_interval)
        .cors(arguments.cors);
    if let Some(url) = arguments.oidc {
        builder = builder.oidc(url, arguments.oidc_client_id);
    }
    for client in arguments.oidc_audience {
        builder = builder.oidc_audience(client);
    }
    if let Some(name) = arguments.sign_in_as {
        builder = builder.sign_in_as(name);
    }
    if arguments.deny_sign_in {
        builder = builder.deny_sign_in();
    }
    for issuer in arguments.ci_issuer {
        builder = builder.ci_issuer(issuer);
    }
    for (issuer, jwks) in arguments.trust {
        builder = builder.trust(issuer, jwks);
    }
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

/// An issuer and the text of the file with its keys.
fn trusted(text: &str) -> Result<(String, String), String> {
    // Issuers are URLs and may hold an equals sign in a query; files rarely do.
    let (issuer, path) = text.rsplit_once('=').ok_or_else(|| format!("{text:?} is not ISSUER=FILE"))?;
    let keys = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Ok((issuer.to_owned(), keys))
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
