//! The command line as a whole, and how its mistakes are reported.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Styles};
use clap::error::ErrorKind;
use clap::{ArgAction, Parser};
use pulltoken_core::{Error, ErrorCode};

use crate::commands::{self, Command};
use crate::common::Common;
use crate::output;
use crate::vendor;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Credentials for Chainguard Libraries: made, checked, written for your build tool, and lent to it
/// just in time.
#[derive(Parser)]
#[command(name = "pulltoken", version, disable_version_flag = true, styles = STYLES, max_term_width = 100)]
#[command(propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,

    #[command(subcommand)]
    pub(crate) command: Command,

    /// Print the version
    #[arg(short = 'v', short_alias = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

impl Cli {
    /// A command line that was read by another parser.
    pub(crate) fn new(common: Common, command: Command) -> Self {
        Self { common: common.read(false), command, version: None }
    }
}

/// Reads the command line, or ends with what there is to say about it.
pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<Cli, ExitCode> {
    let args = spelled_out(args.collect());
    if let Some(cli) = commands::helper::short_line(&args) {
        return Ok(cli);
    }
    let json = wants_json(&args);
    let report = if names(&args, &["helper"]) { output::report_in_one_line } else { output::report };
    let translated = vendor::translate(args).map_err(|error| {
        report(&error, json);
        ExitCode::from(error.code().exit_code())
    })?;
    let args = translated.args;
    let parsed = Cli::try_parse_from(&args).map(|cli| Cli { common: cli.common.read(translated.vendor_create), ..cli });
    parsed.map_err(|error| {
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            // Nothing better is to be done where even help cannot be printed.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        let code = if names(&args, &["exec", "run"]) { commands::OWN_FAILURE } else { ErrorCode::Usage.exit_code() };
        match own_error(&error) {
            Some(own) => report(own, json),
            // The help itself, where nothing was asked for.
            None if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json => {
                drop(error.print());
            }
            None => report(&usage(&error), json),
        }
        ExitCode::from(code)
    })
}

/// What one of our own parsers said of a value.
fn own_error(error: &clap::Error) -> Option<&Error> {
    std::error::Error::source(error)?.downcast_ref()
}

/// Clap's message as an error of ours: what is wrong on one line, and its tip or list for a hint.
fn usage(error: &clap::Error) -> Error {
    let text = error.render().to_string();
    let mut what: Vec<&str> = Vec::new();
    let mut hint = None;
    for line in text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:")) {
        if let Some(tip) = line.strip_prefix("tip: ") {
            hint.get_or_insert_with(|| tip.to_owned());
        } else if let Some(values) = line.strip_prefix("[possible values: ") {
            hint.get_or_insert_with(|| format!("choose {}", values.trim_end_matches(']')));
        } else if !line.is_empty() && !line.starts_with("For more information") {
            what.push(line);
        }
    }
    let what = what.join(" ");
    let usage = Error::new(ErrorCode::Usage, what.strip_prefix("error: ").unwrap_or(&what).to_owned());
    match hint {
        Some(hint) => usage.with_hint(hint),
        None => usage,
    }
}

/// Whether JSON was asked for, on a command line that could not be read as a whole.
fn wants_json(args: &[OsString]) -> bool {
    let ours = args.iter().take_while(|arg| *arg != "--");
    let texts: Vec<_> = ours.filter_map(|arg| arg.to_str()).collect();
    texts.windows(2).any(|pair| matches!(pair, ["-o" | "--output", "json"]))
        || texts.iter().any(|text| matches!(*text, "-ojson" | "-o=json" | "--output=json"))
}

/// Whether the command is one of these, on a command line that could not be read as a whole: `exec`,
/// whose own failures have one exit code, and `helper`, which fails in one line.
fn names(args: &[OsString], commands: &[&str]) -> bool {
    args.iter().skip(1).take_while(|arg| *arg != "--").any(|arg| commands.iter().any(|command| arg == command))
}

/// The command that the program's own name stands for, where it was called by a link.
fn spelled_out(mut args: Vec<OsString>) -> Vec<OsString> {
    let name = args.first().and_then(|name| Path::new(name).file_stem());
    if name.is_some_and(|name| name == commands::helper::pnpm::SMALL) {
        args.splice(1..1, ["helper".into(), "pnpm".into()]);
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_mistake_is_one_line_with_a_hint() {
        let of = |line: &str| {
            let error = Cli::try_parse_from(line.split(' ')).err().unwrap();
            let error = usage(&error);
            (error.message().to_owned(), error.hint().to_owned())
        };
        let (message, hint) = of("pulltoken env --shell tcsh");
        assert_eq!(message, "invalid value 'tcsh' for '--shell <SHELL>'");
        assert_eq!(hint, "choose sh, bash, zsh, fish, powershell, cmd, nushell");
        let (message, hint) = of("pulltoken get --repositori java");
        assert_eq!(message, "unexpected argument '--repositori' found");
        assert!(hint.contains("'--repository'"), "{hint}");
        let (message, _) = of("pulltoken get --username x");
        assert_eq!(message, "the following required arguments were not provided: --password-stdin");
    }

    #[test]
    fn json_is_noticed_before_the_command_of_exec() {
        let args = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert!(wants_json(&args("pulltoken get -o json --wrong")));
        assert!(wants_json(&args("pulltoken --output=json get")));
        assert!(!wants_json(&args("pulltoken exec -- npm -o json")));
        let exec = |line| names(&args(line), &["exec", "run"]);
        assert!(exec("pulltoken --quiet exec") && !exec("pulltoken get -- exec"));
    }

    #[test]
    fn a_link_stands_for_its_command() {
        let spelled = |line: &str| {
            let args = spelled_out(line.split(' ').map(OsString::from).collect());
            args.iter().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(spelled("/usr/bin/pulltoken-helper-pnpm --quiet"), "helper pnpm --quiet");
        assert_eq!(spelled("pulltoken-helper-pnpm.exe"), "helper pnpm");
        assert_eq!(spelled("/pulltoken-helper-pnpm/pulltoken get"), "get");
    }
}
