//! Feeds mutated conditions or model files to the engine for a while. Nothing is caught: a panic
//! ends the program and prints the input. What is read has to survive being printed and read again.
//!
//! Usage: fuzz model|condition SECONDS [SEED]

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints what it did")]

use std::error::Error;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use karat_resolve::condition::{
    Decimal, Expr, Style, Value, bind, conjuncts, mirror, parse, rewrite, sides,
};
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{Column, IdOrder, Known, Linker, Records, splink};
use serde_json::Value as Json;

const MODEL: &str = include_str!("../tests/fixtures/splink/model.json");
const RECORDS: &str = include_str!("../tests/fixtures/splink/records.jsonl");
const DUCKDB: &str = include_str!("../tests/fixtures/condition/duckdb.jsonl");
const LIBRARY: &str = include_str!("../tests/fixtures/condition/splink_library.jsonl");

/// Records that a model is tried on: enough for pairs, few enough for many models.
const FEW: usize = 24;

/// Letters that end something, begin something, or take more than one byte.
const LETTERS: &str = "'\"()[]{}*/-+\\%_.,;:<>=!|^~@#$ 019eElr\n\0\u{7f}é\u{301}🙂\u{202e}";

const NUMBERS: [&str; 14] = [
    "0",
    "-1",
    "1",
    "2",
    "0.5",
    "1e308",
    "1e-320",
    "-9223372036854775808",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999999999999999999999",
    "0.00000000000000000001",
    "100000",
    "2147483648",
];

/// What is tried right now, for the message of a panic.
static INPUT: Mutex<String> = Mutex::new(String::new());

fn main() -> Result<(), Box<dyn Error>> {
    const USAGE: &str = "usage: fuzz model|condition SECONDS [SEED]";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (what, seconds) = match &arguments[..] {
        [what, seconds] | [what, seconds, _] => (what.as_str(), seconds.parse()?),
        _ => return Err(USAGE.into()),
    };
    let seed: u64 = arguments.get(2).map_or(Ok(1), |seed| seed.parse())?;
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        if let Ok(input) = INPUT.lock() {
            eprintln!("the input, quoted:\n{input:?}");
        }
    }));
    let mut fuzzer = Fuzzer::new(seed);
    let attempt: fn(&mut Fuzzer) -> Result<bool, Box<dyn Error>> = match what {
        "condition" => Fuzzer::condition,
        "model" => Fuzzer::model,
        _ => return Err(USAGE.into()),
    };
    let (start, limit) = (Instant::now(), Duration::from_secs(seconds));
    let (mut done, mut read, mut slowest) = (0_u64, 0_u64, Duration::ZERO);
    while start.elapsed() < limit {
        let before = Instant::now();
        read += u64::from(attempt(&mut fuzzer)?);
        done += 1;
        slowest = slowest.max(before.elapsed());
    }
    println!("{what}: {done} inputs, {read} of them valid; the slowest took {slowest:.1?}");
    Ok(())
}

/// A small generator of repeatable random numbers (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

struct Fuzzer {
    dice: Dice,
    conditions: Vec<String>,
    /// Every word, number, text and sign of the conditions, once.
    words: Vec<String>,
    letters: Vec<char>,
    model: Json,
    /// Every part of the model file.
    parts: Vec<Json>,
    records: Records,
    rows: Vec<Json>,
}

impl Fuzzer {
    fn new(seed: u64) -> Fuzzer {
        let json = |line: &str| serde_json::from_str::<Json>(line).expect("a fixture is JSON");
        let mut conditions = Vec::new();
        for line in DUCKDB.lines().chain(LIBRARY.lines()) {
            texts_named(&json(line), "sql", &mut conditions);
        }
        let model = json(MODEL);
        for key in ["sql_condition", "blocking_rule"] {
            texts_named(&model, key, &mut conditions);
        }
        let mut words: Vec<String> = conditions.iter().flat_map(|it| tokens(it)).collect();
        words.extend(NUMBERS.iter().map(|number| (*number).to_owned()));
        words.sort_unstable();
        words.dedup();
        let mut parts = Vec::new();
        collect(&model, &mut parts);
        let rows: Vec<Json> = RECORDS.lines().take(FEW).map(json).collect();
        Fuzzer {
            // The generator stays at zero for ever; any other start will do.
            dice: Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            conditions,
            words,
            letters: LETTERS.chars().collect(),
            model,
            parts,
            records: records(&rows),
            rows,
        }
    }

    /// Tries one condition; says whether it is valid.
    fn condition(&mut self) -> Result<bool, Box<dyn Error>> {
        let text = self.mutated_condition();
        note(&text);
        let mut is_valid = false;
        for style in [Style::Suffixed, Style::Qualified, Style::Plain] {
            let Ok(expr) = parse(&text, style) else { continue };
            let printed = expr.printed(style).to_string();
            assert_eq!(parse(&printed, style).as_ref(), Ok(&expr), "printed as {printed}");
            assert_eq!(mirror(&mirror(&expr)), expr);
            assert_eq!(rewrite(&expr, &mut |_| None), expr);
            let (left, right) = sides(&expr);
            assert_eq!(sides(&mirror(&expr)), (right, left));
            assert!(!conjuncts(&expr).is_empty());
            is_valid |= self.evaluate(&expr);
        }
        Ok(is_valid)
    }

