//! The description of a token: the caller's own, or who made it and where.

use pulltoken_core::Description;
use pulltoken_core::api::whoami::WhoAmI;
use pulltoken_core::names::DESCRIPTION_LIMIT;

/// What to write into the description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// This text.
    Given(Description),
    /// `created by <who> on <this host or CI run>`; the platform knows who.
    MadeAt(String),
}

impl Stamp {
    pub(super) fn describe(&self, me: &WhoAmI) -> Description {
        match self {
            Self::Given(description) => description.clone(),
            Self::MadeAt(place) => {
                let who = if me.email.is_empty() { &me.subject } else { &me.email };
                let text = pulltoken_core::text::printable(&format!("created by {who} on {place}"));
                let fitting: String = text.chars().take(DESCRIPTION_LIMIT).collect();
                // Printable text of that length always is a description.
                Description::parse(&fitting).unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulltoken_core::api::whoami;
    use pulltoken_core::http::Response;

    #[test]
    fn a_stamp_always_fits() {
        let me = |body: &str| whoami::parse(&Response::new(200, body)).unwrap();
        let stamp = Stamp::MadeAt("build\nhost".into());
        assert_eq!(
            stamp.describe(&me(r#"{"subject":"s","email":"ci@example.test"}"#)).as_str(),
            r"created by ci@example.test on build\u{a}host"
        );
        let long = Stamp::MadeAt("é".repeat(600)).describe(&me(r#"{"subject":"s"}"#));
        assert_eq!(long.as_str().chars().count(), 512);
        assert!(long.as_str().starts_with("created by s on é"));
    }
}
