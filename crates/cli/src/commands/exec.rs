//! `pulltoken exec`: run a command with access just in time.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pulltoken_core::package_managers::{self, PackageManager, Version};
use pulltoken_core::{BaseUrl, Credentials, Ecosystem, Error, ErrorCode, Result, Secret};
use pulltoken_sealed::SealedOptions;

use super::credentials::{self, Chain, Lent, Purpose};
use super::renewal::Renewal;
use crate::common::Common;
use crate::exec::direct::Channel;
use crate::exec::environment::Environment;
#[cfg(unix)]
use crate::exec::loan::Loan;
use crate::exec::project::Arguments;
#[cfg(unix)]
use crate::exec::relay;
use crate::exec::sealed::{Repositories, Sealed};
use crate::exec::tool::{self, Kind};
use crate::exec::user::User;
use crate::exec::{child, program, report};
use crate::input;
use crate::output;
use crate::process;

/// The exit code for any failure of ours before the command ran.
pub(super) const OWN_FAILURE: u8 = 125;

/// Run a command with access to the registry, just in time
///
/// The credential stays in this process: the package manager reaches the registry through a proxy on
/// this machine that adds it, and never holds it. Exit code and signals are the command's.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The ecosystem; that of JavaScript package managers is javascript
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM", value_parser = Ecosystem::parse)]
    repository: Option<Ecosystem>,

    /// Give the credential to the package manager itself, bound to the registry: its scripts can read it
    #[arg(long)]
    direct: bool,

    /// The same, but only where the credential cannot be kept in this process
    #[arg(long, conflicts_with = "direct")]
    allow_direct: bool,

    /// Reach the packages through a repository manager; its user and password are --username and
    /// --password-stdin, or PULLTOKEN_PROXY_USERNAME and PULLTOKEN_PROXY_PASSWORD
    #[arg(long, env = "PULLTOKEN_PROXY_URL", value_name = "URL", value_parser = BaseUrl::parse, hide_env_values = true, conflicts_with = "direct")]
    proxy_url: Option<BaseUrl>,

    /// Write what was installed from where to this file, as JSON; never a secret
    #[arg(long, value_name = "FILE", conflicts_with = "direct")]
    report: Option<PathBuf>,

    /// Run the command without credentials where there are none
    #[arg(long)]
    if_available: bool,

    /// Leave this secret variable in the command's environment
    #[arg(long, value_name = "NAME")]
    keep_env: Vec<String>,

    #[command(flatten)]
    chain: Chain,

    /// The command and its arguments
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// Runs the command; its exit code is the result.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let (program, arguments) =
        args.command.split_first().ok_or_else(|| Error::new(ErrorCode::Usage, "no command was given"))?;
    if program.to_string_lossy().starts_with('-') {
        let shown = pulltoken_core::text::printable_prefix(&program.to_string_lossy(), 40);
        return Err(Error::new(ErrorCode::Usage, format!("`{shown}` is no option of exec"))
            .with_hint("see pulltoken exec --help; the command comes after the options"));
    }
    ensure_allowed(&args)?;
    process::leave_environment_behind()?;
    let program = program::find(program)?;
    let environment = Environment::scrubbed(&args.keep_env);
    let folder = std::env::current_dir().unwrap_or_default();
    let manager = match tool::kind(&program, arguments, &folder) {
        Kind::Manager(manager, version) => Some((manager, version)),
        Kind::Corepack => return child::run(&program, arguments, environment),
        Kind::Other => None,
    };
    let line = Arguments::read(arguments);
    if let Some((manager, _)) = manager
        && !tool::is_runner(&program)
        && package_managers::writes_elsewhere(manager, &line.words)
    {
        common.say(&format!("{manager} {} needs no access to the libraries: it runs without", line.words.join(" ")));
        return child::run(&program, arguments, environment);
    }
    ensure_javascript(args.repository)?;
    if let Some(path) = &args.report {
        // What was installed could not be told any more.
        report::check(path)?;
    }
    let call = Call { program: &program, arguments, manager };
    #[cfg(unix)]
    if let Some(socket) = std::env::var_os(relay::VARIABLE).filter(|path| !path.is_empty()) {
        return through_agent(Path::new(&socket), &args, call, environment);
    }
    if let Some(url) = &args.proxy_url {
        return through_repository_manager(common, &args, url, call, environment);
    }
    let lent = match credentials::find(common, Ecosystem::JavaScript, &args.chain, Purpose::Command) {
        Ok(lent) => lent,
        Err(error) if args.if_available && matches!(error.code(), ErrorCode::NoCredentials | ErrorCode::NoCiToken) => {
            output::note(&format!("running without credentials: {}", error.message()));
            return child::run(&program, arguments, environment);
        }
        Err(error) => return Err(error),
    };
    warn_of_ancestor(common, &lent);
    with(common, &args, lent, call, environment)
}

