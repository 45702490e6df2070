//! `renovate`: `hostRules` of a Renovate configuration. The file is committed, so the pair stands
//! there as Renovate's own secrets.
//!
//! JSON with comments (and JSON5, which Renovate reads too) has no editor in Rust that keeps the
//! layout; the little that is needed here is done by hand, and needs no feature.

mod json;

use zeroize::Zeroizing;

use crate::base_url::BaseUrl;
use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::formats::lines::{Patch, bom_length, insert_at_end, is_blank, line_break, lines, lines_of};
use crate::formats::{ParsedEntry, RenderOptions};
use crate::secret::Secret;
use json::{Kind, Member, Node, read};

const KEY: &str = "hostRules";

/// Renovate's name for what it looks up; `None` leaves the rule to any.
fn host_type(ecosystem: Ecosystem) -> Option<&'static str> {
    Some(match ecosystem {
        Ecosystem::Java | Ecosystem::JavaAthena => "maven",
        Ecosystem::Python | Ecosystem::PythonAthena => "pypi",
        Ecosystem::JavaScript | Ecosystem::JavaScriptAthena => "npm",
        Ecosystem::Dotnet | Ecosystem::DotnetAthena => "nuget",
        Ecosystem::Go | Ecosystem::GoAthena => "go",
        Ecosystem::Ruby | Ecosystem::RubyAthena => "rubygems",
        Ecosystem::Rust | Ecosystem::RustAthena => "crate",
        Ecosystem::Oci => "docker",
        Ecosystem::Apk => return None,
    })
}

/// The fields of a rule: key and text.
fn rule(url: &str, o: &RenderOptions) -> Vec<(&'static str, String)> {
    let secret = |variable: &str| format!("{{{{ secrets.{variable} }}}}");
    let mut fields: Vec<_> = host_type(o.ecosystem).map(|kind| ("hostType", kind.to_owned())).into_iter().collect();
    fields.push(("matchHost", url.to_owned()));
    fields.push(("username", secret(o.ecosystem.identity_variable())));
    fields.push(("password", secret(o.ecosystem.token_variable())));
    fields
}

/// A rule as lines; the texts hold nothing that JSON would escape.
fn rule_lines(url: &str, o: &RenderOptions, indent: &str) -> Vec<String> {
    let fields = rule(url, o);
    let last = fields.len() - 1;
    let field = |(at, (key, text)): (usize, (&str, String))| {
        format!("{indent}  \"{key}\": \"{text}\"{}", if at == last { "" } else { "," })
    };
    let mut lines = vec![format!("{indent}{{")];
    lines.extend(fields.into_iter().enumerate().map(field));
    lines.push(format!("{indent}}}"));
    lines
}

pub(super) fn render(o: &RenderOptions) -> Secret {
    let mut lines = vec!["{".to_owned(), format!("  \"{KEY}\": [")];
    for url in o.repository_urls() {
        // The comma of the rule before.
        if lines.len() > 2
            && let Some(last) = lines.last_mut()
        {
            last.push(',');
        }
        lines.extend(rule_lines(&url, o, "    "));
    }
    lines.extend(["  ]".to_owned(), "}".to_owned()]);
    super::whole_lines(&lines.into_iter().map(Zeroizing::new).collect::<Vec<_>>())
}

pub(super) fn edit(text: &str, o: &RenderOptions) -> Result<Secret> {
    let mut text = Secret::new(text);
    if is_blank(text.expose()) {
        text = insert_at_end(text.expose(), &["{", "}"].map(|line| Zeroizing::new(line.to_owned())));
    }
    for url in o.repository_urls() {
        text = put(text.expose(), &url, o)?;
    }
    Ok(text)
}

