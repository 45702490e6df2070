//! `measure NETRC NPMRC ROUNDS`: times the reading of a `.netrc` and the editing of an `.npmrc` without any
//! binding around them, for `cargo xtask bench`. Prints the medians in seconds as one JSON object.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "beside the core, not in it: it has files and a clock"
)]

use std::hint::black_box;
use std::time::Instant;
use std::{env, error, fs};

use pulltoken_core::formats::netrc::parse_netrc;
use pulltoken_core::formats::{DEFAULT_REGISTRY, edit};
use pulltoken_core::{BaseUrl, Credentials, Ecosystem, Format, Secret, formats::RenderOptions};

fn main() -> Result<(), Box<dyn error::Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [netrc, npmrc, rounds] = arguments.as_slice() else { return Err("usage: measure NETRC NPMRC ROUNDS".into()) };
    let (netrc, npmrc, rounds) = (fs::read_to_string(netrc)?, fs::read_to_string(npmrc)?, rounds.parse()?);

    let options = RenderOptions::new(Ecosystem::JavaScript, BaseUrl::parse(DEFAULT_REGISTRY)?);
    let pair = Credentials::new("_token".to_owned(), Secret::new("password".to_owned()));
    edit(&npmrc, Format::Npmrc, &pair, &options)?;

    let reading = median(rounds, || drop(black_box(parse_netrc(black_box(&netrc)))));
    let editing = median(rounds, || drop(black_box(edit(black_box(&npmrc), Format::Npmrc, &pair, &options))));
    println!("{{\"netrc\":{reading:e},\"npmrc\":{editing:e}}}");
    Ok(())
}

fn median(rounds: usize, mut call: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..rounds.max(1))
        .map(|_| {
            let started = Instant::now();
            call();
            started.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}
