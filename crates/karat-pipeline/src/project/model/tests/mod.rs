//! Tests over entity files as users write them.

mod comparison_errors;
mod errors;
mod ours;
mod parity;

use std::path::Path;

use expect_test::expect;
use karat_record::Problems;
use karat_resolve::linkage::model::{BlockingRule, Comparison, LinkType};

use super::{Declared, Training, read};
use crate::project::section::{Source, read_source};

const FIELDS: [&str; 8] =
    ["first_name", "surname", "dob", "email", "emails", "postcode", "city", "person_id"];

fn read_at(text: &str, fields: &[&str], root: &Path) -> Result<Declared, Problems> {
    let source = Source { path: "entities/people.toml".to_owned(), text: text.to_owned() };
    read_source(&source, |section| read(section, fields, root))
}

fn declared(text: &str, fields: &[&str]) -> Declared {
    read_at(text, fields, Path::new("")).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A model of one comparison.
fn comparison(text: &str, fields: &[&str]) -> Comparison {
    let text = format!("[[blocking]]\nsame = {:?}\n[[comparisons]]\n{text}", fields[0]);
    declared(&text, fields).model.comparisons.remove(0)
}

const LEAST: &str = "[[blocking]]\nsame = \"dob\"\n[[comparisons]]\nfield = \"surname\"\n\
                     compare = \"ExactMatch\"\n";

fn printed(rules: &[BlockingRule]) -> String {
    rules.iter().map(|rule| format!("{rule} {:?}\n", rule.explode)).collect()
}

#[test]
fn a_rule_is_fields_that_are_the_same_or_sql() {
    let text = r#"
        [[blocking]]
        same = ["surname", "dob"]
        [[blocking]]
        same = "substr(surname, 1, 3)"
        [[blocking]]
        rule = "l.surname = r.first_name and levenshtein(l.dob, r.dob) <= 1"
        explode = ["emails"]
        [[comparisons]]
        field = "surname"
        compare = "ExactMatch"
    "#;
    expect![[r#"
        l."surname" = r."surname" AND l."dob" = r."dob" []
        substr(l."surname", 1, 3) = substr(r."surname", 1, 3) []
        l."surname" = r."first_name" AND levenshtein(l."dob", r."dob") <= 1 ["emails"]
    "#]]
    .assert_eq(&printed(&declared(text, &FIELDS).model.rules));
}

#[test]
fn what_is_not_said_is_as_in_splink() {
    let found = declared(LEAST, &FIELDS);
    assert_eq!(found.model.link, LinkType::Dedupe);
    assert_eq!(found.model.prior, 1e-4);
    assert_eq!(found.notes, [""; 0]);
    assert_eq!(found.training, Training::default());
    let defaults = (found.training.recall, found.training.seed, found.training.max_pairs);
    assert_eq!(defaults, (1.0, 1, 1_000_000));
    let [null, exact, other] = found.model.comparisons[0].levels.as_slice() else { panic!() };
    assert_eq!((null.m.value, null.u.value), (None, None));
    assert_eq!((exact.m.value, exact.m.fixed), (Some(0.95), false));
    assert_eq!(other.u.value, Some((1.0 - 0.95) * 32.0));
}

#[test]
fn links_have_the_words_of_the_format() {
    let link = |word: &str| declared(&format!("link = {word:?}\n{LEAST}"), &FIELDS).model.link;
    let links = ["dedupe", "link", "link_and_dedupe"].map(link);
    assert_eq!(links, [LinkType::Dedupe, LinkType::Link, LinkType::LinkAndDedupe]);
}

#[test]
fn training_says_what_the_estimates_rest_on() {
    let text = format!(
        "{LEAST}[training]\nsure = [\"l.email = r.email\", [\"first_name\", \"dob\"]]\n\
         recall = 0.7\nsessions = [[\"surname\"], \"l.dob = r.dob\"]\nseed = 7\n\
         max_pairs = 5_000\nlabels = \"person_id\"\n"
    );
    let found = declared(&text, &FIELDS).training;
    expect![[r#"
        l."email" = r."email" []
        l."first_name" = r."first_name" AND l."dob" = r."dob" []
    "#]]
    .assert_eq(&printed(&found.sure));
    expect![[r#"
        l."surname" = r."surname" []
        l."dob" = r."dob" []
    "#]]
    .assert_eq(&printed(&found.sessions));
    let numbers = (found.prior, found.recall, found.seed, found.max_pairs);
    assert_eq!(numbers, (None, 0.7, 7, 5_000));
    assert_eq!(found.labels.as_deref(), Some("person_id"));
}

#[test]
fn a_given_prior_is_that_of_the_model() {
    let found = declared(&format!("{LEAST}[training]\nprior = 0.02\n"), &FIELDS);
    assert_eq!((found.model.prior, found.training.prior), (0.02, Some(0.02)));
}

#[test]
fn names_are_understood_without_capitals_and_underscores() {
    for compare in
        ["JaroWinklerAtThresholds", "jaro_winkler_at_thresholds", "jarowinkler_AtThresholds"]
    {
        let text = format!("field = \"surname\"\ncompare = {compare:?}\n");
        assert_eq!(
            comparison(&text, &FIELDS).description.as_deref(),
            Some("JaroWinklerAtThresholds")
        );
    }
}

#[test]
fn fields_are_found_whatever_their_capitals() {
    let found = comparison("field = \"Surname\"\ncompare = \"ExactMatch\"\n", &FIELDS);
    assert_eq!(found.name, "Surname");
}

#[test]
fn a_comparison_without_a_level_of_all_others_is_noted() {
    let text = "[[blocking]]\nsame = \"dob\"\n[[comparisons]]\nname = \"births\"\n\
                levels = [{ level = \"ExactMatchLevel\", field = \"dob\" }]\n";
    expect!["entities/people.toml:5:10: comparison births has no level of all other pairs, so that pairs which reach none of its levels are left out"]
    .assert_eq(&declared(text, &FIELDS).notes.join("\n"));
}

#[test]
fn a_comparison_of_levels_is_called_after_its_fields() {
    let level = |field: &str| format!("{{ level = \"ExactMatchLevel\", field = {field:?} }}");
    let name = |levels: &[String]| {
        let text = format!("levels = [{}, {{ level = \"ElseLevel\" }}]\n", levels.join(", "));
        comparison(&text, &FIELDS).name
    };
    assert_eq!(name(&[level("dob")]), "dob");
    assert_eq!(name(&[level("lower(dob)"), level("city")]), "custom_dob_city");
}
