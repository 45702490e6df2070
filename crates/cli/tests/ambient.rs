//! A CI job installs with nothing but its own token: the documentation's files, run against the
//! simulated platform with the variables that each CI system sets.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod ci_jobs;
mod common;
mod documented;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use ci_jobs::{GITHUB, GITLAB, token};
use common::{World, end};
use documented::Documented;
use pulltoken_client::ambient::{self, Job};
use pulltoken_client::chain::REGISTRY_AUDIENCE;
use pulltoken_client::stored::StoredSession;
use pulltoken_core::{BaseUrl, ErrorCode, Result, Uidp};
use pulltoken_native::{HttpTransport, NativeHost, TransportOptions, ci_job};
use serde_json::json;

const MAIN: &str = "repo:example/web:ref:refs/heads/main";

/// A project whose dependency is locked to the simulated registry.
fn project(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("package.json"),
        r#"{"name":"app","version":"1.0.0","private":true,"scripts":{"test":"node -p 1"}}"#,
    )
    .unwrap();
    std::fs::write(world.home.path().join(".npmrc"), "update-notifier=false\n").unwrap();
    let mut command = world.command(["exec", "--", "npm", "install", "whole-crew", "--package-lock-only"]);
    end(command.envs(world.credentials()).current_dir(folder.path())).success();
    folder
}

/// The identity that a command line makes.
fn identity(world: &World, line: &str) -> String {
    let line = format!("identities create {line} --repository javascript --parent example -o id");
    world.run(&line).success().out.trim().to_owned()
}

