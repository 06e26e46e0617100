//! The records of an old workbook's stream, and the texts in them, which may go on in the next.
//! Source: Microsoft, "[MS-XLS] Excel Binary File Format (.xls) Structure".

use std::io::{BufReader, Read};

use crate::sheet::compound::Stream;

/// What a record that goes on is called.
const CONTINUE: u16 = 0x3c;

/// One record after another. Every answer is `None` when the stream is cut off or contradicts
/// itself.
pub(super) struct Records {
    input: BufReader<Stream>,
    /// Name and length of the record that follows.
    ahead: Option<(u16, usize)>,
    data: Vec<u8>,
    /// How much of the data is read.
    at: usize,
}

impl Records {
    pub(super) fn new(stream: Stream) -> Records {
        let input = BufReader::with_capacity(64 * 1024, stream);
        let mut records = Records { input, ahead: None, data: Vec::new(), at: 0 };
        records.look_ahead();
        records
    }

    pub(super) fn progress(&self) -> f64 {
        self.input.get_ref().progress()
    }

    fn look_ahead(&mut self) {
        let mut head = [0; 4];
        // A stream may end behind its last record, or be filled up with anything shorter.
        self.ahead = self.input.read_exact(&mut head).ok().map(|()| {
            let [name, length] = [[head[0], head[1]], [head[2], head[3]]].map(u16::from_le_bytes);
            (name, usize::from(length))
        });
    }

    /// Goes on to the next record; its name. Those that only go on are passed over.
    pub(super) fn next(&mut self) -> Option<u16> {
        loop {
            let (name, _) = self.ahead?;
            self.take()?;
            if name != CONTINUE {
                return Some(name);
            }
        }
    }

    fn take(&mut self) -> Option<()> {
        let (_, length) = self.ahead?;
        self.data.resize(length, 0);
        self.at = 0;
        self.input.read_exact(&mut self.data).ok()?;
        self.look_ahead();
        Some(())
    }

    /// Goes on in the record that continues this one.
    fn go_on(&mut self) -> Option<()> {
        if self.ahead?.0 == CONTINUE { self.take() } else { None }
    }

    pub(super) fn left(&self) -> usize {
        self.data.len() - self.at
    }

    /// The next bytes; a number is never torn apart.
    pub(super) fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        if self.left() == 0 {
            self.go_on()?;
        }
        let bytes = *self.data.get(self.at..)?.first_chunk()?;
        self.at += N;
        Some(bytes)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.bytes().map(|[byte]| byte)
    }

    pub(super) fn short(&mut self) -> Option<u16> {
        self.bytes().map(u16::from_le_bytes)
    }

    pub(super) fn long(&mut self) -> Option<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    /// A text of so many characters, with what tells how they are stored in front.
    pub(super) fn text(&mut self, characters: usize) -> Option<String> {
        const WIDE: u8 = 1;
        const PRONOUNCED: u8 = 4;
        const RICH: u8 = 8;
        let how = self.byte()?;
        let runs = if how & RICH != 0 { usize::from(self.short()?) } else { 0 };
        let sound = if how & PRONOUNCED != 0 { self.long()? as usize } else { 0 };
        let mut units = Vec::new();
        let mut is_wide = how & WIDE != 0;
        while units.len() < characters {
            if self.left() == 0 {
                self.go_on()?;
                is_wide = self.byte()? & WIDE != 0;
            }
            let left = characters - units.len();
            let data = self.data.get(self.at..)?;
            let before = units.len();
            if is_wide {
                let pairs = data.chunks_exact(2).take(left);
                units.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
            } else {
                units.extend(data.iter().take(left).map(|byte| u16::from(*byte)));
            }
            let read = units.len() - before;
            if read == 0 {
                return None;
            }
            self.at += read * if is_wide { 2 } else { 1 };
        }
        self.pass(runs * 4 + sound)?;
        Some(String::from_utf16_lossy(&units))
    }

    fn pass(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            if self.left() == 0 {
                self.go_on()?;
            }
            let step = self.left().min(bytes);
            if step == 0 {
                return None;
            }
            self.at += step;
            bytes -= step;
        }
        Some(())
    }
}
