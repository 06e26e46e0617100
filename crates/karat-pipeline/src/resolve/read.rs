//! Reads the sources' records into a frame: fields cleaned, each distinct text once.

use karat_record::{Kind, Place, Problem, Result, Type};
use karat_resolve::frame::NO_SCOPE;
use karat_resolve::{Column, ColumnBuilder, Frame};
use karat_rules::clean::{self, Cleaned, Rule};
use karat_rules::read::elements;
use karat_store::Session;
use karat_store::load::Target;
use karat_store::resolution::{self as store, RecordColumns, Which};
use karat_store::table::{TextRow, TextRows};
use rustc_hash::FxHashMap;

use crate::context::Context;
use crate::project::Entity;
use crate::project::entity::{GoldenFrom, Source};

/// A source with its table.
pub struct Opened<'a> {
    pub source: &'a Source,
    pub target: Target,
    pub key: &'a [String],
}

/// All records of an entity, ordered by source and key; record numbers are positions.
pub struct Records {
    pub frame: Frame,
    /// The sources' names in the order of their numbers.
    pub sources: Vec<String>,
    pub keys: Vec<String>,
    pub changed: Vec<Option<i64>>,
    pub trust: Vec<i32>,
    /// For each golden column that is made of source columns: their texts as loaded.
    pub golden: Vec<Option<Column>>,
    /// Why texts were left out of comparisons: field, reason, count.
    pub dropped: Vec<(String, &'static str, u64)>,
    /// The texts of the scopes, by number.
    pub scopes: Vec<String>,
}

impl Records {
    /// The name of a record's source.
    pub fn source(&self, record: u32) -> &str {
        &self.sources[self.frame.sources[record as usize] as usize]
    }

    /// Bytes of memory that they take.
    pub fn bytes(&self) -> u64 {
        let keys: usize = self.keys.iter().map(|key| size_of::<String>() + key.len()).sum();
        let records = size_of_val(&self.changed[..]) + size_of_val(&self.trust[..]);
        let golden: u64 = self.golden.iter().flatten().map(Column::bytes).sum();
        self.frame.bytes() + golden + (keys + records) as u64
    }

    /// The key of a record.
    pub fn key(&self, record: u32) -> &str {
        &self.keys[record as usize]
    }
}

/// Finds the tables of an entity's sources.
pub async fn sources<'a>(
    context: &'a Context<'_>,
    session: &Session,
    entity: &'a Entity,
) -> Result<Vec<Opened<'a>>> {
    let mut opened = Vec::new();
    for source in &entity.sources {
        let dataset = context.project.dataset(&source.dataset);
        let dataset = dataset.expect("datasets were checked when the project was read");
        let Some(target) = Target::find(session, &dataset.table).await? else {
            let what = format!("dataset {} has no table yet", dataset.name);
            return Err(Problem::new(Kind::Input, what)
                .at(Place::file(format!("entities/{}.toml", entity.name)))
                .hint("load it first: karat run load"));
        };
        opened.push(Opened { source, target, key: &dataset.key });
    }
    Ok(opened)
}

