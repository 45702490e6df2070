//! The module that Node loads before npm: what it changes, and what it does not.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::process::Command;

use common::{World, end};
use serde_json::{Value, json};

const MODULE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/exec/contexts.cjs");

/// What a script of this text prints, run with the module.
fn told(script: &str) -> Value {
    let output = Command::new("node").args(["--require", MODULE, "--eval", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn authorities_are_read_once_and_shared_by_nobody_who_differs() {
    let script = r"
        const tls = require('tls');
        const [one, other] = [tls.rootCertificates.slice(0, 2), tls.rootCertificates.slice(0, 2)];
        const of = (options) => tls.createSecureContext(options);
        const first = of({ ca: one });
        const key = { passphrase: 'any' };
        console.log(JSON.stringify({
            again: of({ ca: one }) === first,
            aside: of({ ca: one, servername: 'a.test', host: 'a.test' }) === first,
            otherList: of({ ca: other }) === first,
            version: of({ ca: one, minVersion: 'TLSv1.3' }) === first,
            ownKey: of({ ca: one, ...key }) === of({ ca: one, ...key }),
            system: of({}) === of({}) || of() === of(),
            text: of({ ca: one[0] }) === of({ ca: one[0] }),
        }));";
    let expected = json!({
        "again": true, "aside": true, "otherList": false, "version": false, "ownKey": false, "system": false, "text": false,
    });
    assert_eq!(told(script), expected);
}

#[test]
fn connections_are_kept_apart_by_short_names() {
    let script = r"
        const { Agent } = require('https');
        const agent = new Agent();
        const [one, other] = [['a'.repeat(9999)], ['a'.repeat(9999)]];
        const name = (options) => agent.getName({ host: 'a.test', port: 1, ...options });
        console.log(JSON.stringify({
            long: name({ ca: one }).length > 200,
            same: name({ ca: one }) === name({ ca: one }),
            others: name({ ca: one }) === name({ ca: other }) || name({ ca: one }) === name({}),
            untouched: name({ ca: 'b' }).includes('b') && agent.getName() === 'localhost:::::::::::::::::::::',
        }));";
    let told = told(script);
    assert_eq!((&told["long"], &told["same"], &told["others"]), (&json!(false), &json!(true), &json!(false)), "{told}");
}

/// npm loads it, and what npm starts finds the user's own options.
#[cfg(target_os = "linux")]
#[test]
fn scripts_find_the_options_of_the_user() {
    let world = World::new();
    for own in [None, Some("--trace-warnings --title=\"of mine\"")] {
        let folder = tempfile::tempdir().unwrap();
        let package = r#"{"name":"app","version":"1.0.0","scripts":{"look":"node look.cjs"}}"#;
        std::fs::write(folder.path().join("package.json"), package).unwrap();
        std::fs::write(folder.path().join("look.cjs"), LOOK).unwrap();
        let mut command = world.command(["exec", "--", "npm", "run", "look"]);
        command.current_dir(folder.path()).envs(world.credentials());
        // Nothing is asked of it.
        command.env("PULLTOKEN_REGISTRY", "https://r.example.com").env_remove("NODE_OPTIONS");
        if let Some(own) = own {
            command.env("NODE_OPTIONS", own);
        }
        end(&mut command).success();
        let seen: Value = serde_json::from_slice(&std::fs::read(folder.path().join("seen.json")).unwrap()).unwrap();
        assert_eq!(seen["own"], own.map_or(Value::Null, Value::from));
        let npms = seen["npms"].as_str().unwrap();
        assert!(npms.contains("--require \"") && npms.ends_with(own.unwrap_or("\"")), "{npms}");
    }
}

/// Writes down what it finds, and what the first process above it that has some was started with.
const LOOK: &str = r"
const fs = require('fs');
const found = [];
for (let pid = process.ppid; pid > 1 && found.length === 0;) {
    const text = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').find((line) => line.startsWith('NODE_OPTIONS='));
    if (text?.includes('.cjs')) found.push(text.slice('NODE_OPTIONS='.length));
    pid = Number(/^PPid:\t(\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}
fs.writeFileSync('seen.json', JSON.stringify({ own: process.env.NODE_OPTIONS ?? null, npms: found[0] ?? '' }));
";
