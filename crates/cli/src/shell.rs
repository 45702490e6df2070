//! Shells, and how each sets a variable.

use std::path::Path;

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Format, Result};

/// A shell, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    Sh,
    Bash,
    Zsh,
    Fish,
    Powershell,
    Cmd,
    Nushell,
}

impl Shell {
    /// The shell that people most likely read this in.
    pub(crate) const fn of_system() -> Self {
        if cfg!(windows) { Self::Powershell } else { Self::Sh }
    }

    /// The form in which credentials are given to it.
    pub(crate) const fn format(self) -> Format {
        match self {
            Self::Sh | Self::Bash | Self::Zsh => Format::Env,
            Self::Fish => Format::Fish,
            Self::Powershell => Format::PowerShell,
            Self::Cmd => Format::Cmd,
            Self::Nushell => Format::Nushell,
        }
    }

    /// A line that sets a variable for this shell and what it starts. It is whole in itself: where a
    /// shell joins the lines (`eval $(…)`), nothing changes.
    ///
    /// # Errors
    /// `value_not_representable`.
    pub(crate) fn set(self, name: &str, value: &str) -> Result<String> {
        let value = self.quoted(value)?;
        Ok(match self {
            Self::Sh | Self::Bash | Self::Zsh => format!("export {name}={value};\n"),
            Self::Fish => format!("set -gx {name} {value};\n"),
            Self::Powershell => format!("$env:{name} = {value};\n"),
            Self::Cmd => format!("set \"{name}={value}\"\r\n"),
            Self::Nushell => format!("$env.{name} = {value};\n"),
        })
    }

    /// A line that puts a folder at the front of `PATH`.
    ///
    /// # Errors
    /// `value_not_representable`.
    pub(crate) fn prepend_path(self, folder: &Path) -> Result<String> {
        let folder = folder.to_str().ok_or_else(unfit)?;
        let value = self.quoted(folder)?;
        Ok(match self {
            Self::Sh | Self::Bash | Self::Zsh => format!("export PATH={value}:\"$PATH\";\n"),
            Self::Fish => format!("set -gx PATH {value} $PATH;\n"),
            Self::Powershell => format!("$env:PATH = {value} + [IO.Path]::PathSeparator + $env:PATH;\n"),
            Self::Cmd => format!("set \"PATH={value};%PATH%\"\r\n"),
            Self::Nushell => format!("$env.PATH = ($env.PATH | prepend {value});\n"),
        })
    }

    /// A value as one word.
    fn quoted(self, value: &str) -> Result<String> {
        if value.contains(char::is_control) {
            return Err(unfit());
        }
        match self {
            Self::Sh | Self::Bash | Self::Zsh => Ok(format!("'{}'", value.replace('\'', "'\\''"))),
            Self::Fish => Ok(format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))),
            // Typographic quotes count as quotes there.
            Self::Powershell => {
                let double = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201B}');
                let doubled = value.chars().flat_map(|c| std::iter::repeat_n(c, if double(c) { 2 } else { 1 }));
                Ok(format!("'{}'", doubled.collect::<String>()))
            }
            Self::Cmd if value.contains(['"', '%', '!']) => {
                let message = format!("cmd cannot hold `{}`", printable_prefix(value, 100));
                Err(Error::new(ErrorCode::ValueNotRepresentable, message)
                    .with_hint("set PULLTOKEN_CACHE_DIR to another folder"))
            }
            Self::Cmd => Ok(value.to_owned()),
            Self::Nushell if value.contains('\'') => {
                Ok(format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
            }
            Self::Nushell => Ok(format!("'{value}'")),
        }
    }
}

fn unfit() -> Error {
    Error::new(ErrorCode::ValueNotRepresentable, "a path of ours cannot be written as text on one line")
        .with_hint("set PULLTOKEN_CACHE_DIR to another folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_sets_in_its_own_way() {
        let set = |shell: Shell| shell.set("A", "a 'b' $c\\").unwrap();
        assert_eq!(set(Shell::Zsh), "export A='a '\\''b'\\'' $c\\';\n");
        assert_eq!(set(Shell::Fish), "set -gx A 'a \\'b\\' $c\\\\';\n");
        assert_eq!(set(Shell::Powershell), "$env:A = 'a ''b'' $c\\';\n");
        assert_eq!(set(Shell::Cmd), "set \"A=a 'b' $c\\\"\r\n");
        assert_eq!(set(Shell::Nushell), "$env.A = \"a 'b' $c\\\\\";\n");
        assert!(Shell::Cmd.set("A", "100%").is_err() && Shell::Sh.set("A", "a\nb").is_err());
        assert_eq!(Shell::Cmd.prepend_path(Path::new("C:\\s")).unwrap(), "set \"PATH=C:\\s;%PATH%\"\r\n");
    }
}
