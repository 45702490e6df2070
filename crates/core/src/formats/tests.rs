//! What holds for every format.

use proptest::prelude::*;

use super::*;
use crate::base_url::BaseUrl;
use crate::ecosystem::Ecosystem;

/// The options most tests use.
pub(crate) fn options() -> RenderOptions {
    RenderOptions::new(Ecosystem::JavaScript, BaseUrl::parse(DEFAULT_REGISTRY).unwrap())
}

fn options_for(format: Format) -> RenderOptions {
    let mut options = options();
    options.ecosystem = format.ecosystem().unwrap_or(Ecosystem::JavaScript);
    options.delimiter = Some("end_4f1c".to_owned());
    options
}

fn editable() -> impl Iterator<Item = Format> {
    Format::ALL.iter().copied().filter(|format| format.is_editable())
}

fn pair() -> Credentials {
    Credentials::new("0a1b/2c3d", Secret::new("eyJ.abc-_.def"))
}

#[test]
fn output_formats_are_not_edited() {
    for format in Format::ALL.iter().copied().filter(|format| !format.is_editable()) {
        let error = edit("", format, &pair(), &options_for(format)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::FormatNotEditable);
        assert_eq!(remove("", format, &options_for(format)).unwrap_err().code(), ErrorCode::FormatNotEditable);
    }
}

#[test]
fn placeholders_hold_no_secret() {
    for format in Format::ALL.iter().copied().filter(|format| !format.holds_secret()) {
        let text = render(&pair(), format, &options_for(format)).unwrap().text;
        for part in ["0a1b/2c3d", "0a1b_2c3d", "eyJ.abc-_.def", pair().basic().expose()] {
            assert!(!text.expose().contains(part), "{format}");
        }
    }
}

#[test]
fn what_is_rendered_is_recognised() {
    for format in Format::ALL {
        let text = render(&pair(), *format, &options_for(*format)).unwrap().text;
        let expected = match format {
            Format::Gitlab => Format::Dotenv,
            Format::Pnpm => Format::Npmrc,
            // Without their editors placeholders are not seen.
            Format::BunfigEnv if !cfg!(feature = "editors") => Format::Bunfig,
            Format::YarnrcEnv if !cfg!(feature = "editors") => Format::Yarnrc,
            format => *format,
        };
        assert_eq!(detect(text.expose()), Some(expected), "{format}");
    }
}

#[test]
fn a_foreign_ecosystem_is_refused() {
    let mut o = options();
    o.ecosystem = Ecosystem::Java;
    assert_eq!(render(&pair(), Format::Npmrc, &o).unwrap_err().code(), ErrorCode::Usage);
    o.ecosystem = Ecosystem::JavaScriptAthena;
    assert!(render(&pair(), Format::Npmrc, &o).is_ok());
}

#[test]
fn a_name_is_short_and_on_one_line() {
    let long = "n".repeat(101);
    for name in ["", " a", "a\nb", "a\0", &long] {
        let o = RenderOptions { name: name.to_owned(), ..options_for(Format::Maven) };
        assert_eq!(render(&pair(), Format::Maven, &o).unwrap_err().code(), ErrorCode::Usage);
        assert_eq!(remove("<settings/>", Format::Maven, &o).unwrap_err().code(), ErrorCode::Usage);
    }
    let o = RenderOptions { name: "ä".repeat(100), ..options_for(Format::Maven) };
    assert!(render(&pair(), Format::Maven, &o).is_ok());
}

#[test]
fn line_breaks_and_nul_are_refused() {
    for format in Format::ALL.iter().copied().filter(|format| format.holds_secret() && *format != Format::Json) {
        for (username, password) in [("u\n", "p"), ("u", "p\r"), ("u\0", "p")] {
            let pair = Credentials::new(username, Secret::new(password));
            let error = render(&pair, format, &options_for(format)).unwrap_err();
            assert_eq!(error.code(), ErrorCode::ValueNotRepresentable, "{format}");
        }
    }
}

