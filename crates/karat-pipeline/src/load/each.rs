//! Loading a dataset from the elements of a JSON array in another one.

use std::collections::VecDeque;
use std::sync::Arc;

use karat_connect::vault::hash_text;
use karat_record::{Finding, Kind, Place, Problem, Reporter, Result, Stage as Reported, Type};
use karat_store::copy::ColumnType;
use karat_store::load::{self as store, Load, Stage, Target};
use karat_store::table::{self, Digest, TextRow, TextRows};
use karat_store::{Address, Session};
use serde_json::Value as Json;
use tokio::sync::mpsc::Sender;

use super::arrival::{Arrival, Rows, Written};
use super::contract::Fit;
use super::file::target;
use super::maker::{Maker, Raw};
use super::part::Part;
use super::plan;
use super::writer::{Route, Standing, Writer};
use super::{Loaded, Outcome};
use crate::context::Context;
use crate::project::contract::Types;
use crate::project::dataset::{Dataset, From, Origin};

/// Loads the dataset, unless the one that it is made from is as it was the last time.
pub async fn load(context: &Context<'_>, dataset: &Dataset) -> Result<Loaded> {
    let Origin::Each { dataset: parent, column } = &dataset.origin else { return Ok(None) };
    let session = context.connect().await?;
    let source = parent_of(context, &session, dataset, parent, column).await?;
    let Digest(content) = table::digest(&session, &source.table).await?;
    let sha256 = hash_text(&format!("{parent} {content}"));
    let done = store::done_before(&session, &dataset.name, parent, &sha256).await?;
    if done.is_some_and(|d| d.latest && d.settings == dataset.settings) {
        return Ok(None);
    }
    let mut rows = Elements::new(context, dataset, &source, column);
    let load = Load {
        id: store::begin(&session).await?,
        dataset: dataset.name.clone(),
        origin: parent.clone(),
        sha256,
        settings: dataset.settings.clone(),
        run: context.run,
    };
    let mut wider = Vec::new();
    loop {
        match load_by(context, dataset, &session, (&mut rows, load.clone()), &wider).await? {
            Ended::Loaded(outcome) => return Ok(Some(outcome)),
            Ended::TooNarrow(found) => wider.extend(found),
        }
    }
}

enum Ended {
    Loaded(Outcome),
    /// Values that did not fit would, if these columns had these types.
    TooNarrow(Vec<(String, Type)>),
}

async fn load_by(
    context: &Context<'_>,
    dataset: &Dataset,
    session: &Session,
    (rows, load): (&mut Elements, Load),
    wider: &[(String, Type)],
) -> Result<Ended> {
    let mut target = target(session, dataset, &dataset.columns).await?;
    let fit = Fit::new(session, dataset, dataset.columns.clone(), &mut target, wider).await?;
    let made = plan::made(dataset, &fit.columns, &target, |from| rows.input(from))?;
    let key = plan::key_positions(dataset, &made);
    let mut arrival = Arrival { context, dataset, target, load, form: None, ages: None };
    let staged: Vec<_> = made.iter().map(|m| (m.name.clone(), m.kind.clone())).collect();
    let staged: Vec<_> = staged.iter().map(|(name, kind)| (name.clone(), kind)).collect();
    let maker = Maker::new(made, dataset.nulls.clone(), &context.project.region)
        .under(Vec::new(), dataset.contract.types == Types::Evolve);
    let writer = Writer::new(maker, arrival.load.id, Route::Staged, key);
    let stage = Stage::create(session, arrival.load.id, &staged).await?;
    let mut writer = arrival.fill(&stage, rows, writer, None).await?;
    if let Some(wider) = fit.too_narrow(&writer.maker) {
        stage.remove(session).await?;
        return Ok(Ended::TooNarrow(wider));
    }
    session.begin().await?;
    fit.apply(session, arrival.load.id).await?;
    arrival.target.trace(session).await?;
    let (books, notes) = arrival.merge(session, &stage, rows, &mut writer).await?;
    stage.remove(session).await?;
    let written = Written::of(&mut writer);
    let fitted = fit.notes(&arrival.target, &writer.maker.wider());
    let notes = [fitted, notes, written.lacking.notes.clone()].concat();
    let dropped = written.dropped.clone();
    arrival.close(session, written, &books).await?;
    Ok(Ended::Loaded(Outcome { books, dropped, notes, schema_changes: fit.changes }))
}

/// The table of the parent dataset, with the array's column in it.
async fn parent_of(
    context: &Context<'_>,
    session: &Session,
    dataset: &Dataset,
    parent: &str,
    column: &str,
) -> Result<Target> {
    let place = || Place::file(format!("datasets/{}.toml", dataset.name));
    let declared = context.project.dataset(parent);
    let table = declared.map(|d| &d.table);
    let found = match table {
        Some(table) => Target::find(session, table).await?,
        None => None,
    };
    let Some(target) = found else {
        let what = format!("dataset {parent} has no table yet");
        return Err(Problem::new(Kind::Input, what).at(place()).hint("load it first"));
    };
    match target.column(column).map(|c| &c.kind) {
        Some(ColumnType::Json | ColumnType::Jsonb | ColumnType::Text(_)) => Ok(target),
        Some(_) => {
            let what = format!("column {column:?} of {} holds no JSON", target.table);
            Err(Problem::new(Kind::Input, what).at(place()))
        }
        None => {
            let what = format!("table {} has no column {column:?}", target.table);
            Err(Problem::new(Kind::Input, what).at(place()))
        }
    }
}

/// The elements of the array in every row of the parent.
struct Elements {
    address: Address,
    source: Target,
    /// The parent's columns that are read: the array, then those that columns are made from.
    columns: Vec<String>,
    /// The paths taken out of each element.
    paths: Vec<String>,
    reporter: Arc<dyn Reporter>,
    stage: Reported,
}

