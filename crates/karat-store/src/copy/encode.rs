//! Values in PostgreSQL's binary form.

use karat_record::{Finding, Type, Value};

/// The type of a table's column, as far as it decides what fits and how it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnType {
    Boolean,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    /// Precision and scale, where declared.
    Numeric(Option<(u32, u32)>),
    /// The longest text in characters, where declared.
    Text(Option<u32>),
    Date,
    /// With or without time zone: both count microseconds.
    Timestamp,
    Uuid,
    Json,
    Jsonb,
    TextArray,
    /// A type that only the server can read: sent as text and cast there.
    Other(String),
}

impl ColumnType {
    /// What a raw text has to read as to fit.
    pub fn kind(&self) -> Type {
        match self {
            ColumnType::Boolean => Type::Boolean,
            ColumnType::Int2 | ColumnType::Int4 | ColumnType::Int8 => Type::Integer,
            ColumnType::Float4 | ColumnType::Float8 => Type::Double,
            ColumnType::Numeric(_) => Type::Numeric,
            ColumnType::Text(_) | ColumnType::Other(_) => Type::Text,
            ColumnType::Date => Type::Date,
            ColumnType::Timestamp => Type::Timestamp,
            ColumnType::Uuid => Type::Uuid,
            ColumnType::Json | ColumnType::Jsonb => Type::Json,
            ColumnType::TextArray => Type::List,
        }
    }

    /// The column type that holds a declared type.
    pub fn of(kind: Type) -> ColumnType {
        match kind {
            Type::Text => ColumnType::Text(None),
            Type::Integer => ColumnType::Int8,
            Type::Double => ColumnType::Float8,
            Type::Numeric => ColumnType::Numeric(None),
            Type::Boolean => ColumnType::Boolean,
            Type::Date => ColumnType::Date,
            Type::Timestamp => ColumnType::Timestamp,
            Type::Uuid => ColumnType::Uuid,
            Type::Json => ColumnType::Jsonb,
            Type::List => ColumnType::TextArray,
        }
    }

    /// Reads what the catalogue calls the type and its modifier.
    pub(crate) fn from_catalogue(name: &str, modifier: i32) -> ColumnType {
        let length = (modifier >= 4).then(|| (modifier - 4) as u32);
        match name {
            "bool" => ColumnType::Boolean,
            "int2" => ColumnType::Int2,
            "int4" => ColumnType::Int4,
            "int8" => ColumnType::Int8,
            "float4" => ColumnType::Float4,
            "float8" => ColumnType::Float8,
            // The modifier packs the precision above the scale, which may be negative from
            // PostgreSQL 15 on; then only the server can judge.
            "numeric" => match length {
                Some(packed) if packed & 0x400 == 0 => {
                    ColumnType::Numeric(Some((packed >> 16, packed & 0x3ff)))
                }
                _ => ColumnType::Numeric(None),
            },
            "text" => ColumnType::Text(None),
            "varchar" => ColumnType::Text(length),
            "date" => ColumnType::Date,
            "timestamp" | "timestamptz" => ColumnType::Timestamp,
            "uuid" => ColumnType::Uuid,
            "json" => ColumnType::Json,
            "jsonb" => ColumnType::Jsonb,
            "_text" => ColumnType::TextArray,
            other => ColumnType::Other(other.to_owned()),
        }
    }
}

/// Encodes rows one value at a time at the end of a buffer. A row that turns out bad half-way is
/// taken back as a whole.
#[derive(Debug, Default)]
pub struct Encoder {
    bytes: Vec<u8>,
    row: usize,
}

const NULL: i32 = -1;

impl Encoder {
    pub fn with_capacity(capacity: usize) -> Encoder {
        Encoder { bytes: Vec::with_capacity(capacity), row: 0 }
    }

    /// Begins a row of that many values.
    #[inline]
    pub fn begin(&mut self, columns: usize) {
        self.row = self.bytes.len();
        self.bytes.extend_from_slice(&(columns as i16).to_be_bytes());
    }

    /// Takes the row begun last back.
    pub fn cancel(&mut self) {
        self.bytes.truncate(self.row);
    }

