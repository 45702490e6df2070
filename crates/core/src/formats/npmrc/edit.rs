//! Putting a credential into an npmrc, and taking it out.

use zeroize::Zeroizing;

use crate::formats::RenderOptions;
use crate::formats::lines::{Line, Patch, bom_length, line_break, lines};
use crate::secret::Secret;

use super::ini::{Item, Pair, is_section, items};
use super::{Value, darts, split_key};

/// The text with our darts' `_auth` set to a value, other ways to authenticate for them taken out,
/// and every other byte as it was.
pub fn edit_with(text: &str, o: &RenderOptions, value: Value<'_>) -> Secret {
    let ours = Ours::find(text, o);
    let mut patch = Patch::new(text);
    let value_text = value.text();
    let wanted = comment_for(&value);
    let mut comment_stays = false;
    for line in &ours.comments {
        if !comment_stays && wanted.as_deref() == Some(line.text) {
            comment_stays = true;
        } else {
            patch.delete_line(line);
        }
    }
    let mut missing = Vec::new();
    let mut first_kept: Option<Line<'_>> = None;
    for (dart, pairs) in &ours.darts {
        // A setting that is `_auth` already is the one to keep.
        let keep = pairs.iter().position(|pair| pair.key.ends_with(":_auth")).unwrap_or(0);
        let key = format!("{dart}:_auth");
        for (number, pair) in pairs.iter().enumerate() {
            if number == keep {
                set(&mut patch, pair, &key, &value_text);
                first_kept = Some(
                    first_kept.map_or(pair.line, |kept| if kept.start < pair.line.start { kept } else { pair.line }),
                );
            } else {
                patch.delete_line(&pair.line);
            }
        }
        if pairs.is_empty() {
            missing.push(Zeroizing::new(format!("{key}={}", *value_text)));
        }
    }
    let comment = wanted.filter(|_| !comment_stays).map(Zeroizing::new);
    match first_kept {
        Some(line) => patch.insert_lines(line.start, comment.as_slice()),
        None => missing.splice(0..0, comment).for_each(drop),
    }
    let changed = keep_section_off_mark(text, patch.apply());
    if missing.is_empty() {
        return changed;
    }
    // The end may have moved.
    let mut patch = Patch::new(changed.expose());
    patch.insert_lines(Ours::find(changed.expose(), o).end, &missing);
    patch.apply()
}

/// The text without our darts' settings and our comment.
pub fn remove(text: &str, o: &RenderOptions) -> Secret {
    let ours = Ours::find(text, o);
    let mut patch = Patch::new(text);
    for line in &ours.comments {
        patch.delete_line(line);
    }
    for pair in ours.darts.iter().flat_map(|(_, pairs)| pairs) {
        patch.delete_line(&pair.line);
    }
    keep_section_off_mark(text, patch.apply())
}

/// Behind a byte order mark npm takes a section for a key, and then sees all that the section hid:
/// where the first line went and a section comes up, an empty line keeps its place.
fn keep_section_off_mark(before: &str, after: Secret) -> Secret {
    let mark = bom_length(before);
    let comes_up = mark > 0
        && lines(after.expose()).next().is_some_and(|line| is_section(line.text))
        && !lines(before).next().is_some_and(|line| is_section(line.text));
    if !comes_up {
        return after;
    }
    let mut patch = Patch::new(after.expose());
    patch.replace(mark..mark, line_break(before));
    patch.apply()
}

/// What belongs to us in a text.
struct Ours<'a> {
    /// Each of our darts with its settings, in the file's order.
    darts: Vec<(String, Vec<Pair<'a>>)>,
    comments: Vec<Line<'a>>,
    /// Where a new setting goes: before the first section, else at the end.
    end: usize,
}

