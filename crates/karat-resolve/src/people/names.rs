//! Names as sets of words, compared as a whole: what is shared, what is misspelt, what is an
//! initial or a nickname. Where a word stands does not matter, so that changed places cost nothing.

use rustc_hash::FxHashMap;

use super::nicknames::{Nicknames, Stands, meet};
use super::normal::words;
use crate::linkage::MISSING;
use crate::linkage::texts::{Interner, Texts};
use crate::text::{Signature, damerau_levenshtein_within, levenshtein_at_least};

/// Words of a name beyond this many are not looked at.
pub(super) const MOST_WORDS: usize = 12;

/// How the words of the shorter of two names are found in the longer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Alignment {
    pub absent: u8,
    pub exact: u8,
    pub fuzzy: u8,
    /// One is the beginning of the other, or short for it: an initial, a nickname.
    pub prefix: u8,
    /// Sum of -log2 u over the shared words.
    pub surprise: f32,
}

/// The name of a record: its number, and its words, ascending.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub name: u32,
    pub words: &'a [u32],
}

/// How two words can be alike.
#[derive(Clone, Copy, PartialEq)]
enum Likeness {
    None,
    Fuzzy,
    Prefix,
}

#[derive(Clone, Copy)]
struct Word {
    signature: Signature,
    /// The given names it stands for.
    stands: Stands,
    start: u32,
    length: u32,
}

/// The names of all records.
pub(super) struct Names {
    /// Name `i` has the words `words[starts[i]..starts[i + 1]]`, ascending.
    starts: Vec<u32>,
    words: Vec<u32>,
    /// The words, the rarest first: a smaller number is a rarer word.
    dictionary: Vec<Word>,
    bytes: Vec<u8>,
    /// -log2 of the share of named records that have a word.
    surprise: Vec<f32>,
    /// The surprise of a name in itself.
    whole: Vec<f32>,
}

