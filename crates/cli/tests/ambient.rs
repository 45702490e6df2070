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
use common::{Ended, World, end};
use documented::Documented;
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

/// The command in a job that has no session.
fn in_job(world: &World, line: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = world.command(line.split(' '));
    command.env_remove("PULLTOKEN_SESSION_TOKEN").envs(variables.iter().copied());
    command
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

/// The simulated issuer's `aud` for a CI job is its host name.
fn token_for_issuer(world: &World, subject: &str) -> String {
    token(&world.sim, GITHUB, subject)
}

#[test]
fn github_gives_a_token_and_npm_gets_none_of_it() {
    let world = World::new();
    let (project, id) = (project(&world), identity(&world, "github --repo example/web --ref main"));
    let job = token_for_issuer(&world, MAIN);
    let service = TokenService::giving(&job);
    let line = format!("exec --identity {id} -- npm ci");
    let identities = world.sim.identities().len();
    end(in_job(&world, &line, &service.variables()).current_dir(project.path())).success();
    let asked = service.asked.lock().unwrap().clone();
    assert_eq!(asked, ["GET /token?api-version=2.0&audience=127.0.0.1 HTTP/1.1 authorization: bearer ask"]);
    assert_eq!(world.sim.identities().len(), identities, "no pull token is made");
    assert!(world.sim.identities().iter().any(|one| one.id == id && one.last_seen.is_some()));
    assert!(common::files_with(world.home.path(), &[&job]).is_empty());

    // What npm runs sees neither the job's token nor what it is asked for with.
    let line = format!("exec --identity {id} -- npm exec --offline -c env");
    let shown =
        end(in_job(&world, &line, &service.variables()).env("CIRCLE_OIDC_TOKEN_V2", &job).current_dir(project.path()))
            .success();
    assert!(!shown.out.contains(&job) && !shown.out.contains("ACTIONS_ID_TOKEN_REQUEST"), "{}", shown.out);
}

#[test]
fn another_repositorys_token_opens_nothing() {
    let world = World::new();
    let (project, id) = (project(&world), identity(&world, "github --repo example/*"));
    world.sim.clear_requests();
    let run = |job: &str| {
        let line = format!("exec --identity {id} --if-available -- npm ci");
        end(in_job(&world, &line, &[("PULLTOKEN_ID_TOKEN", job)]).current_dir(project.path()))
    };
    // A token that is there and trusted by nobody is no reason to go on without.
    let refused =
        run(&token_for_issuer(&world, "repo:example-evil/x:ref:refs/heads/main")).failure(125, "sign_in_refused");
    assert!(refused.err.contains("subject `repo:example-evil/x:ref:refs/heads/main`"), "{}", refused.err);
    let pretended = world.sim.ci_token(GITLAB, json!({"sub": MAIN})).unwrap();
    run(&pretended).failure(125, "sign_in_refused");
    let other_audience = world.sim.ci_token(GITHUB, json!({"sub": MAIN, "aud": "elsewhere.test"})).unwrap();
    let refused = run(&other_audience).failure(125, "sign_in_refused");
    assert!(refused.err.contains("the token is for `elsewhere.test`"), "{}", refused.err);
    assert!(!world.sim.requests().iter().any(|one| one.path.starts_with("/javascript")));
    run(&token_for_issuer(&world, MAIN)).success();
}

#[test]
fn a_job_without_a_token_is_told_what_it_lacks() {
    let world = World::new();
    let id = identity(&world, "github --repo example/web");
    let event = world.home.path().join("event.json");
    let fork = json!({"pull_request": {"head": {"repo": {"full_name": "stranger/web"}}, "base": {"repo": {"full_name": "example/web"}}}});
    std::fs::write(&event, fork.to_string()).unwrap();
    let event = event.to_str().unwrap();
    for (variables, told) in [
        (&[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "push")][..], "`permissions: id-token: write` is missing"),
        (
            &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", event)],
            "this run is for a pull request from a fork (stranger/web)",
        ),
        (&[("GITLAB_CI", "true")], "`id_tokens:` is missing"),
        (&[("JENKINS_URL", "https://jenkins.example.com/")], "this Jenkins build has no ID token"),
        (&[], "there is no ID token here"),
    ] {
        let get =
            end(in_job(&world, &format!("get --identity {id} --repository javascript -o json"), variables)
                .env_remove("CI"));
        let error: serde_json::Value = serde_json::from_str(get.err.lines().last().unwrap()).unwrap();
        assert_eq!((get.code, &error["code"]), (Some(3), &json!("no_ci_token")), "{}", get.err);
        assert!(error["message"].as_str().unwrap().contains(told), "{}", get.err);
        let line = format!("exec --identity {id} -- npm --version");
        end(&mut in_job(&world, &line, variables)).failure(125, "no_ci_token");
        let line = format!("exec --identity {id} --if-available -- npm --version");
        let went_on = end(&mut in_job(&world, &line, variables)).success();
        assert!(went_on.err.contains("without credentials") && went_on.err.contains(told), "{}", went_on.err);
    }
}

