//! The records to compare, as dictionary-encoded columns: each distinct text is stored,
//! cleaned and compared once, however many records bear it.

use rustc_hash::FxHashMap;

/// One column: any number of texts per record.
#[derive(Clone, Debug, Default)]
pub struct Column {
    texts: Vec<String>,
    /// `ids[offsets[r]..offsets[r + 1]]` are the texts of record `r`, ascending, each once.
    offsets: Vec<u32>,
    ids: Vec<u32>,
}

impl Column {
    /// The ids of the texts of a record, ascending.
    #[inline]
    pub fn of(&self, record: u32) -> &[u32] {
        let record = record as usize;
        &self.ids[self.offsets[record] as usize..self.offsets[record + 1] as usize]
    }

    /// The text behind an id.
    #[inline]
    pub fn text(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }

    /// How many distinct texts there are; ids are below it.
    pub fn distinct(&self) -> usize {
        self.texts.len()
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> u64 {
        let texts: usize = self.texts.iter().map(|text| size_of::<String>() + text.len()).sum();
        (texts + size_of_val(&self.offsets[..]) + size_of_val(&self.ids[..])) as u64
    }

    /// Whether two records share a text.
    #[inline]
    pub fn meet(&self, a: u32, b: u32) -> bool {
        self.shared(a, b).next().is_some()
    }

    /// The ids of the texts that two records share.
    pub fn shared(&self, a: u32, b: u32) -> impl Iterator<Item = u32> + '_ {
        let other = self.of(b);
        self.of(a).iter().copied().filter(move |id| other.contains(id))
    }
}

/// Builds a `Column` record by record.
#[derive(Debug, Default)]
pub struct ColumnBuilder {
    by_text: FxHashMap<String, u32>,
    texts: Vec<String>,
    offsets: Vec<u32>,
    ids: Vec<u32>,
}

impl ColumnBuilder {
    /// The id of a text, new or known.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.by_text.get(text) {
            return *id;
        }
        let id = self.texts.len() as u32;
        self.by_text.insert(text.to_owned(), id);
        self.texts.push(text.to_owned());
        id
    }

    /// Adds the next record with its texts' ids.
    pub fn push(&mut self, ids: &mut Vec<u32>) {
        ids.sort_unstable();
        ids.dedup();
        self.offsets.push(self.ids.len() as u32);
        self.ids.extend_from_slice(ids);
    }

    pub fn finish(mut self) -> Column {
        self.offsets.push(self.ids.len() as u32);
        Column { texts: self.texts, offsets: self.offsets, ids: self.ids }
    }
}

/// Records with their columns. Record numbers are positions, from 0.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// For each record the number of its source.
    pub sources: Vec<u16>,
    /// For each record the number of its scope: only records of one scope are compared.
    /// `NO_SCOPE` marks a record that is compared with none.
    pub scopes: Vec<u32>,
    pub columns: Vec<Column>,
}

/// The scope of a record whose scope is missing.
pub const NO_SCOPE: u32 = u32::MAX;

impl Frame {
    /// The number of records.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> u64 {
        let columns: u64 = self.columns.iter().map(Column::bytes).sum();
        let records = size_of_val(&self.sources[..]) + size_of_val(&self.scopes[..]);
        columns + records as u64
    }
}