/// What the issuer gives a job with these variables for being an identity.
fn session(world: &World, id: &str, variables: &[(&str, &str)]) -> Result<StoredSession> {
    let issuer = BaseUrl::parse(&world.sim.addresses().issuer).unwrap();
    let host = NativeHost::new(HttpTransport::new(TransportOptions::default()));
    let variable = |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
    let job = Job { variable: &variable, ..ci_job() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(ambient::session(&host, &issuer, &job, &Uidp::parse(id).unwrap(), REGISTRY_AUDIENCE))
}

/// GitHub's token service on the runner: gives this token for whatever it is asked.
struct TokenService {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl TokenService {
    fn giving(token: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/token?api-version=2.0", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (body, log) = (json!({"value": token}).to_string(), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let head: Vec<_> = BufReader::new(&stream)
                    .lines()
                    .map(|line| line.unwrap())
                    .take_while(|line| !line.is_empty())
                    .collect();
                let bearer = head.iter().find(|line| line.to_lowercase().starts_with("authorization:")).cloned();
                log.lock().unwrap().push(format!("{} {}", head[0], bearer.unwrap_or_default().to_lowercase()));
                let answer =
                    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { url, asked }
    }

    fn variables(&self) -> [(&str, &str); 4] {
        [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "push"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", &self.url),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ask"),
        ]
    }
}

#[test]
fn github_gives_a_token_for_the_issuer() {
    let world = World::new();
    let id = identity(&world, "github --repo example/web --ref main");
    let identities = world.sim.identities().len();
    let service = TokenService::giving(&token(&world.sim, GITHUB, MAIN));
    let session = session(&world, &id, &service.variables()).unwrap();
    assert_eq!((session.audience.as_str(), session.refresh_token.is_none()), (REGISTRY_AUDIENCE, true));
    let asked = service.asked.lock().unwrap().clone();
    assert_eq!(asked, ["GET /token?api-version=2.0&audience=127.0.0.1 HTTP/1.1 authorization: bearer ask"]);
    assert_eq!(world.sim.identities().len(), identities, "no pull token is made");
    assert!(world.sim.identities().iter().any(|one| one.id == id && one.last_seen.is_some()));
}

#[test]
fn a_token_that_nobody_trusts_opens_nothing_and_says_whose_it_is() {
    let world = World::new();
    let id = identity(&world, "github --repo example/*");
    let refused = |job: &str| session(&world, &id, &[("PULLTOKEN_ID_TOKEN", job)]).unwrap_err();
    let strangers = refused(&token(&world.sim, GITHUB, "repo:example-evil/x:ref:refs/heads/main"));
    assert_eq!(strangers.code(), ErrorCode::SignInRefused);
    assert!(strangers.message().contains("subject `repo:example-evil/x:ref:refs/heads/main`"), "{strangers}");
    assert_eq!(refused(&token(&world.sim, GITLAB, MAIN)).code(), ErrorCode::SignInRefused);
    let elsewhere = refused(&world.sim.ci_token(GITHUB, json!({"sub": MAIN, "aud": "elsewhere.test"})).unwrap());
    assert!(elsewhere.hint().contains("the token is for `elsewhere.test`"), "{}", elsewhere.hint());
    assert!(session(&world, &id, &[("PULLTOKEN_ID_TOKEN", &token(&world.sim, GITHUB, MAIN))]).is_ok());
}

/// Runs a job's commands as its system's shell would, with the session that its token is good for in
/// the place of `--identity`.
fn run_steps(world: &World, folder: &Path, commands: &[String], session: &StoredSession) {
    let tools = world.home.path().join("tools");
    std::fs::create_dir_all(&tools).unwrap();
    let npx = tools.join("npx");
    let script = format!(
        "#!/bin/sh\n[ \"$1 $2 $3 $4 $5\" = '--yes pulltoken exec --identity UIDP' ] || exit 64\nshift 5\nexec {} exec \"$@\"\n",
        env!("CARGO_BIN_EXE_pulltoken")
    );
    std::fs::write(&npx, script).unwrap();
    std::fs::set_permissions(&npx, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = Command::new("sh");
    command.args(["-ec", &commands.join("\n")]).env_clear().envs(world.sim.env()).current_dir(folder);
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", tools.display())).env("HOME", world.home.path()).env("CI", "true");
    // The test plays the job: its session goes to its own child.
    command.env("PULLTOKEN_IDENTITY", "UIDP").env("PULLTOKEN_SESSION_TOKEN", session.token.expose());
    end(&mut command).success();
}

#[test]
fn the_documentations_files_install() {
    const JENKINS: &str = "https://jenkins.example.com/oidc";
    let documented = Documented::read();
    let world = World::with(|builder| builder.ci_issuer(JENKINS));
    let project = project(&world);
    let installs = |commands: &[String], session: Result<StoredSession>| {
        let modules = project.path().join("node_modules");
        if modules.exists() {
            std::fs::remove_dir_all(&modules).unwrap();
        }
        assert_eq!(commands.len(), 2, "{commands:?}");
        run_steps(&world, project.path(), commands, &session.unwrap());
        assert!(modules.join("whole-crew").exists());
    };

    let id = identity(&world, "github --repo example/web --ref main");
    assert_eq!(documented.github_permissions(), [("contents", "read"), ("id-token", "write")]);
    let service = TokenService::giving(&token(&world.sim, GITHUB, MAIN));
    installs(&documented.github_runs(), session(&world, &id, &service.variables()));

    let id = identity(&world, "gitlab --repo example/team/web --ref main");
    let [(variable, audience)] = documented.gitlab_id_tokens()[..] else { panic!("one token") };
    assert_eq!(audience, "issuer.enforce.dev");
    let job = token(&world.sim, GITLAB, "project_path:example/team/web:ref_type:branch:ref:main");
    installs(&documented.gitlab_script(), session(&world, &id, &[("GITLAB_CI", "true"), (variable, &job)]));

    let id = identity(&world, &format!("jenkins --repo team/web --issuer-url {JENKINS}"));
    let job = token(&world.sim, JENKINS, "https://jenkins.example.com/job/team/job/web/");
    let variables = [("JENKINS_URL", "https://jenkins.example.com/"), (documented.jenkins_variable(), &job)];
    installs(&documented.jenkins_sh(), session(&world, &id, &variables));
}

#[test]
fn the_documentations_rules_can_be_made() {
    let world = World::new();
    let lines = Documented::read().create_lines();
    assert!(lines.len() >= 9, "{lines:?}");
    for line in lines {
        let script = format!("{} {line} --dry-run", env!("CARGO_BIN_EXE_pulltoken"));
        let mut command = Command::new("sh");
        command.args(["-c", &script]).env_clear().envs(world.sim.env());
        command.env("PULLTOKEN_SESSION_TOKEN", world.sim.token("owner").unwrap());
        let shown = end(&mut command).success();
        assert!(shown.out.contains("would be created"), "{line}: {}", shown.out);
    }
}