    /// The bytes so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Hands the whole rows over and begins anew.
    pub fn take(&mut self) -> Vec<u8> {
        self.row = 0;
        let capacity = self.bytes.capacity();
        std::mem::replace(&mut self.bytes, Vec::with_capacity(capacity))
    }

    /// Adds a value to the row.
    ///
    /// # Errors
    /// A finding when it does not fit the column; the row is then to be cancelled.
    #[inline]
    pub fn value(&mut self, value: &Value<'_>, column: &ColumnType) -> Result<(), Finding> {
        match value {
            Value::Null => self.null(),
            Value::Text(text) => self.text(text, column)?,
            Value::Integer(number) => self.integer(*number, column)?,
            Value::Double(number) => match column {
                ColumnType::Float4 => self.fixed(&float4(*number)?.to_be_bytes()),
                _ => self.fixed(&number.to_be_bytes()),
            },
            Value::Numeric(digits) => self.numeric(digits, column)?,
            Value::Boolean(truth) => self.fixed(&[u8::from(*truth)]),
            Value::Date(days) => self.fixed(&days.to_be_bytes()),
            Value::Timestamp(micros) => self.fixed(&micros.to_be_bytes()),
            Value::Uuid(bytes) => self.fixed(bytes),
            Value::Json(text) => match column {
                ColumnType::Jsonb => self.jsonb(text),
                _ => self.fixed(text.as_bytes()),
            },
            Value::List(texts) => self.list(texts.iter().map(AsRef::as_ref), texts.len()),
        }
        Ok(())
    }

    #[inline]
    pub fn null(&mut self) {
        self.bytes.extend_from_slice(&NULL.to_be_bytes());
    }

    #[inline]
    fn fixed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds text that is known to fit.
    pub fn plain_text(&mut self, text: &str) {
        self.fixed(text.as_bytes());
    }

    /// Adds a `bigint`.
    pub fn int8(&mut self, number: i64) {
        self.fixed(&number.to_be_bytes());
    }

    /// Adds a `smallint`.
    pub fn int2(&mut self, number: i16) {
        self.fixed(&number.to_be_bytes());
    }

    /// Adds a `real`.
    pub fn real(&mut self, number: f32) {
        self.fixed(&number.to_be_bytes());
    }

    /// Adds a `double precision`.
    pub fn double(&mut self, number: f64) {
        self.fixed(&number.to_be_bytes());
    }

    /// Adds a `boolean`.
    pub fn boolean(&mut self, truth: bool) {
        self.fixed(&[u8::from(truth)]);
    }

    /// Adds a `uuid`.
    pub fn uuid(&mut self, bytes: &[u8; 16]) {
        self.fixed(bytes);
    }

    /// Adds a `jsonb` (form version 1: the text itself).
    pub fn jsonb(&mut self, text: &str) {
        self.bytes.extend_from_slice(&(text.len() as i32 + 1).to_be_bytes());
        self.bytes.push(1);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Adds a `text[]` of one dimension.
    pub fn list<'a>(&mut self, texts: impl Iterator<Item = &'a str>, count: usize) {
        const TEXT_OID: i32 = 25;
        let start = self.begin_array(TEXT_OID, count);
        texts.for_each(|text| self.fixed(text.as_bytes()));
        self.end_array(start);
    }

    /// Adds a `bigint[]` of one dimension.
    pub fn numbers(&mut self, numbers: &[i64]) {
        const INT8_OID: i32 = 20;
        let start = self.begin_array(INT8_OID, numbers.len());
        numbers.iter().for_each(|number| self.int8(*number));
        self.end_array(start);
    }

    fn begin_array(&mut self, element: i32, count: usize) -> usize {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        let dimensions = i32::from(count > 0);
        for word in [dimensions, 0, element] {
            self.bytes.extend_from_slice(&word.to_be_bytes());
        }
        if count > 0 {
            self.bytes.extend_from_slice(&(count as i32).to_be_bytes());
            self.bytes.extend_from_slice(&1_i32.to_be_bytes());
        }
        start
    }

