//! Splink's own predictions, reproduced to the last bit: records, model and pairs were written by
//! Splink 5 (tests/peers/splink_fixture.py).

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read ends the test")]

use karat_resolve::Constraints;
use karat_resolve::condition::Value;
use karat_resolve::linkage::cluster::{Merge, components};
use karat_resolve::linkage::evaluate::agreement;
use karat_resolve::linkage::model::{probability_of, weight_of};
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{Column, Edge, IdOrder, Known, Linker, Model, Records, splink};

const RECORDS: &str = include_str!("fixtures/splink/records.jsonl");
const MODEL: &str = include_str!("fixtures/splink/model.json");
const PAIRS: &str = include_str!("fixtures/splink/pairs.csv");
const CLUSTERS: &str = include_str!("fixtures/splink/clusters.csv");

fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap()),
        serde_json::Value::String(text) => Value::Text(text.as_str().into()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(value).collect()),
        other => panic!("{other} in the records"),
    }
}

/// The records, read from the last to the first.
fn records() -> Records {
    let parse = |line| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let rows: Vec<serde_json::Value> = RECORDS.lines().rev().map(parse).collect();
    let mut ids = Texts::default();
    rows.iter().for_each(|row| ids.push(&row["unique_id"].to_string()));
    let names: Vec<String> = rows[0].as_object().unwrap().keys().cloned().collect();
    let column = |name: String| {
        let values: Vec<Value> = rows.iter().map(|row| value(&row[&name])).collect();
        (name, Column::of_values(&values))
    };
    let columns = names.into_iter().map(column).collect();
    Records::new(ids, vec![0; rows.len()], vec!["people".into()], columns, IdOrder::Number)
}

fn predict(records: &Records, model: &Model) -> (Linker, Vec<Edge>) {
    let linker = Linker::new(model, records, &Known::default(), &[]).unwrap();
    let mut edges = Vec::new();
    linker.predict(model, f64::NEG_INFINITY, |found| edges.extend_from_slice(found)).unwrap();
    edges.sort_by_key(|edge| (edge.left, edge.right));
    (linker, edges)
}

/// The lines that Splink would have written.
fn lines(records: &Records, model: &Model) -> Vec<String> {
    let (linker, edges) = predict(records, model);
    let gammas: Vec<Vec<i32>> = model.comparisons.iter().map(|c| c.gammas()).collect();
    let line = |edge: &Edge| {
        let levels = linker.layout().levels(linker.pattern(edge.left, edge.right));
        let gamma = |(c, level): (usize, u32)| gammas[c][level as usize].to_string();
        let gammas: Vec<String> = levels.into_iter().enumerate().map(gamma).collect();
        let (left, right) = (records.ids.text(edge.left), records.ids.text(edge.right));
        let (weight, probability) = (edge.weight, probability_of(edge.weight));
        format!("{left},{right},{},{},{weight},{probability}", edge.rule, gammas.join(","))
    };
    edges.iter().map(line).collect()
}

/// The same line with its floats written our way, which loses nothing.
fn rewritten(line: &str) -> String {
    let float = |text: &str| match text.contains(['.', 'e']) {
        true => text.parse::<f64>().unwrap().to_string(),
        false => text.to_owned(),
    };
    line.split(',').map(float).collect::<Vec<_>>().join(",")
}

#[test]
fn pairs_gammas_weights_and_probabilities_are_those_of_splink_to_the_bit() {
    let model = splink::read(MODEL).unwrap().model;
    let ours = lines(&records(), &model);
    let theirs: Vec<String> = PAIRS.lines().skip(1).map(rewritten).collect();
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs);
    }
}

