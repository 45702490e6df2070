//! The console: a page that says what this is.

use http::{Method, StatusCode};

use crate::http::{Reply, Request};
use crate::state::Shared;

pub(crate) fn answer(shared: &Shared, request: &Request) -> Reply {
    let is_page = request.raw_path == "/" && matches!(request.method, Method::GET | Method::HEAD);
    if !is_page {
        return Reply::new(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "not found\n");
    }
    let organizations = shared.world().groups.values().filter(|group| group.id.is_root()).count();
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <title>Simulated console</title></head>\n<body><h1>Simulated console</h1>\n\
         <p>This platform is played by pulltoken-sim. It holds {organizations} organizations.</p>\n\
         </body></html>\n"
    );
    Reply::new(StatusCode::OK, "text/html; charset=utf-8", page)
}
