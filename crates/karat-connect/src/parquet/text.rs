//! Stored values as text. Text is handed on where it lies; everything else is written into room
//! that is used again.

use std::fmt::{Display, LowerExp, Write};

use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};

use crate::parquet::form::Form;
use crate::parquet::time;

pub(super) trait AsText {
    /// # Errors
    /// When the value cannot be one of its form.
    fn as_text<'a>(&'a self, form: Form, room: &'a mut String) -> Result<&'a str, Wrong>;
}

/// Why a value has no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Utf8,
    Digits,
    Long,
}

impl Wrong {
    pub(super) fn what(self) -> &'static str {
        match self {
            Wrong::Utf8 => "is not UTF-8 text",
            Wrong::Digits => "is a decimal of more than 38 digits",
            Wrong::Long => "is too long: a row may have 16 MiB of text",
        }
    }

    pub(super) fn hint(self) -> &'static str {
        match self {
            Wrong::Utf8 => "export the column as UTF-8 text, or leave it out",
            Wrong::Digits => "export the column as a decimal of at most 38 digits",
            Wrong::Long => "leave the column out, or split its values",
        }
    }
}

impl AsText for bool {
    fn as_text<'a>(&'a self, _: Form, _: &'a mut String) -> Result<&'a str, Wrong> {
        Ok(if *self { "true" } else { "false" })
    }
}

impl AsText for i32 {
    fn as_text<'a>(&'a self, form: Form, room: &'a mut String) -> Result<&'a str, Wrong> {
        match form {
            Form::Unsigned => written(room, |room| plain(self.cast_unsigned(), room)),
            Form::Date => written(room, |room| time::date(i64::from(*self), room)),
            _ => written(room, |room| number(i64::from(*self), form, room)),
        }
    }
}

impl AsText for i64 {
    fn as_text<'a>(&'a self, form: Form, room: &'a mut String) -> Result<&'a str, Wrong> {
        match form {
            Form::Unsigned => written(room, |room| plain(self.cast_unsigned(), room)),
            _ => written(room, |room| number(*self, form, room)),
        }
    }
}

impl AsText for Int96 {
    fn as_text<'a>(&'a self, _: Form, room: &'a mut String) -> Result<&'a str, Wrong> {
        let [low, high, day] = *self.data() else { return Err(Wrong::Digits) };
        let nanoseconds = (u64::from(high) << 32 | u64::from(low)).cast_signed();
        let day = i64::from(day.cast_signed());
        written(room, |room| time::julian(day, nanoseconds, room))
    }
}

impl AsText for f32 {
    fn as_text<'a>(&'a self, _: Form, room: &'a mut String) -> Result<&'a str, Wrong> {
        written(room, |room| float(*self, f64::from(*self), room))
    }
}

impl AsText for f64 {
    fn as_text<'a>(&'a self, _: Form, room: &'a mut String) -> Result<&'a str, Wrong> {
        written(room, |room| float(*self, *self, room))
    }
}

impl AsText for ByteArray {
    #[inline]
    fn as_text<'a>(&'a self, form: Form, room: &'a mut String) -> Result<&'a str, Wrong> {
        bytes(self.data(), form, room)
    }
}

impl AsText for FixedLenByteArray {
    fn as_text<'a>(&'a self, form: Form, room: &'a mut String) -> Result<&'a str, Wrong> {
        bytes(self.data(), form, room)
    }
}

/// Writing to a `String` cannot fail, so the results of `write!` are dropped here.
fn plain(number: impl Display, room: &mut String) {
    let _ = write!(room, "{number}");
}

fn written(room: &mut String, write: impl FnOnce(&mut String)) -> Result<&str, Wrong> {
    room.clear();
    write(room);
    Ok(room)
}

fn number(number: i64, form: Form, room: &mut String) {
    match form {
        Form::Decimal(scale) => decimal(i128::from(number), scale, room),
        Form::Time(unit) => time::time(number, unit, room),
        Form::Timestamp(unit, zone) => time::timestamp(number, unit, zone, room),
        _ => plain(number, room),
    }
}

/// The shortest text that reads back as the same number; `size` is about the number itself.
fn float(number: impl Display + LowerExp, size: f64, room: &mut String) {
    let size = size.abs();
    let handy = size == 0.0 || !size.is_finite() || (1e-5..1e16).contains(&size);
    let _ = if handy { write!(room, "{number}") } else { write!(room, "{number:e}") };
}

#[inline]
fn bytes<'a>(bytes: &'a [u8], form: Form, room: &'a mut String) -> Result<&'a str, Wrong> {
    match form {
        Form::Text => std::str::from_utf8(bytes).map_err(|_| Wrong::Utf8),
        Form::Decimal(scale) => {
            let number = big_endian(bytes).ok_or(Wrong::Digits)?;
            written(room, |room| decimal(number, scale, room))
        }
        Form::Uuid => written(room, |room| uuid(bytes, room)),
        Form::Half => written(room, |room| half(bytes, room)),
        Form::Interval => written(room, |room| interval(bytes, room)),
        _ => written(room, |room| hex(bytes, room)),
    }
}

