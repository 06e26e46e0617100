//! The model that weighs pairs: its match weights, its probabilities, and how sure they are.

use karat_chart::{
    Bar, Bars, Group, PairedBar, PairedBars, Part, Section, Table, count, decimals, number, signed,
};
use karat_resolve::linkage::model::weight_of;
use karat_resolve::people::{Household, Learned, LearnedField, RELATION_NAMES};

use crate::evaluate::Evaluation;
use crate::model::{Body, Model};

/// Where there is a model.
pub fn section(evaluation: &Evaluation) -> Option<Section> {
    evaluation.details.model.as_ref().map(of)
}

/// A model by itself.
pub fn of(model: &Model) -> Section {
    let learned = match &model.body {
        Body::People(learned) => learned,
        Body::Weights(trained) => return super::trained::section(trained),
    };
    let text = "Each field of a pair reaches a level. The m probability says how often records of \
                one person reach it, the u probability how often those of two people drawn at \
                random do. The match weight is log2(m / u) in bits: each bit above zero doubles \
                the odds that the records are one person, each below halves them. Equal values \
                weigh more the rarer they are: the bars of \"the same\" stand for the mean.";
    let mut section = super::section("The model", text);
    section.parts.extend(warnings(learned).map(Part::Note));
    section.parts.push(weights(learned).into());
    section.parts.push(probabilities(learned).into());
    section.parts.push(Part::Table(levels(learned)));
    section.parts.push(Part::Table(priors(learned)));
    if let Some(household) = &learned.household {
        section.parts.push(Part::Text(HOUSEHOLDS.to_owned()));
        section.parts.push(Part::Table(names(household)));
        section.parts.push(Part::Table(household_fields(learned, household)));
    }
    section.parts.push(Part::Text(
        "Fields that tend to agree together say less together than each says alone. From the \
         weaker of two agreeing fields as many bits are taken as they share."
            .to_owned(),
    ));
    section.parts.push(Part::Table(dependence(learned)));
    section
}

const HOUSEHOLDS: &str = "People of one household share a surname, an address, a telephone, and are not one person. \
     They are a class of their own: as m says it of one person, h says how often two people of one household reach a level, \
     and a pair has to look more like one person than like two of a household. Fields of where \
     people live have no h: they say nothing here either way.";

const HOUSEHOLD_COLUMNS: [&str; 3] = ["m", "h", "weight (bits)"];

/// Why the model should not be trusted.
fn warnings(learned: &Learned) -> impl Iterator<Item = String> {
    let untrained = (learned.rounds == 0).then(|| {
        "This model was not trained: its probabilities are what is expected of any records. There \
         are too few records, or no two that could be one person."
            .to_owned()
    });
    let moving = (learned.rounds > 0 && !learned.converged).then(|| {
        format!(
            "Training did not converge: after {} rounds a probability still changed by {}.",
            learned.rounds,
            decimals(learned.change, 3)
        )
    });
    let fields = fields(learned).filter(|field| field.matches.iter().sum::<f64>() == 0.0);
    let unseen: Vec<&str> = fields.map(|field| field.name.as_str()).collect();
    let unseen = (learned.rounds > 0 && !unseen.is_empty())
        .then(|| format!("No match had a value to learn from in: {}.", unseen.join(", ")));
    untrained.into_iter().chain(moving).chain(unseen)
}

/// The fields, names last.
fn fields(learned: &Learned) -> impl Iterator<Item = &LearnedField> {
    learned.fields.iter().chain([&learned.name]).filter(|field| !field.m.is_empty())
}

/// Levels by position; of names the words that are the same come first, those absent last.
fn order(learned: &Learned, field: &LearnedField) -> Vec<usize> {
    let mut order: Vec<usize> = (0..field.m.len()).collect();
    if std::ptr::eq(field, &learned.name) {
        order.rotate_left(1);
    }
    order
}

fn heading(learned: &Learned, field: &LearnedField) -> String {
    let is_name = std::ptr::eq(field, &learned.name);
    if is_name { "words of names".to_owned() } else { field.name.clone() }
}

fn grouped<T>(learned: &Learned, row: impl Fn(&LearnedField, usize) -> T) -> Vec<Group<T>> {
    let group = |field: &LearnedField| Group {
        name: heading(learned, field),
        rows: order(learned, field).into_iter().map(|level| row(field, level)).collect(),
    };
    fields(learned).map(group).collect()
}

