//! Writing open rejects to a file for a person to mend.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use karat_connect::raw::{RawForm, line};
use karat_record::{Kind, Problem, Result};
use karat_store::Session;
use karat_store::rejects::{self, Filter, Origin, Rejected};
use serde::Serialize;

use crate::load::fits;
use crate::load::replay::derived;
use crate::load::replay::mended::{BEFORE, BEHIND, is_ours};
use crate::project::Project;
use crate::project::dataset::{self, Dataset};

/// Which rejects go where.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub file: &'a Path,
    pub filter: &'a Filter<'a>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    pub dataset: String,
    pub rows: u64,
    /// Rows that could not be cut into the header's columns.
    pub uncut: u64,
}

/// Writes open rejects of one dataset and one header to a new CSV file, the latest load first.
///
/// # Errors
/// None that are open, several datasets or headers, and a file that exists or would be loaded.
pub async fn export(project: &Project, session: &Session, wanted: Wanted<'_>) -> Result<Exported> {
    let Wanted { file, filter } = wanted;
    let chosen = Chosen::of(project, session, filter).await?;
    usable(project, file)?;
    let unwritten = |error: io::Error| Problem::io("write", file, &error);
    let mut sheet = Sheet::new(BufWriter::new(create(file)?), chosen);
    let filled = sheet.fill(session, filter.rule, &unwritten).await;
    if let Err(problem) = filled {
        // What is half written is of no use; where it cannot be removed, the problem stays.
        drop(std::fs::remove_file(file));
        return Err(problem);
    }
    Ok(sheet.done().0)
}

/// The same in memory, where it has room for it.
///
/// # Errors
/// None that are open, several datasets or headers, and too many.
pub async fn text(
    project: &Project,
    session: &Session,
    filter: &Filter<'_>,
) -> Result<(Exported, Vec<u8>)> {
    let chosen = Chosen::of(project, session, filter).await?;
    let mut sheet = Sheet::new(Bounded(Vec::new()), chosen);
    let too_many = |_: io::Error| {
        let what = format!("the rejected rows take more than {} MB", MOST / 1_000_000);
        let hint = "choose one load, or write a file with karat rejects export FILE";
        Problem::new(Kind::Usage, what).hint(hint)
    };
    sheet.fill(session, filter.rule, &too_many).await?;
    let (exported, Bounded(text)) = sheet.done();
    Ok((exported, text))
}

/// The most bytes of an export in memory.
const MOST: usize = 16_000_000;

/// What holds no more than that.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST {
            return Err(io::Error::other("it is full"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Rejects of one dataset and one header.
struct Chosen {
    dataset: String,
    headers: Vec<String>,
    origins: Vec<Origin>,
}

impl Chosen {
    async fn of(project: &Project, session: &Session, filter: &Filter<'_>) -> Result<Chosen> {
        let origins = rejects::loads(session, filter).await?;
        let dataset = only_dataset(&origins)?;
        if let Some(declared) = project.dataset(&dataset)
            && matches!(declared.origin, dataset::Origin::Each { .. })
        {
            return Err(derived(declared));
        }
        let headers = only_header(&origins)?;
        not_ours(&headers)?;
        Ok(Chosen { dataset, headers, origins })
    }
}

/// Refuses a file that has columns of ours.
pub(super) fn not_ours(headers: &[String]) -> Result<()> {
    let Some(header) = headers.iter().find(|header| is_ours(header)) else { return Ok(()) };
    let what = format!("the rejected file has a column {header} of its own");
    Err(Problem::new(Kind::Input, what).hint("mend that file, and load it again"))
}

fn only_dataset(origins: &[Origin]) -> Result<String> {
    let names: BTreeSet<&str> = origins.iter().map(|origin| origin.dataset.as_str()).collect();
    let mut found = names.iter();
    match (found.next(), found.next()) {
        (None, _) => {
            let problem = Problem::new(Kind::Usage, "no such row is an open reject");
            Err(problem.hint("karat rejects list shows the open ones, with --all the others too"))
        }
        (Some(name), None) => Ok((*name).to_owned()),
        _ => {
            let names: Vec<&str> = names.into_iter().collect();
            let what = format!("there are rejected rows of {} datasets", names.len());
            let hint = format!("write a file for each: --dataset with {}", names.join(" or "));
            Err(Problem::new(Kind::Usage, what).hint(hint))
        }
    }
}

/// Refuses a file that a later run would take for data.
fn usable(project: &Project, file: &Path) -> Result<()> {
    // A file that is not there yet has no path of its own; that of its folder will do.
    let name = file.file_name().unwrap_or_default();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join(name);
    let loads = |dataset: &&Dataset| match &dataset.origin {
        dataset::Origin::Files { patterns, .. } => {
            patterns.iter().any(|pattern| fits(project, pattern, &whole))
        }
        dataset::Origin::Each { .. } => false,
    };
    let Some(dataset) = project.datasets.iter().find(loads) else { return Ok(()) };
    let what = format!("karat run would load {} as data of {}", file.display(), dataset.name);
    let hint = "name a file that no dataset's patterns match";
    Err(Problem::new(Kind::Usage, what).hint(hint))
}

/// The names of the columns that the rejected rows have, where all of them have the same.
fn only_header(origins: &[Origin]) -> Result<Vec<String>> {
    let headers_of = |origin: &Origin| match form(origin.form.as_deref()) {
        Some(form) => form.headers().iter().filter(|name| !name.is_empty()).cloned().collect(),
        None => Vec::new(),
    };
    let first: Vec<String> = origins.first().map(headers_of).unwrap_or_default();
    let names: BTreeSet<&String> = first.iter().collect();
    let mut others = origins.iter().map(|origin| (origin, headers_of(origin)));
    let Some((other, _)) =
        others.find(|(_, headers)| headers.iter().collect::<BTreeSet<_>>() != names)
    else {
        return Ok(first);
    };
    let what = format!("{} and {} have different headers", origins[0].origin, other.origin);
    let hint = format!(
        "write a file for each: --load {} or --load {}, for instance",
        origins[0].load, other.load
    );
    Err(Problem::new(Kind::Usage, what).hint(hint))
}

fn form(json: Option<&str>) -> Option<RawForm> {
    RawForm::from_json(&serde_json::from_str(json?).ok()?)
}

fn create(path: &Path) -> Result<File> {
    File::create_new(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let what = format!("{} exists already", path.display());
            Problem::new(Kind::Usage, what).hint("name a new file, or remove that one")
        }
        _ => Problem::io("write", path, &error),
    })
}