impl Elements {
    fn new(context: &Context<'_>, dataset: &Dataset, source: &Target, column: &str) -> Elements {
        let mut columns = vec![column.to_owned()];
        let mut paths = Vec::new();
        for made in &dataset.columns {
            match &made.from {
                From::Parent(parent) if !columns[1..].contains(parent) => {
                    columns.push(parent.clone())
                }
                From::Path(path) if !paths.contains(path) => paths.push(path.clone()),
                _ => {}
            }
        }
        columns.retain(|c| source.column(c).is_some());
        Elements {
            address: context.address.clone(),
            source: source.clone(),
            columns,
            paths,
            reporter: context.reporter.clone(),
            stage: Reported::new("load", dataset.name.clone()),
        }
    }

    /// Inputs are numbered: the position, the parent's columns, the paths.
    fn input(&self, from: &From) -> Option<usize> {
        match from {
            From::Position => Some(0),
            From::Parent(parent) => {
                self.columns.iter().skip(1).position(|c| c == parent).map(|i| i + 1)
            }
            From::Path(path) => {
                let at = self.paths.iter().position(|p| p == path);
                at.map(|i| i + self.columns.len())
            }
            From::Header(_) | From::Missing(_) | From::Hash(_) => None,
        }
    }

    /// Begins to walk over the elements.
    async fn walk(&self) -> Result<Walk<'_>> {
        let session = Session::open(&self.address).await?;
        let rows = table::read_texts(&session, &self.source, &self.columns).await?;
        Ok(Walk { elements: self, _session: session, rows, ready: VecDeque::new(), number: 0 })
    }

    /// The elements of one row of the parent. An array that is none is one bad element: what
    /// stood in it before is no longer there.
    fn of_row(&self, row: &TextRow) -> Vec<(Element, String)> {
        let Some(array) = row.get(0) else { return Vec::new() };
        let fields = row.owned_from(1);
        match serde_json::from_str::<Json>(array) {
            Ok(Json::Array(elements)) => elements
                .iter()
                .enumerate()
                .map(|(i, element)| (self.element(element, &fields, i + 1), element.to_string()))
                .collect(),
            Ok(Json::Null) => Vec::new(),
            Ok(_) | Err(_) => {
                let wrong = Some(Finding::new("each.array", "is not a JSON array"));
                vec![(self.texts(&Json::Null, &fields, 0, wrong), array.to_owned())]
            }
        }
    }

    fn element(&self, element: &Json, fields: &[Option<String>], position: usize) -> Element {
        let wrong =
            (!element.is_object()).then(|| Finding::new("each.object", "is not a JSON object"));
        self.texts(element, fields, position, wrong)
    }

    fn texts(
        &self,
        element: &Json,
        fields: &[Option<String>],
        position: usize,
        wrong: Option<Finding>,
    ) -> Element {
        let mut texts = vec![Some(position.to_string())];
        texts.extend(fields.iter().cloned());
        texts.extend(self.paths.iter().map(|path| at_path(element, path)));
        Element { texts, wrong }
    }
}

/// The text at a path of keys; other JSON than texts as its own text.
fn at_path(element: &Json, path: &str) -> Option<String> {
    let found = path.split('.').try_fold(element, |json, key| json.get(key))?;
    match found {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// One element as raw texts, or as much of it as there is and what is wrong with it.
struct Element {
    texts: Vec<Option<String>>,
    wrong: Option<Finding>,
}

impl Raw for Element {
    fn text(&self, input: usize) -> Result<Option<&str>, Finding> {
        Ok(self.texts.get(input).and_then(Option::as_deref))
    }
}

/// A walk over all elements, numbered from 1.
struct Walk<'a> {
    elements: &'a Elements,
    _session: Session,
    rows: TextRows,
    ready: VecDeque<(Element, String)>,
    number: i64,
}

impl Walk<'_> {
    /// The next element: its number, its raw texts, and how it stands in the array.
    async fn next(&mut self) -> Result<Option<(i64, Element, String)>> {
        while self.ready.is_empty() {
            let Some(row) = self.rows.next_texts().await? else { return Ok(None) };
            self.ready.extend(self.elements.of_row(&row));
        }
        self.number += 1;
        Ok(self.ready.pop_front().map(|(element, raw)| (self.number, element, raw)))
    }
}

impl Rows for Elements {
    async fn pour(&mut self, mut writer: Writer, parts: Sender<Part>) -> Result<Writer> {
        self.reporter.started(&self.stage, None);
        let mut walk = self.walk().await?;
        while let Some((row, mut element, raw)) = walk.next().await? {
            let standing = Standing { row, byte: None, raw: || raw };
            let chunk = match element.wrong.take() {
                None => writer.row(&element, standing)?,
                Some(finding) => {
                    writer.refuse(Some(&element), finding, standing)?;
                    None
                }
            };
            if let Some(chunk) = chunk
                && parts.send(Part::Chunk(chunk)).await.is_err()
            {
                return Ok(writer);
            }
        }
        if let Some(chunk) = writer.finish() {
            // When nobody takes chunks any more, the copy's own problem says why.
            drop(parts.send(Part::Chunk(chunk)).await);
        }
        Ok(writer)
    }

    async fn raws(&mut self, rows: &[i64]) -> Result<Vec<(i64, Option<i64>, String)>> {
        let mut found = Vec::new();
        let mut walk = self.walk().await?;
        while let Some((row, _, raw)) = walk.next().await? {
            if rows.binary_search(&row).is_ok() {
                found.push((row, None, raw));
            }
        }
        Ok(found)
    }
}
