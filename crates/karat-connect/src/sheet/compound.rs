//! Compound files, in which old workbooks lie: streams in sectors that follow one another by a
//! table. Source: Microsoft, "[MS-CFB] Compound File Binary File Format".

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// Sectors from here on are marks: of an end, of a free one, of the table itself.
const MARKS: u32 = 0xffff_fffa;

/// Bytes of a directory entry, and of the sectors of small streams.
const ENTRY: usize = 128;
const SMALL: u32 = 6;

/// A compound file whose tables are read. Every answer is `None` when they contradict one another.
pub(super) struct Compound {
    file: Arc<File>,
    /// A sector has two to the power of this bytes.
    shift: u32,
    /// For each sector the one that follows.
    table: Vec<u32>,
    /// The same of the small sectors, which lie in a stream of their own; and its sectors.
    small_table: Vec<u32>,
    small_sectors: Vec<u32>,
    /// Streams below this size lie in small sectors.
    large: u64,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    is_stream: bool,
    start: u32,
    size: u64,
}

/// The bytes of a stream, from any place on.
#[derive(Clone)]
pub(super) struct Stream {
    file: Arc<File>,
    /// Where each of its sectors lies.
    places: Arc<Vec<u64>>,
    shift: u32,
    length: u64,
    at: u64,
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

impl Compound {
    pub(super) fn open(file: File) -> Option<Compound> {
        let mut head = [0; 512];
        file.read_exact_at(&mut head, 0).ok()?;
        let shift = u32::from(short(&head, 30)?);
        let length = file.metadata().ok()?.len();
        if !matches!(shift, 9 | 12) {
            return None;
        }
        let mut compound = Compound {
            file: Arc::new(file),
            shift,
            table: Vec::new(),
            small_table: Vec::new(),
            small_sectors: Vec::new(),
            large: u64::from(number(&head, 56)?),
            entries: Vec::new(),
        };
        compound.read_table(&head, length >> shift)?;
        compound.small_table = compound.numbers(&compound.chain(number(&head, 60)?)?)?;
        let directory = compound.chain(number(&head, 48)?)?;
        for sector in directory {
            let bytes = compound.sector(sector)?;
            compound.entries.extend(bytes.chunks_exact(ENTRY).filter_map(Entry::read));
        }
        let root = compound.entries.first()?.start;
        compound.small_sectors = compound.chain(root)?;
        Some(compound)
    }

    /// The table lies in sectors that the header names, and beyond the first 109 others do.
    fn read_table(&mut self, head: &[u8], most: u64) -> Option<()> {
        let mut parts: Vec<u32> = (0..109).map_while(|at| number(head, 76 + at * 4)).collect();
        let mut next = number(head, 68)?;
        while next < MARKS {
            let mut more = self.numbers(&[next])?;
            next = more.pop()?;
            parts.extend(more);
            if parts.len() as u64 > most + 109 + (1 << self.shift) {
                return None;
            }
        }
        parts.retain(|part| *part < MARKS);
        if parts.len() as u64 > most {
            return None;
        }
        self.table = self.numbers(&parts)?;
        Some(())
    }

    fn sector(&self, sector: u32) -> Option<Vec<u8>> {
        let mut bytes = vec![0; 1 << self.shift];
        let place = (u64::from(sector) + 1) << self.shift;
        // The last sector of a file may be cut short.
        let read = self.file.read_at(&mut bytes, place).ok()?;
        (read > 0).then_some(bytes)
    }

    fn numbers(&self, sectors: &[u32]) -> Option<Vec<u32>> {
        let mut all = Vec::new();
        for sector in sectors {
            let bytes = self.sector(*sector)?;
            all.extend((0..bytes.len() / 4).filter_map(|at| number(&bytes, at * 4)));
        }
        Some(all)
    }

    fn chain(&self, start: u32) -> Option<Vec<u32>> {
        follow(&self.table, start)
    }

    /// Opens a stream; names are compared without case.
    pub(super) fn stream(&self, name: &str) -> Option<Stream> {
        let is_it = |entry: &&Entry| entry.is_stream && entry.name.eq_ignore_ascii_case(name);
        let entry = self.entries.iter().find(is_it)?;
        let place = |sector: u64| (sector + 1) << self.shift;
        let (places, shift) = if entry.size < self.large {
            let small = |sector: u32| {
                let at = u64::from(sector) << SMALL;
                let within = *self.small_sectors.get((at >> self.shift) as usize)?;
                Some(place(u64::from(within)) + (at & ((1 << self.shift) - 1)))
            };
            let chain = follow(&self.small_table, entry.start)?;
            (chain.into_iter().map(small).collect::<Option<Vec<u64>>>()?, SMALL)
        } else {
            let chain = self.chain(entry.start)?.into_iter();
            (chain.map(|sector| place(u64::from(sector))).collect(), self.shift)
        };
        let length = entry.size.min((places.len() as u64) << shift);
        let file = Arc::clone(&self.file);
        Some(Stream { file, places: Arc::new(places), shift, length, at: 0 })
    }
}

/// The sectors from one on; `None` when they go round in a circle or out of the table.
fn follow(table: &[u32], start: u32) -> Option<Vec<u32>> {
    let (mut sectors, mut next) = (Vec::new(), start);
    while next < MARKS {
        sectors.push(next);
        next = *table.get(next as usize)?;
        if sectors.len() > table.len() {
            return None;
        }
    }
    Some(sectors)
}

impl Entry {
    fn read(bytes: &[u8]) -> Option<Entry> {
        let length = usize::from(short(bytes, 64)?).min(64).saturating_sub(2) / 2;
        let name: Vec<u16> = (0..length).filter_map(|at| short(bytes, at * 2)).collect();
        Some(Entry {
            name: String::from_utf16_lossy(&name),
            is_stream: bytes.get(66) == Some(&2),
            start: number(bytes, 116)?,
            size: u64::from(number(bytes, 120)?),
        })
    }
}

impl Stream {
    /// The same stream from another place on.
    pub(super) fn from(&self, at: u64) -> Stream {
        Stream { at, ..self.clone() }
    }

    /// How much of it is read, 0 to 1.
    pub(super) fn progress(&self) -> f64 {
        (self.at as f64 / self.length.max(1) as f64).min(1.0)
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(place) = self.places.get((self.at >> self.shift) as usize) else { return Ok(0) };
        let inside = self.at & ((1 << self.shift) - 1);
        let room = ((1 << self.shift) - inside).min(self.length.saturating_sub(self.at));
        let room = into.len().min(room as usize);
        let read = self.file.read_at(&mut into[..room], place + inside)?;
        self.at += read as u64;
        Ok(read)
    }
}