fn weight(field: &LearnedField, level: usize) -> f64 {
    (field.m[level] / field.u[level]).log2()
}

fn weights(learned: &Learned) -> Bars {
    Bars {
        title: "Match weights of the levels".to_owned(),
        axis: "match weight (bits)".to_owned(),
        groups: grouped(learned, |field, level| Bar {
            label: field.levels[level].clone(),
            value: weight(field, level),
        }),
    }
}

fn probabilities(learned: &Learned) -> PairedBars {
    PairedBars {
        title: "m and u probabilities of the levels".to_owned(),
        axis: "probability of the level".to_owned(),
        first: "records of one person (m)".to_owned(),
        second: "of two people at random (u)".to_owned(),
        groups: grouped(learned, |field, level| PairedBar {
            label: field.levels[level].clone(),
            first: field.m[level],
            second: field.u[level],
        }),
    }
}

/// Fewer matches than this make an m that says little.
const FEW: f64 = 10.0;

/// The levels with how sure their m is: the standard error of a share of as many matches as the
/// field was seen in.
fn levels(learned: &Learned) -> Table {
    let mut table = Table::new(
        "How sure the m probabilities are",
        &["field", "level"],
        &["m", "± standard error", "matches seen"],
    );
    for field in fields(learned) {
        let all: f64 = field.matches.iter().sum();
        for level in order(learned, field) {
            let (m, seen) = (field.m[level], field.matches[level]);
            let error = (m * (1.0 - m) / all).sqrt();
            let error = if all > 0.0 { number(error) } else { "–".to_owned() };
            let few = if seen < FEW { " (few)" } else { "" };
            table.row([
                heading(learned, field),
                field.levels[level].clone(),
                number(m),
                error,
                count(seen.round() as u64) + few,
            ]);
        }
    }
    table
}

fn priors(learned: &Learned) -> Table {
    let mut table = Table::new("What is assumed before comparing", &["", "value"], &[]);
    let mut row = |name: &str, value: String| table.row([name.to_owned(), value]);
    let chance = |lambda: f64| {
        let odds =
            if lambda > 0.0 { count((1.0 / lambda).round() as u64) } else { "∞".to_owned() };
        format!("{} (1 in {odds} pairs)", number(lambda))
    };
    row("λ: two records are one person", chance(learned.lambda));
    row("prior match weight", format!("{} bits", signed(weight_of(learned.lambda), 1)));
    if let Some(household) = &learned.household {
        row("λ: two records are two people of one household", chance(household.lambda));
    }
    row("candidate pairs it was learned from", count(learned.pairs));
    row("clusters of several records", count(learned.clusters));
    row("rounds of estimation", count(u64::from(learned.rounds)));
    row("largest change of an m in the last round", number(learned.change));
    row("converged", if learned.converged { "yes" } else { "no" }.to_owned());
    table
}

fn names(household: &Household) -> Table {
    let mut table = Table::new("How two names relate", &["names have"], &HOUSEHOLD_COLUMNS);
    let probabilities = household.names_m.iter().zip(&household.names_h);
    for (relation, (m, h)) in RELATION_NAMES.iter().zip(probabilities) {
        let weight = signed((m / h).log2(), 1);
        table.row([(*relation).to_owned(), number(*m), number(*h), weight]);
    }
    table
}

fn household_fields(learned: &Learned, household: &Household) -> Table {
    let words = ["field", "level"];
    let mut table = Table::new("Levels in one household", &words, &HOUSEHOLD_COLUMNS);
    for (field, h) in learned.fields.iter().zip(&household.h) {
        for (level, h) in h.iter().enumerate() {
            let (name, m) = (field.levels[level].clone(), field.m[level]);
            let weight = signed((m / h).log2(), 1);
            table.row([field.name.clone(), name, number(m), number(*h), weight]);
        }
    }
    table
}

fn dependence(learned: &Learned) -> Table {
    let names: Vec<String> = fields(learned).map(|field| heading(learned, field)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut table = Table::new("What two fields share (bits)", &["ρ"], &names);
    for (name, shared) in names.iter().zip(&learned.rho) {
        let bits = |bits: &f32| match *bits {
            0.0 => "·".to_owned(),
            bits => decimals(f64::from(bits), 1),
        };
        table.row([(*name).to_owned()].into_iter().chain(shared.iter().map(bits)));
    }
    table
}
