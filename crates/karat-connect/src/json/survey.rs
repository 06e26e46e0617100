//! Where the records of a JSON file are, when nobody says.

use std::io::{BufRead, BufReader};

use karat_record::{Problem, Result};

use crate::json::origin::Origin;
use crate::json::scan::{Kept, Scanner};
use crate::json::{Layout, Settings, problem};
use crate::packed::unreadable;

/// How deep arrays of objects are looked for.
const LEVELS: usize = 4;

/// The most arrays that a message names.
const NAMED: usize = 20;

/// The names in a path such as `data.items`.
pub(super) fn names(path: &str) -> Vec<String> {
    path.split('.').map(str::to_owned).collect()
}

/// Settings that leave nothing open.
///
/// # Errors
/// When the file is no JSON, or several arrays could be meant.
pub(super) fn settle(
    origin: &Origin,
    settings: Settings,
    notes: &mut Vec<String>,
) -> Result<Settings> {
    let as_lines = |settings| Settings { layout: Layout::Lines, ..settings };
    if settings.layout == Layout::Lines {
        return Ok(settings);
    }
    if settings.records.is_some() {
        return Ok(Settings { layout: Layout::Document, ..settings });
    }
    let is_open = settings.layout == Layout::Any;
    let mut input = Scanner::open(origin)?;
    match input.peek()? {
        Some(b'[') => return Ok(Settings { layout: Layout::Document, ..settings }),
        Some(b'{') => {}
        None => return Err(problem(&origin.name, "the file is empty").hint("export it again")),
        Some(_) if is_open && has_objects(origin)? => return Ok(as_lines(settings)),
        Some(_) => {
            let what = "the file has neither an array nor objects";
            return Err(
                problem(&origin.name, what).hint("records are objects: {\"name\": \"value\"}")
            );
        }
    }
    let mut found = Vec::new();
    let mut kept = Kept { room: 64 * 1024, ..Kept::default() };
    let looked = look(&mut input, "", &mut kept, &mut found);
    let follows = looked.is_ok() && input.peek()?.is_some();
    if is_open && (follows || looked.is_err() && has_objects(origin)?) {
        return Ok(as_lines(settings));
    }
    looked?;
    let mut near = found.iter().filter(|path| !path.contains('.'));
    match (near.next(), near.next()) {
        (Some(only), None) => {
            notes.push(format!("the records are the array {only:?}"));
            let records = Some(only.clone());
            Ok(Settings { layout: Layout::Document, records, ..settings })
        }
        (None, _) if found.is_empty() && is_open => Ok(as_lines(settings)),
        _ => Err(unclear(&origin.name, &found)),
    }
}

fn unclear(name: &str, found: &[String]) -> Problem {
    if found.is_empty() {
        let what = "the document has no array of objects";
        return problem(name, what).hint("records are objects in an array");
    }
    let names: Vec<&str> = found.iter().take(NAMED).map(String::as_str).collect();
    let what = format!("the records could be any of: {}", names.join(", "));
    problem(name, what).hint("declare which, such as records = \"data.items\"")
}

/// Goes over an object and collects the names that lead to arrays of objects.
fn look(input: &mut Scanner, above: &str, kept: &mut Kept, found: &mut Vec<String>) -> Result<()> {
    input.expect(b'{')?;
    if input.takes(b'}')? {
        return Ok(());
    }
    loop {
        let name = input.name(kept)?;
        let here = if above.is_empty() { name } else { format!("{above}.{name}") };
        match input.peek()? {
            Some(b'{') if above.matches('.').count() + 2 < LEVELS => {
                look(input, &here, kept, found)?;
            }
            Some(b'[') => {
                if look_into(input)? {
                    found.push(here);
                }
            }
            _ => input.value(None)?,
        }
        if !input.takes(b',')? {
            return input.expect(b'}');
        }
    }
}

/// Goes over an array: does it begin with an object?
fn look_into(input: &mut Scanner) -> Result<bool> {
    input.expect(b'[')?;
    let begins = input.peek()? == Some(b'{');
    if input.takes(b']')? {
        return Ok(begins);
    }
    loop {
        input.value(None)?;
        if !input.takes(b',')? {
            input.expect(b']')?;
            return Ok(begins);
        }
    }
}

/// Does a line behind the first begin with an object?
fn has_objects(origin: &Origin) -> Result<bool> {
    let mut input = BufReader::new(origin.open()?);
    let failed = |e| unreadable(&origin.name, &e);
    while input.skip_until(b'\n').map_err(failed)? > 0 {
        if input.fill_buf().map_err(failed)?.first() == Some(&b'{') {
            return Ok(true);
        }
    }
    Ok(false)
}
