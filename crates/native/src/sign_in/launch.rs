//! Opening the user's browser, as one argument of one program, never through a shell.

use std::io;
use std::process::Stdio;

use tokio::process::{Child, Command};

use crate::core_limit;

/// Whether this machine seems to have a browser to open: `BROWSER` names one, or there is a desktop.
pub fn can_open(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    set("BROWSER")
        || cfg!(any(windows, target_os = "macos"))
        || set("DISPLAY")
        || set("WAYLAND_DISPLAY")
        || set("WSL_DISTRO_NAME")
}

/// Starts the first program that can be started. `BROWSER` comes first: programs between colons,
/// with arguments between spaces and `%s` for the address.
pub(super) fn open(url: &str) -> io::Result<Child> {
    let wanted = std::env::var("BROWSER").unwrap_or_default();
    let mut tried = io::Error::new(io::ErrorKind::NotFound, "no browser was found");
    let own = wanted.split(':').filter_map(|line| named(line, url));
    for mut command in own.chain(open::commands(url).into_iter().map(Command::from)) {
        // What a browser has to say is not for this terminal.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match core_limit::with_the_users(|| command.spawn()) {
            Ok(child) => return Ok(child),
            Err(error) => tried = error,
        }
    }
    Err(tried)
}

/// The program that one entry of `BROWSER` names.
fn named(line: &str, url: &str) -> Option<Command> {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next()?);
    let arguments: Vec<String> = words.map(|word| word.replace("%s", url)).collect();
    let holds_it = arguments.iter().any(|argument| argument.contains(url));
    command.args(arguments);
    if !holds_it {
        command.arg(url);
    }
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_a_program_and_no_shell_command() {
        let words = |line: &str| {
            let command = named(line, "http://localhost:1/start")?;
            let command = command.as_std();
            let all = std::iter::once(command.get_program()).chain(command.get_args());
            Some(all.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>())
        };
        assert_eq!(words("firefox").unwrap(), ["firefox", "http://localhost:1/start"]);
        assert_eq!(words("a --new %s x").unwrap(), ["a", "--new", "http://localhost:1/start", "x"]);
        assert_eq!(words("a;$(b)").unwrap(), ["a;$(b)", "http://localhost:1/start"]);
        assert!(words(" ").is_none());
    }

    #[test]
    fn without_a_desktop_there_is_no_browser() {
        let with = |set: &'static [&str]| move |name: &str| set.contains(&name).then(|| "x".to_owned());
        assert!(can_open(&with(&["BROWSER"])));
        if cfg!(target_os = "linux") {
            assert!(can_open(&with(&["DISPLAY"])) && can_open(&with(&["WAYLAND_DISPLAY"])));
            assert!(!can_open(&with(&[])));
        }
    }
}
