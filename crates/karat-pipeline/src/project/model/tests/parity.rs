//! What an entity file declares is what Splink writes of the same comparisons.

use karat_resolve::condition::{Expr, parse_condition};
use karat_resolve::linkage::Model;
use karat_resolve::linkage::model::{Level, Probability};
use karat_resolve::linkage::splink;
use serde_json::Value as Json;

use super::super::level;
use super::super::library;
use super::{declared, read_at};

const DOCUMENT: &str = include_str!("../../../../../../docs/entity-model.md");
const LIBRARY: &str = include_str!("library.toml");
const LEVELS: &str =
    include_str!("../../../../../karat-resolve/tests/fixtures/condition/splink_library.jsonl");
const TRAINED: &str = include_str!("../../../../../karat-resolve/tests/fixtures/splink/model.json");

/// The model before training.
fn untrained(mut model: Model) -> Model {
    for comparison in &mut model.comparisons {
        for level in &mut comparison.levels {
            (level.m, level.u) = (Probability::default(), Probability::default());
        }
        comparison.fill_defaults();
    }
    Model { prior: 1e-4, ..model }
}

fn assert_same(ours: &Model, theirs: &Model) {
    for (ours, theirs) in ours.comparisons.iter().zip(&theirs.comparisons) {
        for (ours, theirs) in ours.levels.iter().zip(&theirs.levels) {
            assert_eq!(ours, theirs);
        }
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours, theirs);
}

#[test]
fn the_model_that_splink_trained_is_declared_the_same() {
    let fields = [
        "first_name",
        "surname",
        "dob",
        "postcode",
        "city",
        "email",
        "tags",
        "amount",
        "lat",
        "lon",
    ];
    let ours = declared(include_str!("trained.toml"), &fields).model;
    let theirs = untrained(splink::read(TRAINED).unwrap().model);
    assert_same(&ours, &theirs);
}

const CONFIGURED: [&str; 21] = [
    "first name",
    "surname",
    "dob",
    "city",
    "emails",
    "street",
    "title",
    "phones",
    "code",
    "seen",
    "joined",
    "lat",
    "lon",
    "vector",
    "postcode",
    "email",
    "alias",
    "sounds",
    "forename",
    "full_name",
    "tags",
];

#[test]
fn all_that_splink_lets_configure_is_configured_the_same() {
    let ours = declared(include_str!("splink_declared.toml"), &CONFIGURED).model;
    let theirs = splink::read(include_str!("splink_declared.json")).unwrap().model;
    assert_same(&ours, &theirs);
}

#[test]
fn a_model_file_is_taken_as_splink_saved_it() {
    let root = tempfile::tempdir().unwrap();
    let theirs = include_str!("splink_declared.json");
    std::fs::write(root.path().join("people.json"), theirs).unwrap();
    let text = "model = \"people.json\"\n[training]\nseed = 3\n";
    let found = read_at(text, &CONFIGURED, root.path()).unwrap();
    assert_eq!(found.model, splink::read(theirs).unwrap().model);
    assert_eq!(found.training.seed, 3);
    let text = format!("{text}prior = 0.5\n");
    assert_eq!(read_at(&text, &CONFIGURED, root.path()).unwrap().model.prior, 0.5);
}

fn theirs(level: &Json) -> (String, Option<Expr>, bool, Option<String>) {
    let text = |key: &str| level[key].as_str().map(str::to_owned);
    let sql = text("sql").unwrap();
    let condition = (sql != "ELSE").then(|| parse_condition(&sql).unwrap());
    (text("label").unwrap(), condition, level["is_null"] == Json::Bool(true), text("tf"))
}

fn ours(level: &Level) -> (String, Option<Expr>, bool, Option<String>) {
    let column = level.frequency.as_ref().map(|frequency| frequency.column.clone());
    (level.label.clone(), level.condition.clone(), level.is_null, column)
}

#[test]
fn every_level_and_every_comparison_is_the_one_of_splink() {
    let fields = [
        "name",
        "first name",
        "n",
        "d",
        "t",
        "a",
        "b",
        "x",
        "loc",
        "lat",
        "long",
        "c",
        "dob",
        "pc",
        "email",
        "dm",
        "f",
        "s",
        "fs",
    ];
    let model = declared(LIBRARY, &fields).model;
    let cases: Vec<Json> = LEVELS.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let (levels, comparisons): (Vec<&Json>, Vec<&Json>) =
        cases.iter().partition(|case| case["levels"].as_array().unwrap().len() == 1);
    assert_eq!(model.comparisons[0].levels.len(), levels.len());
    for (level, case) in model.comparisons[0].levels.iter().zip(levels) {
        assert_eq!(ours(level), theirs(&case["levels"][0]), "{}", case["case"]);
    }
    assert_eq!(model.comparisons.len() - 1, comparisons.len());
    for (comparison, case) in model.comparisons[1..].iter().zip(comparisons) {
        assert_eq!(comparison.name, case["case"]);
        let ours: Vec<_> = comparison.levels.iter().map(ours).collect();
        let theirs: Vec<_> = case["levels"].as_array().unwrap().iter().map(theirs).collect();
        assert_eq!(ours, theirs, "{}", case["case"]);
    }
}

#[test]
fn the_tables_hold_no_name_twice_and_every_name_is_tested_and_documented() {
    let tested = [LIBRARY, include_str!("splink_declared.toml"), include_str!("ours.rs")].concat();
    let tested = library::folded(&tested);
    let names = library::ALL.iter().map(|(name, _)| *name);
    let mut names: Vec<&str> = names.chain(level::ALL.iter().map(|(name, _)| *name)).collect();
    for name in &names {
        assert!(DOCUMENT.contains(&format!("`{name}`")), "{name} is not in the document");
        assert!(tested.contains(&format!("{:?}", library::folded(name))), "{name} is not tested");
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn the_example_of_the_document_is_a_model() {
    let example = DOCUMENT.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let fields = ["first_name", "surname", "dob", "email", "emails", "postcode", "person_id"];
    let found = declared(example.unwrap(), &fields);
    let names: Vec<&str> = found.model.comparisons.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["lower_first_name_", "surname", "birth"]);
    assert_eq!(found.training.sessions.len(), 2);
}
