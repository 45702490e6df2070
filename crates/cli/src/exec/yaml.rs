//! One setting out of a `.yarnrc.yml`, without reading the rest of it.

/// The scalar that a top-level key has, as Yarn's own files are written: on the key's line. The last
/// one counts, as for Yarn.
pub(super) fn top_level(text: &str, key: &str) -> Option<String> {
    text.lines().rev().find_map(|line| {
        let rest = unquoted_key(line, key)?;
        let value = rest.trim_start().strip_prefix(':').filter(|value| value.starts_with([' ', '\t']))?.trim();
        let value = match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
            _ => value.split(" #").next()?.trim_end(),
        };
        (!value.is_empty()).then(|| value.to_owned())
    })
}

fn unquoted_key<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let quoted = |quote: char| line.strip_prefix(quote)?.strip_prefix(key)?.strip_prefix(quote);
    line.strip_prefix(key).or_else(|| quoted('"')).or_else(|| quoted('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_top_level_scalar_is_found() {
        let text = "# x\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\n\"httpsProxy\": 'http://p.test' # mine\nnpmScopes:\n  a:\n    npmRegistryServer: \"https://inner.test\"\n";
        assert_eq!(top_level(text, "yarnPath").as_deref(), Some(".yarn/releases/yarn-4.1.0.cjs"));
        assert_eq!(top_level(text, "httpsProxy").as_deref(), Some("http://p.test"));
        assert_eq!(top_level(text, "npmRegistryServer"), None);
        assert_eq!(top_level("yarnPathological: x\nyarnPath:\n", "yarnPath"), None);
        assert_eq!(top_level("a: 1\na: 2 # last\n", "a").as_deref(), Some("2"));
    }
}