/// Runs a job's commands as its system's shell would, `npx pulltoken` being this build.
fn run_steps(world: &World, folder: &Path, commands: &[String], variables: &[(&str, &str)]) -> Ended {
    let tools = world.home.path().join("tools");
    std::fs::create_dir_all(&tools).unwrap();
    let npx = tools.join("npx");
    let script = format!(
        "#!/bin/sh\n[ \"$1 $2\" = '--yes pulltoken' ] || exit 64\nshift 2\nexec {} \"$@\"\n",
        env!("CARGO_BIN_EXE_pulltoken")
    );
    std::fs::write(&npx, script).unwrap();
    std::fs::set_permissions(&npx, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = Command::new("sh");
    command.args(["-ec", &commands.join("\n")]).env_clear().envs(world.sim.env()).current_dir(folder);
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", tools.display())).env("HOME", world.home.path()).env("CI", "true");
    end(command.envs(variables.iter().copied()))
}

#[test]
fn the_documentations_files_install() {
    let documented = Documented::read();
    let world = World::with(|builder| builder.ci_issuer("https://jenkins.example.com/oidc"));
    let project = project(&world);
    let installed = |commands: &[String], variables: &[(&str, &str)]| {
        let modules = project.path().join("node_modules");
        if modules.exists() {
            std::fs::remove_dir_all(&modules).unwrap();
        }
        run_steps(&world, project.path(), commands, variables).success();
        assert!(modules.join("whole-crew").exists());
    };

    let id = identity(&world, "github --repo example/web --ref main");
    let service = TokenService::giving(&token_for_issuer(&world, MAIN));
    assert_eq!(documented.github_permissions(), [("contents", "read"), ("id-token", "write")]);
    installed(&documented.github_runs(), &[&service.variables()[..], &[("PULLTOKEN_IDENTITY", &id)]].concat());

    let id = identity(&world, "gitlab --repo example/team/web --ref main");
    assert_eq!(documented.gitlab_id_tokens(), [("PULLTOKEN_ID_TOKEN", "issuer.enforce.dev")]);
    let job = token(&world.sim, GITLAB, "project_path:example/team/web:ref_type:branch:ref:main");
    installed(
        &documented.gitlab_script(),
        &[("GITLAB_CI", "true"), ("PULLTOKEN_ID_TOKEN", &job), ("PULLTOKEN_IDENTITY", &id)],
    );

    let id = identity(&world, "jenkins --repo team/web --issuer-url https://jenkins.example.com/oidc");
    let job = token(&world.sim, "https://jenkins.example.com/oidc", "https://jenkins.example.com/job/team/job/web/");
    let jenkins =
        [("JENKINS_URL", "https://jenkins.example.com/"), ("PULLTOKEN_ID_TOKEN", &job), ("PULLTOKEN_IDENTITY", &id)];
    installed(&documented.jenkins_sh(), &jenkins);
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
