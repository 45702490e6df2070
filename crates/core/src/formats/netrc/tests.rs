use super::*;
use crate::formats::tests::options;

fn edited(text: &str) -> String {
    edit(text, &Credentials::new("u/v", Secret::new("p")), &options()).unwrap().text.expose().to_owned()
}

fn removed(text: &str) -> String {
    remove(text, &options()).unwrap().expose().to_owned()
}

const OURS: &str = "machine libraries.cgr.dev\n  login u/v\n  password p\n";

#[test]
fn a_fresh_one_has_three_lines() {
    assert_eq!(edited(""), OURS);
    let pair = Credentials::new("a b", Secret::new("c\"\\"));
    assert_eq!(
        edit("", &pair, &options()).unwrap().text.expose(),
        "machine libraries.cgr.dev\n  login \"a b\"\n  password \"c\\\"\\\\\"\n"
    );
}

#[test]
fn reads_the_shapes_people_write() {
    let text = "# top\nmachine a.test login x password y\r\nmachine b.test\n\tlogin \"x y\" account z\n\tpassword \"\\\"\"\n\
        macdef init\ncd /\nmachine no login no password no\n\ndefault login d password e machine c.test password only\n";
    let netrc = parse_netrc(text);
    let seen: Vec<_> = netrc
        .entries
        .iter()
        .map(|e| (e.line, e.machine.as_deref(), e.login.as_deref(), e.password.as_ref().map(Password::expose)))
        .collect();
    assert_eq!(
        seen,
        [
            (2, Some("a.test"), Some("x"), Some("y")),
            (3, Some("b.test"), Some("x y"), Some("\"")),
            (10, None, Some("d"), Some("e")),
            (10, Some("c.test"), None, Some("only")),
        ]
    );
    assert_eq!(netrc.entries[1].account.as_deref(), Some("z"));
    assert_eq!(netrc.differences, [(10, Difference::DefaultFirst), (10, Difference::MissingLogin)]);
}

#[test]
fn tells_where_curl_and_python_part() {
    for (text, difference) in [
        ("machine a login b\\c password d", Difference::Backslash),
        ("machine a login \"b\\n\" password d", Difference::Escape),
        ("machine a login \"b password d\n", Difference::OpenQuote),
        ("machine a login \"b\"c password d", Difference::GluedQuote),
        ("machine a login b password #d", Difference::HashValue),
        ("#two words\nmachine a login b password c", Difference::Comment),
        ("machine a login b password c\n\n# two words\n", Difference::Comment),
        ("#one \n# two words\n", Difference::Comment),
        ("machine a login b\u{c}x password d", Difference::WhiteSpace),
        ("machine a login b passwort c", Difference::UnknownWord),
        ("Machine a login b password c", Difference::KeywordCase),
        ("machine a user b password c", Difference::UserKeyword),
        ("machine a login password c", Difference::KeywordValue),
        ("machine a login b password", Difference::MissingValue),
        ("machine a login b", Difference::MissingPassword),
        ("machine a password b", Difference::MissingLogin),
        ("machine a login b login c password d", Difference::RepeatedField),
        ("machine a login b password\r\nc", Difference::EmptyWord),
        ("macdef init\r\ncd /\r\n\r\n", Difference::EmptyWord),
        ("machine a login b password c machine A login d password e", Difference::Duplicate),
        ("default login a password b\nmachine c login d password e", Difference::DefaultFirst),
        ("machine a:443 login b password c", Difference::Port),
        ("macdef init\ncd /\n", Difference::OpenMacro),
        ("\u{FEFF}machine a login b password c", Difference::ByteOrderMark),
    ] {
        let found = parse_netrc(text).differences;
        assert!(found.iter().any(|(_, d)| *d == difference), "{text:?}: {found:?}");
    }
    for text in [
        OURS,
        "# a b\n# c d\nmachine a login b # c d\n # e f\n  password \"g h\"\n#\n",
        "machine a login b password c\r\n# d e\r\n",
    ] {
        assert_eq!(parse_netrc(text).differences, [], "{text:?}");
    }
}

#[test]
fn long_lines_are_counted_among_the_others() {
    let long = |break_| format!("#{}{break_}", "x".repeat(CURL_LINE_LIMIT));
    let just = format!("#{}\r\n", "x".repeat(CURL_LINE_LIMIT - 1));
    let text = format!("\u{FEFF}\r\n{just}{}#\n\r{}{just}{}", long("\r\n"), long("\r"), long(""));
    let found = parse_netrc(&text).differences.into_iter().filter(|(_, found)| *found == Difference::LongLine);
    assert_eq!(found.map(|(line, _)| line).collect::<Vec<_>>(), [3, 6, 8]);
}