/// Texts that look like files of the formats, whole and broken.
fn file_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("//libraries.cgr.dev/javascript/:_auth=x".to_owned()),
        Just("//libraries.cgr.dev/javascript/:_authToken = \"x\" ; note".to_owned()),
        Just("//libraries.cgr.dev/javascript-upstream:username=x".to_owned()),
        Just("machine libraries.cgr.dev login a password b".to_owned()),
        Just("machine libraries.cgr.dev".to_owned()),
        Just("  login a # c d".to_owned()),
        Just("password \"b c\"".to_owned()),
        Just("machine other.test login a password b".to_owned()),
        Just("default login a password b".to_owned()),
        Just("macdef init".to_owned()),
        Just("# comment".to_owned()),
        Just("; comment".to_owned()),
        Just("[section]".to_owned()),
        Just("[global]".to_owned()),
        Just("index-url = https://a:b@libraries.cgr.dev/python/simple/".to_owned()),
        Just("  extra-index-url: https://i.test/simple https://a@libraries.cgr.dev/python/simple".to_owned()),
        Just("    https://a:b@libraries.cgr.dev/python/simple/".to_owned()),
        Just("export CHAINGUARD_JAVASCRIPT_TOKEN = 'a b' # note".to_owned()),
        Just("CHAINGUARD_JAVASCRIPT_AUTH=\"a".to_owned()),
        Just("chainguardPassword : a \\".to_owned()),
        Just("host=libraries.cgr.dev".to_owned()),
        Just("build --a --credential_helper=libraries.cgr.dev=/x".to_owned()),
        Just("// pulltoken: begin".to_owned()),
        Just("// pulltoken: end".to_owned()),
        Just("registry=https://registry.test/".to_owned()),
        Just(String::new()),
        "[ -~]{0,12}",
    ];
    // A lone CR beside LF is left out: taking out what stands between them makes one break of two.
    let newline = prop_oneof![4 => Just("\n"), 2 => Just("\r\n"), 1 => Just(" ")];
    (prop::bool::weighted(0.1), prop::collection::vec((piece, newline), 0..8), prop::bool::ANY).prop_map(
        |(bom, pieces, last_break)| {
            let mut text = if bom { "\u{FEFF}".to_owned() } else { String::new() };
            let count = pieces.len();
            for (number, (piece, newline)) in pieces.into_iter().enumerate() {
                text.push_str(&piece);
                if last_break || number + 1 < count {
                    text.push_str(newline);
                }
            }
            text
        },
    )
}

/// Files of structured formats, as users lay them out; `|` marks a place where something of ours
/// or of somebody else's may stand.
fn structured_text() -> impl Strategy<Value = String> {
    let pick = |choices: &'static [&'static str]| prop::sample::select(choices);
    let toml = prop::collection::vec(
        pick(&[
            "# note",
            "",
            "a = 1",
            "[install]",
            "[install.registry] # x",
            "url = \"https://libraries.cgr.dev/javascript/\"",
            "username = 'x' # y",
            "token = \"t\"",
            "[http-basic.chainguard]",
            "password = \"\"\"x",
            "y\"\"\"",
            "[[index]]",
            "url = \"https://a:b@libraries.cgr.dev/python/simple/\"",
            "[tool.uv]",
            "[[tool.uv.index]]",
            "name = \"other\"",
        ]),
        0..7,
    );
    let yaml = prop::collection::vec(
        pick(&[
            "# note",
            "",
            "npmRegistries:",
            "npmRegistries: {}",
            "registries:",
            "  # inner",
            "  \"//libraries.cgr.dev/javascript\":",
            "  //libraries.cgr.dev/javascript/: # x",
            "  //other.test: {npmAuthToken: x}",
            "  chainguard:",
            "  other:",
            "    npmAuthIdent: old # y",
            "    npmAuthToken: t",
            "    url: 'https://x.test'",
            "version: 2",
            "updates:",
            "- a: b",
            "text: |",
            "---",
        ]),
        0..8,
    );
    let xml = prop::collection::vec(
        pick(&[
            "<!-- note -->",
            "",
            "<servers>",
            "</servers>",
            "<servers/>",
            "<server><id>chainguard</id><password>x</password></server>",
            "<server><id>other</id></server>",
            "<profiles><profile><id>chainguard</id></profile></profiles>",
            "<activeProfiles>",
            "<activeProfile>chainguard</activeProfile>",
            "</activeProfiles>",
            "<mirrors> </mirrors>",
        ]),
        0..6,
    )
    .prop_map(|lines| [vec!["<settings>"], lines, vec!["</settings>"]].concat());
    let json = prop::collection::vec(
        pick(&[
            "// note",
            "",
            "\"a\": 1,",
            "\"hostRules\": [],",
            "\"hostRules\": [{\"matchHost\": \"https://libraries.cgr.dev/javascript/\"}, {}],",
            "\"hostRules\": [ {} ]",
            "\"b\": {}",
        ]),
        0..4,
    )
    .prop_map(|lines| [vec!["{"], lines, vec!["}"]].concat());
    let lines = prop_oneof![toml, yaml, xml, json];
    (lines, pick(&["\n", "\r\n"]), prop::bool::ANY, prop::bool::weighted(0.1)).prop_map(
        |(lines, newline, last_break, bom)| {
            let end = if last_break { newline } else { "" };
            format!("{}{}{end}", if bom { "\u{FEFF}" } else { "" }, lines.join(newline))
        },
    )
}