#[test]
fn clusters_are_those_of_splink() {
    let records = records();
    let model = splink::read(MODEL).unwrap().model;
    let (_, edges) = predict(&records, &model);
    let of = components(records.len(), &edges, weight_of(0.9));
    let line = |(record, cluster): (usize, &u32)| {
        format!("{},{}", records.ids.text(record as u32), records.ids.text(*cluster))
    };
    let ours: Vec<String> = of.iter().enumerate().map(line).collect();
    let theirs: Vec<&str> = CLUSTERS.lines().skip(1).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn an_explanation_adds_up_to_the_predicted_weight_to_the_bit() {
    let records = records();
    let model = splink::read(MODEL).unwrap().model;
    let (linker, edges) = predict(&records, &model);
    let (mut adjusted, mut missing) = (0, 0);
    for edge in &edges {
        let explained = linker.explain(&model, edge.right, edge.left).unwrap();
        let sum = explained
            .parts
            .iter()
            .fold(explained.prior, |sum, part| sum + part.weight + part.adjustment);
        assert_eq!(sum.to_bits(), edge.weight.to_bits());
        assert_eq!(explained.total.to_bits(), edge.weight.to_bits());
        assert_eq!(explained.probability, probability_of(edge.weight));
        let levels = linker.layout().levels(linker.pattern(edge.left, edge.right));
        for ((part, comparison), level) in
            explained.parts.iter().zip(&model.comparisons).zip(levels)
        {
            assert_eq!(part.comparison, comparison.name);
            assert_eq!(part.level, comparison.levels[level as usize].label);
            assert_eq!(part.gamma, Some(comparison.gammas()[level as usize]));
            adjusted += usize::from(part.adjustment != 0.0);
            missing += usize::from(part.gamma == Some(-1));
        }
    }
    assert!(adjusted > 10 && missing > 10, "{adjusted} {missing}");
}

#[test]
fn an_explanation_shows_the_values_of_both_sides() {
    let records = records();
    let model = splink::read(MODEL).unwrap().model;
    let (linker, edges) = predict(&records, &model);
    let (mut seen, mut missing) = (0, 0);
    for Edge { left, right, .. } in &edges {
        for part in linker.explain(&model, *left, *right).unwrap().parts {
            assert!(!part.values.is_empty(), "{} compares columns", part.comparison);
            for values in part.values {
                let column = records.column(&values.column).unwrap();
                let text = |record: u32| {
                    let value = column.values.value(column.ids[record as usize]);
                    (value != Value::Null).then(|| value.to_string())
                };
                assert_eq!((&values.left, &values.right), (&text(*left), &text(*right)));
                (seen, missing) = (seen + 1, missing + usize::from(values.left.is_none()));
            }
        }
    }
    assert!(missing > 0 && missing < seen);
}

#[test]
fn clusters_by_evidence_are_nearly_those_of_splink_and_never_cross_components() {
    let records = records();
    let model = splink::read(MODEL).unwrap().model;
    let (linker, mut edges) = predict(&records, &model);
    edges.retain(|edge| edge.weight >= -5.0);
    let terms = Merge { auto: weight_of(0.9), review: weight_of(0.5), seed: 1 };
    let found = linker.cluster(&model, &edges, &terms, &Constraints::default()).unwrap();
    let widest = components(records.len(), &edges, f64::NEG_INFINITY);
    for (record, of) in found.of.iter().enumerate() {
        assert_eq!(widest[record], widest[*of as usize]);
    }
    let chains = components(records.len(), &edges, terms.auto);
    let agreed = agreement(&found.of, &chains).b_cubed.f1();
    assert!(agreed > 0.9, "{agreed}");
}

#[test]
fn a_model_that_is_written_and_read_again_predicts_the_same() {
    let read = splink::read(MODEL).unwrap();
    let again = splink::read(&splink::write(&read.model, &read.settings)).unwrap();
    assert_eq!(again.model, read.model);
    assert_eq!(again.settings, read.settings);
}

#[test]
fn levels_do_not_depend_on_which_record_is_left() {
    let records = records();
    let mut model = splink::read(MODEL).unwrap().model;
    // One of its levels looks at the city of the left record alone.
    model.comparisons.retain(|comparison| comparison.name != "both_names");
    let linker = Linker::new(&model, &records, &Known::default(), &[]).unwrap();
    for left in (0..420).step_by(3) {
        for right in (1..420).step_by(7) {
            assert_eq!(linker.pattern(left, right), linker.pattern(right, left), "{left} {right}");
        }
    }
}

#[test]
fn a_higher_threshold_keeps_a_part_of_what_a_lower_one_keeps() {
    let records = records();
    let model = splink::read(MODEL).unwrap().model;
    let (linker, all) = predict(&records, &model);
    for at_least in [-20.0, -3.0, 0.0, 4.5, 30.0] {
        let mut kept = Vec::new();
        linker.predict(&model, at_least, |found| kept.extend_from_slice(found)).unwrap();
        kept.sort_by_key(|edge| (edge.left, edge.right));
        let wanted: Vec<Edge> = all.iter().copied().filter(|e| e.weight >= at_least).collect();
        assert_eq!(kept, wanted, "at {at_least}");
    }
}

#[test]
fn a_condition_of_too_many_parts_is_refused_and_not_cut_short() {
    let parts = |n: usize| vec!["\\\"surname_l\\\" = \\\"surname_r\\\""; n].join(" OR ");
    let with =
        |n| MODEL.replacen("jaccard(\\\"surname_l\\\", \\\"surname_r\\\") >= 0.8", &parts(n), 1);
    let link = |n| {
        let model = splink::read(&with(n)).unwrap().model;
        Linker::new(&model, &records(), &Known::default(), &[]).map(|_| ())
    };
    assert_ne!(with(3), MODEL);
    link(3_000).unwrap();
    let refusal = link(40_000).unwrap_err();
    assert!(refusal.to_string().starts_with("comparison letters: it has more"), "{refusal}");
}

#[test]
fn what_cannot_be_reproduced_is_refused_by_name() {
    for (from, to, said) in [
        ("link_type\"", "link_kind\"", "link_type is \"\""),
        ("\"dedupe_only\"", "\"dedupe\"", "link_type is \"dedupe\""),
        ("\"is_null_level\"", "\"is_nul_level\"", "unknown setting is_nul_level"),
        ("jaccard(", "soundex(", "soundex"),
        ("LOWER(\\\"surname_l\\\") =", "LOWER(\\\"surnam_l\\\") =", "there is no column surnam"),
        ("LOWER(\\\"surname_l\\\") =", "LOWER(\\\"surname\\\") =", "surname"),
    ] {
        let text = MODEL.replacen(from, to, 1);
        assert_ne!(text, MODEL, "{from} is in the model");
        let refusal = splink::read(&text)
            .and_then(|read| {
                Linker::new(&read.model, &records(), &Known::default(), &[]).map(|_| ())
            })
            .unwrap_err();
        assert!(refusal.to_string().contains(said), "{refusal}");
    }
}

#[test]
fn rounds_that_are_no_whole_number_are_refused() {
    let file = |rounds: &str| {
        format!(
            r#"{{"link_type": "dedupe_only", "max_iterations": {rounds}, "comparisons": [],
                "blocking_rules_to_generate_predictions": []}}"#
        )
    };
    let read = |rounds| splink::read(&file(rounds)).map(|found| found.model.stop.iterations);
    assert_eq!(read("7").ok(), Some(7));
    for rounds in ["-25", "2.5", "1e12"] {
        let refusal = read(rounds).expect_err(rounds).to_string();
        assert!(refusal.contains("max_iterations"), "{refusal}");
    }
}
