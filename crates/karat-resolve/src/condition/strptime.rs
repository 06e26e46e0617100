//! Date formats: `strptime` reads as leniently as DuckDB, `strftime` writes.

use super::calendar;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// 1900-01-01, where reading begins and where DuckDB also puts `epoch` and `infinity`.
const START: i64 = -25_567 * calendar::DAY;

/// A part of a format.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Literal(u8),
    /// The letter of a specifier, and whether a dash asked to write it without padding.
    Field(u8, bool),
}

/// A format that can be read and written by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Format {
    pieces: Vec<Piece>,
}

impl Format {
    /// Names the specifier that is unknown or not supported.
    pub(super) fn parse(written: &str) -> Result<Format, String> {
        if written.is_empty() {
            return Err("the format is empty".to_owned());
        }
        let mut pieces = Vec::new();
        let mut letters = written.bytes();
        while let Some(letter) = letters.next() {
            if letter != b'%' {
                pieces.push(Piece::Literal(letter));
                continue;
            }
            let mut field = letters.next().ok_or("the format ends in a single %")?;
            let bare = field == b'-';
            if bare {
                field = letters.next().ok_or("the format ends in %-")?;
            }
            pieces.extend(field_pieces(field, bare, written)?);
        }
        Ok(Format { pieces })
    }

    fn has(&self, fields: &[u8]) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Field(letter, _) => fields.contains(letter),
            Piece::Literal(_) => false,
        })
    }

    /// Whether the format says everything that reading needs without contradicting itself.
    pub(super) fn check_readable(&self) -> Result<(), String> {
        if self.has(b"wu") {
            return Err("%w and %u only count for weeks when read, which are not supported".into());
        }
        if self.has(b"j") && self.has(b"dmbB") {
            return Err("%j is not supported beside a month or a day".to_owned());
        }
        Ok(())
    }

    /// The moment in microseconds, `None` where the text does not fit.
    pub(super) fn read(&self, text: &str) -> Option<i64> {
        let mut reader = Reader { rest: text.as_bytes(), moment: Moment::new() };
        reader.skip_blanks();
        if reader.is_special() {
            return Some(START);
        }
        let mut place = 0;
        while let Some(piece) = self.pieces.get(place) {
            place += 1;
            match piece {
                Piece::Literal(letter) if calendar::is_blank(*letter) => {
                    reader.blanks()?;
                    while matches!(self.pieces.get(place), Some(Piece::Literal(next))
                        if calendar::is_blank(*next))
                    {
                        place += 1;
                    }
                }
                Piece::Literal(letter) => reader.letter(*letter)?,
                Piece::Field(field, _) => reader.field(*field)?,
            }
        }
        reader.skip_blanks();
        if reader.rest.is_empty() { reader.moment.micros() } else { None }
    }

    /// The text of a moment.
    pub(super) fn write(&self, micros: i64) -> String {
        let mut out = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(letter) => out.push(*letter),
                Piece::Field(field, bare) => {
                    out.extend_from_slice(written(*field, *bare, micros).as_bytes());
                }
            }
        }
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// The pieces of a specifier; the compound ones stand for several.
fn field_pieces(field: u8, bare: bool, written: &str) -> Result<Vec<Piece>, String> {
    let compound = |format: &str| Format::parse(format).map(|format| format.pieces);
    match (field, bare) {
        (b'%', false) => Ok(vec![Piece::Literal(b'%')]),
        (b'x', false) => compound("%Y-%m-%d"),
        (b'X' | b'T', false) => compound("%H:%M:%S"),
        (b'c', false) => compound("%Y-%m-%d %H:%M:%S"),
        (b'd' | b'm' | b'H' | b'I' | b'M' | b'S' | b'y' | b'j', _) => {
            Ok(vec![Piece::Field(field, bare)])
        }
        (b'Y' | b'f' | b'g' | b'p' | b'b' | b'B' | b'a' | b'A' | b'w' | b'u', false) => {
            Ok(vec![Piece::Field(field, bare)])
        }
        _ => {
            let dash = if bare { "-" } else { "" };
            let field = field as char;
            Err(format!("%{dash}{field} in the format {written} is not supported"))
        }
    }
}

/// What has been read so far.
struct Moment {
    year: i64,
    month: i64,
    day: i64,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    afternoon: Option<bool>,
}

impl Moment {
    fn new() -> Moment {
        Moment {
            year: 1900,
            month: 1,
            day: 1,
            day_of_year: None,
            hour: 0,
            minute: 0,
            second: 0,
            micros: 0,
            afternoon: None,
        }
    }

    fn micros(&self) -> Option<i64> {
        let days = match self.day_of_year {
            // The 366th day of a common year is the next new year's day, as in DuckDB.
            Some(day) => calendar::days_from(self.year, 1, 1)? + (day - 1) as i32,
            None => calendar::days_from(self.year, self.month, self.day)?,
        };
        let hour = match self.afternoon {
            None => self.hour,
            Some(_) if self.hour > 12 => return None,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
        };
        let seconds = hour * 3600 + self.minute * 60 + self.second;
        Some(calendar::midnight(days) + seconds * 1_000_000 + self.micros)
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    moment: Moment,
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        while self.rest.first().is_some_and(|byte| calendar::is_blank(*byte)) {
            self.rest = &self.rest[1..];
        }
    }

