//! npm's protocol: package documents, versions, downloads.

use http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, LOCATION, VARY};
use http::{Method, StatusCode};
use serde_json::Value;

use super::access::{self, Policy, Puller};
use super::catalog::Release;
use super::document::{dist_tags, document, etag, version};
use super::package::Treatment;
use super::{error, search};
use crate::addresses::real_name;
use crate::http::{Reply, Request};
use crate::log::Part;
use crate::state::Shared;

const ABBREVIATED: &str = "application/vnd.npm.install-v1+json";

/// What a path below the repository means.
enum Wanted<'a> {
    /// `-/…`
    General(&'a str),
    Document(&'a str),
    /// A version or a tag.
    Version(&'a str, &'a str),
    Download(&'a str, &'a str),
    Nothing,
}

/// Answers a request below `/javascript/` or `/javascript-upstream/`.
pub(crate) async fn answer(shared: &Shared, request: &Request, prefix: &str) -> Reply {
    let puller = match access::authorize(shared, request, "javascript") {
        Ok(puller) => puller,
        Err(refusal) => return refusal.reply(),
    };
    answer_to(shared, request, prefix, &puller).await.authenticated(true)
}

async fn answer_to(shared: &Shared, request: &Request, prefix: &str, puller: &Puller) -> Reply {
    let registry = shared.url(Part::Registry, request.tls);
    let Some(path) = request.path() else {
        return error(StatusCode::BAD_REQUEST, "the path is not text");
    };
    let path = path.trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
    let wanted = Wanted::parse(path);
    if let Wanted::General(path) = wanted {
        return search::answer(shared, request, path, &registry, &puller.name);
    }
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return error(StatusCode::METHOD_NOT_ALLOWED, "the registry is read-only");
    }
    let upstream_allowed = puller.policy == Policy::BuiltHereAndUpstream;
    let name = wanted.package();
    let Some(releases) = shared.catalog.releases(name) else {
        return match &shared.upstream {
            Some(upstream) if upstream_allowed && !matches!(wanted, Wanted::Nothing) => {
                let base = format!("{registry}/{prefix}");
                upstream.answer(request, path, name, &base).await
            }
            _ => error(StatusCode::NOT_FOUND, "not found"),
        };
    };
    if let Some(reason) = wholly_blocked(releases) {
        return error(StatusCode::CONFLICT, reason);
    }
    let from_upstream = releases.iter().any(|release| release.package.treatment == Treatment::UpstreamOnly);
    if from_upstream && !upstream_allowed {
        return error(StatusCode::NOT_FOUND, "not found");
    }
    match wanted {
        Wanted::Document(_) => package_document(request, releases, &registry),
        Wanted::Version(_, wanted) => one_version(releases, wanted, &registry),
        Wanted::Download(name, file) => match shared.catalog.release_of_file(name, file) {
            Some(release) => download(shared, request, release, prefix),
            None => error(StatusCode::NOT_FOUND, "not found"),
        },
        Wanted::General(_) | Wanted::Nothing => error(StatusCode::NOT_FOUND, "not found"),
    }
}

impl<'a> Wanted<'a> {
    fn parse(path: &'a str) -> Self {
        if let Some(general) = path.strip_prefix("-/") {
            return Self::General(general);
        }
        // The name of a scoped package holds a slash itself.
        let end_of_name = match path.strip_prefix('@') {
            None => path.find('/'),
            Some(_) => path.match_indices('/').nth(1).map(|(index, _)| index),
        };
        let (name, rest) = match end_of_name {
            None => (path, None),
            Some(index) => (&path[..index], Some(&path[index + 1..])),
        };
        let scoped = name.starts_with('@');
        if name.is_empty() || scoped != name.contains('/') {
            return Self::Nothing;
        }
        match rest {
            None | Some("") => Self::Document(name),
            Some(rest) => match rest.strip_prefix("-/") {
                Some(file) if !file.contains('/') => Self::Download(name, file),
                Some(_) => Self::Nothing,
                None if rest.contains('/') => Self::Nothing,
                None => Self::Version(name, rest),
            },
        }
    }

    fn package(&self) -> &'a str {
        match self {
            Self::Document(name) | Self::Version(name, _) | Self::Download(name, _) => name,
            Self::General(_) | Self::Nothing => "",
        }
    }
}

fn wholly_blocked(releases: &[Release]) -> Option<&str> {
    releases
        .iter()
        .filter(|release| release.package.wholly_blocked)
        .find_map(|release| release.package.blocked.as_deref())
}

fn package_document(request: &Request, releases: &[Release], registry: &str) -> Reply {
    let abbreviated = request.header(http::header::ACCEPT).is_some_and(|accept| accept.contains(ABBREVIATED));
    let bytes = document(releases, registry, abbreviated).to_string();
    let tag = etag(bytes.as_bytes());
    let reply = if request.header(IF_NONE_MATCH).is_some_and(|known| known.contains(&tag)) {
        Reply::empty(StatusCode::NOT_MODIFIED)
    } else if abbreviated {
        Reply::new(StatusCode::OK, ABBREVIATED, bytes)
    } else {
        Reply::new(StatusCode::OK, "application/json", bytes)
    };
    // Not `authorization`: npm writes the request headers that `Vary` names into its cache on disk.
    reply.with(ETAG, &tag).with(CACHE_CONTROL, "private, no-cache").with(VARY, "accept")
}

fn one_version(releases: &[Release], wanted: &str, registry: &str) -> Reply {
    let tags = dist_tags(releases);
    let wanted = tags.get(wanted).and_then(Value::as_str).unwrap_or(wanted);
    match releases.iter().find(|release| release.package.version == wanted) {
        Some(release) => Reply::json(StatusCode::OK, &version(release, registry, false)),
        None => error(StatusCode::NOT_FOUND, "version not found"),
    }
}

fn download(shared: &Shared, request: &Request, release: &Release, prefix: &str) -> Reply {
    if let Some(reason) = &release.package.blocked {
        return error(StatusCode::FORBIDDEN, reason);
    }
    let upstream_only = release.package.treatment == Treatment::UpstreamOnly;
    if upstream_only != (prefix == "javascript-upstream") {
        return error(StatusCode::NOT_FOUND, "not found");
    }
    let storage = match release.package.treatment {
        Treatment::Redirected => shared.url(Part::Storage, request.tls),
        Treatment::RedirectedNextDoor => next_door(shared, request.tls),
        Treatment::Built | Treatment::UpstreamOnly => {
            return Reply::new(StatusCode::OK, "application/octet-stream", release.tarball.bytes.clone())
                .with(ETAG, &format!("\"{}\"", release.tarball.shasum));
        }
    };
    let location = format!("{storage}/{}", shared.catalog.presigned(release));
    Reply::empty(StatusCode::FOUND).with(LOCATION, &location)
}

/// The object store under the registry's host name: its port alone tells them apart.
fn next_door(shared: &Shared, tls: bool) -> String {
    let port = shared.addresses.port(Part::Storage);
    if tls { format!("https://{}:{port}", real_name(Part::Registry)) } else { format!("http://127.0.0.1:{port}") }
}
