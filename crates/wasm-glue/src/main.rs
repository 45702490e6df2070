//! `wasm-glue INPUT.wasm OUT_DIR NAME`: writes one `NAME.wasm` and the JavaScript that loads it,
//! once for browsers and edge runtimes (`OUT_DIR/web`) and once for Node (`OUT_DIR/nodejs`).
//!
//! It stands apart from xtask because the library behind it takes most of a minute to build, and
//! `cargo xtask` should start at once.
#![allow(clippy::print_stderr, reason = "a program for the terminal")]

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, out_dir, name] = arguments.as_slice() else {
        bail!("usage: wasm-glue INPUT.wasm OUT_DIR NAME");
    };
    let out_dir = Path::new(out_dir);
    let web = out_dir.join("web");
    let nodejs = out_dir.join("nodejs");
    // Without a source given, the module is looked for beside the glue: bundlers know that form.
    generate(input, name, &web, |bindgen| bindgen.web(true).map(|it| it.omit_default_module_path(false)))?;
    generate(input, name, &nodejs, |bindgen| bindgen.nodejs(true))?;
    share_module(name, &web, &nodejs)
}

/// Writes `NAME.js`, `NAME.d.ts` and the module for one kind of host.
fn generate(
    input: &str,
    name: &str,
    out_dir: &Path,
    target: impl FnOnce(&mut Bindgen) -> Result<&mut Bindgen>,
) -> Result<()> {
    fs::create_dir_all(out_dir).with_context(|| format!("cannot create {}", out_dir.display()))?;
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name(name).typescript(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    target(&mut bindgen)?.generate(out_dir).with_context(|| {
        format!("wasm-bindgen could not read {input}: was it built by the same version of wasm-bindgen?")
    })
}

/// Leaves one copy of the module, in `web`, and points Node's glue at it: what is shipped twice is downloaded twice.
fn share_module(name: &str, web: &Path, nodejs: &Path) -> Result<()> {
    let module = format!("{name}_bg.wasm");
    let (kept, dropped) = (web.join(&module), nodejs.join(&module));
    ensure!(fs::read(&kept)? == fs::read(&dropped)?, "the modules for browsers and for Node differ");
    fs::remove_file(&dropped)?;
    let glue = nodejs.join(format!("{name}.js"));
    let text = fs::read_to_string(&glue)?;
    let own = format!("/{module}");
    ensure!(text.matches(&own).count() == 1, "the glue for Node no longer names its module as `{own}`");
    fs::write(&glue, text.replace(&own, &format!("/../web{own}")))?;
    // Node's glue is CommonJS whatever the package around it says.
    fs::write(nodejs.join("package.json"), "{\"type\":\"commonjs\"}\n")?;
    Ok(())
}
