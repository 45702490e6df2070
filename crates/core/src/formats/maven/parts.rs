//! The elements of a `settings.xml` that are ours.

use zeroize::Zeroizing;

use crate::formats::RenderOptions;
use crate::formats::xml::escape;

/// What a file has to hold. Texts are escaped already.
pub(super) struct Parts {
    pub(super) username: Zeroizing<String>,
    pub(super) password: Zeroizing<String>,
    /// Ids and URLs, the one to ask first in front.
    pub(super) repositories: Vec<(String, String)>,
    /// Whether one mirror stands in for everything.
    pub(super) mirror: bool,
    /// The id of the profile.
    pub(super) profile: String,
}

/// An element to be put into a container of the root's, as lines without indentation of its own.
pub(super) struct Part {
    pub(super) container: &'static str,
    pub(super) lines: Vec<Zeroizing<String>>,
}

/// The ids that servers, mirrors, profiles and repositories of ours may have.
pub(super) fn ids(o: &RenderOptions) -> [String; 2] {
    [escape(&o.name).to_string(), format!("{}-remediated", *escape(&o.name))]
}

impl Parts {
    pub(super) fn new(username: &str, password: &str, o: &RenderOptions) -> Self {
        let [plain, remediated] = ids(o);
        let urls = o.repository_urls();
        let names = if urls.len() > 1 { vec![remediated, plain.clone()] } else { vec![plain.clone()] };
        Self {
            username: Zeroizing::new(username.to_owned()),
            password: Zeroizing::new(password.to_owned()),
            repositories: names.into_iter().zip(urls.iter().map(|url| escape(url).to_string())).collect(),
            mirror: o.proxy_url.is_some(),
            profile: plain,
        }
    }

    /// A server for each repository.
    pub(super) fn servers(&self) -> impl Iterator<Item = (&str, Part)> {
        self.repositories.iter().map(|(id, _)| {
            let lines = vec![
                text("<server>"),
                text(&format!("  <id>{id}</id>")),
                text(&format!("  <username>{}</username>", *self.username)),
                text(&format!("  <password>{}</password>", *self.password)),
                text("</server>"),
            ];
            (id.as_str(), Part { container: "servers", lines })
        })
    }

    /// Where Maven is sent: a mirror, or a profile and its activation.
    pub(super) fn places(&self) -> Vec<Part> {
        if self.mirror {
            let (id, url) = self.repositories.first().cloned().unwrap_or_default();
            let lines = [
                "<mirror>".to_owned(),
                format!("  <id>{id}</id>"),
                "  <mirrorOf>*</mirrorOf>".to_owned(),
                format!("  <url>{url}</url>"),
                "</mirror>".to_owned(),
            ];
            return vec![Part { container: "mirrors", lines: lines.iter().map(|line| text(line)).collect() }];
        }
        let mut lines = vec![text("<profile>"), text(&format!("  <id>{}</id>", self.profile))];
        for (outer, inner) in [("repositories", "repository"), ("pluginRepositories", "pluginRepository")] {
            lines.push(text(&format!("  <{outer}>")));
            for (id, url) in &self.repositories {
                lines.push(text(&format!("    <{inner}>")));
                lines.push(text(&format!("      <id>{id}</id>")));
                lines.push(text(&format!("      <url>{url}</url>")));
                lines.push(text(&format!("    </{inner}>")));
            }
            lines.push(text(&format!("  </{outer}>")));
        }
        lines.push(text("</profile>"));
        let active = vec![text(&format!("<activeProfile>{}</activeProfile>", self.profile))];
        vec![Part { container: "profiles", lines }, Part { container: "activeProfiles", lines: active }]
    }

    /// A file of its own, as lines.
    pub(super) fn document(&self) -> Vec<Zeroizing<String>> {
        let mut lines = vec![text("<settings xmlns=\"http://maven.apache.org/SETTINGS/1.2.0\">")];
        let mut open = "";
        for part in self.servers().map(|(_, part)| part).chain(self.places()) {
            if part.container != open {
                close(&mut lines, open);
                open = part.container;
                lines.push(text(&format!("  <{open}>")));
            }
            lines.extend(part.lines.iter().map(|line| text(&format!("    {}", **line))));
        }
        close(&mut lines, open);
        lines.push(text("</settings>"));
        lines
    }
}

fn close(lines: &mut Vec<Zeroizing<String>>, open: &str) {
    if !open.is_empty() {
        lines.push(text(&format!("  </{open}>")));
    }
}

fn text(line: &str) -> Zeroizing<String> {
    Zeroizing::new(line.to_owned())
}