    /// Evaluates the condition over a few values in every column; says whether it can be.
    fn evaluate(&mut self, expr: &Expr) -> bool {
        let Ok(bound) = bind(expr) else { return false };
        for _ in 0..4 {
            let values = [self.value(2), self.value(2), self.value(2)];
            let column = |side, name: &str| values[(name.len() + side as usize) % 3].clone();
            let once = bound.evaluate(&column);
            assert_eq!(format!("{once:?}"), format!("{:?}", bound.evaluate(&column)));
        }
        true
    }

    fn value(&mut self, depth: usize) -> Value {
        let decimal = |text: &&str| Decimal::parse(text).map_or(Value::Null, Value::Decimal);
        match self.dice.below(if depth == 0 { 10 } else { 12 }) {
            0 => Value::Null,
            1 => Value::Boolean(self.dice.below(2) == 0),
            2 => Value::Integer(*self.dice.pick(&[0, 1, -7, 2020, i64::MAX, i64::MIN])),
            3 => {
                let floats = [0.0, -0.0, 2.5, -1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
                Value::Float(*self.dice.pick(&floats))
            }
            4 => decimal(self.dice.pick(&NUMBERS)),
            5 => Value::text(&self.text()),
            6 => Value::Date(*self.dice.pick(&[0, -1, 18_262, i32::MAX, i32::MIN])),
            7 => Value::Timestamp(*self.dice.pick(&[
                0,
                -1,
                1_577_836_800_000_000,
                i64::MAX,
                i64::MIN,
            ])),
            8 => Value::Real(*self.dice.pick(&[0.1, -0.0, 3e38, f32::NAN, f32::INFINITY])),
            9 => Value::Struct(vec![
                ("lat".into(), Value::Float(51.5)),
                ("long".into(), Value::Null),
            ]),
            _ => {
                let items = self.dice.below(4);
                Value::List((0..items).map(|_| self.value(depth - 1)).collect())
            }
        }
    }

    /// A text as a record has it, or one that no record should have.
    fn text(&mut self) -> String {
        match self.dice.below(4) {
            0 => ["", "2020-1-5", "31/12/1999", "12:61:00", "é", "Müller"][self.dice.below(6)]
                .to_owned(),
            1 => self.dice.pick(&self.words).trim_matches('\'').to_owned(),
            2 => (0..self.dice.below(20)).map(|_| *self.dice.pick(&self.letters)).collect(),
            _ => {
                let row = self.dice.pick(&self.rows);
                let texts: Vec<&str> =
                    row.as_object().into_iter().flatten().filter_map(|it| it.1.as_str()).collect();
                texts.get(self.dice.below(texts.len())).copied().unwrap_or_default().to_owned()
            }
        }
    }

    fn mutated_condition(&mut self) -> String {
        let mut text = self.dice.pick(&self.conditions).clone();
        for _ in 0..self.dice.below(5) {
            text = match self.dice.below(5) {
                0 => self.with_letters(&text),
                1 => self.joined(&text),
                _ => self.with_words(&text),
            };
        }
        text
    }

    /// Letters taken out, put in, replaced or doubled.
    fn with_letters(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let at = self.dice.below(letters.len() + 1);
        let end = (at + self.dice.below(6)).min(letters.len());
        let part = match self.dice.below(4) {
            0 => Vec::new(),
            1 => letters[at..end].repeat(2),
            _ => vec![*self.dice.pick(&self.letters)],
        };
        letters.splice(at..end, part);
        letters.into_iter().collect()
    }

    /// Words of the language taken out, put in, replaced, or moved.
    fn with_words(&mut self, text: &str) -> String {
        let mut words = tokens(text);
        let at = self.dice.below(words.len() + 1);
        let end = (at + self.dice.below(3)).min(words.len());
        let part = match self.dice.below(5) {
            0 => Vec::new(),
            1 => {
                let other: Vec<String> = tokens(self.dice.pick::<String>(&self.conditions));
                let from = self.dice.below(other.len());
                let to = (from + self.dice.below(12)).min(other.len());
                other[from..to].to_vec()
            }
            2 => [&words[at..end], &words[at..end]].concat(),
            _ => vec![self.dice.pick(&self.words).clone()],
        };
        words.splice(at..end, part);
        words.join(" ")
    }

    /// Two conditions made one, or one inside of another expression.
    fn joined(&mut self, text: &str) -> String {
        let other = self.dice.pick(&self.conditions);
        match self.dice.below(6) {
            0 => format!("({text}) and ({other})"),
            1 => format!("not ({text}) or {other}"),
            2 => format!("case when {text} then {other} else {text} end"),
            3 => format!("coalesce({text}, {other}) = ({other})"),
            4 => format!("try_cast(({text}) as varchar)"),
            _ => format!("[{text}, {other}][1]"),
        }
    }

    /// Tries one model file; says whether it is valid.
    fn model(&mut self) -> Result<bool, Box<dyn Error>> {
        let mut model = self.model.clone();
        for _ in 0..=self.dice.below(4) {
            self.change(&mut model);
        }
        let mut text = serde_json::to_string(&model)?;
        if self.dice.below(8) == 0 {
            text = self.with_letters(&text);
        }
        note(&text);
        let Ok(read) = splink::read(&text) else { return Ok(false) };
        let written = splink::write(&read.model, &read.settings);
        let again = splink::read(&written).map_err(|refusal| format!("{refusal:?}"));
        let again = again.expect("what was written can be read");
        assert_eq!(format!("{:?}", again.model), format!("{:?}", read.model));
        assert_eq!(splink::write(&again.model, &again.settings), written);
        let known = Known::default();
        let Ok(linker) = Linker::new(&read.model, &self.records, &known, &[]) else {
            return Ok(true);
        };
        let mut pairs = 0;
        // A model without probabilities is refused here, and data may not fit its conditions.
        let _ = linker.predict(&read.model, f64::NEG_INFINITY, |found| pairs += found.len());
        assert!(pairs <= FEW * FEW);
        Ok(true)
    }

    /// Changes one place of the file.
    fn change(&mut self, json: &mut Json) {
        let inside = match json {
            Json::Array(items) => items.len(),
            Json::Object(fields) => fields.len(),
            _ => 0,
        };
        if inside == 0 || self.dice.below(5) == 0 {
            return self.replace(json);
        }
        let at = self.dice.below(inside);
        match json {
            Json::Array(items) => match self.dice.below(8) {
                0 => drop(items.remove(at)),
                1 => items.insert(at, items[at].clone()),
                2 => items.swap(0, at),
                _ => self.change(&mut items[at]),
            },
            Json::Object(fields) => {
                let Some(key) = fields.keys().nth(at).cloned() else { return };
                match self.dice.below(10) {
                    0 => drop(fields.remove(&key)),
                    1 => drop(fields.insert(self.text(), self.dice.pick(&self.parts).clone())),
                    _ => self.change(fields.get_mut(&key).expect("a key of this object")),
                }
            }
            _ => {}
        }
    }

    fn replace(&mut self, json: &mut Json) {
        let number = |text: &&str| serde_json::from_str(text).unwrap_or(Json::Null);
        *json = match (&*json, self.dice.below(6)) {
            (_, 0) => self.dice.pick(&self.parts).clone(),
            (_, 1) => Json::Null,
            (_, 2) => number(self.dice.pick(&NUMBERS)),
            (Json::Number(old), 3) => Json::from(-old.as_f64().unwrap_or_default()),
            (Json::Number(old), _) => Json::from(old.as_f64().unwrap_or_default() * 1.5),
            (Json::Bool(old), _) => Json::Bool(!old),
            (Json::String(old), 3) => Json::String(self.with_words(&old.clone())),
            (Json::String(_), 4) => Json::String(self.mutated_condition()),
            (Json::String(old), _) => Json::String(self.with_letters(&old.clone())),
            _ => Json::String(self.text()),
        };
    }
}

fn note(text: &str) {
    if let Ok(mut input) = INPUT.lock() {
        text.clone_into(&mut input);
    }
}

/// Words, numbers, quoted texts and single signs, without what separates them.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
        let length = match first {
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            _ if is_part(first) => rest.find(|it| !is_part(it)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}

/// All texts under this key, however deep.
fn texts_named(json: &Json, name: &str, texts: &mut Vec<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| texts_named(item, name, texts)),
        Json::Object(fields) => {
            texts.extend(fields.get(name).and_then(Json::as_str).map(str::to_owned));
            fields.values().for_each(|field| texts_named(field, name, texts));
        }
        _ => {}
    }
}

fn collect(json: &Json, parts: &mut Vec<Json>) {
    parts.push(json.clone());
    match json {
        Json::Array(items) => items.iter().for_each(|item| collect(item, parts)),
        Json::Object(fields) => fields.values().for_each(|field| collect(field, parts)),
        _ => {}
    }
}

fn records(rows: &[Json]) -> Records {
    let mut ids = Texts::default();
    rows.iter().for_each(|row| ids.push(&row["unique_id"].to_string()));
    let names: Vec<String> =
        rows[0].as_object().into_iter().flat_map(|row| row.keys().cloned()).collect();
    let column = |name: String| {
        let values: Vec<Value> = rows.iter().map(|row| value(&row[&name])).collect();
        (name, Column::of_values(&values))
    };
    let columns = names.into_iter().map(column).collect();
    Records::new(ids, vec![0; rows.len()], vec!["people".into()], columns, IdOrder::Number)
}

fn value(json: &Json) -> Value {
    match json {
        Json::Number(number) => Value::Float(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Bool(holds) => Value::Boolean(*holds),
        Json::Null | Json::Object(_) => Value::Null,
    }
}
