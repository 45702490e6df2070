//! The one header that carries a credential, and the only URLs it may go to.

use crate::base_url::BaseUrl;
use crate::credentials::Credentials;
use crate::error::{Error, ErrorCode, Result};
use crate::formats::RenderOptions;
use crate::secret::Secret;
use crate::text::printable_prefix;

/// The value of `Authorization` for a URL, or `None` where the credential must not go: outside the
/// registry's origin (scheme, host and port), outside the ecosystem's paths, and wherever a URL
/// could be read in two ways.
///
/// # Errors
/// `invalid_url` for what is no URL at all; `value_not_representable` for a username with a colon,
/// where HTTP's Basic would end it.
pub fn authorization_header(url: &str, c: &Credentials, o: &RenderOptions) -> Result<Option<Secret>> {
    if !url.contains("://") {
        // A URL with a user in it may hold a password: such a one is not shown.
        let shown = if url.contains('@') { "the text".to_owned() } else { format!("`{}`", printable_prefix(url, 80)) };
        return Err(Error::new(ErrorCode::InvalidUrl, format!("{shown} is not an absolute URL")));
    }
    if !o.repository_urls().iter().any(|repository| is_below(url, repository)) {
        return Ok(None);
    }
    if c.username.contains(':') {
        return Err(Error::new(
            ErrorCode::ValueNotRepresentable,
            "the username holds a colon, which Basic authentication cannot hold",
        ));
    }
    // The pair leaves here for the registry.
    Ok(Some(Secret::new(format!("Basic {}", c.basic().expose()))))
}

/// Whether a URL is a repository's or lies below it. `repository` ends with a slash.
fn is_below(url: &str, repository: &str) -> bool {
    let address = url.split(['?', '#']).next().unwrap_or_default();
    // Refuses users, backslashes, control characters and dot segments, raw or encoded.
    let (Ok(parsed), Ok(base)) = (BaseUrl::parse(address), BaseUrl::parse(repository)) else { return false };
    if parsed.origin() != base.origin() {
        return false;
    }
    let path = &parsed.as_str()[parsed.origin().len()..];
    let wanted = &base.as_str()[base.origin().len()..];
    let Some(rest) = path.strip_prefix(wanted).filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
        return false;
    };
    // A server that decodes before it routes would see other segments than these.
    let decoded = rest.to_ascii_lowercase().replace("%2f", "/").replace("%2e", ".");
    !decoded.contains("%5c")
        && !decoded.contains("%25")
        && !decoded.split('/').any(|segment| matches!(segment, "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::Ecosystem;

    fn header(url: &str) -> Option<String> {
        let o = RenderOptions::new(Ecosystem::JavaScript, BaseUrl::parse("https://libraries.cgr.dev").unwrap());
        let pair = Credentials::new("a/b", Secret::new("c"));
        authorization_header(url, &pair, &o).unwrap().map(|header| header.expose().to_owned())
    }

    #[test]
    fn goes_to_the_repositories_alone() {
        for url in [
            "https://libraries.cgr.dev/javascript/",
            "https://libraries.cgr.dev/javascript",
            "https://LIBRARIES.cgr.dev:443/javascript/@scope%2fname",
            "https://libraries.cgr.dev/javascript-upstream/x/-/x-1.0.0.tgz?a=b#c",
        ] {
            assert_eq!(header(url).as_deref(), Some("Basic YS9iOmM="), "{url}");
        }
        for url in [
            "http://libraries.cgr.dev/javascript/",
            "https://libraries.cgr.dev:8443/javascript/",
            "https://libraries.cgr.dev.example.test/javascript/",
            "https://libraries.cgr.dev/",
            "https://libraries.cgr.dev/python/simple/",
            "https://libraries.cgr.dev/javascript-other/",
            "https://libraries.cgr.dev/javascript/../token",
            "https://libraries.cgr.dev/javascript/%2e%2E/token",
            "https://libraries.cgr.dev/javascript/..%2ftoken",
            "https://libraries.cgr.dev/javascript/a%252fb",
            "https://libraries.cgr.dev/javascript/..\\token",
            "https://user@libraries.cgr.dev/javascript/",
            "https://libraries.cgr.dev@other.test/javascript/",
            "https://libraries.cgr.dev./javascript/",
            "https://other.test/?https://libraries.cgr.dev/javascript/",
            "ftp://libraries.cgr.dev/javascript/",
        ] {
            assert_eq!(header(url), None, "{url}");
        }
    }
}
