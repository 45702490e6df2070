//! One message for every client alike: what the registry answered, and what to do about it.

use pulltoken_core::{Error, ErrorCode};

use crate::report::Served;

/// A download that was passed on whole this often was most likely refused by the client, for its
/// checksum.
const REPEATED: u32 = 3;

/// The gravest of what went wrong. `renewal` is why the credential could not be renewed.
pub(crate) fn explain(served: &[Served], renewal: Option<Error>) -> Option<Error> {
    let first = |wanted: &dyn Fn(&Served) -> bool| served.iter().find(|entry| wanted(entry));
    if let Some(entry) = first(&|entry| entry.status == 401 && !entry.local) {
        let error = told(ErrorCode::Unauthenticated, entry, "does not take the credential");
        return Some(match renewal {
            Some(why) => error.with_hint(format!("it could not be renewed: {}; {}", why.message(), why.hint())),
            None => error.with_hint("the token has expired or was deleted: make a new one with pulltoken create"),
        });
    }
    if let Some(entry) = first(&|entry| entry.status == 403 && !entry.local) {
        let hint = "where a policy blocks it, choose another version; where access is missing, `pulltoken check --online` says what an owner has to give";
        return Some(told(ErrorCode::PermissionDenied, entry, "refuses").with_hint(hint));
    }
    if let Some(entry) = first(&|entry| entry.status == 409 && !entry.local) {
        let hint = "every version of the package is blocked: choose another package, or ask the vendor";
        return Some(told(ErrorCode::AlreadyExists, entry, "blocks").with_hint(hint));
    }
    if let Some(entry) = first(&|entry| entry.of_storage && entry.status >= 400) {
        let code = if entry.status == 429 { ErrorCode::RateLimited } else { ErrorCode::ServerError };
        let hint = "the registry itself gave leave: try again, since its links are good for minutes alone, and check this machine's clock and whether a proxy lets the storage's host through";
        return Some(told(code, entry, "could not be fetched").with_hint(hint));
    }
    if let Some(entry) = first(&|entry| entry.local && entry.status >= 500) {
        let hint = "check the network, HTTPS_PROXY and SSL_CERT_FILE; if the service is down, a repository manager in front of it helps, since it has no agreed availability";
        return Some(told(ErrorCode::Network, entry, "could not be asked for").with_hint(hint));
    }
    if let Some(entry) = first(&|entry| entry.status == 429) {
        return Some(told(ErrorCode::RateLimited, entry, "asks to slow down for"));
    }
    if let Some(entry) = first(&|entry| entry.status >= 500) {
        let hint = "try again; the service has no agreed availability, and a repository manager in front of it helps";
        return Some(told(ErrorCode::ServerError, entry, "fails for").with_hint(hint));
    }
    if let Some(entry) = first(&|entry| entry.status == 404) {
        let hint = "check the name; a package that has not been built yet needs the entitlement for upstream packages";
        return Some(told(ErrorCode::NotFound, entry, "does not have").with_hint(hint));
    }
    let entry = first(&|entry| entry.integrity.is_some() && entry.times >= REPEATED)?;
    let message =
        format!("{} was downloaded {} times: its checksum is most likely not the lockfile's", what(entry), entry.times);
    Some(Error::new(ErrorCode::FailedPrecondition, message).with_hint(
        "packages are rebuilt, so a lockfile made with another registry has other checksums: make it anew once, with npm install --package-lock-only",
    ))
}

fn told(code: ErrorCode, entry: &Served, verb: &str) -> Error {
    let what = what(entry);
    let said = entry.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let message =
        if entry.local { format!("{what} {verb}{said}") } else { format!("the registry {verb} {what}{said}") };
    let error = Error::new(code, message);
    if entry.local { error } else { error.with_answer(entry.status, None) }
}

fn what(entry: &Served) -> String {
    match (&entry.package, &entry.version) {
        (Some(package), Some(version)) => format!("{package}@{version}"),
        (Some(package), None) => package.clone(),
        _ => entry.path.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::{Grammar, Rules};
    use crate::report::Speaker;

    fn served(status: u16, reason: Option<&str>) -> Served {
        let rules = Rules { prefixes: vec!["/javascript/".into()], grammar: Grammar::Npm };
        let allowed = rules.read(b"/javascript/bad-apple/-/bad-apple-1.0.0.tgz").unwrap();
        Served { reason: reason.map(str::to_owned), ..Served::new(&allowed, status) }
    }

    #[test]
    fn the_gravest_comes_first_with_the_registrys_words() {
        let all = [served(404, None), served(500, None), served(403, Some("blocked by policy")), served(409, None)];
        let error = explain(&all, None).unwrap();
        assert_eq!((error.code(), error.status()), (ErrorCode::PermissionDenied, Some(403)));
        assert_eq!(error.message(), "the registry refuses bad-apple@1.0.0: blocked by policy");
        let error = explain(&[served(401, None)], Some(Error::new(ErrorCode::Network, "no network"))).unwrap();
        assert!(error.hint().contains("no network"), "{}", error.hint());
        assert_eq!(explain(&all[..2], None).unwrap().code(), ErrorCode::ServerError);
        assert_eq!(explain(&all[..1], None).unwrap().code(), ErrorCode::NotFound);
    }

    #[test]
    fn our_own_failures_are_told_from_the_registrys() {
        let outage = served(502, Some("a.test gave no answer")).by(Speaker::Ourselves);
        let error = explain(&[outage], None).unwrap();
        assert_eq!((error.code(), error.status()), (ErrorCode::Network, None));
    }

    #[test]
    fn the_storages_failures_are_told_from_the_registrys() {
        for (status, code) in [
            (401, ErrorCode::ServerError),
            (403, ErrorCode::ServerError),
            (404, ErrorCode::ServerError),
            (409, ErrorCode::ServerError),
            (429, ErrorCode::RateLimited),
            (503, ErrorCode::ServerError),
        ] {
            let entry = served(status, Some("the storage answered")).by(Speaker::Storage);
            let error = explain(std::slice::from_ref(&entry), None).unwrap();
            assert_eq!((error.code(), error.status()), (code, None), "{status}");
            assert_eq!(error.message(), "bad-apple@1.0.0 could not be fetched: the storage answered");
            // What the registry itself refuses counts for more.
            assert_eq!(explain(&[entry, served(403, None)], None).unwrap().code(), ErrorCode::PermissionDenied);
        }
    }

    #[test]
    fn the_same_download_again_and_again_is_a_lockfile_of_another_registry() {
        let whole = Served { integrity: Some("sha512-x".into()), ..served(200, None) };
        assert!(explain(std::slice::from_ref(&whole), None).is_none());
        let error = explain(&[Served { times: 3, ..whole }], None).unwrap();
        assert_eq!(error.code(), ErrorCode::FailedPrecondition);
    }
}
