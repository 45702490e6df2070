//! The module that Node loads before npm: what it changes, and what it does not.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::process::Command;

use common::{World, end};
use serde_json::{Value, json};

const MODULE: &str = include_str!("../src/exec/contexts.cjs");

/// Counts the authorities of every context that Node makes.
const COUNT: &str = "
    const tls = require('tls');
    const create = tls.createSecureContext;
    globalThis.counts = [];
    tls.createSecureContext = (options) => (counts.push([options?.ca].flat().length), create(options));
";

/// What a script finds in a Node that has loaded the module for a `bundle` of three authorities.
fn told(script: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    let bundle = folder.path().join("bundle.pem");
    let authorities = Command::new("node")
        .args(["--print", r"require('tls').rootCertificates.slice(0, 3).join('\n')"])
        .output()
        .unwrap();
    std::fs::write(&bundle, authorities.stdout).unwrap();
    write("count.cjs", COUNT);
    write("module.cjs", &MODULE.replace("'' /* bundle */", &json!(bundle).to_string()));
    write("script.cjs", script);
    let arguments = ["--require", "./count.cjs", "--require", "./module.cjs", "script.cjs"];
    let output = Command::new("node").args(arguments).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn one_entry_stands_for_all_authorities() {
    let script = r"
        const { readFileSync } = require('fs');
        const tls = require('tls');
        const path = __dirname + '/bundle.pem';
        const whole = readFileSync(path).toString();
        const ca = [readFileSync(path, 'utf8')];
        const of = (options) => tls.createSecureContext(options);
        const first = of({ ca });
        console.log(JSON.stringify({
            short: whole.trim().endsWith(ca[0]) && ca[0].length * 2 < whole.length,
            others: readFileSync(__filename, 'utf8').includes('const first'),
            again: of({ ca, servername: 'a.test', key: undefined }) === first && of({ ca: ca[0] }) === first,
            version: of({ ca, minVersion: 'TLSv1.3' }) === first,
            ownKey: of({ ca, passphrase: 'any' }) === of({ ca, passphrase: 'any' }),
            counts,
        }));";
    let expected = json!({
        "short": true, "others": true, "again": true, "version": false, "ownKey": false, "counts": [3, 3, 3, 3],
    });
    assert_eq!(told(script), expected);
}

#[test]
fn authorities_of_somebody_elses_are_left_alone() {
    let script = r"
        const tls = require('tls');
        const ca = tls.rootCertificates.slice(2, 3);
        const early = tls.createSecureContext({ ca }) === tls.createSecureContext({ ca });
        require('fs').readFileSync(__dirname + '/bundle.pem', 'utf8');
        const of = (options) => tls.createSecureContext(options) === tls.createSecureContext(options);
        console.log(JSON.stringify([early, of({ ca: tls.rootCertificates.slice(0, 2) }), of({}), of(), counts]));";
    assert_eq!(told(script), json!([false, false, false, false, [1, 1, 2, 2, 1, 1, 1, 1]]));
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