#[test]
fn an_entry_is_changed_where_it_stands() {
    for (text, expected) in [
        (
            "machine libraries.cgr.dev login o password o # mine\n",
            "machine libraries.cgr.dev login u/v password p # mine\n",
        ),
        (
            "machine LIBRARIES.cgr.dev\r\n\tpassword \"o o\"\r\n",
            "machine LIBRARIES.cgr.dev login u/v\r\n\tpassword p\r\n",
        ),
        ("machine libraries.cgr.dev", "machine libraries.cgr.dev login u/v password p"),
        (
            "machine a login b password c machine libraries.cgr.dev login o password o machine d login e password f",
            "machine a login b password c machine libraries.cgr.dev login u/v password p machine d login e password f",
        ),
        (
            "machine libraries.cgr.dev login o password o\n# note\nmachine libraries.cgr.dev login q password q\n",
            "machine libraries.cgr.dev login u/v password p\n# note\n",
        ),
        ("machine libraries.cgr.dev login o password", OURS),
    ] {
        assert_eq!(edited(text), expected);
    }
}

#[test]
fn a_new_entry_goes_where_it_is_found() {
    assert_eq!(
        edited("machine a login b password c"),
        "machine a login b password c\n".to_owned() + OURS.trim_end_matches('\n')
    );
    assert_eq!(edited("default login a password b\n"), format!("{OURS}default login a password b\n"));
    assert_eq!(
        edited("machine a login b password c default login a password b\n"),
        format!("{OURS}machine a login b password c default login a password b\n")
    );
    assert_eq!(edited("macdef x\ncd /\n"), format!("{OURS}macdef x\ncd /\n"));
    assert_eq!(
        edited("default login a password b\nmachine libraries.cgr.dev login o password o\n"),
        format!("{OURS}default login a password b\n")
    );
}

#[test]
fn removal_leaves_neighbours_and_comments() {
    assert_eq!(
        removed(
            "# one\nmachine libraries.cgr.dev\n  # two\n  login a\n  password b # three\nmachine x login y password z"
        ),
        "# one\n  # two\n  # three\nmachine x login y password z"
    );
    assert_eq!(
        removed("machine a login b password c machine libraries.cgr.dev login d password e"),
        "machine a login b password c"
    );
    for text in ["", "machine a login b password c", "# x\r\n", "default login a password b", "macdef x\ny"] {
        assert_eq!(removed(&edited(text)), text);
    }
}

#[test]
fn what_is_glued_to_a_value_stays_a_word_of_its_own() {
    let text = "machine libraries.cgr.dev login a password \"b\"$ account x";
    assert_eq!(edited(text), "machine libraries.cgr.dev login u/v password p $ account x");
    for text in [
        "x machine libraries.cgr.dev password \"b\"$",
        "x machine libraries.cgr.dev login \"b\"machine libraries.cgr.dev password \"d\"$",
        "x machine \"libraries.cgr.dev\"$",
    ] {
        assert_eq!(removed(text), "x $", "{text}");
        assert_eq!(removed(&edited(text)), "x $", "{text}");
    }
    assert_eq!(removed("\"x\"machine libraries.cgr.dev password \"b\"$"), "\"x\" $");
    assert_eq!(removed(&edited("\"x\"machine libraries.cgr.dev password \"b\"$")), "\"x\" $");
    let form_feed = edited("machine libraries.cgr.dev login a password \"b\"\u{c}");
    assert_eq!(form_feed, "machine libraries.cgr.dev login u/v password p \u{c}");
    assert_eq!(edited("machine \"libraries.cgr.dev\"login a"), "machine \"libraries.cgr.dev\" password p login u/v");
}

#[test]
fn an_entry_with_a_value_over_several_lines_is_written_anew() {
    let text = "machine libraries.cgr.dev password \"b\nc\" login a\nmachine x login y password z\n";
    assert_eq!(edited(text), format!("machine x login y password z\n{OURS}"));
}

#[test]
fn values_it_cannot_hold_are_refused_and_long_lines_warned_of() {
    for (username, password) in [("", "p"), ("u", ""), ("u\n", "p"), ("u", "p\0")] {
        assert!(edit("", &Credentials::new(username, Secret::new(password)), &options()).is_err());
    }
    let warnings =
        |length| edit("", &Credentials::new("u", Secret::new("p".repeat(length))), &options()).unwrap().warnings;
    assert!(warnings(4000).is_empty());
    assert_eq!(warnings(4100)[0].code, "netrc_long_line");
}