impl Names {
    /// Reads the names of records, given by their texts; returns the number of each record's name,
    /// in the order of first records.
    pub fn new<'t>(
        texts: impl Iterator<Item = Option<std::borrow::Cow<'t, str>>>,
    ) -> (Vec<u32>, Names) {
        let read = ReadNames::new(texts);
        let order = read.rarest_first();
        let mut rank = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| rank[*old as usize] = new as u32);
        let mut words = read.words;
        words.iter_mut().for_each(|word| *word = rank[*word as usize]);
        for range in read.starts.windows(2) {
            words[range[0] as usize..range[1] as usize].sort_unstable();
        }
        let present = f64::from(read.names.iter().sum::<u32>());
        let share = |old: &u32| -(f64::from(read.bearers[*old as usize]) / present).log2() as f32;
        let mut names = Names {
            surprise: order.iter().map(share).collect(),
            starts: read.starts,
            words,
            dictionary: Vec::with_capacity(order.len()),
            bytes: Vec::new(),
            whole: Vec::new(),
        };
        let nicknames = Nicknames::new();
        for old in order {
            let text = read.texts.bytes(old);
            names.push(text, nicknames.of(text));
        }
        names.whole = (0..names.len()).map(|name| names.shared(names.words(name))).collect();
        (read.of, names)
    }

    fn push(&mut self, text: &[u8], stands: Stands) {
        let (start, length) = (self.bytes.len() as u32, text.len() as u32);
        self.dictionary.push(Word { signature: Signature::new(text), stands, start, length });
        self.bytes.extend_from_slice(text);
    }

    /// How many different names there are.
    pub fn len(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    /// The words of a name, ascending.
    #[inline]
    pub fn words(&self, name: u32) -> &[u32] {
        let name = name as usize;
        &self.words[self.starts[name] as usize..self.starts[name + 1] as usize]
    }

    /// The bytes of a word.
    #[inline]
    pub fn bytes(&self, word: u32) -> &[u8] {
        let Word { start, length, .. } = self.dictionary[word as usize];
        &self.bytes[start as usize..(start + length) as usize]
    }

    /// The first word of each text, by its number; `MISSING` where no name has the word.
    pub fn first_words(&self, texts: &Texts) -> Vec<u32> {
        let known: FxHashMap<&[u8], u32> =
            (0..self.dictionary.len() as u32).map(|word| (self.bytes(word), word)).collect();
        let first = |text| words(texts.text(text), 1).first().map(|word| word.as_bytes().to_vec());
        let number = |text| known.get(first(text)?.as_slice()).copied();
        (0..texts.len() as u32).map(|text| number(text).unwrap_or(MISSING)).collect()
    }

    /// Whether two words are one, one misspelt, or one a short form of the other.
    pub fn alike(&self, a: u32, b: u32) -> bool {
        a == b || a != MISSING && b != MISSING && self.likeness(a, b) != Likeness::None
    }

    /// The surprise of sharing these words. They count as independent: how often words occur
    /// together is mostly how many records their bearers have, which says nothing of chance.
    fn shared(&self, words: &[u32]) -> f32 {
        words.iter().map(|word| self.surprise[*word as usize]).sum()
    }

    /// How many words two names share.
    #[inline]
    pub fn common(&self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.words(a), self.words(b));
        let (mut x, mut y, mut common) = (0, 0, 0);
        while x < a.len() && y < b.len() {
            let (p, q) = (a[x], b[y]);
            common += u32::from(p == q);
            x += usize::from(p <= q);
            y += usize::from(q <= p);
        }
        common
    }

    /// Aligns two names: equal words first, then for each rest of the shorter name the first
    /// alike of the longer, or else one of which it is the beginning. Symmetric.
    pub fn align(&self, a: Named<'_>, b: Named<'_>) -> Alignment {
        self.close(&mut self.open(a, b))
    }

    /// Finds the words that two names share.
    #[inline]
    pub fn open(&self, a: Named<'_>, b: Named<'_>) -> Open {
        let mut open = Open { shared: Few::NONE, short: Few::NONE, long: Few::NONE, surprise: 0.0 };
        if a.name == b.name {
            open.shared.length = a.words.len() as u8;
            open.surprise = self.whole[a.name as usize];
            return open;
        }
        let length = |named: Named<'_>| (named.words.len(), named.name);
        let (short, long) = if length(a) < length(b) { (a, b) } else { (b, a) };
        open.split(short.words, long.words);
        open.surprise = self.shared(open.shared.as_slice());
        open
    }

    /// Aligns the words that two names do not share.
    pub fn close(&self, open: &mut Open) -> Alignment {
        let (exact, surprise) = (open.shared.length, open.surprise);
        let mut found = Alignment { exact, surprise, ..Alignment::default() };
        for word in open.short.as_slice() {
            match self.take_alike(*word, &mut open.long) {
                Likeness::None => found.absent += 1,
                Likeness::Fuzzy => found.fuzzy += 1,
                Likeness::Prefix => found.prefix += 1,
            }
        }
        found
    }

    /// Finds a word's like among others, and takes it out.
    fn take_alike(&self, word: u32, others: &mut Few) -> Likeness {
        let mut best = (Likeness::None, 0);
        for (at, other) in others.as_slice().iter().enumerate() {
            if *other == MISSING {
                continue;
            }
            match self.likeness(word, *other) {
                Likeness::Fuzzy => {
                    best = (Likeness::Fuzzy, at);
                    break;
                }
                Likeness::Prefix if best.0 == Likeness::None => best = (Likeness::Prefix, at),
                _ => {}
            }
        }
        if best.0 != Likeness::None {
            others.items[best.1] = MISSING;
        }
        best.0
    }

    #[inline]
    fn likeness(&self, a: u32, b: u32) -> Likeness {
        let (word_a, word_b) = (self.dictionary[a as usize], self.dictionary[b as usize]);
        let (shorter, longer) =
            (word_a.length.min(word_b.length), word_a.length.max(word_b.length));
        let limit = if longer >= 8 { 2 } else { 1 };
        let common = word_a.signature.common_at_most(word_b.signature);
        let may_be_fuzzy = shorter >= 4 || longer == 3 && shorter == 3;
        let bound = levenshtein_at_least(shorter as usize, longer as usize, common);
        if may_be_fuzzy
            && bound <= limit
            && damerau_levenshtein_within(self.bytes(a), self.bytes(b), limit)
        {
            return Likeness::Fuzzy;
        }
        if meet(word_a.stands, word_b.stands) {
            return Likeness::Prefix;
        }
        if common < shorter {
            return Likeness::None;
        }
        let (x, y) = (self.bytes(a), self.bytes(b));
        match x.starts_with(y) || y.starts_with(x) {
            true => Likeness::Prefix,
            false => Likeness::None,
        }
    }
}