    fn end_array(&mut self, start: usize) {
        let length = (self.bytes.len() - start - 4) as i32;
        self.bytes[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }

    fn text(&mut self, text: &str, column: &ColumnType) -> Result<(), Finding> {
        if let ColumnType::Text(Some(limit)) = column
            && text.len() > *limit as usize
            && text.chars().count() > *limit as usize
        {
            return Err(Finding::new("length", format!("is longer than {limit} characters")));
        }
        self.fixed(text.as_bytes());
        Ok(())
    }

    fn integer(&mut self, number: i64, column: &ColumnType) -> Result<(), Finding> {
        let range = |bits: u32| {
            Finding::new("type.integer", format!("is out of range for a {bits}-bit whole number"))
        };
        match column {
            ColumnType::Int2 => {
                self.fixed(&i16::try_from(number).map_err(|_| range(16))?.to_be_bytes());
            }
            ColumnType::Int4 => {
                self.fixed(&i32::try_from(number).map_err(|_| range(32))?.to_be_bytes());
            }
            _ => self.fixed(&number.to_be_bytes()),
        }
        Ok(())
    }

    /// `numeric`: base-10000 digits with the weight of the first one.
    fn numeric(&mut self, text: &str, column: &ColumnType) -> Result<(), Finding> {
        if let ColumnType::Numeric(Some((precision, scale))) = column
            && !fits_numeric(text, *precision, *scale)
        {
            let what = format!("has more digits than numeric({precision},{scale}) holds");
            return Err(Finding::new("type.numeric", what));
        }
        let negative = text.starts_with('-');
        let body = text.trim_start_matches(['+', '-']);
        let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
        let whole = whole.trim_start_matches('0');
        let groups = base_10000(whole, fraction);
        let weight = whole.len().div_ceil(4) as i16 - 1;
        let leading = groups.iter().take_while(|g| **g == 0).count();
        let trailing = groups.iter().rev().take_while(|g| **g == 0).count();
        let digits = groups.get(leading..groups.len().saturating_sub(trailing)).unwrap_or(&[]);
        let (weight, sign) = if digits.is_empty() {
            (0, 0)
        } else {
            (weight - leading as i16, if negative { 0x4000 } else { 0 })
        };
        let header = [digits.len() as i16, weight, sign, fraction.len() as i16];
        let length = ((header.len() + digits.len()) * 2) as i32;
        self.bytes.extend_from_slice(&length.to_be_bytes());
        for word in header.iter().chain(digits) {
            self.bytes.extend_from_slice(&word.to_be_bytes());
        }
        Ok(())
    }
}

fn float4(number: f64) -> Result<f32, Finding> {
    let narrow = number as f32;
    if narrow.is_infinite() && number.is_finite() {
        return Err(Finding::new("type.double", "is out of range for a 32-bit float"));
    }
    Ok(narrow)
}

/// Digits in groups of four, aligned at the decimal point.
fn base_10000(whole: &str, fraction: &str) -> Vec<i16> {
    let digit = |b: u8| i16::from(b - b'0');
    let lead = (4 - whole.len() % 4) % 4;
    let tail = (4 - fraction.len() % 4) % 4;
    let digits: Vec<i16> = std::iter::repeat_n(0, lead)
        .chain(whole.bytes().chain(fraction.bytes()).map(digit))
        .chain(std::iter::repeat_n(0, tail))
        .collect();
    digits.chunks(4).map(|g| g.iter().fold(0, |sum, d| sum * 10 + d)).collect()
}

/// Whether a decimal fits after the server rounded it to the scale.
fn fits_numeric(text: &str, precision: u32, scale: u32) -> bool {
    let body = text.trim_start_matches(['+', '-']);
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let whole = whole.trim_start_matches('0');
    let room = precision.saturating_sub(scale) as usize;
    let kept = fraction.get(..scale as usize).unwrap_or(fraction);
    let carries = fraction.len() > scale as usize
        && fraction.as_bytes()[scale as usize] >= b'5'
        && kept.bytes().chain(whole.bytes()).all(|b| b == b'9');
    whole.len() + usize::from(carries) <= room
}