/// What is to be run.
#[derive(Clone, Copy)]
struct Call<'a> {
    program: &'a Path,
    arguments: &'a [OsString],
    /// `None` for a command that may start package managers.
    manager: Option<(PackageManager, Option<Version>)>,
}

impl Call<'_> {
    /// Hands the credential to the package manager itself.
    fn run_direct(self, common: &Common, credentials: &Credentials, environment: Environment) -> Result<ExitCode> {
        let Some((manager, version)) = self.manager else {
            let name = self.program.file_name().unwrap_or_default().to_string_lossy();
            let name = pulltoken_core::text::printable_prefix(&name, 100);
            let message = format!("`{name}` is no package manager that could be given the credential itself");
            return Err(Error::new(ErrorCode::Usage, message)
                .with_hint("leave --direct out; or name npm, npx, pnpm, pnpx, yarn, bun or bunx"));
        };
        Channel::of(manager, version)?.run(common, self.program, self.arguments, credentials, environment)
    }
}

fn ensure_allowed(args: &Args) -> Result<()> {
    let is_required = input::variable("PULLTOKEN_REQUIRE_SEALED").is_some_and(|value| value == "1");
    if is_required && (args.direct || args.allow_direct) {
        let message = "PULLTOKEN_REQUIRE_SEALED=1 forbids giving the credential to the command";
        return Err(Error::new(ErrorCode::Usage, message).with_hint("leave --direct and --allow-direct out"));
    }
    Ok(())
}

fn ensure_javascript(named: Option<Ecosystem>) -> Result<()> {
    match named.filter(|ecosystem| *ecosystem != Ecosystem::JavaScript) {
        Some(other) => {
            Err(Error::new(ErrorCode::Usage, format!("exec lends access to javascript, and not to {other}"))
                .with_hint("leave --repository out, or name javascript; for others see `pulltoken get --help`"))
        }
        None => Ok(()),
    }
}

/// Runs the command with a credential that was found, and gives back what was made for it.
fn with(common: &Common, args: &Args, lent: Lent, call: Call<'_>, environment: Environment) -> Result<ExitCode> {
    let credentials = lent.found.credentials.clone();
    let renewal = Renewal::new(common, &args.chain, lent);
    if args.direct {
        // Refused before anything is started.
        let done = call.run_direct(common, &credentials, environment);
        renewal.give_back(common);
        return done;
    }
    let user = User::read(&environment);
    let repositories = Repositories::of_registry(&common.registry, Ecosystem::JavaScript);
    let options = |server| {
        let mut options = renewal.options(server);
        options.hash_downloads = args.report.is_some();
        options
    };
    let done = match Sealed::open(common, repositories, &user, options) {
        Ok(sealed) => run_sealed(common, args, sealed, call, environment, &user),
        Err(error) if args.allow_direct => {
            let who = call.manager.map_or("the command", |(manager, _)| manager.name());
            output::note(&format!("warning: {}; {who} gets the credential itself", error.message()));
            call.run_direct(common, &credentials, environment)
        }
        Err(error) => Err(error),
    };
    renewal.give_back(common);
    done
}

