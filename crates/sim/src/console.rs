//! The console: a page that says what this is, and the address at which an organisation's pull tokens are shown.

use http::{Method, StatusCode};

use crate::http::{Reply, Request};
use crate::issuer::html::escape;
use crate::state::Shared;

pub(crate) fn answer(shared: &Shared, request: &Request) -> Reply {
    let body = matches!(request.method, Method::GET | Method::HEAD).then(|| body(shared, request)).flatten();
    let Some(body) = body else {
        return Reply::new(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "not found\n");
    };
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>Simulated console</title></head>\n<body><h1>Simulated console</h1>\n<p>{body}</p>\n</body></html>\n"
    );
    Reply::new(StatusCode::OK, "text/html; charset=utf-8", page)
}

fn body(shared: &Shared, request: &Request) -> Option<String> {
    let world = shared.world();
    let mut organizations = world.groups.values().filter(|group| group.id.is_root());
    if request.raw_path == "/" {
        let number = organizations.count();
        return Some(format!("This platform is played by pulltoken-sim. It holds {number} organizations."));
    }
    let path = request.path()?;
    let name = path.strip_prefix("/org/")?.strip_suffix("/settings/pull-tokens")?;
    let organization = organizations.find(|group| group.name == name)?;
    Some(format!("The pull tokens of {} would be here.", escape(&organization.name)))
}
