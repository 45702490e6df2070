//! Durations, identifiers, times, URLs, names and ecosystems: all of them are tried on one text.

use pulltoken_core::ttl::GoDuration;
use pulltoken_core::{BaseUrl, Description, Ecosystem, Error, Name, Timestamp, Ttl, Uidp};

use super::MARK;

pub(super) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    durations(text);
    identifiers(text);
    times(text);
    urls(text);
    names(text);
}

/// The canonical text is the same duration; a time to live lies within its limits.
fn durations(text: &str) {
    let Some(duration) = tried(GoDuration::parse(text)) else {
        assert!(Ttl::parse(text).is_err());
        return;
    };
    assert_eq!(GoDuration::parse(&duration.to_string()).unwrap(), duration);
    match Ttl::parse(text) {
        Ok(ttl) => {
            assert!(duration.nanoseconds() > 0 && ttl <= Ttl::MAX);
            assert!((1..=8_760 * 3_600).contains(&ttl.seconds_rounded_up()));
            let nanoseconds = ttl.seconds() * 1_000_000_000 + u64::from(ttl.nanoseconds());
            assert_eq!(Ok(nanoseconds), u64::try_from(duration.nanoseconds()));
        }
        Err(_) => assert!(!(1..=8_760 * 3_600 * 1_000_000_000).contains(&duration.nanoseconds())),
    }
}

/// An identifier is the text that it was read from, and has a line of ancestors up to its root.
fn identifiers(text: &str) {
    let Some(uidp) = tried(Uidp::parse(text)) else { return };
    assert_eq!(uidp.as_str(), text);
    let mut eldest = uidp.clone();
    while let Some(parent) = eldest.parent() {
        assert!(parent.is_ancestor_of(&uidp) && parent.covers(&eldest) && !eldest.covers(&parent));
        eldest = parent;
    }
    assert!(eldest.is_root() && eldest == uidp.root() && Uidp::parse(eldest.as_str()).is_ok());
}

fn times(text: &str) {
    let moments = [tried(Timestamp::parse(text)), Timestamp::parse_http_date(text)];
    for moment in moments.into_iter().flatten() {
        assert_eq!(Timestamp::parse(&moment.to_string()).unwrap(), moment);
        let whole = moment.truncated_to_seconds();
        assert!(Timestamp::from_unix_seconds(moment.unix_seconds()).is_some());
        assert!(moment.seconds_since(whole) <= 0 && whole.seconds_since(moment) >= -1);
        for seconds in [0, 1, -1, i64::MAX, i64::MIN] {
            let later = moment.plus_seconds(seconds);
            assert_eq!(Timestamp::parse(&later.to_string()).unwrap(), later);
            assert_eq!(later.cmp(&moment), seconds.cmp(&0).then(later.cmp(&moment)));
        }
    }
}

/// The normal form is its own, and made of its parts; a URL with a user in it is not shown.
fn urls(text: &str) {
    let result = BaseUrl::parse(text);
    if let Err(error) = &result
        && text.contains('@')
    {
        super::assert_silent(error);
    }
    let Some(url) = tried(result) else { return };
    assert_eq!(BaseUrl::parse(url.as_str()).unwrap(), url);
    assert!(url.as_str().starts_with(url.origin()) && url.origin().ends_with(url.authority()));
    assert!(url.authority().starts_with(url.host()) && !url.host().is_empty());
    assert!(url.as_str().starts_with("https://") || url.is_loopback());
    assert!(!url.as_str().ends_with('/') && !url.as_str().contains(['?', '#', ' ']) && !url.origin().contains('@'));
}

fn names(text: &str) {
    if let Some(name) = tried(Name::parse(text)) {
        assert_eq!(name.as_str(), text);
        assert!(!text.is_empty() && text.is_ascii() && Description::parse(&text[..text.len().min(512)]).is_ok());
    }
    if let Some(description) = tried(Description::parse(text)) {
        assert!(description.as_str() == text && text.chars().count() <= 512);
    }
    if let Some(ecosystem) = tried(Ecosystem::parse(text)) {
        assert_eq!(Ecosystem::parse(ecosystem.flag()).unwrap(), ecosystem);
        assert_eq!(Ecosystem::parse_list(text).unwrap(), [ecosystem]);
    }
    if let Some(list) = tried(Ecosystem::parse_list(text)) {
        assert!(!list.is_empty() && (1..list.len()).all(|at| !list[..at].contains(&list[at])));
    }
    if let Some(ecosystem) = Ecosystem::of_role(text) {
        assert_eq!(ecosystem.role(), text);
    }
}

/// These messages may show what they met, cleaned and cut: it is no secret.
fn tried<T>(result: Result<T, Error>) -> Option<T> {
    result
        .inspect_err(|error| {
            assert!(!error.message().contains(|c: char| c.is_control()), "{error:?}");
            assert!(error.message().chars().count() < 2_500, "a long message: {error:?}");
            assert!(!error.hint().contains(MARK));
        })
        .ok()
}
