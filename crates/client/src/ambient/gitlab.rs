//! GitLab CI/CD: the job's `id_tokens:` put the token into a variable, whose name is ours to choose.

use pulltoken_core::{Error, ErrorCode};

use super::Job;
use super::given::VARIABLES;

/// The first version with `id_tokens:`.
const SINCE: (u32, u32) = (15, 7);

/// Why no variable holds one.
pub(super) fn missing(job: &Job<'_>, audience: &str) -> Error {
    let number = |name: &str| job.set(name).and_then(|value| value.parse::<u32>().ok());
    let version = number("CI_SERVER_VERSION_MAJOR").zip(number("CI_SERVER_VERSION_MINOR"));
    if let Some((major, minor)) = version.filter(|version| *version < SINCE) {
        let message = format!("GitLab {major}.{minor} gives jobs no ID tokens");
        let hint = format!("update GitLab to {}.{} or newer, or use a pull token", SINCE.0, SINCE.1);
        return Error::new(ErrorCode::NoCiToken, message).with_hint(hint);
    }
    let [name, _] = VARIABLES;
    let message = format!("`id_tokens:` is missing from this GitLab job: {name} is not set");
    Error::new(ErrorCode::NoCiToken, message)
        .with_hint(format!("add `id_tokens: {{{name}: {{aud: {audience}}}}}` to the job"))
}
