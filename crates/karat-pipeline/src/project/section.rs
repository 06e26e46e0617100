//! A table of a project file being read. Everything wrong with it is collected, with line and
//! hint, instead of stopping at the first problem; keys that nobody asked for are problems too.

use std::cell::RefCell;
use std::ops::Range;

use karat_record::{Kind, Place, Problem, Problems};
use toml_edit::{Item, TableLike, Value};

use super::size;

/// A project file: its name as the user would write it, and its text.
#[derive(Debug)]
pub struct Source {
    pub path: String,
    pub text: String,
}

/// One table of a file. Reading a key marks it as known.
pub struct Section<'a> {
    source: &'a Source,
    /// The table's path for messages: `columns.email`; empty for the file itself.
    path: String,
    table: &'a dyn TableLike,
    at: Range<usize>,
    asked: RefCell<Vec<String>>,
    problems: &'a RefCell<Problems>,
}

/// Reads a file's text with `read`; all problems of syntax and content come back together.
pub fn read_source<T>(
    source: &Source,
    read: impl FnOnce(&Section<'_>) -> Option<T>,
) -> Result<T, Problems> {
    let document = match toml_edit::Document::parse(source.text.as_str()) {
        Ok(document) => document,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let what = format!("this is not TOML: {}", error.message().trim().replace('\n', "; "));
            let hint = "mend it at that place; a text stands in quotes: name = \"agents\"";
            return Err(Problem::new(Kind::Project, what)
                .at(place_in(source, at))
                .hint(hint)
                .into());
        }
    };
    let problems = RefCell::new(Problems::default());
    let section = Section {
        source,
        path: String::new(),
        table: document.as_table(),
        at: 0..0,
        asked: RefCell::default(),
        problems: &problems,
    };
    let value = read(&section);
    section.done();
    match (value, problems.into_inner().into_result()) {
        (Some(value), Ok(())) => Ok(value),
        (_, Err(problems)) => Err(problems),
        (None, Ok(())) => Err(Problem::new(Kind::Internal, "a file was refused silently").into()),
    }
}

impl<'a> Section<'a> {
    /// Says what is wrong with `key`, at its place.
    pub fn wrong(&self, key: &str, what: impl Into<String>, hint: &str) {
        let span = self.table.get(key).and_then(Item::span);
        let at = span.map_or(self.at.start, |span| span.start);
        self.push(at, what.into(), hint);
    }

    fn push(&self, at: usize, what: String, hint: &str) {
        let problem = Problem::new(Kind::Project, what).at(place_in(self.source, at));
        let problem = if hint.is_empty() { problem } else { problem.hint(hint) };
        self.problems.borrow_mut().push(problem);
    }

    /// The place of a key, for messages that come later.
    pub fn place(&self, key: &str) -> Place {
        let span = self.table.get(key).and_then(Item::span);
        place_in(self.source, span.map_or(self.at.start, |s| s.start))
    }

    /// The key with the path of its table, for messages.
    pub(super) fn named(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn get(&self, key: &str) -> Option<&'a Item> {
        self.asked.borrow_mut().push(key.to_owned());
        self.table.get(key)
    }

