//! Path templates and how a request finds its call.

use http::Method;

/// A template: literal segments, then perhaps `{name=**}`, then perhaps `:verb`.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) literals: &'static [&'static str],
    pub(crate) rest: bool,
    pub(crate) verb: Option<&'static str>,
}

impl Template {
    /// The text that `**` stands for (empty where there is no such part), if the path matches.
    /// `**` matches nothing at all too, with or without a slash before it.
    fn matches(&self, path: &str) -> Option<String> {
        let path = match self.verb {
            None => path,
            Some(verb) => path.strip_suffix(verb)?.strip_suffix(':')?,
        };
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        let rest = segments.strip_prefix(self.literals)?;
        (self.rest || rest.is_empty()).then(|| rest.join("/"))
    }
}

/// A call of a service and the requests that mean it.
pub(crate) struct Route<H> {
    pub(crate) method: Method,
    pub(crate) template: Template,
    pub(crate) handler: H,
}

/// What a request was found to mean.
pub(crate) enum Found<'a, H> {
    Call {
        handler: &'a H,
        rest: String,
    },
    /// A known path, with a method it does not have.
    WrongMethod,
    /// No such path.
    Nothing,
}

/// Looks for the call. A form that was POSTed stands for a GET too, its fields being the query.
pub(crate) fn find<'a, H>(routes: &'a [Route<H>], method: &Method, path: &str, is_form: bool) -> Found<'a, H> {
    let with = |wanted: &Method| {
        routes.iter().filter(|route| route.method == *wanted).find_map(|route| {
            let rest = route.template.matches(path)?;
            Some(Found::Call { handler: &route.handler, rest })
        })
    };
    if let Some(found) = with(method) {
        return found;
    }
    if *method == Method::POST
        && is_form
        && let Some(found) = with(&Method::GET)
    {
        return found;
    }
    if routes.iter().any(|route| route.template.matches(path).is_some()) {
        return Found::WrongMethod;
    }
    Found::Nothing
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: Template = Template { literals: &["iam", "v1", "identities"], rest: true, verb: None };
    const EXACT: Template = Template { literals: &["iam", "v1", "identities"], rest: false, verb: None };
    const VERB: Template =
        Template { literals: &["iam", "v2", "identities"], rest: false, verb: Some("lookupIdentity") };

    #[test]
    fn a_rest_takes_slashes_as_they_are_and_may_be_empty() {
        assert_eq!(ANY.matches("/iam/v1/identities/a/b"), Some("a/b".to_owned()));
        assert_eq!(ANY.matches("/iam/v1/identities/"), Some(String::new()));
        assert_eq!(ANY.matches("/iam/v1/identities"), Some(String::new()));
        assert_eq!(ANY.matches("/iam/v1/identitiesx"), None);
    }

    #[test]
    fn literals_and_verbs_match_whole() {
        assert_eq!(EXACT.matches("/iam/v1/identities/"), None);
        assert_eq!(VERB.matches("/iam/v2/identities:lookupIdentity"), Some(String::new()));
        assert_eq!(VERB.matches("/iam/v2/identities"), None);
    }
}