fn run_sealed(
    common: &Common,
    args: &Args,
    sealed: Sealed,
    call: Call<'_>,
    environment: Environment,
    user: &User,
) -> Result<ExitCode> {
    let registry = args.proxy_url.as_ref().unwrap_or(&common.registry).to_string();
    let (code, served) = sealed.run(common, call.manager, call.program, call.arguments, environment, user)?;
    if let Some(path) = &args.report
        && let Err(error) = report::write(path, &registry, &served)
    {
        // The command has run: its exit code stands.
        output::report(&error, common.output == output::Output::Json);
    }
    Ok(code)
}

/// Borrows from an agent that runs elsewhere; this process never has the credential.
#[cfg(unix)]
fn through_agent(socket: &Path, args: &Args, call: Call<'_>, mut environment: Environment) -> Result<ExitCode> {
    if args.direct || args.proxy_url.is_some() || args.report.is_some() {
        let message = format!("{} is set, and an agent gives neither credential nor report", relay::VARIABLE);
        return Err(Error::new(ErrorCode::Usage, message)
            .with_hint("leave --direct, --proxy-url and --report out, or unset the variable"));
    }
    let (lease, authorities) = relay::lease(socket)?;
    let user = User::read(&environment);
    let loan = Loan::give(&lease, &authorities, &mut environment, call.manager, call.arguments, &user)?;
    let done = child::run(call.program, call.arguments, environment);
    drop(loan);
    done
}

/// Lends a repository manager's own credential in place of the vendor's, which never goes there.
fn through_repository_manager(
    common: &Common,
    args: &Args,
    url: &BaseUrl,
    call: Call<'_>,
    environment: Environment,
) -> Result<ExitCode> {
    let credentials = match input::explicit(args.chain.username.clone(), args.chain.password_stdin)? {
        Some(pair) => pair,
        None => by_variable().ok_or_else(|| {
            Error::new(
                ErrorCode::NoCredentials,
                format!("no user and password for {url}: those of the vendor are not for it"),
            )
            .with_hint(
                "give --username and --password-stdin, or set PULLTOKEN_PROXY_USERNAME and PULLTOKEN_PROXY_PASSWORD",
            )
        })?,
    };
    let user = User::read(&environment);
    let options = |server| {
        let lent = pulltoken_sealed::Lent { credentials, expires_at: None };
        let mut options = SealedOptions::new(server, Ecosystem::JavaScript, lent);
        options.hash_downloads = args.report.is_some();
        options
    };
    let sealed = Sealed::open(common, Repositories::at(url)?, &user, options)?;
    run_sealed(common, args, sealed, call, environment, &user)
}

fn by_variable() -> Option<Credentials> {
    let set = |name| input::variable(name).filter(|value| !value.is_empty());
    Some(Credentials::new(set("PULLTOKEN_PROXY_USERNAME")?, Secret::new(set("PULLTOKEN_PROXY_PASSWORD")?)))
}

/// A credential that came by environment lies in that of whoever started us as well.
fn warn_of_ancestor(common: &Common, lent: &Lent) {
    use pulltoken_client::chain::Source;
    if matches!(lent.found.source, Source::Environment | Source::Session) {
        warn_of_open_ancestor(common);
    }
}

/// Names a process above this one whose environment holds a credential, if there is one.
pub(super) fn warn_of_open_ancestor(common: &Common) {
    if common.quiet {
        return;
    }
    if let Some((process, name)) = process::open_ancestor() {
        output::note(&format!(
            "warning: the environment of process {process} ({name}) holds a credential, and what the command runs can read it there\n  hint: sign in with `pulltoken login` in place of exporting it, or set it for pulltoken alone"
        ));
    }
}

/// The command's own failures to start have their customary codes; everything else is ours.
pub(super) fn failure_code(code: ErrorCode) -> u8 {
    match code {
        ErrorCode::CommandNotFound | ErrorCode::CommandNotExecutable => code.exit_code(),
        _ => OWN_FAILURE,
    }
}
