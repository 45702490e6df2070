//! Finding the credential in what a server says, in every form in which it could be said.

use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
use pulltoken_core::{Credentials, Secret};
use zeroize::Zeroizing;

/// What stands where the credential stood.
const MASK: &[u8] = b"***";
/// Shorter forms would be found in texts that have nothing to do with the credential.
const SHORTEST: usize = 6;

/// The forms of one credential.
pub(crate) struct Mask {
    /// The longest first, so that none is left over around a shorter one.
    forms: Vec<Secret>,
}

impl Mask {
    /// For the password as it is, within base64 wherever that begins, percent-encoded, and with
    /// slashes as JSON escapes them.
    pub(crate) fn new(credentials: &Credentials) -> Self {
        // Looked for here, never sent.
        let password = credentials.password.expose();
        let mut forms = vec![Zeroizing::new(password.to_owned())];
        // The signature alone is what nobody else can make.
        forms.extend(password.rsplit_once('.').map(|(_, signature)| Zeroizing::new(signature.to_owned())));
        for offset in 0..3 {
            for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                forms.push(within_base64(password, offset, &engine));
            }
        }
        let escaped: Vec<_> =
            forms.iter().flat_map(|form| [percent(form, true), percent(form, false), json(form)]).collect();
        forms.extend(escaped);
        forms.retain(|form| form.len() >= SHORTEST);
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self { forms: forms.into_iter().map(|form| Secret::new(form.as_str())).collect() }
    }

    /// Whether any form stands in the bytes.
    pub(crate) fn finds(&self, bytes: &[u8]) -> bool {
        // Compared here, never sent.
        self.forms.iter().any(|form| memmem::find(bytes, form.expose().as_bytes()).is_some())
    }

    /// The bytes with every form masked.
    pub(crate) fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let mut masked = bytes.to_vec();
        for form in &self.forms {
            // Compared here, never sent.
            let finder = memmem::Finder::new(form.expose().as_bytes());
            let mut rest = masked.as_slice();
            let Some(mut at) = finder.find(rest) else { continue };
            let mut out = Vec::with_capacity(masked.len());
            loop {
                let (before, found) = rest.split_at(at);
                out.extend_from_slice(before);
                out.extend_from_slice(MASK);
                // Its length alone is used.
                rest = found.get(form.expose().len()..).unwrap_or_default();
                match finder.find(rest) {
                    Some(next) => at = next,
                    None => break,
                }
            }
            out.extend_from_slice(rest);
            masked = out;
        }
        masked
    }
}

/// The characters of base64 that stand for the text alone, when it begins at this offset (modulo 3)
/// of what is encoded.
fn within_base64(text: &str, offset: usize, engine: &impl base64::Engine) -> Zeroizing<String> {
    let padded = Zeroizing::new([&[0; 2][..offset], text.as_bytes()].concat());
    let encoded = Zeroizing::new(engine.encode(padded.as_slice()));
    // Six bits a character: those that also hold bits of what stands before or after are left away.
    let first = (offset * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    Zeroizing::new(encoded.get(first..last).unwrap_or_default().to_owned())
}

fn percent(text: &str, upper: bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 3));
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => out.push(char::from(b)),
            b if upper => out.push_str(&format!("%{b:02X}")),
            b => out.push_str(&format!("%{b:02x}")),
        }
    }
    out
}

fn json(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.replace('/', "\\/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use proptest::prelude::*;

    fn mask(password: &str) -> Mask {
        Mask::new(&Credentials::new("org/identity", Secret::new(password)))
    }

    #[test]
    fn every_form_is_found() {
        // Bytes that make `+`, `/`, `-` and `_` appear in base64.
        let password = "eyJhbGc>?>.eyJpc3M??>>.c2lnbmF0>dXJl?>>/+";
        let mask = mask(password);
        let pair = format!("org/identity:{password}");
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        for form in [
            password.to_owned(),
            pair.clone(),
            STANDARD.encode(&pair),
            URL_SAFE.encode(&pair),
            STANDARD.encode(password),
            STANDARD.encode(format!("xy{pair}z")),
            STANDARD.encode(format!("xyz{pair}z")),
            encode(password),
            encode(&STANDARD.encode(&pair)),
            encode(&STANDARD.encode(password)).replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d"),
            STANDARD.encode(&pair).replace('/', "\\/"),
            "c2lnbmF0>dXJl?>>/+".to_owned(),
        ] {
            let text = format!("before {form} after");
            assert!(mask.finds(text.as_bytes()), "{form}");
            let masked = mask.apply(text.as_bytes());
            assert!(!mask.finds(&masked));
            let masked = String::from_utf8(masked).unwrap();
            assert!(masked.starts_with("before ") && masked.ends_with(" after") && masked.contains("***"), "{masked}");
        }
        assert!(!mask.finds(b"nothing here, Basic realm=\"x\", org/identity"));
        assert_eq!(mask.apply(b"plain"), b"plain");
    }

    proptest! {
        #[test]
        fn base64_of_anything_around_it_is_masked(
            before in proptest::collection::vec(any::<u8>(), 0..8),
            password in "[A-Za-z0-9._-]{16,60}",
            after in proptest::collection::vec(any::<u8>(), 0..8),
        ) {
            let mask = mask(&password);
            let whole = [&before[..], password.as_bytes(), &after[..]].concat();
            for form in [STANDARD.encode(&whole), URL_SAFE.encode(&whole)] {
                prop_assert!(mask.finds(form.as_bytes()));
                prop_assert!(!mask.finds(&mask.apply(form.as_bytes())));
            }
        }
    }
}
