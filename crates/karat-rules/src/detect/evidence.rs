//! What speaks for a dataset and what against it, in lines for people.

use super::agree::{Agreement, By, Found};
use super::names::Clash;
use super::score::Limit;
use super::{Chosen, Column, values};

/// What a line of evidence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Names and aliases.
    Names,
    /// Patterns of names.
    Patterns,
    /// Values.
    Values,
    /// What decides only between datasets that are alike.
    Heuristics,
    /// What people chose before.
    Choice,
    /// Why the score is no higher.
    Limit,
}

impl Part {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Part::Names => "names",
            Part::Patterns => "patterns",
            Part::Values => "values",
            Part::Heuristics => "hints",
            Part::Choice => "choice",
            Part::Limit => "limit",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub part: Part,
    /// Whether it speaks for the dataset.
    pub is_for: bool,
    /// Without values of cells.
    pub text: String,
}

/// Everything that is known, part by part.
pub(super) fn evidence(agreement: &Agreement<'_>, limits: &[&Limit]) -> Vec<Evidence> {
    let mut lines = Lines(Vec::new());
    if let Err(why) = agreement.sample {
        lines.against(Part::Names, format!("cannot be read as its files are written: {why}"));
        return lines.0;
    }
    if agreement.declared.columns.is_empty() {
        let text = "declares no columns, and neither does a schema file for its table";
        lines.against(Part::Names, text.to_owned());
    }
    lines.names(agreement);
    lines.values(agreement);
    lines.left_over(agreement);
    if agreement.is_named_so == Some(true) {
        lines.supports(Part::Heuristics, "the file's name fits".to_owned());
    }
    match agreement.chosen {
        Chosen::Never => {}
        Chosen::Always => lines.supports(Part::Choice, "chosen before for this header".to_owned()),
        Chosen::Sometimes => {
            let text = "chosen before for this header, and so were others";
            lines.against(Part::Choice, text.to_owned());
        }
    }
    for limit in limits {
        lines.against(Part::Limit, limited(limit));
    }
    lines.0.sort_by_key(|line| (line.part, !line.is_for));
    lines.0
}

struct Lines(Vec<Evidence>);

impl Lines {
    fn supports(&mut self, part: Part, text: String) {
        self.0.push(Evidence { part, is_for: true, text });
    }

    fn against(&mut self, part: Part, text: String) {
        self.0.push(Evidence { part, is_for: false, text });
    }

    fn names(&mut self, agreement: &Agreement<'_>) {
        let sample = agreement.sample.ok().filter(|sample| sample.has_header);
        let Some(sample) = sample else { return };
        let columns = &agreement.declared.columns;
        let named: Vec<&Found> = agreement.found.iter().filter(|f| f.by == By::Name).collect();
        let to_the_letter = |f: &&&Found| columns[f.column].header == sample.headers[f.at];
        let exact: Vec<&str> =
            named.iter().filter(to_the_letter).map(|f| columns[f.column].header.as_str()).collect();
        match exact.as_slice() {
            [] => {}
            [one] => self.supports(Part::Names, format!("{one} to the letter")),
            all => self.supports(Part::Names, format!("{} to the letter", list(all))),
        }
        for found in named.iter().filter(|f| !to_the_letter(f)) {
            let (column, header) = (&columns[found.column], &sample.headers[found.at]);
            let key = super::names::key(header);
            let alias = column.aliases.iter().find(|alias| super::names::key(alias) == key);
            let by = match alias.filter(|_| super::names::key(&column.header) != key) {
                Some(alias) => format!("its alias {alias:?}"),
                None => "name".to_owned(),
            };
            self.supports(Part::Names, format!("{header:?} matches {} by {by}", column.name));
        }
        for found in agreement.found.iter().filter(|f| f.by == By::Pattern) {
            let (column, header) = (&columns[found.column], &sample.headers[found.at]);
            let fits = |pattern: &&String| super::names::fits(pattern, header);
            let pattern = column.patterns.iter().find(fits).map_or("", String::as_str);
            let text = format!("{header:?} matches {} by the pattern {pattern:?}", column.name);
            self.supports(Part::Patterns, text);
        }
        for clash in &agreement.clashes {
            let header = |at: &usize| format!("{:?}", sample.headers[*at]);
            let text = match clash {
                Clash::Headers(column, headers) => {
                    let headers: Vec<String> = headers.iter().map(header).collect();
                    format!("{} could each be {}", headers.join(" and "), columns[*column].name)
                }
                Clash::Columns(at, found) => {
                    let names: Vec<&str> =
                        found.iter().map(|c| columns[*c].name.as_str()).collect();
                    format!("{} could be {}", header(at), names.join(" or "))
                }
            };
            self.against(Part::Names, text);
        }
    }