impl<'a> Ours<'a> {
    fn find(text: &'a str, o: &RenderOptions) -> Self {
        let mut darts: Vec<(String, Vec<Pair<'a>>)> = darts(o).into_iter().map(|dart| (dart, Vec::new())).collect();
        let mut comments = Vec::new();
        let mut end = None;
        for item in items(text) {
            match item {
                Item::Section(line) => _ = end.get_or_insert(line.start),
                Item::Other(line) if end.is_none() && is_comment(line.text) => comments.push(line),
                Item::Other(_) => {}
                Item::Pair(pair) => {
                    let Some((dart, _)) = split_key(&pair.key) else { continue };
                    if let Some((_, pairs)) = darts.iter_mut().find(|(known, _)| *known == dart) {
                        pairs.push(pair);
                    }
                }
            }
        }
        Self { darts, comments, end: end.unwrap_or(text.len()) }
    }
}

/// Puts key and value where a setting has its own, and leaves what stands around them.
fn set(patch: &mut Patch<'_>, pair: &Pair<'_>, key: &str, value: &str) {
    match &pair.value_range {
        Some(range) => {
            if pair.key != key {
                patch.replace(pair.key_range.clone(), key);
            }
            patch.replace(range.clone(), value);
        }
        None => patch.replace(pair.key_range.clone(), format!("{key}={value}")),
    }
}

const COMMENT_START: &str = "# export ";
const COMMENT_END: &str = "_TOKEN\" | base64 | tr -d '\\n')\"";

/// The shell line that sets the variable, as a comment.
pub(super) fn comment_for(value: &Value<'_>) -> Option<String> {
    let Value::Explained(variable) = value else { return None };
    let stem = variable.strip_suffix("_AUTH").unwrap_or(variable);
    Some(format!("{COMMENT_START}{variable}=\"$(printf '%s:%s' \"${stem}_IDENTITY_ID\" \"${stem}{COMMENT_END}"))
}

fn is_comment(line: &str) -> bool {
    line.strip_prefix(COMMENT_START).is_some_and(|rest| rest.starts_with("CHAINGUARD_") && rest.ends_with(COMMENT_END))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Credentials;
    use crate::formats::tests::options;

    const J: &str = "//libraries.cgr.dev/javascript/";
    const U: &str = "//libraries.cgr.dev/javascript-upstream/";

    fn edit(text: &str) -> String {
        let pair = Credentials::new("a/b", Secret::new("c"));
        edit_with(text, &options(), Value::Literal(&pair)).expose().to_owned()
    }

    #[test]
    fn a_line_keeps_its_surroundings() {
        let text = format!("; {J}:_auth=off\r\n  {J}:_auth = \"old\" \r\nregistry=x\r\n{U}:_authToken=old ; why\r\n");
        assert_eq!(
            edit(&text),
            format!("; {J}:_auth=off\r\n  {J}:_auth = YS9iOmM= \r\nregistry=x\r\n{U}:_auth=YS9iOmM= ; why\r\n")
        );
    }

    #[test]
    fn stale_settings_go_and_others_stay() {
        let text = format!(
            "{J}:_authToken=t\n{J}:_auth=o\n{J}:_auth=o\n{J}:email=e\n//libraries.cgr.dev/:_auth=h\n{U}:username=u\n{U}:_password=p"
        );
        assert_eq!(
            edit(&text),
            format!("{J}:_auth=YS9iOmM=\n{J}:email=e\n//libraries.cgr.dev/:_auth=h\n{U}:_auth=YS9iOmM=")
        );
        assert_eq!(remove(&text, &options()).expose(), format!("{J}:email=e\n//libraries.cgr.dev/:_auth=h"));
    }

    #[test]
    fn new_settings_go_before_the_first_section() {
        assert_eq!(edit("a=b\n[s]\nc=d"), format!("a=b\n{J}:_auth=YS9iOmM=\n{U}:_auth=YS9iOmM=\n[s]\nc=d"));
        assert_eq!(edit("a=b"), format!("a=b\n{J}:_auth=YS9iOmM=\n{U}:_auth=YS9iOmM="));
    }

    #[test]
    fn a_placeholder_is_explained_once_and_leaves_with_its_comment() {
        let explained = Value::Explained("CHAINGUARD_JAVASCRIPT_AUTH");
        let once = edit_with("a=b\n", &options(), explained);
        assert_eq!(
            once.expose(),
            format!(
                "a=b\n# export CHAINGUARD_JAVASCRIPT_AUTH=\"$(printf '%s:%s' \"$CHAINGUARD_JAVASCRIPT_IDENTITY_ID\" \
                 \"$CHAINGUARD_JAVASCRIPT_TOKEN\" | base64 | tr -d '\\n')\"\n\
                 {J}:_auth=${{CHAINGUARD_JAVASCRIPT_AUTH}}\n{U}:_auth=${{CHAINGUARD_JAVASCRIPT_AUTH}}\n"
            )
        );
        assert_eq!(edit_with(once.expose(), &options(), explained).expose(), once.expose());
        assert_eq!(remove(once.expose(), &options()).expose(), "a=b\n");
        assert_eq!(edit(once.expose()), format!("a=b\n{J}:_auth=YS9iOmM=\n{U}:_auth=YS9iOmM=\n"));
        let plain = edit_with("", &options(), Value::Placeholder("PT_X"));
        assert_eq!(plain.expose(), format!("{J}:_auth=${{PT_X}}\n{U}:_auth=${{PT_X}}\n"));
    }
}