/// Reads those records of all sources that a temporary table of the session names by source and
/// key.
pub async fn within(
    context: &Context<'_>,
    entity: &Entity,
    sources: &[Opened<'_>],
    (session, within): (&Session, &'static str),
) -> Result<Records> {
    let mut reading = Reading::new(entity, &context.project.region);
    for (number, source) in sources.iter().enumerate() {
        let slots = Slots::of(entity, source, number)?;
        let which = Which::Within(within, source.source.dataset.as_str());
        let columns = columns(entity, (number, source), &slots, which);
        let mut rows = open(session, entity, source, &columns).await?;
        while let Some(row) = rows.next_texts().await? {
            reading.take(number, source, &slots, &row);
        }
    }
    Ok(reading.finish(entity, sources))
}

/// Reads all records of all sources.
pub async fn records(
    context: &Context<'_>,
    entity: &Entity,
    sources: &[Opened<'_>],
) -> Result<Records> {
    read(context, entity, sources, None).await
}

/// Reads the records of these keys, given for each source.
pub async fn some(
    context: &Context<'_>,
    entity: &Entity,
    sources: &[Opened<'_>],
    keys: &[Vec<String>],
) -> Result<Records> {
    read(context, entity, sources, Some(keys)).await
}

/// Reads two records, each given by source and key; fewer where they are not there.
pub async fn pair(
    context: &Context<'_>,
    entity: &Entity,
    sources: &[Opened<'_>],
    pair: [(&str, &str); 2],
) -> Result<Records> {
    let keys = sources.iter().map(|source| {
        let wanted = pair.iter().filter(|(name, _)| *name == source.source.dataset);
        wanted.map(|(_, key)| (*key).to_owned()).collect()
    });
    some(context, entity, sources, &keys.collect::<Vec<Vec<String>>>()).await
}

async fn read(
    context: &Context<'_>,
    entity: &Entity,
    sources: &[Opened<'_>],
    keys: Option<&[Vec<String>]>,
) -> Result<Records> {
    let mut reading = Reading::new(entity, &context.project.region);
    // All queries are begun before the first is read, so that the server works on the next
    // source while this one is taken in.
    let mut begun = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let slots = Slots::of(entity, source, number)?;
        let session = context.connect().await?;
        let which = keys.map_or(Which::All, |keys| Which::Keys(keys[number].as_slice()));
        let columns = columns(entity, (number, source), &slots, which);
        let rows = open(&session, entity, source, &columns).await?;
        begun.push((number, source, slots, rows, session));
    }
    for (number, source, slots, mut rows, _session) in begun {
        while let Some(row) = rows.next_texts().await? {
            reading.take(number, source, &slots, &row);
        }
    }
    Ok(reading.finish(entity, sources))
}

fn columns<'a>(
    entity: &'a Entity,
    (number, source): (usize, &'a Opened<'_>),
    slots: &'a Slots,
    which: Which<'a>,
) -> RecordColumns<'a> {
    RecordColumns {
        key: source.key,
        scope: entity.scope.as_ref().map(|s| s[number].as_str()).filter(|s| !s.is_empty()),
        changed: source.source.changed.as_deref(),
        values: &slots.columns,
        which,
    }
}

async fn open(
    session: &Session,
    entity: &Entity,
    source: &Opened<'_>,
    columns: &RecordColumns<'_>,
) -> Result<TextRows> {
    let rows = store::records(session, &source.target, columns).await;
    rows.map_err(|p| p.at(Place::file(format!("entities/{}.toml", entity.name))))
}

/// The columns read from one source, and which field or golden column each is for.
struct Slots {
    columns: Vec<String>,
    /// For each of `columns` whether it holds a list.
    lists: Vec<bool>,
    /// For each field the positions of its columns.
    fields: Vec<Vec<usize>>,
    /// For each golden column the position of its column.
    golden: Vec<Option<usize>>,
}

impl Slots {
    fn of(entity: &Entity, source: &Opened<'_>, number: usize) -> Result<Slots> {
        let mut columns: Vec<String> = Vec::new();
        let mut slot = |column: &String| {
            columns.iter().position(|c| c == column).unwrap_or_else(|| {
                columns.push(column.clone());
                columns.len() - 1
            })
        };
        let fields =
            entity.fields.iter().map(|f| f.from[number].iter().map(&mut slot).collect()).collect();
        let golden = entity
            .golden
            .columns
            .iter()
            .map(|c| match &c.from {
                GoldenFrom::Field(_) => None,
                GoldenFrom::Columns(columns) => columns[number].as_ref().map(&mut slot),
            })
            .collect();
        let is_list = |column: &String| {
            let kind = source.target.column(column).map(|c| c.kind.kind());
            matches!(kind, Some(Type::List | Type::Json))
        };
        let lists = columns.iter().map(is_list).collect();
        Ok(Slots { columns, lists, fields, golden })
    }
}

/// A frame being built.
struct Reading<'a> {
    entity: &'a Entity,
    context: clean::Context,
    frame: Frame,
    scopes: FxHashMap<String, u32>,
    fields: Vec<ColumnBuilder>,
    /// For each field what each raw text became.
    cleaned: Vec<FxHashMap<String, Option<u32>>>,
    golden: Vec<ColumnBuilder>,
    keys: Vec<String>,
    changed: Vec<Option<i64>>,
    trust: Vec<i32>,
    dropped: Vec<(String, &'static str, u64)>,
    ids: Vec<u32>,
}

/// Values before the columns asked for: key, scope, change.
const LEADING: usize = 3;

impl<'a> Reading<'a> {
    fn new(entity: &'a Entity, region: &str) -> Reading<'a> {
        Reading {
            entity,
            context: clean::Context { region: region.to_owned() },
            frame: Frame::default(),
            scopes: FxHashMap::default(),
            fields: entity.fields.iter().map(|_| ColumnBuilder::default()).collect(),
            cleaned: entity.fields.iter().map(|_| FxHashMap::default()).collect(),
            golden: entity.golden.columns.iter().map(|_| ColumnBuilder::default()).collect(),
            keys: Vec::new(),
            changed: Vec::new(),
            trust: Vec::new(),
            dropped: Vec::new(),
            ids: Vec::new(),
        }
    }

    fn take(&mut self, number: usize, source: &Opened<'_>, slots: &Slots, row: &TextRow) {
        let integer = |at: usize| row.get(at).and_then(|text| text.parse().ok());
        self.frame.sources.push(number as u16);
        let scope = self.scope(row.get(1));
        self.frame.scopes.push(scope);
        self.keys.push(row.get(0).unwrap_or_default().to_owned());
        self.changed.push(integer(2));
        self.trust.push(source.source.trust);
        for field in 0..self.fields.len() {
            self.ids.clear();
            if self.entity.fields[field].join {
                let parts = slots.fields[field].iter().filter_map(|slot| row.get(LEADING + slot));
                let joined = parts.collect::<Vec<_>>().join(" ");
                if !joined.is_empty() {
                    self.text(field, &joined);
                }
            } else {
                for slot in &slots.fields[field] {
                    if let Some(text) = row.get(LEADING + slot) {
                        self.field(field, text, slots.lists[*slot]);
                    }
                }
            }
            self.fields[field].push(&mut self.ids);
        }
        for (at, slot) in slots.golden.iter().enumerate() {
            self.ids.clear();
            if let Some(text) = slot.and_then(|slot| row.get(LEADING + slot)) {
                self.ids.push(self.golden[at].intern(text));
            }
            self.golden[at].push(&mut self.ids);
        }
    }

    fn scope(&mut self, text: Option<&str>) -> u32 {
        if self.entity.scope.is_none() {
            return 0;
        }
        let Some(text) = text else { return NO_SCOPE };
        if let Some(known) = self.scopes.get(text) {
            return *known;
        }
        let next = self.scopes.len() as u32;
        self.scopes.insert(text.to_owned(), next);
        next
    }

    /// Adds the cleaned texts of one raw value to the record's ids.
    fn field(&mut self, field: usize, raw: &str, list: bool) {
        let texts = if list { elements(raw) } else { None };
        match texts {
            Some(texts) => texts.iter().for_each(|text| self.text(field, text)),
            None => self.text(field, raw),
        }
    }

    fn text(&mut self, field: usize, raw: &str) {
        let known = self.cleaned[field].get(raw).copied();
        let id = known.unwrap_or_else(|| {
            let id = match cleaned(raw, &self.entity.fields[field].clean, &self.context) {
                Ok(text) => Some(self.fields[field].intern(&text)),
                Err(why) => {
                    let name = &self.entity.fields[field].name;
                    count(&mut self.dropped, name, why);
                    None
                }
            };
            self.cleaned[field].insert(raw.to_owned(), id);
            id
        });
        self.ids.extend(id);
    }

    fn finish(mut self, entity: &Entity, sources: &[Opened<'_>]) -> Records {
        self.frame.columns = self.fields.into_iter().map(ColumnBuilder::finish).collect();
        let made = |(column, builder): (&crate::project::entity::GoldenColumn, ColumnBuilder)| {
            matches!(column.from, GoldenFrom::Columns(_)).then(|| builder.finish())
        };
        let mut scopes = vec![String::new(); self.scopes.len()];
        self.scopes.into_iter().for_each(|(text, number)| scopes[number as usize] = text);
        Records {
            scopes,
            frame: self.frame,
            sources: sources.iter().map(|s| s.source.dataset.clone()).collect(),
            keys: self.keys,
            changed: self.changed,
            trust: self.trust,
            golden: entity.golden.columns.iter().zip(self.golden).map(made).collect(),
            dropped: self.dropped,
        }
    }
}

/// A text as the rules leave it, or why they drop it.
pub(crate) fn cleaned(
    raw: &str,
    rules: &[&'static Rule],
    context: &clean::Context,
) -> Result<String, &'static str> {
    let mut text = raw.trim().to_owned();
    if text.is_empty() {
        return Err("is blank");
    }
    for rule in rules {
        text = match rule.apply(&text, context) {
            Cleaned::Kept(kept) => kept.into_owned(),
            Cleaned::Dropped(why) => return Err(why),
        };
    }
    Ok(text)
}

fn count(dropped: &mut Vec<(String, &'static str, u64)>, field: &str, why: &'static str) {
    match dropped.iter_mut().find(|(f, w, _)| f == field && *w == why) {
        Some((_, _, n)) => *n += 1,
        None => dropped.push((field.to_owned(), why, 1)),
    }
}
