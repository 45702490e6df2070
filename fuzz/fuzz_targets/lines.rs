#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pulltoken_fuzz::check("lines", data));