    /// Whether the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A value of a kind of its own. `kind` and `example` say how it is to be written.
    pub(super) fn typed<T>(
        &self,
        key: &str,
        (kind, example): (&str, &str),
        read: impl Fn(&'a Item) -> Option<T>,
    ) -> Option<T> {
        let item = self.get(key)?;
        let value = read(item);
        if value.is_none() {
            let what = format!("{} must be {kind}, not {}", self.named(key), kind_of(item));
            self.wrong(key, what, &format!("write it as {key} = {example}"));
        }
        value
    }

    /// A text.
    pub fn text(&self, key: &str) -> Option<String> {
        self.typed(key, ("a text in quotes", "\"...\""), |item| item.as_str().map(str::to_owned))
    }

    /// A text that has to be there.
    pub fn required_text(&self, key: &str, hint: &str) -> Option<String> {
        if !self.has(key) {
            self.missing(key, hint);
        }
        self.text(key)
    }

    /// Says that a key is missing.
    pub fn missing(&self, key: &str, hint: &str) {
        self.get(key);
        self.push(self.at.start, format!("{} is missing", self.named(key)), hint);
    }

    /// Whether something is so.
    pub fn truth(&self, key: &str) -> Option<bool> {
        self.typed(key, ("true or false", "true"), Item::as_bool)
    }

    /// A whole number within bounds.
    pub fn number(&self, key: &str, bounds: Range<i64>) -> Option<i64> {
        let number = self.typed(key, ("a whole number", "2"), Item::as_integer)?;
        if bounds.contains(&number) {
            return Some(number);
        }
        let (low, high) = (bounds.start, bounds.end - 1);
        let what = format!("{} cannot be {number}", self.named(key));
        self.wrong(key, what, &format!("write a whole number from {low} to {high}"));
        None
    }

    /// A number from 0 to 1.
    pub fn share(&self, key: &str) -> Option<f64> {
        let number = self.typed(key, ("a number", "0.9"), |item| {
            item.as_float().or_else(|| item.as_integer().map(|n| n as f64))
        })?;
        if (0.0..=1.0).contains(&number) {
            return Some(number);
        }
        let what = format!("{} cannot be {number}", self.named(key));
        self.wrong(key, what, "write a number from 0 to 1");
        None
    }

    /// A number above 0.
    pub fn positive(&self, key: &str) -> Option<f64> {
        let number = self.typed(key, ("a number", "30"), |item| {
            item.as_float().or_else(|| item.as_integer().map(|n| n as f64))
        })?;
        if number > 0.0 && number.is_finite() {
            return Some(number);
        }
        let what = format!("{} cannot be {number}", self.named(key));
        self.wrong(key, what, "write a number above 0");
        None
    }

    /// A size of memory in bytes, written as a text with its unit.
    pub fn size(&self, key: &str) -> Option<u64> {
        let (kind, example) = ("a size in quotes", "\"4 GiB\"");
        let text = self.typed(key, (kind, example), Item::as_str)?;
        let bytes = size::parse(text);
        if bytes.is_none() {
            let what = format!("{} cannot be {text:?}", self.named(key));
            let hint = format!("write a number and KiB, MiB, GiB, MB or GB: {key} = {example}");
            self.wrong(key, what, &hint);
        }
        bytes
    }

    /// A list of texts; one text alone is a list of one.
    pub fn texts(&self, key: &str) -> Option<Vec<String>> {
        self.typed(key, ("a list of texts", "[\"...\", \"...\"]"), texts_of)
    }

    /// One of a closed list of words.
    pub fn choice<T>(&self, key: &str, options: &[(&str, T)]) -> Option<T>
    where
        T: Copy,
    {
        let word = self.text(key)?;
        let found = options.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = options.iter().map(|(name, _)| *name).collect();
            let what = format!("{} cannot be {word:?}", self.named(key));
            self.wrong(key, what, &one_of(&word, &names));
        }
        found
    }