fn credentials() -> impl Strategy<Value = Credentials> {
    ("[0-9a-f]{4}(/[0-9a-f]{4})?|[!-9;-~]{1,8}|[!-9;-~ ä]{1,8}", "[A-Za-z0-9_.-]{1,20}|[ -~ß]{1,12}")
        .prop_map(|(username, password)| Credentials::new(username, Secret::new(password)))
}

proptest! {
    #[test]
    fn what_is_rendered_is_read_back(pair in credentials()) {
        for format in Format::ALL.iter().copied().filter(|format| format.holds_secret()) {
            // A format may refuse a value, but never write another.
            let Ok(rendered) = render(&pair, format, &options_for(format)) else { continue };
            let entries = match parse(rendered.text.expose(), format) {
                Err(error) if error.code() == ErrorCode::FormatNotEditable && !cfg!(feature = "editors") => continue,
                entries => entries.unwrap(),
            };
            prop_assert!(!entries.is_empty(), "{}", format);
            for entry in entries {
                prop_assert_eq!(entry.username.as_deref(), Some(pair.username.as_str()), "{}", format);
                prop_assert_eq!(entry.password.as_ref().map(Secret::expose), Some(pair.password.expose()), "{}", format);
            }
        }
    }

    #[test]
    fn an_edit_is_idempotent_and_can_be_undone(
        text in prop_oneof![file_text(), structured_text()],
        pair in credentials(),
    ) {
        for format in editable() {
            let o = options_for(format);
            let Ok(removed) = remove(&text, format, &o) else { continue };
            let again = remove(removed.expose(), format, &o).unwrap();
            prop_assert_eq!(again.expose(), removed.expose(), "{} remove twice", format);
            let Ok(once) = edit(&text, format, &pair, &o) else { continue };
            let twice = edit(once.text.expose(), format, &pair, &o).unwrap();
            prop_assert_eq!(twice.text.expose(), once.text.expose(), "{} edit twice", format);
            let back = remove(once.text.expose(), format, &o).unwrap();
            prop_assert_eq!(back.expose(), removed.expose(), "{} edit and remove", format);
        }
    }

    #[test]
    fn nothing_makes_a_reader_fail_unexpectedly(text in "\\PC{0,80}|[ -~\n\r\"'\\\\#;=\\[\\]{}$<>:]{0,80}") {
        _ = detect(&text);
        for format in Format::ALL {
            _ = parse(&text, *format);
            _ = edit(&text, *format, &pair(), &options_for(*format));
            _ = remove(&text, *format, &options_for(*format));
        }
    }
}
