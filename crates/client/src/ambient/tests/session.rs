//! The exchange.

use super::*;
use crate::stored::StoredSession;

fn exchange(job: &Around, host: &Recorded) -> Result<StoredSession> {
    let issuer = BaseUrl::parse("https://issuer.test").unwrap();
    let identity = Uidp::parse(&format!("{}/0011223344556677", "a".repeat(40))).unwrap();
    job.with(|job| session(host, &issuer, &job, &identity, "libraries.cgr.dev").now_or_never().unwrap())
}

#[test]
fn the_token_is_exchanged_for_one_audience() {
    let host = Recorded::answering(200, &format!(r#"{{"token":"{OTHER}","expiry":"2026-01-01T00:00:00Z"}}"#));
    let session = exchange(&Around::of(&[("PULLTOKEN_ID_TOKEN", TOKEN)]), &host).unwrap();
    assert_eq!((session.audience.as_str(), session.token.expose()), ("libraries.cgr.dev", OTHER));
    assert!(session.refresh_token.is_none());
    assert_eq!(host.sent(), (Method::Post, "https://issuer.test/sts/exchange".to_owned(), TOKEN.to_owned()));
}

#[test]
fn a_refusal_says_what_would_have_to_be_trusted() {
    for (status, body) in [(403, r#"{"code":7,"message":"no"}"#), (401, r#"{"code":16,"message":"no"}"#)] {
        let refused = |token| {
            exchange(&Around::of(&[("PULLTOKEN_ID_TOKEN", token)]), &Recorded::answering(status, body)).unwrap_err()
        };
        let error = refused(TOKEN);
        assert_eq!((error.code(), error.status()), (ErrorCode::SignInRefused, Some(status)));
        assert!(error.message().contains("issuer `https://ci.test`, subject `job`"), "{error}");
        assert!(error.hint().contains("pulltoken identities"), "{}", error.hint());
        assert!(
            refused(OTHER)
                .hint()
                .starts_with("the token is for `org`: have the job ask for the audience `issuer.test`")
        );
    }
    let lost = exchange(&Around::of(&[("PULLTOKEN_ID_TOKEN", TOKEN)]), &Recorded::answering(500, "")).unwrap_err();
    assert_eq!(lost.code(), ErrorCode::ServerError);
}