    /// A table below this one.
    pub fn table(&self, key: &str) -> Option<Section<'a>> {
        let item = self.get(key)?;
        let Some(table) = item.as_table_like() else {
            let what = format!("{} must be a table, not {}", self.named(key), kind_of(item));
            let hint = format!("write it as [{}] with a key = value in each line", self.named(key));
            self.wrong(key, what, &hint);
            return None;
        };
        Some(self.below(self.named(key), table, item.span().unwrap_or(self.at.clone())))
    }

    fn below(&self, path: String, table: &'a dyn TableLike, at: Range<usize>) -> Section<'a> {
        let (source, problems) = (self.source, self.problems);
        Section { source, path, table, at, asked: RefCell::default(), problems }
    }

    /// A list of tables, written `[[key]]` or `[{ ... }, { ... }]`.
    pub fn tables(&self, key: &str) -> Vec<Section<'a>> {
        let Some(item) = self.get(key) else { return Vec::new() };
        let path = self.named(key);
        let span = |span: Option<Range<usize>>| span.unwrap_or(self.at.clone());
        match item {
            Item::ArrayOfTables(tables) => {
                tables.iter().map(|t| self.below(path.clone(), t, span(t.span()))).collect()
            }
            Item::Value(Value::Array(values)) if values.iter().all(Value::is_inline_table) => {
                let tables = values.iter().filter_map(|v| Some((v.as_inline_table()?, v.span())));
                tables.map(|(t, at)| self.below(path.clone(), t, span(at))).collect()
            }
            other => {
                let what = format!("{path} must be a list of tables, not {}", kind_of(other));
                self.wrong(key, what, &format!("write each as [[{path}]] with its keys below"));
                Vec::new()
            }
        }
    }

    /// The keys of this table, in the order of the file; all count as known.
    pub fn keys(&self) -> Vec<String> {
        let keys: Vec<String> = self.table.iter().map(|(key, _)| key.to_owned()).collect();
        self.asked.borrow_mut().extend(keys.iter().cloned());
        keys
    }

    /// Whether the key holds a table rather than a plain value.
    pub fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|item| item.is_table_like())
    }

    /// The value of a key that may also hold something else than true or false.
    pub fn is_truth(&self, key: &str) -> Option<bool> {
        self.get(key).and_then(Item::as_bool)
    }

    /// Whether a text stands under a key that may also hold something else.
    pub fn is_text(&self, key: &str) -> bool {
        self.get(key).is_some_and(Item::is_str)
    }

    /// Refuses the keys that nobody asked for.
    pub fn done(&self) {
        let asked = self.asked.borrow();
        let names: Vec<&str> = asked.iter().map(String::as_str).collect();
        for (key, _) in self.table.iter().filter(|(key, _)| !names.contains(key)) {
            let at = self.table.key(key).and_then(toml_edit::Key::span);
            let what = format!("unknown key {}", self.named(key));
            self.push(at.map_or(self.at.start, |span| span.start), what, &one_of(key, &names));
        }
    }
}

/// The place of byte `at`. A line that may hold a password, which belongs in no project file, is
/// not repeated.
fn place_in(source: &Source, at: usize) -> Place {
    let place = Place::at(&source.path, &source.text, at);
    let secret = |line: &String| {
        let line = line.to_lowercase();
        ["://", "passw", "secret", "token"].iter().any(|sign| line.contains(sign))
    };
    Place { excerpt: place.excerpt.filter(|line| !secret(line)), ..place }
}

/// `did you mean x?` where something is near, else the whole list.
pub fn one_of(word: &str, names: &[&str]) -> String {
    let near = names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4);
    match near {
        Some((_, name)) => format!("did you mean {name}?"),
        None if names.is_empty() => "there is none yet".to_owned(),
        None => {
            let mut names = names.to_vec();
            names.sort_unstable();
            names.dedup();
            format!("there is: {}", names.join(", "))
        }
    }
}

fn texts_of(item: &Item) -> Option<Vec<String>> {
    if let Some(text) = item.as_str() {
        return Some(vec![text.to_owned()]);
    }
    item.as_array()?.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

fn kind_of(item: &Item) -> &'static str {
    match item {
        Item::Value(Value::String(_)) => "a text",
        Item::Value(Value::Integer(_)) => "a whole number",
        Item::Value(Value::Float(_)) => "a number",
        Item::Value(Value::Boolean(_)) => "true or false",
        Item::Value(Value::Datetime(_)) => "a date",
        Item::Value(Value::Array(_)) => "a list",
        Item::Value(Value::InlineTable(_)) | Item::Table(_) => "a table",
        Item::ArrayOfTables(_) => "a list of tables",
        Item::None => "nothing",
    }
}