/// A few words without an allocation.
#[derive(Clone, Copy)]
struct Few {
    items: [u32; MOST_WORDS],
    length: u8,
}

impl Few {
    const NONE: Few = Few { items: [MISSING; MOST_WORDS], length: 0 };

    #[inline]
    fn push(&mut self, word: u32) {
        self.items[usize::from(self.length)] = word;
        self.length += 1;
    }

    fn as_slice(&self) -> &[u32] {
        &self.items[..usize::from(self.length)]
    }
}

/// The words of two names that are in both, and those that are in one: half an alignment.
pub(super) struct Open {
    shared: Few,
    short: Few,
    long: Few,
    /// Sum of -log2 u over the shared words.
    pub surprise: f32,
}

impl Open {
    #[inline]
    fn split(&mut self, short: &[u32], long: &[u32]) {
        let (mut x, mut y) = (0, 0);
        while x < short.len() || y < long.len() {
            let p = short.get(x).copied().unwrap_or(MISSING);
            let q = long.get(y).copied().unwrap_or(MISSING);
            match p.cmp(&q) {
                std::cmp::Ordering::Equal => self.shared.push(p),
                std::cmp::Ordering::Less => self.short.push(p),
                std::cmp::Ordering::Greater => self.long.push(q),
            }
            x += usize::from(p <= q);
            y += usize::from(q <= p);
        }
    }

    /// How many words are shared.
    pub fn exact(&self) -> u8 {
        self.shared.length
    }

    /// How many words of the shorter name are not.
    pub fn rest(&self) -> u8 {
        self.short.length
    }
}

/// Names before their words are in order.
struct ReadNames {
    of: Vec<u32>,
    starts: Vec<u32>,
    words: Vec<u32>,
    texts: Texts,
    /// Records that have each word, and each name.
    bearers: Vec<u32>,
    names: Vec<u32>,
}

impl ReadNames {
    fn new<'t>(texts: impl Iterator<Item = Option<std::borrow::Cow<'t, str>>>) -> ReadNames {
        let mut interner = Interner::default();
        let mut wholes = Interner::default();
        let mut known: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        // For each whole text the number of its set of words.
        let mut set_of: Vec<u32> = Vec::new();
        let (mut starts, mut all) = (vec![0], Vec::new());
        let mut of = Vec::new();
        for text in texts {
            let Some(text) = text else {
                of.push(MISSING);
                continue;
            };
            let whole = wholes.intern(&text) as usize;
            if whole == set_of.len() {
                let mut set: Vec<u32> =
                    words(&text, MOST_WORDS).iter().map(|word| interner.intern(word)).collect();
                set.sort_unstable();
                set_of.push(match (set.is_empty(), known.len() as u32) {
                    (true, _) => MISSING,
                    (false, next) => *known.entry(set).or_insert_with_key(|set| {
                        all.extend_from_slice(set);
                        starts.push(all.len() as u32);
                        next
                    }),
                });
            }
            of.push(set_of[whole]);
        }
        let texts = interner.finish();
        let mut names = vec![0; starts.len() - 1];
        of.iter().filter(|name| **name != MISSING).for_each(|name| names[*name as usize] += 1);
        let mut bearers = vec![0; texts.len()];
        for (name, records) in names.iter().enumerate() {
            let words = &all[starts[name] as usize..starts[name + 1] as usize];
            words.iter().for_each(|word| bearers[*word as usize] += records);
        }
        ReadNames { of, starts, words: all, texts, bearers, names }
    }

    fn rarest_first(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.bearers.len() as u32).collect();
        order.sort_unstable_by_key(|word| (self.bearers[*word as usize], self.texts.bytes(*word)));
        order
    }
}