/// How the raw rows of one load are written: by the load in which they were rejected first.
struct Forms {
    own: Option<RawForm>,
    first: Vec<(i64, RawForm)>,
}

impl Forms {
    fn of(origins: &[Origin], load: i64) -> Forms {
        let of_load = || origins.iter().filter(|origin| origin.load == load);
        let first =
            |origin: &Origin| Some((origin.first_load?, form(origin.first_form.as_deref())?));
        Forms {
            own: of_load().next().and_then(|origin| form(origin.form.as_deref())),
            first: of_load().filter_map(first).collect(),
        }
    }

    /// The fields of a row with the names of its columns; `None` where it cannot be cut.
    fn cut(&self, reject: &Rejected) -> Option<(&[String], Vec<String>)> {
        let form = match (reject.first_load, &reject.column) {
            // A row that could not be cut is kept as it was first.
            (Some(load), None) => &self.first.iter().find(|(first, _)| *first == load)?.1,
            _ => self.own.as_ref()?,
        };
        Some((form.headers(), form.cut(&reject.raw).ok()?))
    }
}

/// An export in the making.
struct Sheet<W> {
    out: W,
    chosen: Chosen,
    rows: u64,
    uncut: u64,
}

impl<W: Write> Sheet<W> {
    fn new(out: W, chosen: Chosen) -> Sheet<W> {
        Sheet { out, chosen, rows: 0, uncut: 0 }
    }

    fn done(self) -> (Exported, W) {
        let Sheet { out, chosen, rows, uncut } = self;
        (Exported { dataset: chosen.dataset, rows, uncut }, out)
    }

    /// Writes the rows, those of the latest load first.
    async fn fill(
        &mut self,
        session: &Session,
        rule: Option<&str>,
        unwritten: &(dyn Fn(io::Error) -> Problem + Sync),
    ) -> Result<()> {
        self.header().map_err(unwritten)?;
        let loads: BTreeSet<i64> = self.chosen.origins.iter().map(|origin| origin.load).collect();
        for load in loads.into_iter().rev() {
            let forms = Forms::of(&self.chosen.origins, load);
            let mut behind = i64::MIN;
            loop {
                let page = rejects::page(session, load, behind, rule).await?;
                let Some(last) = page.last() else { break };
                behind = last.line;
                page.iter().try_for_each(|reject| self.row(reject, &forms)).map_err(unwritten)?;
            }
        }
        self.out.flush().map_err(unwritten)
    }

    fn header(&mut self) -> io::Result<()> {
        writeln!(self.out, "{}", names(&self.chosen.headers))
    }

    fn row(&mut self, reject: &Rejected, forms: &Forms) -> io::Result<()> {
        let cut = forms.cut(reject);
        let raw = if cut.is_none() { reject.raw.as_str() } else { "" };
        let field = |header: &String| {
            let (headers, fields) = cut.as_ref()?;
            let at = headers.iter().position(|name| name == header)?;
            fields.get(at).map(String::as_str)
        };
        let fields = self.chosen.headers.iter().map(|header| field(header).unwrap_or_default());
        let row = row(reject, fields, raw);
        self.rows += 1;
        self.uncut += u64::from(cut.is_none());
        writeln!(self.out, "{row}")
    }
}

/// The first line of an export of rows with these columns.
pub(super) fn names(headers: &[String]) -> String {
    line(BEFORE.into_iter().chain(headers.iter().map(String::as_str)).chain([BEHIND]))
}

/// A line of an export: where the row was rejected, its fields, and the raw text of one that is not
/// cut.
pub(super) fn row<'t>(
    reject: &'t Rejected,
    fields: impl Iterator<Item = &'t str>,
    raw: &'t str,
) -> String {
    let (load, place) = (reject.load.to_string(), reject.line.to_string());
    let column = reject.column.as_deref().unwrap_or_default();
    let before = [load.as_str(), &place, column, &reject.rule, &reject.message];
    let fields: Vec<&str> = fields.collect();
    line(before.into_iter().chain(fields).chain([raw]))
}
