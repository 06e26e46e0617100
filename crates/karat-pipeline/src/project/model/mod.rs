//! The Fellegi-Sunter model that an entity file declares: which pairs are candidates, how alike
//! they are in which respects, and how the probabilities are estimated.

mod arguments;
mod blocking;
mod comparison;
mod file;
mod level;
mod library;
mod ours;
mod times;
mod training;

use std::path::Path;

use karat_resolve::linkage::Model;
use karat_resolve::linkage::model::{LinkType, Stop};

use super::section::Section;
use arguments::Arguments;
pub use training::Training;

/// The probability that two random records match, until it is estimated; Splink's default.
const PRIOR: f64 = 1e-4;

/// A model that an entity file declares.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    /// Probabilities that nobody gave have Splink's start values.
    pub model: Model,
    pub training: Training,
    /// What is not wrong but what a user should know, each with its place.
    pub notes: Vec<String>,
}

/// Reads the keys `link`, `blocking`, `comparisons`, `training` and `model` of an entity file,
/// whose fields have these names. `root` is the project's folder, which paths start from. `None`
/// only after saying what is wrong.
pub fn read(section: &Section<'_>, fields: &[&str], root: &Path) -> Option<Declared> {
    let args = Arguments { section, fields };
    let training = training::read(&args);
    let (model, notes) = match section.has("model") {
        true if declares(section) => return None,
        true => file::read(&args, root)?,
        false => declared(&args)?,
    };
    let prior = training.prior.unwrap_or(model.prior);
    Some(Declared { model: Model { prior, ..model }, training, notes })
}

/// Whether a file that names a model declares one as well, which is wrong.
fn declares(section: &Section<'_>) -> bool {
    let both = ["link", "blocking", "comparisons"].into_iter().find(|key| section.has(key));
    if let Some(key) = both {
        let what = format!("a model comes from a file or from here: there are model and {key}");
        section.wrong("model", what, "leave out model, or else link, blocking and comparisons");
        section.text("model");
        section.text("link");
        section.tables("blocking");
        section.tables("comparisons");
    }
    both.is_some()
}

fn declared(args: &Arguments<'_>) -> Option<(Model, Vec<String>)> {
    let section = args.section;
    let links = [
        ("dedupe", LinkType::Dedupe),
        ("link", LinkType::Link),
        ("link_and_dedupe", LinkType::LinkAndDedupe),
    ];
    let link = section.choice("link", &links).unwrap_or(LinkType::Dedupe);
    if !section.has("blocking") {
        section.missing(
            "blocking",
            "say which pairs are compared: [[blocking]] with same = [\"...\"], or take a model \
             of Splink: model = \"models/NAME.json\"",
        );
    }
    let rules = blocking::declared(args);
    if !section.has("comparisons") {
        section.missing(
            "comparisons",
            "say how alike pairs are: [[comparisons]] with field = \"...\" and compare = \
             \"ExactMatch\"",
        );
    }
    let mut notes = Vec::new();
    let comparisons = comparison::all(args, &mut notes)?;
    let model = Model { link, prior: PRIOR, rules: rules?, comparisons, stop: Stop::default() };
    Some((model, notes))
}

#[cfg(test)]
mod tests;
