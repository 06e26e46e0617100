//! Texts one after another in one buffer, and a dictionary that gives each distinct one a number.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::memory::bytes_of;

/// Texts by number. At most 4 GiB of them.
#[derive(Clone, Debug)]
pub struct Texts {
    bytes: Vec<u8>,
    /// Text `i` is `bytes[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts { bytes: Vec::new(), starts: vec![0] }
    }
}

impl Texts {
    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of text `i`.
    #[inline]
    pub fn bytes(&self, i: u32) -> &[u8] {
        let i = i as usize;
        &self.bytes[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    /// Text `i`.
    #[inline]
    pub fn text(&self, i: u32) -> &str {
        str::from_utf8(self.bytes(i)).expect("only whole texts are pushed")
    }

    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    fn push_bytes(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        let end = u32::try_from(self.bytes.len()).expect("a column has under 4 GiB of text");
        self.starts.push(end);
    }

    /// Bytes that they take.
    pub(crate) fn size(&self) -> u64 {
        bytes_of(&self.bytes) + bytes_of(&self.starts)
    }

    /// The texts in another order.
    pub fn reordered(&self, order: &[u32]) -> Texts {
        let mut texts = Texts::default();
        texts.bytes.reserve(self.bytes.len());
        texts.starts.reserve(order.len());
        for i in order {
            texts.push_bytes(self.bytes(*i));
        }
        texts
    }
}

/// Numbers distinct texts in the order in which they come.
#[derive(Debug, Default)]
pub struct Interner {
    texts: Texts,
    numbers: HashTable<u32>,
}

impl Interner {
    /// The number of a text, new or known.
    pub fn intern(&mut self, text: &str) -> u32 {
        let hash = FxBuildHasher.hash_one(text.as_bytes());
        let texts = &self.texts;
        if let Some(id) = self.numbers.find(hash, |id| texts.bytes(*id) == text.as_bytes()) {
            return *id;
        }
        let id = self.texts.len() as u32;
        self.texts.push(text);
        let texts = &self.texts;
        self.numbers.insert_unique(hash, id, |id| FxBuildHasher.hash_one(texts.bytes(*id)));
        id
    }

    /// The number of a known text.
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = FxBuildHasher.hash_one(text.as_bytes());
        self.numbers.find(hash, |id| self.texts.bytes(*id) == text.as_bytes()).copied()
    }

    pub fn finish(mut self) -> Texts {
        self.texts.bytes.shrink_to_fit();
        self.texts.starts.shrink_to_fit();
        self.texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_number_and_distinct_ones_several() {
        let mut interner = Interner::default();
        let given: Vec<u32> = ["a", "", "b", "a", "", "é"].map(|t| interner.intern(t)).to_vec();
        assert_eq!(given, [0, 1, 2, 0, 1, 3]);
        assert_eq!(interner.find("é"), Some(3));
        assert_eq!(interner.find("e"), None);
        let texts = interner.finish();
        assert_eq!((texts.len(), texts.text(3), texts.text(1)), (4, "é", ""));
        assert_eq!(texts.reordered(&[3, 0]).text(0), "é");
    }
}
