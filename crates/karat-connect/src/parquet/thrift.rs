//! Thrift's compact protocol, as far as Parquet writes its headers and footers in it. The library
//! believes what they say; what it must not believe is looked for here first.
//! Source: Apache Thrift, "Thrift compact protocol encoding".

/// Types of values, as the protocol numbers them.
pub(super) const TRUE: u8 = 1;
pub(super) const FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
pub(super) const STRUCT: u8 = 12;

/// How deep values may lie in one another where nobody looks into them.
const DEEPEST: usize = 32;

/// Bytes that are read value by value. Every answer is `None` when they end early or are wrong.
pub(super) struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Compact<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Compact<'a> {
        Compact { bytes, at: 0 }
    }

    /// Bytes read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn pass(&mut self, bytes: usize) -> Option<()> {
        self.at = self.at.checked_add(bytes).filter(|at| *at <= self.bytes.len())?;
        Some(())
    }

    /// A number without a sign, seven bits to a byte.
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A number whose sign is its lowest bit.
    pub(super) fn integer(&mut self) -> Option<i64> {
        let number = self.unsigned()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// How many elements a list has, and their type; each takes a byte at least.
    pub(super) fn list(&mut self) -> Option<(usize, u8)> {
        let head = self.byte()?;
        let size = match head >> 4 {
            15 => usize::try_from(self.unsigned()?).ok()?,
            size => usize::from(size),
        };
        (size <= self.bytes.len() - self.at).then_some((size, head & 15))
    }

    /// Calls `each` with number and type of every field of a struct; it reads the value, or says
    /// false, and then it is passed over.
    pub(super) fn fields(
        &mut self,
        each: &mut dyn FnMut(&mut Compact<'a>, i64, u8) -> Option<bool>,
    ) -> Option<()> {
        let mut field = 0_i64;
        loop {
            let head = self.byte()?;
            let kind = head & 15;
            if kind == 0 {
                return Some(());
            }
            field = match head >> 4 {
                0 => self.integer()?,
                step => field.checked_add(i64::from(step))?,
            };
            if !each(self, field, kind)? {
                self.skip(kind, DEEPEST)?;
            }
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.pass(1),
            DOUBLE => self.pass(8),
            BINARY => {
                let length = usize::try_from(self.unsigned()?).ok()?;
                self.pass(length)
            }
            LIST | SET => {
                let (size, kind) = self.list()?;
                (0..size).try_for_each(|_| self.element(kind, depth))
            }
            MAP => {
                let size = usize::try_from(self.unsigned()?).ok()?;
                if size == 0 {
                    return Some(());
                }
                let kinds = self.byte()?;
                (0..size).try_for_each(|_| {
                    self.element(kinds >> 4, depth)?;
                    self.element(kinds & 15, depth)
                })
            }
            STRUCT => self.fields(&mut |input, _, kind| {
                input.skip(kind, depth)?;
                Some(true)
            }),
            4..=6 => self.unsigned().map(drop),
            _ => None,
        }
    }

    /// In lists, a truth takes a byte.
    fn element(&mut self, kind: u8, depth: usize) -> Option<()> {
        if matches!(kind, TRUE | FALSE) { self.pass(1) } else { self.skip(kind, depth) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_sign_in_the_lowest_bit() {
        let mut input = Compact::new(&[0, 1, 2, 0x96, 1, 0x80]);
        let all: Vec<Option<i64>> = (0..5).map(|_| input.integer()).collect();
        assert_eq!(all, [Some(0), Some(-1), Some(1), Some(75), None]);
    }

    #[test]
    fn fields_are_passed_over_whatever_they_hold() {
        // A list of two structs that are empty, a map of a text to a truth, and then a number.
        let bytes = [0x19, 0x2c, 0, 0, 0x1b, 1, 0x81, 1, b'x', 1, 0x15, 4, 0];
        let mut found = Vec::new();
        let mut input = Compact::new(&bytes);
        let all = input.fields(&mut |input, field, kind| {
            found.push((field, kind));
            Some(field == 3 && input.integer()? == 2)
        });
        assert_eq!((all, input.at()), (Some(()), bytes.len()));
        assert_eq!(found, [(1, LIST), (2, MAP), (3, 5)]);
    }

    #[test]
    fn a_list_of_more_elements_than_bytes_is_wrong() {
        assert_eq!(Compact::new(&[0xfc, 0xff, 0xff, 0xff, 7, 0]).list(), None);
        let nested = [[0x19].repeat(100), vec![0; 100]].concat();
        assert_eq!(Compact::new(&nested).fields(&mut |_, _, _| Some(false)), None);
    }
}