/// A number in two's complement of any length; `None` when it does not fit.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let negative = bytes.first().is_some_and(|first| *first >= 0x80);
    let mut number: i128 = if negative { -1 } else { 0 };
    for byte in bytes {
        number = number.checked_mul(256)?.checked_add(i128::from(*byte))?;
    }
    Some(number)
}

fn decimal(number: i128, scale: u32, room: &mut String) {
    let digits = number.unsigned_abs();
    if number < 0 {
        room.push('-');
    }
    if scale == 0 {
        return plain(digits, room);
    }
    let (whole, rest) = match 10_u128.checked_pow(scale) {
        Some(one) => (digits / one, digits % one),
        None => (0, digits),
    };
    let _ = write!(room, "{whole}.{rest:0width$}", width = scale as usize);
}

fn hex(bytes: &[u8], room: &mut String) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    for byte in bytes {
        room.push(DIGITS[usize::from(byte >> 4)]);
        room.push(DIGITS[usize::from(byte & 15)]);
    }
}

fn uuid(bytes: &[u8], room: &mut String) {
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            room.push('-');
        }
        hex(&[*byte], room);
    }
}

fn interval(bytes: &[u8], room: &mut String) {
    let mut parts = [0; 3];
    for (part, bytes) in parts.iter_mut().zip(bytes.as_chunks().0) {
        *part = u32::from_le_bytes(*bytes);
    }
    time::interval(parts, room);
}

/// IEEE 754 half precision: 1 bit for the sign, 5 for the exponent, 10 for the fraction.
fn half(bytes: &[u8], room: &mut String) {
    let &[low, high] = bytes else { return hex(bytes, room) };
    let bits = u16::from_le_bytes([low, high]);
    let fraction = f32::from(bits & 0x3ff);
    let size = match bits >> 10 & 0x1f {
        0 => fraction * 2_f32.powi(-24),
        0x1f if fraction == 0.0 => f32::INFINITY,
        0x1f => f32::NAN,
        exponent => (1024.0 + fraction) * 2_f32.powi(i32::from(exponent) - 25),
    };
    let number = if bits >> 15 == 1 { -size } else { size };
    float(number, f64::from(number), room);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits_whatever_the_scale() {
        let cases = [
            (0, 2, "0.00"),
            (-5, 2, "-0.05"),
            (12_345, 2, "123.45"),
            (12_345, 0, "12345"),
            (i128::MIN, 0, "-170141183460469231731687303715884105728"),
            (1, 40, "0.0000000000000000000000000000000000000001"),
        ];
        for (number, scale, expected) in cases {
            let mut text = String::new();
            decimal(number, scale, &mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn numbers_in_bytes_may_be_longer_than_they_need_to() {
        assert_eq!(big_endian(&[]), Some(0));
        assert_eq!(big_endian(&[0xff; 20]), Some(-1));
        assert_eq!(big_endian(&[0x80]), Some(-128));
        assert_eq!(big_endian(&[0, 0, 0x80]), Some(128));
        let mut least = [0; 16];
        least[0] = 0x80;
        assert_eq!(big_endian(&least), Some(i128::MIN));
        assert_eq!(big_endian(&[0x7f; 17]), None);
    }

    #[test]
    fn floats_read_back_as_the_same_number() {
        for number in [0.1, -1.0, 1e16, 1e-7, f64::MAX, f64::MIN_POSITIVE, 123_456.789, 5e-324] {
            let text = number.as_text(Form::Float, &mut String::new()).map(str::to_owned);
            assert_eq!(text.unwrap().parse(), Ok(number));
        }
        assert_eq!(0.1_f32.as_text(Form::Float, &mut String::new()), Ok("0.1"));
        assert_eq!(3.0_f64.as_text(Form::Float, &mut String::new()), Ok("3"));
        assert_eq!(1e300.as_text(Form::Float, &mut String::new()), Ok("1e300"));
    }

    #[test]
    fn halves_are_whole_numbers_fractions_and_what_is_no_number() {
        let cases: [(u16, &str); 7] = [
            (0x3c00, "1"),
            (0xc000, "-2"),
            (0x7bff, "65504"),
            (0x0001, "5.9604645e-8"),
            (0x7c00, "inf"),
            (0x7e00, "NaN"),
            (0x3555, "0.33325195"),
        ];
        for (bits, expected) in cases {
            let mut text = String::new();
            half(&bits.to_le_bytes(), &mut text);
            assert_eq!(text, expected);
        }
    }
}
