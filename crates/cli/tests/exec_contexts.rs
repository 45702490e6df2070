//! The module that Node loads before a package manager: what it changes, and what it does not.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::process::Command;

use common::{World, end};
use pulltoken_sim::Sim;
use serde_json::{Value, json};

const MODULE: &str = include_str!("../src/exec/contexts.cjs");

/// Counts the authorities that every context is made with, and those that are added to it.
const COUNT: &str = "
    const tls = require('tls');
    const create = tls.createSecureContext;
    globalThis.counts = [];
    globalThis.added = [];
    tls.createSecureContext = (options) => {
        counts.push([options?.ca ?? []].flat().length);
        const context = create(options);
        const add = context.context.addCACert.bind(context.context);
        context.context.addCACert = globalThis.adds === false ? undefined : (text) => (added.push(text), add(text));
        return context;
    };
";

/// What a script finds in a Node that has loaded the module for a `bundle` of four authorities, three of
/// them Node's own.
fn told(script: &str) -> Value {
    let foreign = Sim::builder().tls(true).start().unwrap();
    told_of(&[&foreign], script)
}

/// The same for a bundle of three of Node's own and those of these platforms; `argv[2]` tells where the
/// first of them is.
fn told_of(foreign: &[&Sim], script: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    let bundle = folder.path().join("bundle.pem");
    let authorities = Command::new("node")
        .args(["--print", r"require('tls').rootCertificates.slice(0, 3).join('\n')"])
        .output()
        .unwrap();
    let foreigners = foreign.iter().map(|sim| std::fs::read_to_string(sim.ca_file().unwrap()).unwrap());
    let authorities = rewrapped(&String::from_utf8(authorities.stdout).unwrap());
    std::fs::write(&bundle, authorities + &foreigners.collect::<String>()).unwrap();
    write("count.cjs", COUNT);
    write("module.cjs", &MODULE.replace("'' /* bundle */", &json!(bundle).to_string()));
    write("script.cjs", script);
    let arguments = ["--require", "./count.cjs", "--require", "./module.cjs", "script.cjs"];
    let mut command = Command::new("node");
    command.args(arguments).args(foreign.first().and_then(|sim| sim.connect_to())).env_remove("NODE_EXTRA_CA_CERTS");
    let output = command.current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The same certificates with their lines broken as in our own files, which is not how Node does it.
fn rewrapped(pem: &str) -> String {
    let bare = pem.split_inclusive("-----\n").map(|part| match part.strip_suffix("-----END CERTIFICATE-----\n") {
        Some(base64) => {
            base64
                .replace('\n', "")
                .as_bytes()
                .chunks(64)
                .map(|line| String::from_utf8_lossy(line) + "\n")
                .collect::<String>()
                + "-----END CERTIFICATE-----\n"
        }
        None => part.to_owned(),
    });
    bare.collect()
}

#[test]
fn one_entry_stands_for_all_authorities() {
    let script = r"
        const { readFileSync } = require('fs');
        const tls = require('tls');
        const path = __dirname + '/bundle.pem';
        const { size } = require('fs').statSync(path);
        const ca = [readFileSync(path, 'utf8')];
        const of = (options) => tls.createSecureContext(options);
        const first = of({ ca });
        console.log(JSON.stringify({
            short: ca[0].length * 2 < size && ca[0].startsWith('-----BEGIN'),
            others: readFileSync(__filename, 'utf8').includes('const first'),
            again: of({ ca, servername: 'a.test', key: undefined }) === first && of({ ca: ca[0] }) === first,
            version: of({ ca, minVersion: 'TLSv1.3' }) === first,
            ownKey: of({ ca, passphrase: 'any' }) === of({ ca, passphrase: 'any' }),
            counts,
            added: added.filter((text) => text !== ca[0]).length,
            ours: added.length,
        }));";
    // None of Node's own is read again.
    let expected = json!({
        "short": true, "others": true, "again": true, "version": false, "ownKey": false, "counts": [0, 0, 0, 0],
        "added": 0, "ours": 4,
    });
    assert_eq!(told(script), expected);
}

#[test]
fn it_is_one_entry_however_it_is_read() {
    let script = r"
        const fs = require('fs');
        const path = __dirname + '/bundle.pem';
        const failed = (path) => new Promise((done) => fs.readFile(path, (error, content) => done(error?.code ?? content)));
        (async () => {
            const { readFileSync } = await import('node:fs');
            const { readFile } = await import('node:fs/promises');
            const all = [
                fs.readFileSync(path, 'utf8'), fs.readFileSync(path).toString(), readFileSync(path, 'utf8'),
                await readFile(path, 'utf8'), (await fs.promises.readFile(path)).toString(),
                await new Promise((done) => fs.readFile(path, 'utf8', (error, text) => done(text))),
                (await failed(path)).toString(),
            ];
            console.log(JSON.stringify([new Set(all).size, all[0].split('BEGIN').length - 1, await failed('/nowhere')]));
        })();";
    assert_eq!(told(script), json!([1, 1, "ENOENT"]));
}

#[test]
fn each_of_them_is_believed_and_nobody_else() {
    let script = r"
        const tls = require('tls');
        const ca = [require('fs').readFileSync(__dirname + '/bundle.pem', 'utf8')];
        const [servername, , host, port] = process.argv[2].split(',')[0].split(':');
        const meets = (ca) => new Promise((done) => {
            const socket = tls.connect({ host, port, servername, ca }, () => (socket.destroy(), done('believed')));
            socket.on('error', ({ code }) => done(code));
        });
        (async () => console.log(JSON.stringify([await meets(ca), await meets(undefined)])))();";
    let (theirs, ours) = (Sim::builder().tls(true).start().unwrap(), Sim::builder().tls(true).start().unwrap());
    // The last entry stands for all: it is the other's authority that signed.
    assert_eq!(told_of(&[&theirs, &ours], script), json!(["believed", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]));
    let stranger = Sim::builder().tls(true).start().unwrap();
    let reached = script.replace("process.argv[2]", &json!(stranger.connect_to().unwrap()).to_string());
    assert_ne!(told_of(&[&theirs, &ours], &reached)[0], json!("believed"));
}

#[test]
fn every_authority_is_read_where_none_can_be_added() {
    let script = r"
        const { readFileSync } = require('fs');
        adds = false;
        const context = require('tls').createSecureContext({ ca: [readFileSync(__dirname + '/bundle.pem', 'utf8')] });
        console.log(JSON.stringify([counts, added.length, typeof context]));";
    assert_eq!(told(script), json!([[0, 4], 0, "object"]));
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
    assert_eq!(told(script), json!([false, false, false, false, [1, 1, 2, 2, 0, 0, 0, 0]]));
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
