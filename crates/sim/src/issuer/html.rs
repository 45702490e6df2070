//! Pages for people: plain, without scripts, everything from outside escaped.

use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};

use crate::http::Reply;
use crate::problem::Problem;

/// A page. `title` is text, `body` is HTML whose variable parts went through [`escape`].
pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> Reply {
    let title = escape(title);
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body><main><h1>{title}</h1>\n{body}\n</main></body></html>\n"
    );
    private(Reply::new(status, "text/html; charset=utf-8", page))
        // No `form-action`: browsers apply it to the redirect that answers a form, too.
        .with(CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
        .with(X_CONTENT_TYPE_OPTIONS, "nosniff")
}

/// A page with one sentence.
pub(crate) fn note(status: StatusCode, title: &str, text: &str) -> Reply {
    page(status, title, &format!("<p>{}</p>", escape(text)))
}

/// What stands in the way, as a page.
pub(crate) fn problem(problem: &Problem) -> Reply {
    note(problem.status(), "Sign-in failed", problem.message())
}

pub(crate) fn redirect(status: StatusCode, to: &str) -> Reply {
    private(Reply::empty(status)).with(LOCATION, to)
}

/// Keeps an answer out of caches and its address out of requests to others.
fn private(reply: Reply) -> Reply {
    reply.with(CACHE_CONTROL, "no-store").with(REFERRER_POLICY, "no-referrer")
}

pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}