    /// DuckDB takes `epoch` and `infinity` for dates here but then forgets which they were.
    fn is_special(&self) -> bool {
        let text = self.rest.trim_ascii_end();
        ["epoch", "infinity", "-infinity"]
            .iter()
            .any(|special| text.eq_ignore_ascii_case(special.as_bytes()))
    }

    /// Blanks match any number of blanks, but at least one.
    fn blanks(&mut self) -> Option<()> {
        let before = self.rest.len();
        self.skip_blanks();
        (self.rest.len() < before).then_some(())
    }

    fn letter(&mut self, letter: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[letter])?;
        Some(())
    }

    /// As many digits as there are, up to `most`; the number must lie in the range.
    fn number(&mut self, most: usize, least: i64, greatest: i64) -> Option<i64> {
        let count = self.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(count);
        let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
        self.rest = rest;
        (least..=greatest).contains(&number).then_some(number)
    }

    fn field(&mut self, field: u8) -> Option<()> {
        match field {
            b'Y' => self.moment.year = self.number(4, 0, 9999)?,
            b'y' => {
                let short = self.number(2, 0, 99)?;
                self.moment.year = if short >= 69 { 1900 + short } else { 2000 + short };
            }
            b'm' => self.moment.month = self.number(2, 1, 12)?,
            b'd' => self.moment.day = self.number(2, 1, 31)?,
            b'j' => self.moment.day_of_year = Some(self.number(3, 1, 366)?),
            b'H' => self.moment.hour = self.number(2, 0, 23)?,
            b'I' => self.moment.hour = self.number(2, 1, 12)?,
            b'M' => self.moment.minute = self.number(2, 0, 59)?,
            b'S' => self.moment.second = self.number(2, 0, 59)?,
            b'f' => self.moment.micros = self.fraction(6)?,
            b'g' => self.moment.micros = self.fraction(3)?,
            b'p' => self.moment.afternoon = Some(self.name(&["AM", "PM"], 2)? == 1),
            b'b' => self.moment.month = self.name(&MONTHS, 3)? as i64 + 1,
            b'B' => self.moment.month = self.name(&MONTHS, usize::MAX)? as i64 + 1,
            b'a' => self.name(&WEEKDAYS, 3).map(drop)?,
            b'A' => self.name(&WEEKDAYS, usize::MAX).map(drop)?,
            _ => return None,
        }
        Some(())
    }

    /// Digits behind the point, as microseconds.
    fn fraction(&mut self, most: usize) -> Option<i64> {
        let before = self.rest.len();
        let number = self.number(most, 0, 999_999)?;
        let digits = (before - self.rest.len()) as u32;
        Some(number * 10i64.pow(6 - digits))
    }

    /// The place of the name that stands here, cut to a length and in any case.
    fn name(&mut self, names: &[&str], length: usize) -> Option<usize> {
        for (place, name) in names.iter().enumerate() {
            let name = &name.as_bytes()[..name.len().min(length)];
            if self.rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                self.rest = &self.rest[name.len()..];
                return Some(place);
            }
        }
        None
    }
}

/// The text of one specifier.
fn written(field: u8, bare: bool, micros: i64) -> String {
    let days = calendar::day_of(micros);
    let (year, month, day) = calendar::civil(days);
    let within = micros.rem_euclid(calendar::DAY);
    let seconds = within / 1_000_000;
    let hour = seconds / 3600;
    let weekday = calendar::weekday(days);
    let padded = |number: i64, width: usize| match bare {
        true => number.to_string(),
        false => format!("{number:0width$}"),
    };
    let name = |names: &[&'static str], place: i64| names[place as usize];
    match field {
        b'Y' if year < 0 => format!("-{:04}", -year),
        b'Y' => format!("{year:04}"),
        b'y' => padded(year.rem_euclid(100), 2),
        b'm' => padded(month, 2),
        b'd' => padded(day, 2),
        b'j' => {
            let start = calendar::days_from(year, 1, 1).unwrap_or(days);
            padded(i64::from(days - start) + 1, 3)
        }
        b'H' => padded(hour, 2),
        b'I' => padded((hour + 11) % 12 + 1, 2),
        b'M' => padded(seconds / 60 % 60, 2),
        b'S' => padded(seconds % 60, 2),
        b'f' => format!("{:06}", within % 1_000_000),
        b'g' => format!("{:03}", within % 1_000_000 / 1000),
        b'p' => (if hour < 12 { "AM" } else { "PM" }).to_owned(),
        b'b' => name(&MONTHS, month - 1)[..3].to_owned(),
        b'B' => name(&MONTHS, month - 1).to_owned(),
        b'a' => name(&WEEKDAYS, weekday)[..3].to_owned(),
        b'A' => name(&WEEKDAYS, weekday).to_owned(),
        b'w' => weekday.to_string(),
        _ => (if weekday == 0 { 7 } else { weekday }).to_string(),
    }
}
