//! The machines met so far, to notice one that occurs twice.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// Names of machines, which capital and small letters do not tell apart.
pub(super) struct Names<'a>(HashSet<Name<'a>, BuildHasherDefault<Folding>>);

impl<'a> Names<'a> {
    /// None yet, with room for so many.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self(HashSet::with_capacity_and_hasher(count, BuildHasherDefault::default()))
    }

    /// Adds a name; false where it was there.
    pub(super) fn insert(&mut self, name: &'a str) -> bool {
        self.0.insert(Name(name))
    }
}

struct Name<'a>(&'a str);

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for Name<'_> {}

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write(self.0.as_bytes());
    }
}

/// A fast hash of bytes that takes capital and small letters for the same. Whoever makes names
/// collide makes their own file slow to read.
#[derive(Default)]
struct Folding(u64);

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        self.mix(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Folding {
    fn mix(&mut self, word: u64) {
        // The bit that tells the cases of a letter apart is set in every byte.
        let word = word | 0x2020_2020_2020_2020;
        // An odd number of half the bits; the upper half of the product is mixed back in.
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_letters_of_either_case() {
        let mut names = Names::with_capacity(2);
        assert!(names.insert("Registry.example.test") && !names.insert("rEGISTRY.example.test"));
        // The same but for the bit that the hash leaves out.
        assert!(names.insert("a@b") && names.insert("a`b"));
        assert!(names.insert("") && !names.insert(""));
    }
}
