//! Where a browser is sent after signing in.

use reqwest::Url;

/// The `redirect` parameter: a page on the person's own machine, or https.
#[derive(Clone, Debug)]
pub(crate) struct Redirect(Url);

/// Parameters that are the issuer's to give.
const ANSWERS: [&str; 4] = ["token", "refresh_token", "error", "status_code"];

impl Redirect {
    /// Reads `http://localhost:PORT/…`, `http://127.0.0.1:PORT/…` or `https://…`.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let refused = "redirect must be http://localhost:PORT/…, http://127.0.0.1:PORT/… or an https URL";
        // URL parsers drop or turn some characters; a host must not look like another to them.
        if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return Err(refused);
        }
        let url = Url::parse(text).map_err(|_| refused)?;
        let loopback = ["http://localhost:", "http://127.0.0.1:"].iter().any(|start| text.starts_with(start));
        let good = match url.scheme() {
            "http" => loopback && url.port().is_some_and(|port| port != 0),
            "https" => url.has_host(),
            _ => false,
        };
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if good && plain { Ok(Self(url)) } else { Err(refused) }
    }

    /// The same with the issuer's answer: its own parameters first, unless `drop` loses them. Its
    /// `token` and `error` only ask for the answer's.
    pub(crate) fn with(&self, answer: &[(&str, &str)], drop: bool) -> String {
        let own: Vec<(String, String)> = self
            .0
            .query_pairs()
            .filter(|(name, _)| !drop && !ANSWERS.contains(&name.as_ref()))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let mut url = self.0.clone();
        url.query_pairs_mut().clear().extend_pairs(own).extend_pairs(answer);
        url.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_machine_and_https_are_redirected_to() {
        for good in [
            "http://localhost:1/callback?token=true",
            "http://127.0.0.1:65535/",
            "https://app.example.com/x?y=z",
            "https://localhost/",
        ] {
            assert!(Redirect::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "callback",
            "http://localhost/callback",
            "http://localhost:0/",
            "http://localhost.example.com:1/",
            "http://localhost:1@example.com/",
            "http://user@localhost:1/",
            "http://127.1:1/",
            "http://[::1]:1/",
            "http://example.com:1/",
            "http://localhost:1/#fragment",
            "http://localhost:1\\@example.com/",
            "https:// example.com/",
            "https://example.com/\n",
            "ftp://localhost:1/",
            "javascript:alert(1)",
        ] {
            assert!(Redirect::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn own_parameters_stay_and_the_switches_give_way() {
        let redirect = Redirect::parse("http://localhost:1/callback?token=true&error=true&nonce=a%26b").unwrap();
        let answer = [("token", "t+1"), ("refresh_token", "r")];
        assert_eq!(
            redirect.with(&answer, false),
            "http://localhost:1/callback?nonce=a%26b&token=t%2B1&refresh_token=r"
        );
        assert_eq!(redirect.with(&answer, true), "http://localhost:1/callback?token=t%2B1&refresh_token=r");
    }
}