fn put(text: &str, url: &str, o: &RenderOptions) -> Result<Secret> {
    let root = read_object(text)?;
    let Some(rules) = root.member(KEY) else {
        let indent = indent_within(text, &root).unwrap_or_else(|| "  ".to_owned());
        let mut lines = vec![format!("{indent}\"{KEY}\": [")];
        lines.extend(rule_lines(url, o, &format!("{indent}  ")));
        lines.push(format!("{indent}]"));
        return Ok(append(text, &root, &lines));
    };
    let Kind::Array(elements) = &rules.value.kind else { return Err(unusual()) };
    let Some(found) = elements.iter().find(|element| is_for(&element.value, url)) else {
        let outer = indent_of(text, rules.range.start);
        let indent = indent_within(text, &rules.value).unwrap_or_else(|| format!("{outer}  "));
        return Ok(append(text, &rules.value, &rule_lines(url, o, &indent)));
    };
    let mut patch = Patch::new(text);
    let mut missing = String::new();
    for (key, value) in rule(url, o).into_iter().filter(|(key, _)| matches!(*key, "username" | "password")) {
        match found.value.member(key) {
            Some(member) => patch.replace(member.value.range.clone(), format!("\"{value}\"")),
            None => missing.push_str(&format!("\"{key}\": \"{value}\", ")),
        }
    }
    // Renovate would prefer a token to the pair.
    let token = found.value.member("token");
    if let Some(token) = token {
        delete(&mut patch, text, &found.value, token);
    }
    if let Some(host) = found.value.member("matchHost").filter(|_| !missing.is_empty()) {
        patch.replace(host.range.start..host.range.start, missing);
    }
    let edited = patch.apply();
    // There may be another of that name, which would count now.
    if token.is_some() { put(edited.expose(), url, o) } else { Ok(edited) }
}

pub(super) fn remove(text: &str, o: &RenderOptions) -> Result<Secret> {
    if is_blank(text) {
        return Ok(Secret::new(text));
    }
    let urls = o.repository_urls();
    let mut text = Secret::new(text);
    // One at a time: each takes a comma along.
    loop {
        let root = read_object(text.expose())?;
        let Some(rules) = root.member(KEY) else { break };
        let Kind::Array(elements) = &rules.value.kind else { break };
        let ours = elements.iter().find(|element| urls.iter().any(|url| is_for(&element.value, url)));
        let mut patch = Patch::new(text.expose());
        match ours {
            Some(element) if elements.len() > 1 => delete(&mut patch, text.expose(), &rules.value, element),
            Some(_) => delete(&mut patch, text.expose(), &root, rules),
            None if is_bare(text.expose(), &rules.value) => delete(&mut patch, text.expose(), &root, rules),
            None => break,
        }
        text = patch.apply();
    }
    let root = read_object(text.expose())?;
    let around = [&text.expose()[..root.range.start], &text.expose()[root.range.end..]];
    let mut patch = Patch::new(text.expose());
    if is_bare(text.expose(), &root) && around.into_iter().all(is_blank) {
        patch.delete_lines(lines_of(text.expose(), root.range.clone()));
    }
    Ok(patch.apply())
}

/// One entry for each rule that names or places a credential.
pub(super) fn parse(text: &str) -> Result<Vec<ParsedEntry>> {
    if is_blank(text) {
        return Ok(Vec::new());
    }
    let root = read_object(text)?;
    let elements = root.member(KEY).map(|rules| rules.value.members()).unwrap_or_default();
    let mut found = Vec::new();
    for element in elements {
        let mut entry = ParsedEntry {
            line: lines(text).take_while(|line| line.start <= element.range.start).count().max(1),
            target: element.value.text_of("matchHost").map(str::to_owned),
            ..ParsedEntry::default()
        };
        for key in ["username", "password", "token"] {
            let Some(value) = element.value.text_of(key) else { continue };
            match secret_name(value) {
                Some(name) => entry.variables.push(name),
                None if key == "username" => entry.username = Some(value.to_owned()),
                None => entry.password = Some(Secret::new(value)),
            }
        }
        found.push(entry);
    }
    Ok(found)
}

fn secret_name(value: &str) -> Option<String> {
    let inner = value.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    inner.trim().strip_prefix("secrets.").map(str::to_owned)
}

fn read_object(text: &str) -> Result<Node> {
    let root = read(text)?;
    match root.kind {
        Kind::Object(_) => Ok(root),
        _ => Err(Error::new(ErrorCode::InvalidSyntax, "the configuration is not an object")),
    }
}

fn is_for(element: &Node, url: &str) -> bool {
    let normal = |text: &str| BaseUrl::parse(text).map(|url| url.to_string()).unwrap_or_else(|_| text.to_owned());
    element.text_of("matchHost").is_some_and(|host| normal(host) == normal(url))
}

/// Puts lines in as the last member of an object or array: as they are where its bracket stands on
/// a line of its own, else in one line.
fn append(text: &str, parent: &Node, block: &[String]) -> Secret {
    let close = parent.range.end - 1;
    let kept = text[..close].trim_end().len();
    let mut patch = Patch::new(text);
    let on_lines = text[kept..close].contains(['\n', '\r']);
    let mut new: String = if on_lines {
        block.iter().flat_map(|line| [line_break(text), line.as_str()]).collect()
    } else {
        block.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    };
    if let Some(last) = parent.members().last() {
        if !on_lines {
            new.insert(0, ' ');
        }
        match last.comma {
            Some(_) => new.push(','),
            // A comment may stand between the member and its comma.
            None => patch.replace(last.range.end..last.range.end, ","),
        }
    }
    patch.replace(kept..kept, new);
    patch.apply()
}

