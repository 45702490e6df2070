//! `NO_PROXY`: the hosts that are reached without a proxy.

use crate::BaseUrl;

/// The list without every entry that a client would take for the registry's host: its requests would
/// go round the proxy that has the credential. Entries are separated by commas or spaces.
pub fn without(list: &str, registry: &BaseUrl) -> String {
    let entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    entries.filter(|entry| !matches(entry, registry)).collect::<Vec<_>>().join(",")
}

/// Read generously: an entry that any client could take for the host is gone.
fn matches(entry: &str, registry: &BaseUrl) -> bool {
    let host = registry.host().trim_matches(['[', ']']).to_ascii_lowercase();
    let entry = entry.to_ascii_lowercase();
    let name = match entry.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|byte| byte.is_ascii_digit()) && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => &entry,
    };
    let name = name.trim_matches(['[', ']']).trim_start_matches('*').trim_start_matches('.');
    let is_network = name.contains('/');
    name.is_empty()
        || host == name
        || host.ends_with(&format!(".{name}"))
        || (registry.is_loopback() && (is_network || name == "localhost" || name == "::1" || name.starts_with("127.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registrys_host_is_not_exempt() {
        let registry = BaseUrl::parse("https://libraries.cgr.dev").unwrap();
        for entry in
            ["libraries.cgr.dev", ".cgr.dev", "cgr.dev", "*.cgr.dev", "*", "LIBRARIES.CGR.DEV:443", "dev", ".dev"]
        {
            assert_eq!(without(&format!("a.test,{entry} 10.0.0.0/8"), &registry), "a.test,10.0.0.0/8", "{entry}");
        }
        assert_eq!(
            without("xcgr.dev,b.libraries.cgr.dev,localhost", &registry),
            "xcgr.dev,b.libraries.cgr.dev,localhost"
        );
        assert_eq!(without("", &registry), "");
    }

    #[test]
    fn on_loopback_every_name_of_it_counts() {
        let registry = BaseUrl::parse("http://127.0.0.1:8080").unwrap();
        let list = "localhost,127.0.0.1,::1,[::1]:8080,127.0.0.0/8,a.test,[2001:db8::1]:8080";
        assert_eq!(without(list, &registry), "a.test,[2001:db8::1]:8080");
    }
}