    fn values(&mut self, agreement: &Agreement<'_>) {
        let Ok(sample) = agreement.sample else { return };
        for found in &agreement.found {
            let column = &agreement.declared.columns[found.column];
            let Some(fit) = found.fit else { continue };
            let place = match sample.has_header {
                true => format!("column {} {:?}", found.at + 1, sample.headers[found.at]),
                false => format!("column {}", found.at + 1),
            };
            let share = whole_percent(fit.fits, fit.of);
            let noun = values::noun(column);
            if fit.agreement() < 1.0 {
                let text = format!("{place}: only {share} {noun}, unlike {}", column.name);
                self.against(Part::Values, text);
            } else if found.by == By::Values {
                let text = format!("{place}: {share} {noun}, as {} has them", column.name);
                self.supports(Part::Values, text);
            } else {
                self.supports(Part::Values, format!("{place}: {share} {noun}, as declared"));
            }
        }
        let has_rows = sample.columns.iter().any(|profile| profile.rows > 0);
        if !has_rows {
            self.against(Part::Values, "the file has no rows that could be read".to_owned());
        }
    }

    fn left_over(&mut self, agreement: &Agreement<'_>) {
        let columns = &agreement.declared.columns;
        let (required, optional): (Vec<&Column>, Vec<&Column>) =
            agreement.missing.iter().map(|at| &columns[*at]).partition(|c| c.is_required);
        let names = |columns: &[&Column]| -> String {
            list(&columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>())
        };
        if !required.is_empty() {
            self.against(Part::Names, format!("missing, and required: {}", names(&required)));
        }
        if !optional.is_empty() {
            self.against(Part::Names, format!("missing: {}", names(&optional)));
        }
        let Ok(sample) = agreement.sample else { return };
        let extra: Vec<&str> =
            agreement.extra.iter().map(|at| sample.headers[*at].as_str()).collect();
        if !extra.is_empty() {
            self.against(Part::Heuristics, format!("not declared: {}", list(&extra)));
        }
    }
}

fn limited(limit: &Limit) -> String {
    match limit {
        Limit::Missing => "never above low, because a required column is missing".to_owned(),
        Limit::Unnamed => {
            "never above medium, because the load needs a name or alias for each column".to_owned()
        }
        Limit::Clash => "never above low, because the load would refuse such a header".to_owned(),
        Limit::Contradicted => {
            "never above low, because most values of a column are not as declared".to_owned()
        }
        Limit::OtherChosen(name) => format!("never above low, because {name} was chosen before"),
        Limit::Undecided => "never above low, because choices differ".to_owned(),
        Limit::Better(name) => format!("never above low, because {name} fits as well or better"),
        Limit::Near(name) => format!("never above medium, because {name} fits nearly as well"),
    }
}

/// The first few names, and how many more there are.
fn list(names: &[&str]) -> String {
    const SHOWN: usize = 6;
    match names.len() {
        count if count <= SHOWN => names.join(", "),
        count => format!("{} and {} more", names[..SHOWN - 1].join(", "), count + 1 - SHOWN),
    }
}

/// A share in whole percent, neither 0 nor 100 of what is not quite that.
fn whole_percent(part: u64, of: u64) -> String {
    let percent = (100.0 * part as f64 / of as f64).round() as u64;
    match part {
        0 => "0 %".to_owned(),
        part if part == of => "100 %".to_owned(),
        _ => format!("{} %", percent.clamp(1, 99)),
    }
}