/// Takes out a member with the white space before it and the comma that it needs no more: its own,
/// or where it has none the one before it.
fn delete(patch: &mut Patch<'_>, text: &str, parent: &Node, member: &Member) {
    let kept = text[..member.range.start].trim_end().len();
    let before = parent.members().iter().take_while(|other| other.range.start < member.range.start).last();
    let comma = member.comma.or_else(|| before.and_then(|before| before.comma));
    patch.replace(kept..member.range.end, "");
    if let Some(comma) = comma {
        patch.replace(comma..comma + 1, "");
    }
}

/// Whether nothing but white space stands between the brackets.
fn is_bare(text: &str, node: &Node) -> bool {
    text[node.range.start + 1..node.range.end - 1].trim().is_empty()
}

/// The white space before a line's first word, where that is the first member's.
fn indent_within(text: &str, parent: &Node) -> Option<String> {
    let first = parent.members().first()?.range.start;
    let indent = indent_of(text, first);
    text[..first].ends_with(&format!("\n{indent}")).then_some(indent)
}

fn indent_of(text: &str, at: usize) -> String {
    let start = text[..at].rfind(['\n', '\r']).map_or(bom_length(text), |at| at + 1);
    text[start..].chars().take_while(|c| matches!(c, ' ' | '\t')).collect()
}

fn unusual() -> Error {
    Error::new(ErrorCode::FailedPrecondition, format!("`{KEY}` is not an array"))
        .with_hint(format!("write `{KEY}` as an array of objects"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::options;

    fn python() -> RenderOptions {
        RenderOptions { ecosystem: Ecosystem::Python, ..options() }
    }

    const RULE: &str = "{\n      \"hostType\": \"pypi\",\n      \"matchHost\": \"https://libraries.cgr.dev/python/\",\n      \
        \"username\": \"{{ secrets.CHAINGUARD_PYTHON_IDENTITY_ID }}\",\n      \
        \"password\": \"{{ secrets.CHAINGUARD_PYTHON_TOKEN }}\"\n    }";

    #[test]
    fn rules_are_added_at_the_end() {
        let edited = |text: &str| edit(text, &python()).unwrap().expose().to_owned();
        assert_eq!(edited(""), format!("{{\n  \"hostRules\": [\n    {RULE}\n  ]\n}}\n"));
        let text = "// x\n{\n  \"a\": 1 // y\n}\n";
        assert_eq!(edited(text), format!("// x\n{{\n  \"a\": 1, // y\n  \"hostRules\": [\n    {RULE}\n  ]\n}}\n"));
        assert_eq!(remove(&edited(text), &python()).unwrap().expose(), text);
        let text = "{\n  \"hostRules\": [\n    {\"matchHost\": \"x\"},\n  ],\n}";
        assert_eq!(
            edited(text),
            format!("{{\n  \"hostRules\": [\n    {{\"matchHost\": \"x\"}},\n    {RULE},\n  ],\n}}")
        );
        assert_eq!(remove(&edited(text), &python()).unwrap().expose(), text);
    }

    #[test]
    fn a_rule_is_changed_where_it_stands() {
        let text = "{\"hostRules\": [{\"matchHost\": \"https://libraries.cgr.dev/python\", \"token\": \"t\", \"timeout\": 1}, {}]}";
        let once = edit(text, &python()).unwrap();
        assert_eq!(
            once.expose(),
            "{\"hostRules\": [{\"username\": \"{{ secrets.CHAINGUARD_PYTHON_IDENTITY_ID }}\", \"password\": \
             \"{{ secrets.CHAINGUARD_PYTHON_TOKEN }}\", \"matchHost\": \"https://libraries.cgr.dev/python\", \"timeout\": 1}, {}]}"
        );
        assert_eq!(edit(once.expose(), &python()).unwrap().expose(), once.expose());
        assert_eq!(remove(text, &python()).unwrap().expose(), "{\"hostRules\": [ {}]}");
        let short = "{\"hostRules\": [{}]}";
        let longer = edit(short, &python()).unwrap();
        assert!(longer.expose().starts_with("{\"hostRules\": [{}, { \"hostType\": \"pypi\","));
        assert_eq!(remove(longer.expose(), &python()).unwrap().expose(), short);
        assert_eq!(parse(once.expose()).unwrap()[0].variables.len(), 2);
    }
}
