//! Old workbooks put together record by record.

/// A record of that name.
pub fn record(name: u16, data: &[&[u8]]) -> Vec<u8> {
    let data = data.concat();
    let length = u16::try_from(data.len()).expect("a short record");
    [&name.to_le_bytes()[..], &length.to_le_bytes(), &data].concat()
}

/// A text of one byte for each character, without its length.
pub fn narrow(text: &str) -> Vec<u8> {
    [&[0], text.as_bytes()].concat()
}

/// A text of two bytes for each character, without its length.
pub fn wide(text: &str) -> Vec<u8> {
    let mut bytes = vec![1];
    text.encode_utf16().for_each(|unit| bytes.extend(unit.to_le_bytes()));
    bytes
}

/// A cell: the name of its record, its row and column from 0, its style, and what is in it.
pub fn cell(name: u16, place: (u16, u16), style: u16, data: &[u8]) -> Vec<u8> {
    let place = [place.0, place.1, style].map(u16::to_le_bytes).concat();
    record(name, &[&place, data])
}

/// A row of shared texts, the first of which has that number.
pub fn texts(row: u16, first: u32, count: u16) -> Vec<u8> {
    let text = |at: u16| cell(0xfd, (row, at), 0, &(first + u32::from(at)).to_le_bytes());
    (0..count).flat_map(text).collect()
}

fn begin(version: u16, kind: u16) -> Vec<u8> {
    record(0x809, &[&version.to_le_bytes(), &kind.to_le_bytes(), &[0; 12]])
}

/// A workbook; each sheet has its name, state, kind and records.
pub struct Workbook {
    pub version: u16,
    /// Records that stand in front of the sheets' names.
    pub globals: Vec<u8>,
    pub sheets: Vec<(&'static str, u8, u8, Vec<u8>)>,
}

impl Workbook {
    /// A workbook of one sheet with these records.
    pub fn of(globals: Vec<u8>, sheet: Vec<u8>) -> Workbook {
        Workbook { version: 0x600, globals, sheets: vec![("Data", 0, 0, sheet)] }
    }

    pub fn bytes(&self) -> Vec<u8> {
        compound("Workbook", &self.stream())
    }

    pub fn stream(&self) -> Vec<u8> {
        let ends = record(0x0a, &[]);
        let sheets = self.sheets.iter();
        let parts: Vec<Vec<u8>> = sheets
            .map(|sheet| [begin(self.version, 0x10), sheet.3.clone(), ends.clone()].concat())
            .collect();
        let globals = |places: &[u32]| {
            let mut all = [begin(self.version, 5), self.globals.clone()].concat();
            for ((name, state, kind, _), place) in self.sheets.iter().zip(places) {
                let length = [name.len() as u8];
                let about = [&[*state, *kind][..], &length, &narrow(name)].concat();
                all.extend(record(0x85, &[&place.to_le_bytes(), &about]));
            }
            [all, ends.clone()].concat()
        };
        let mut place = globals(&vec![0; parts.len()]).len() as u32;
        let mut places = Vec::new();
        for part in &parts {
            places.push(place);
            place += part.len() as u32;
        }
        [globals(&places), parts.concat()].concat()
    }
}

/// A compound file of one stream: the table, the directory, and the stream's sectors.
pub fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    // Shorter ones lie elsewhere.
    let size = stream.len().max(4096);
    let sectors = size.div_ceil(512) as u32;
    let mut head = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    head.resize(512, 0xff);
    head[30..34].copy_from_slice(&[9, 0, 6, 0]);
    for (at, number) in [(44, 1), (48, 1), (56, 4096), (60, END), (64, 0), (68, END), (76, 0)] {
        head[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
    }
    let mut table = vec![0xffff_fffd, END];
    table.extend((1..sectors).map(|next| next + 2));
    table.push(END);
    table.resize(128, u32::MAX);
    let table: Vec<u8> = table.into_iter().flat_map(u32::to_le_bytes).collect();
    let entry = |name: &str, kind: u8, start: u32, size: u32| {
        let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = bytes.len() as u16 + 2;
        bytes.resize(128, 0);
        bytes[64..66].copy_from_slice(&length.to_le_bytes());
        bytes[66] = kind;
        bytes[116..120].copy_from_slice(&start.to_le_bytes());
        bytes[120..124].copy_from_slice(&size.to_le_bytes());
        bytes
    };
    let mut directory = entry("Root Entry", 5, END, 0);
    directory.extend(entry(name, 2, 2, size as u32));
    directory.resize(512, 0);
    let mut all = [head, table, directory, stream.to_vec()].concat();
    all.resize(512 * (sectors as usize + 3), 0);
    all
}
