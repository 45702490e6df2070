use super::*;
use crate::ecosystem::Ecosystem;
use crate::error::ErrorCode;
use crate::formats::tests::options;

fn java() -> RenderOptions {
    RenderOptions { ecosystem: Ecosystem::Java, ..options() }
}

fn edited(text: &str, o: &RenderOptions) -> String {
    edit(text, Format::Maven, &Credentials::new("a/b", Secret::new("c&d")), o).unwrap().expose().to_owned()
}

#[test]
fn a_fresh_file_has_server_profile_and_activation() {
    let text = edited("", &java());
    assert!(text.starts_with("<settings xmlns=\"http://maven.apache.org/SETTINGS/1.2.0\">\n  <servers>\n    <server>\n      <id>chainguard</id>\n      <username>a/b</username>\n      <password>c&amp;d</password>\n"));
    assert!(text.contains("<url>https://libraries.cgr.dev/java/</url>"));
    assert!(text.ends_with("    <activeProfile>chainguard</activeProfile>\n  </activeProfiles>\n</settings>\n"));
    let remediated = edited("", &RenderOptions { remediated: true, ..java() });
    let (first, second) = (remediated.find("/java-remediated/").unwrap(), remediated.find("/java/").unwrap());
    assert!(first < second);
    assert_eq!(parse(&remediated).unwrap().len(), 2);
}

#[test]
fn behind_a_repository_manager_a_mirror_stands_in() {
    let mut o = java();
    o.proxy_url = Some(crate::BaseUrl::parse("https://nexus.test/repository/maven").unwrap());
    let text = edited("", &o);
    assert!(text.contains("<mirrorOf>*</mirrorOf>\n      <url>https://nexus.test/repository/maven/</url>"));
    assert!(!text.contains("<profile"));
}

#[test]
fn placeholders_are_read_as_variables() {
    let text = edit("", Format::MavenEnv, &Credentials::new("a", Secret::new("b")), &java()).unwrap();
    let found = parse(text.expose()).unwrap();
    assert_eq!(found[0].variables, ["CHAINGUARD_JAVA_IDENTITY_ID", "CHAINGUARD_JAVA_TOKEN"]);
    assert!(found[0].username.is_none() && found[0].password.is_none());
}

#[test]
fn what_maven_would_change_is_refused() {
    for password in ["${env.HOME}", "{abc}", " a", "a\u{1}"] {
        let pair = Credentials::new("u", Secret::new(password));
        assert_eq!(edit("", Format::Maven, &pair, &java()).unwrap_err().code(), ErrorCode::ValueNotRepresentable);
    }
}

mod editing {
    use super::*;

    const USERS: &str = "<?xml version=\"1.0\"?>\r\n<settings>\r\n\t<!-- mine -->\r\n\t<servers>\r\n\t\t<server><id>other</id><password>x</password></server>\r\n\t</servers>\r\n</settings>";

    #[test]
    fn a_users_file_keeps_every_byte() {
        let longer = edited(USERS, &java());
        assert!(longer.contains("<password>x</password></server>\r\n\t  <server>\r\n\t    <id>chainguard</id>\r\n"));
        assert!(longer.contains("\r\n  <profiles>\r\n    <profile>\r\n"));
        assert_eq!(edited(&longer, &java()), longer);
        assert_eq!(super::super::remove(&longer, &java()).unwrap().expose(), USERS);
        let lines: Vec<_> = parse(&longer).unwrap().into_iter().map(|entry| entry.line).collect();
        assert_eq!(lines, [5, 6]);
    }

    #[test]
    fn a_server_is_changed_where_it_stands() {
        let text = "<settings><servers><server><!-- x --><id>chainguard</id><password>old</password><configuration/></server></servers></settings>";
        let longer = edited(text, &java());
        assert!(longer.starts_with("<settings><servers><server><!-- x --><id>chainguard</id><username>a/b</username><password>c&amp;d</password><configuration/></server></servers><profiles><profile><id>chainguard</id>"));
    }

    #[test]
    fn a_line_of_many_elements_stays_one() {
        let text = "<settings><servers><server><id>other</id></server></servers></settings>";
        let longer = edited(text, &java());
        assert!(longer.starts_with("<settings><servers><server><id>other</id></server><server><id>chainguard</id>"));
        assert!(!longer.contains('\n'));
        assert_eq!(super::super::remove(&longer, &java()).unwrap().expose(), text);
    }

    #[test]
    fn what_is_no_settings_file_is_refused() {
        for text in ["<project/>", "<settings>", "hello", "\u{b}", "\u{a0}"] {
            let pair = Credentials::new("u", Secret::new("p"));
            assert_eq!(edit(text, Format::Maven, &pair, &java()).unwrap_err().code(), ErrorCode::InvalidSyntax);
        }
    }
}
