//! What docs/ci.md shows: its YAML read as YAML, its pipeline and tables as far as they hold commands.

use saphyr_parser::{Event, Parser};

/// The page's examples.
pub(crate) struct Documented {
    text: String,
    yaml: Vec<Vec<Leaf>>,
}

/// A scalar of a document, and the keys that lead to it.
struct Leaf {
    path: Vec<String>,
    value: String,
}

impl Documented {
    pub(crate) fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ci.md");
        let text = std::fs::read_to_string(path).unwrap();
        let yaml = blocks(&text, "yaml").map(|block| leaves(&block)).collect();
        Self { text, yaml }
    }

    pub(crate) fn github_permissions(&self) -> Vec<(&str, &str)> {
        pairs(&self.yaml[0], &["jobs", "test", "permissions"])
    }

    /// The commands of the workflow's steps.
    pub(crate) fn github_runs(&self) -> Vec<String> {
        values(&self.yaml[0], &["jobs", "test", "steps", "run"])
    }

    /// Variables, and the audiences of the tokens in them.
    pub(crate) fn gitlab_id_tokens(&self) -> Vec<(&str, &str)> {
        let all = self.yaml[1]
            .iter()
            .filter(|leaf| leaf.path.len() == 4 && leaf.path[1] == "id_tokens" && leaf.path[3] == "aud");
        all.map(|leaf| (leaf.path[2].as_str(), leaf.value.as_str())).collect()
    }

    pub(crate) fn gitlab_script(&self) -> Vec<String> {
        values(&self.yaml[1], &["test", "script"])
    }

    /// The commands of the pipeline's `sh` steps.
    pub(crate) fn jenkins_sh(&self) -> Vec<String> {
        let pipeline = blocks(&self.text, "groovy").next().unwrap();
        let depth = |c: char| pipeline.matches(c).count();
        assert_eq!((depth('{'), depth('(')), (depth('}'), depth(')')), "{pipeline}");
        let commands = pipeline.lines().filter_map(|line| line.trim().strip_prefix("sh '")?.strip_suffix('\''));
        commands.map(str::to_owned).collect()
    }

    /// The rules of the table, as command lines.
    pub(crate) fn create_lines(&self) -> Vec<String> {
        let rules = self.text.lines().filter_map(|line| {
            let rule = line.strip_prefix("| `")?.split_once("` |")?.0;
            let system = rule.split(' ').next()?;
            ["github", "gitlab", "jenkins"]
                .contains(&system)
                .then(|| rule.replace("--issuer-url …", "--issuer-url https://jenkins.example.com/oidc"))
        });
        rules.map(|rule| format!("identities create {rule} --repository javascript --parent example")).collect()
    }
}

/// The contents of the page's blocks in a language.
fn blocks(text: &str, language: &str) -> impl Iterator<Item = String> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split_once("```").unwrap().0.to_owned()).collect::<Vec<_>>().into_iter()
}

/// A collection that is being read.
enum Open {
    /// The key whose value comes next, if it has come.
    Mapping(Option<String>),
    Sequence,
}

/// Every scalar of a YAML document; items of a list stand under the list's own key.
fn leaves(text: &str) -> Vec<Leaf> {
    let (mut open, mut leaves) = (Vec::<Open>::new(), Vec::new());
    let close = |open: &mut Vec<Open>| {
        open.pop();
        if let Some(Open::Mapping(key)) = open.last_mut() {
            *key = None;
        }
    };
    for event in Parser::new_from_str(text) {
        match event.unwrap().0 {
            Event::MappingStart(..) => open.push(Open::Mapping(None)),
            Event::SequenceStart(..) => open.push(Open::Sequence),
            Event::MappingEnd | Event::SequenceEnd => close(&mut open),
            Event::Scalar(value, ..) => match open.last_mut() {
                Some(Open::Mapping(key @ None)) => *key = Some(value.into_owned()),
                _ => {
                    let keys =
                        open.iter().filter_map(|one| if let Open::Mapping(key) = one { key.clone() } else { None });
                    leaves.push(Leaf { path: keys.collect(), value: value.into_owned() });
                    if let Some(Open::Mapping(key)) = open.last_mut() {
                        *key = None;
                    }
                }
            },
            _ => {}
        }
    }
    leaves
}

fn values(leaves: &[Leaf], path: &[&str]) -> Vec<String> {
    leaves.iter().filter(|leaf| leaf.path == path).map(|leaf| leaf.value.clone()).collect()
}

fn pairs<'a>(leaves: &'a [Leaf], path: &[&str]) -> Vec<(&'a str, &'a str)> {
    let below = leaves.iter().filter_map(|leaf| {
        let (key, parents) = leaf.path.split_last()?;
        (parents == path).then_some((key.as_str(), leaf.value.as_str()))
    });
    below.collect()
}
