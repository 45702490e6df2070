//! The texts of a service's files.

use std::path::PathBuf;

use pulltoken_core::{Error, ErrorCode, Result};

pub(super) const SERVICE: &str = "pulltoken-agent.service";
pub(super) const SOCKET: &str = "pulltoken-agent.socket";
#[cfg(any(target_os = "macos", test))]
const LABEL: &str = "dev.pulltoken.agent";
#[cfg(target_os = "macos")]
pub(super) const PLIST: &str = "dev.pulltoken.agent.plist";

/// What a service is.
pub(super) struct Service {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    /// Where its socket is for this process.
    pub(super) socket: PathBuf,
    /// Where our files are, if that is not where the system has them.
    pub(super) files: Option<PathBuf>,
}

impl Service {
    /// Program and arguments.
    fn words(&self) -> Result<Vec<String>> {
        let program = self.program.to_str().ok_or_else(unfit)?.to_owned();
        Ok([program].into_iter().chain(self.arguments.iter().cloned()).collect())
    }

    fn files(&self) -> Result<Option<&str>> {
        self.files.as_ref().map(|files| files.to_str().ok_or_else(unfit)).transpose()
    }
}

/// systemd's unit of the service itself. Its socket starts it.
///
/// # Errors
/// `value_not_representable`.
pub(super) fn systemd_service(service: &Service) -> Result<String> {
    let words: Vec<_> = service.words()?.iter().map(|word| quoted(word)).collect::<Result<_>>()?;
    let files = match service.files()? {
        Some(files) => format!("Environment={}\n", quoted(&format!("PULLTOKEN_CACHE_DIR={files}"))?),
        None => String::new(),
    };
    Ok(format!(
        "[Unit]\nDescription=Access to Chainguard Libraries for package managers\nRequires={SOCKET}\n\n[Service]\nExecStart={}\n{files}LimitCORE=0\nNoNewPrivileges=yes\n",
        words.join(" ")
    ))
}

/// systemd's unit of the socket, for this user alone.
///
/// # Errors
/// `value_not_representable`.
pub(super) fn systemd_socket(service: &Service) -> Result<String> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let below = runtime.and_then(|runtime| service.socket.strip_prefix(runtime).ok());
    let (start, path) = match (below, service.files.is_some()) {
        // The runtime folder is another at each start of the machine.
        (Some(below), false) => ("%t/", below),
        (None, false) => ("%t/", std::path::Path::new("pulltoken/agent/agent.sock")),
        (_, true) => ("", service.socket.as_path()),
    };
    let path = specifiers(path.to_str().filter(|path| !path.contains(char::is_control)).ok_or_else(unfit)?);
    Ok(format!(
        "[Unit]\nDescription=Access to Chainguard Libraries for package managers\n\n[Socket]\nListenStream={start}{path}\nSocketMode=0600\nDirectoryMode=0700\n\n[Install]\nWantedBy=sockets.target\n"
    ))
}

/// launchd's file. It knows sockets by a way of its own: the agent opens its own, and holds no
/// credential until somebody asks.
///
/// # Errors
/// `value_not_representable`.
#[cfg(any(target_os = "macos", test))]
pub(super) fn launchd(service: &Service) -> Result<String> {
    let words: Vec<_> = service
        .words()?
        .iter()
        .map(|word| Ok(format!("    <string>{}</string>\n", xml(word)?)))
        .collect::<Result<_>>()?;
    let files = match service.files()? {
        Some(files) => format!(
            "  <key>EnvironmentVariables</key>\n  <dict>\n    <key>PULLTOKEN_CACHE_DIR</key>\n    <string>{}</string>\n  </dict>\n",
            xml(files)?
        ),
        None => String::new(),
    };
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n  <key>Label</key>\n  <string>{LABEL}</string>\n  <key>ProgramArguments</key>\n  <array>\n{}  </array>\n{files}  <key>RunAtLoad</key>\n  <true/>\n  <key>KeepAlive</key>\n  <true/>\n  <key>HardResourceLimits</key>\n  <dict>\n    <key>Core</key>\n    <integer>0</integer>\n  </dict>\n</dict>\n</plist>\n",
        words.concat()
    ))
}

/// A word of a command line of systemd's: in quotes, its own signs doubled.
fn quoted(word: &str) -> Result<String> {
    if word.contains(char::is_control) {
        return Err(unfit());
    }
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "$$");
    Ok(format!("\"{}\"", specifiers(&escaped)))
}

fn specifiers(text: &str) -> String {
    text.replace('%', "%%")
}

#[cfg(any(target_os = "macos", test))]
fn xml(text: &str) -> Result<String> {
    if text.contains(char::is_control) {
        return Err(unfit());
    }
    Ok(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

fn unfit() -> Error {
    Error::new(ErrorCode::ValueNotRepresentable, "a path or an address cannot be written into a service's file")
        .with_hint("use paths in UTF-8, without line breaks")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(files: Option<&str>) -> Service {
        Service {
            program: "/opt/a b/pull%token".into(),
            arguments: vec!["agent".into(), "--connect-to=a:1:b:$2".into()],
            socket: "/files/agent/agent.sock".into(),
            files: files.map(PathBuf::from),
        }
    }

    #[test]
    fn systemd_starts_it_by_its_socket() {
        let text = systemd_service(&service(None)).unwrap();
        assert!(text.contains("\nExecStart=\"/opt/a b/pull%%token\" \"agent\" \"--connect-to=a:1:b:$$2\"\n"), "{text}");
        assert!(text.contains("Requires=pulltoken-agent.socket\n") && text.contains("LimitCORE=0\n"));
        assert!(!text.contains("Environment="));
        let socket = systemd_socket(&service(None)).unwrap();
        assert!(
            socket.contains("\nListenStream=%t/pulltoken/agent/agent.sock\nSocketMode=0600\nDirectoryMode=0700\n"),
            "{socket}"
        );
        let text = systemd_service(&service(Some("/files"))).unwrap();
        assert!(text.contains("\nEnvironment=\"PULLTOKEN_CACHE_DIR=/files\"\n"), "{text}");
        assert!(systemd_socket(&service(Some("/files"))).unwrap().contains("ListenStream=/files/agent/agent.sock\n"));
        let broken = Service { program: "/a\nb".into(), ..service(None) };
        assert!(systemd_service(&broken).is_err());
    }

    #[test]
    fn launchd_keeps_it() {
        let text = launchd(&Service { program: "/opt/<&>".into(), ..service(Some("/files")) }).unwrap();
        assert!(text.contains("    <string>/opt/&lt;&amp;&gt;</string>\n    <string>agent</string>\n"), "{text}");
        assert!(text.contains("<key>KeepAlive</key>\n  <true/>") && text.contains("<string>/files</string>"));
    }
}
