//! Signing in with a device code (RFC 8628), with the issuer as its own OpenID Connect provider.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::header::{CACHE_CONTROL, PRAGMA};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::html::{self, escape};
use super::sign_in::{Auto, buttons, chosen, field};
use crate::http::{Reply, Request, pairs};
use crate::log::Part;
use crate::problem::Problem;
use crate::state::Shared;

/// How long a code can be used, in seconds.
const LIFETIME: i64 = 900;

/// The grant that a device code is.
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What clients that ask too often have to wait longer, in seconds.
const SLOWER: u32 = 5;

/// Device codes that were given out.
#[derive(Default)]
pub(crate) struct Devices(Mutex<HashMap<String, Device>>);

struct Device {
    user_code: String,
    client: String,
    until: OffsetDateTime,
    /// Seconds between two questions.
    interval: u32,
    asked: Option<OffsetDateTime>,
    state: State,
}

#[derive(Clone, PartialEq, Eq)]
enum State {
    Waiting,
    Granted(&'static str),
    Denied,
    Used,
}

impl Devices {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Device>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers the device flow's paths; `None` for all others, and where an external provider has them.
pub(super) fn answer(shared: &Shared, request: &Request) -> Option<Reply> {
    if shared.sign_in.oidc.is_some() {
        return None;
    }
    match (&request.method, request.raw_path.as_str()) {
        (&Method::POST, "/oauth/device/code") => Some(oauth(begin(shared, request))),
        (&Method::POST, "/oauth/token") => Some(oauth(token(shared, request))),
        (&Method::GET, "/activate") => Some(page(shared, request)),
        (&Method::POST, "/activate") => Some(decide(shared, request)),
        (_, "/oauth/device/code" | "/oauth/token" | "/activate") => {
            Some(html::note(StatusCode::METHOD_NOT_ALLOWED, "Sign-in failed", "This is not the way to ask."))
        }
        _ => None,
    }
}

/// An error as OAuth writes it: a code and a sentence.
type OauthError = (&'static str, &'static str);

fn oauth(result: Result<Value, OauthError>) -> Reply {
    let reply = match result {
        Ok(value) => Reply::json(StatusCode::OK, &value),
        Err((code, description)) => {
            Reply::json(StatusCode::BAD_REQUEST, &json!({"error": code, "error_description": description}))
        }
    };
    reply.with(CACHE_CONTROL, "no-store").with(PRAGMA, "no-cache")
}

/// `POST /oauth/device/code`: a code for the client and one for the person.
fn begin(shared: &Shared, request: &Request) -> Result<Value, OauthError> {
    let fields = form(request)?;
    let client = required(&fields, "client_id")?;
    let scopes = field(&fields, "scope").unwrap_or_default();
    if !scopes.split(' ').any(|scope| scope == "openid") {
        return Err(("invalid_scope", "scope must hold openid"));
    }
    let (device_code, digits) = {
        let mut world = shared.world();
        (world.ids.hex(32), world.ids.hex(8))
    };
    let user_code = user_code(&digits);
    let interval = shared.options.device_interval;
    let device = Device {
        user_code: user_code.clone(),
        client: client.to_owned(),
        until: shared.now() + time::Duration::seconds(LIFETIME),
        interval,
        asked: None,
        state: State::Waiting,
    };
    shared.sign_in.devices.lock().insert(device_code.clone(), device);
    let page = format!("{}/activate", shared.url(Part::Issuer, request.tls));
    Ok(json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": LIFETIME,
        "interval": interval,
    }))
}

/// `POST /oauth/token`: the question whether the person has answered.
fn token(shared: &Shared, request: &Request) -> Result<Value, OauthError> {
    let fields = form(request)?;
    if required(&fields, "grant_type")? != GRANT {
        return Err(("unsupported_grant_type", "only device codes are exchanged here"));
    }
    let client = required(&fields, "client_id")?;
    let code = required(&fields, "device_code")?;
    let subject = ask(shared, client, code)?;
    let failed = |_| ("server_error", "no token could be signed");
    let id_token = shared.own_id_token(&shared.url(Part::Issuer, request.tls), client, subject).map_err(failed)?;
    // Whoever asks wants the ID token; the access token opens nothing.
    let access_token = shared.world().ids.hex(16);
    Ok(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "openid email",
        "id_token": id_token,
    }))
}

