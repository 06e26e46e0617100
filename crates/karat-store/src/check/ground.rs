//! What conditions are counted on: the table, or, of columns with few values, their groups of equal
//! values, so that a condition is asked once for each value and not for each row.

use karat_rules::check::{Check, Form, Kind};

use super::regex;
use super::{Equality, Relation};

/// Rows of a table for each group, by the server's statistics, from which on grouping pays.
const ROWS_PER_GROUP: f64 = 10.0;

/// What grouping has to save, in comparisons of a number for each row.
const GROUPING: u32 = 3;

/// So few groups cost nothing beside another pass over the rows.
const FEW_GROUPS: f64 = 4096.0;

/// The groups of a statement, each by its columns.
pub(super) struct Grounds(pub Vec<Vec<String>>);

impl Grounds {
    /// The groups that pay for these checks: of few values, with conditions enough.
    pub fn choose(relation: &Relation, checks: &[&Check]) -> Grounds {
        let mut open: Vec<(Vec<&str>, u32)> = checks
            .iter()
            .filter_map(|check| Some((check.arguments.columns(), saved(relation, check)?)))
            .filter(|(columns, _)| are_few(relation, columns))
            .collect();
        let mut sets: Vec<Vec<&str>> = open.iter().map(|(columns, _)| columns.clone()).collect();
        // Groups of several columns serve checks of each of them too.
        sets.sort_by_key(|columns| std::cmp::Reverse(columns.len()));
        let mut chosen = Vec::new();
        for set in sets {
            let is_served = |columns: &[&str]| columns.iter().all(|column| set.contains(column));
            let saved: u32 = open.iter().filter(|(c, _)| is_served(c)).map(|(_, s)| s).sum();
            if saved < GROUPING {
                continue;
            }
            open.retain(|(columns, _)| !is_served(columns));
            chosen.push(set);
        }
        Grounds(joined(relation, chosen))
    }

    /// The groups that have all of these columns.
    pub fn with(&self, columns: &[&str]) -> Option<usize> {
        let has_all = |ground: &Vec<String>| {
            columns.iter().all(|column| ground.iter().any(|known| known == column))
        };
        self.0.iter().position(has_all).filter(|_| !columns.is_empty())
    }

    /// The groups on which a check is counted, if it can be.
    pub fn of(&self, relation: &Relation, check: &Check) -> Option<usize> {
        saved(relation, check)?;
        self.with(&check.arguments.columns())
    }
}

/// Groups of all columns of several, where they are few: one pass over the rows finds them.
fn joined(relation: &Relation, chosen: Vec<Vec<&str>>) -> Vec<Vec<String>> {
    let mut joined: Vec<Vec<&str>> = Vec::new();
    for set in chosen {
        let is_few = |known: &Vec<&str>| {
            let groups = groups(relation, &all_of([known.as_slice(), set.as_slice()]));
            groups.is_some_and(|groups| groups <= FEW_GROUPS.min(relation.rows / ROWS_PER_GROUP))
        };
        match joined.iter().position(is_few) {
            Some(at) => joined[at] = all_of([joined[at].as_slice(), set.as_slice()]),
            None => joined.push(set),
        }
    }
    joined.into_iter().map(|set| set.into_iter().map(str::to_owned).collect()).collect()
}

/// The columns of two sets, each once.
fn all_of<'a>(sets: [&[&'a str]; 2]) -> Vec<&'a str> {
    let new = sets[1].iter().filter(|column| !sets[0].contains(*column));
    sets[0].iter().chain(new).copied().collect()
}

/// Whether the server expects few groups of these columns' equal values.
fn are_few(relation: &Relation, columns: &[&str]) -> bool {
    groups(relation, columns).is_some_and(|groups| groups * ROWS_PER_GROUP <= relation.rows)
}

/// The most groups of these columns' equal values, by the server's statistics; null is a value.
fn groups(relation: &Relation, columns: &[&str]) -> Option<f64> {
    columns.iter().map(|name| Some(relation.column(name)?.distinct? + 1.0)).product()
}

/// What a check costs on the table and not on groups of its columns, in comparisons of a number for
/// each row; none where groups do not tell what it asks.
fn saved(relation: &Relation, check: &Check) -> Option<u32> {
    let arguments = &check.arguments;
    let regexes = || {
        let one = arguments.text("regex").into_iter().chain(arguments.texts("regex_list"));
        one.map(|r| if regex::like("", r).is_some() { 1 } else { 7 }).sum()
    };
    let likes = || 1 + arguments.values("like_pattern_list").len() as u32;
    let (saved, needs) = match check.expectation.kind {
        Kind::Between | Kind::InSet | Kind::NotInSet | Kind::Null => (1, Equality::Value),
        Kind::NotNull => (1, Equality::Text),
        Kind::Regex | Kind::NotRegex | Kind::RegexList | Kind::NotRegexList => {
            (regexes(), Equality::Text)
        }
        Kind::Like | Kind::NotLike | Kind::LikeList | Kind::NotLikeList => {
            (likes(), Equality::Text)
        }
        Kind::LengthBetween | Kind::LengthEqual => (2, Equality::Text),
        Kind::PairGreater
        | Kind::PairEqual
        | Kind::PairInSet
        | Kind::UniqueWithinRecord
        | Kind::SumEqual => (2, Equality::Value),
        Kind::Relationships => (3, Equality::Value),
        Kind::ZScore => (5, Equality::Value),
        Kind::Median | Kind::Quantiles if has_least(relation, check) => (4, Equality::Value),
        Kind::Unique | Kind::CompoundUnique => (3, Equality::Value),
        kind if kind.is_of_distinct_values() => (3, Equality::Value),
        _ => return None,
    };
    let is_form = matches!(check.expectation.form, Form::Row | Form::Aggregate);
    let fits = |name: &&str| relation.column(name).is_some_and(|c| c.equality >= needs);
    let is_told = is_form && arguments.condition().is_none();
    (is_told && arguments.columns().iter().all(fits)).then_some(saved)
}

/// Whether the server finds the least value of the check's column.
fn has_least(relation: &Relation, check: &Check) -> bool {
    let column = check.arguments.text("column").and_then(|name| relation.column(name));
    column.is_some_and(|column| !["bool", "uuid"].contains(&column.kind.as_str()))
}