/// The person who granted a code, which is used up thereby.
fn ask(shared: &Shared, client: &str, code: &str) -> Result<&'static str, OauthError> {
    let now = shared.now();
    let mut devices = shared.sign_in.devices.lock();
    let device = devices.get_mut(code).filter(|device| device.client == client && device.state != State::Used);
    let device = device.ok_or(("invalid_grant", "the device code is unknown, used or another client's"))?;
    if now >= device.until {
        return Err(("expired_token", "the device code is expired"));
    }
    let pause = time::Duration::seconds(i64::from(device.interval));
    let too_soon = device.asked.is_some_and(|asked| now - asked < pause);
    device.asked = Some(now);
    if too_soon {
        device.interval = device.interval.saturating_add(SLOWER);
        return Err(("slow_down", "wait five seconds longer from now on"));
    }
    match device.state {
        State::Granted(subject) => {
            device.state = State::Used;
            Ok(subject)
        }
        State::Denied => Err(("access_denied", "the person refused")),
        State::Waiting | State::Used => Err(("authorization_pending", "the person has not answered yet")),
    }
}

/// `GET /activate`: the page on which a person enters the code, or confirms it.
fn page(shared: &Shared, request: &Request) -> Reply {
    let code = pairs(&request.query).into_iter().find(|(name, _)| name == "user_code").map(|(_, value)| value);
    match (&shared.options.auto, code) {
        (Some(Auto::Person(name)), Some(code)) => match crate::seed::people().find(|subject| subject == name) {
            Some(subject) => settle(shared, &code, State::Granted(subject)),
            None => settle(shared, &code, State::Denied),
        },
        (Some(Auto::Nobody), Some(code)) => settle(shared, &code, State::Denied),
        (_, code) => {
            let value = escape(&code.unwrap_or_default());
            let form = format!(
                "<form method=\"post\" action=\"/activate\">\n\
                 <p><label>The code that your device shows: \
                 <input name=\"user_code\" value=\"{value}\" autocomplete=\"off\" required></label></p>\n\
                 <p>Go on only if you began this yourself.</p>\n{}</form>",
                buttons(),
            );
            html::page(StatusCode::OK, "Activate a device", &form)
        }
    }
}

/// `POST /activate`: the person's answer.
fn decide(shared: &Shared, request: &Request) -> Reply {
    let Ok(fields) = form(request) else { return html::problem(&Problem::invalid("a form is expected")) };
    let code = field(&fields, "user_code").unwrap_or_default();
    match chosen(&fields) {
        Ok(Some(subject)) => settle(shared, code, State::Granted(subject)),
        Ok(None) => settle(shared, code, State::Denied),
        Err(problem) => html::problem(&problem),
    }
}

fn settle(shared: &Shared, code: &str, answer: State) -> Reply {
    // People leave the hyphen out and type small letters.
    let plain = |code: &str| code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let (now, code) = (shared.now(), plain(code));
    let mut devices = shared.sign_in.devices.lock();
    let device = devices
        .values_mut()
        .find(|device| plain(&device.user_code) == code && device.state == State::Waiting && now < device.until);
    let Some(device) = device else {
        return html::problem(&Problem::invalid("there is no such code, or it was used or is expired"));
    };
    device.state = answer;
    match device.state {
        State::Denied => html::note(StatusCode::OK, "Refused", "Your device gets nothing. You can close this page."),
        _ => html::note(StatusCode::OK, "Signed in", "Your device goes on by itself. You can close this page."),
    }
}

fn form(request: &Request) -> Result<Vec<(String, String)>, OauthError> {
    if !request.is_form() {
        return Err(("invalid_request", "the body must be a form"));
    }
    let fields = pairs(&String::from_utf8_lossy(&request.body));
    let twice = |name: &str| fields.iter().filter(|(other, _)| other == name).count() > 1;
    if fields.iter().any(|(name, _)| twice(name)) {
        return Err(("invalid_request", "a parameter is given twice"));
    }
    Ok(fields)
}

fn required<'a>(fields: &'a [(String, String)], name: &'static str) -> Result<&'a str, OauthError> {
    let missing = match name {
        "client_id" => "client_id is required",
        "device_code" => "device_code is required",
        _ => "grant_type is required",
    };
    field(fields, name).filter(|value| !value.is_empty()).ok_or(("invalid_request", missing))
}

/// A code such as `BCDF-GHJK` of letters that spell no word, from hexadecimal digits.
fn user_code(digits: &str) -> String {
    const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
    let mut code = String::with_capacity(9);
    for (index, pair) in digits.as_bytes().chunks_exact(2).enumerate() {
        if index == 4 {
            code.push('-');
        }
        let number = pair.iter().fold(0, |sum, digit| sum * 16 + char::from(*digit).to_digit(16).unwrap_or(0));
        code.extend(LETTERS.iter().cycle().nth(number as usize).map(|letter| char::from(*letter)));
    }
    code
}
