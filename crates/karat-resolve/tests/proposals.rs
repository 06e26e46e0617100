//! Blocking rules proposed without labels, held against a truth that was made.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod random;

use karat_resolve::condition::parse_condition;
use karat_resolve::linkage::model::{
    BlockingRule, Comparison, Level, LinkType, Model, Probability, Stop,
};
use karat_resolve::linkage::propose::{Options, Proposal, propose};
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::train::Sampling;
use karat_resolve::linkage::{IdOrder, Known, Linker, Records, RuleSet, TextColumn};
use random::Random;

const COLUMNS: [&str; 5] = ["given", "surname", "born", "town", "phone"];

impl Random {
    /// A word; of `words` there are, small numbers come more often.
    fn word(&mut self, words: usize) -> String {
        let spread = self.below(words) + 1;
        let mut number = self.below(spread) + 11;
        let mut word = String::new();
        while number > 0 {
            word.push_str(
                ["ka", "ro", "mi", "te", "lu", "ba", "de", "sho", "vi", "we"][number % 10],
            );
            number /= 10;
        }
        word
    }

    fn value(&mut self, column: usize) -> String {
        match column {
            0 => self.word(600),
            1 => self.word(3000),
            2 => {
                let (year, month, day) = (self.below(60), self.below(12), self.below(28));
                format!("{}-{:02}-{:02}", 1940 + year, 1 + month, 1 + day)
            }
            3 => self.word(80),
            _ => format!("{:06}", self.below(1_000_000)),
        }
    }
}

/// One to three records for each person; each value is spoilt in so many of a hundred, or where a
/// record is worn three times as often. With the person of each record as a column.
fn records(people: u32, seed: u64, spoilt: usize, worn: usize) -> Records {
    let mut random = Random(seed);
    let order = random.permutation(people as usize);
    let mut ids = Texts::default();
    let mut columns = COLUMNS.map(|_| TextColumn::default());
    let mut person = TextColumn::default();
    for number in 0..people {
        let values = [0, 1, 2, 3, 4].map(|column| random.value(column));
        for copy in 0..1 + random.below(3) {
            ids.push(&format!("{:06}{copy}", order[number as usize]));
            person.push(Some(&number.to_string()));
            let percent = if random.chance(worn) { spoilt * 3 } else { spoilt };
            for (at, column) in columns.iter_mut().enumerate() {
                let other = random.value(at);
                match (random.chance(percent), random.below(3)) {
                    (true, 0) => column.push(None),
                    (true, 1) => column.push(Some(&other)),
                    // The end is lost.
                    (true, _) => column.push(Some(&values[at][..values[at].len() - 1])),
                    _ => column.push(Some(&values[at])),
                }
            }
        }
    }
    let names = COLUMNS.iter().map(|name| (*name).to_owned());
    let mut columns: Vec<_> = names.zip(columns.map(TextColumn::finish)).collect();
    columns.push(("person".to_owned(), person.finish()));
    let sources = vec![0; ids.len()];
    Records::new(ids, sources, vec!["all".to_owned()], columns, IdOrder::Text)
}

fn model() -> Model {
    let level = |label: &str, condition: Option<String>| Level {
        label: label.to_owned(),
        condition: condition.map(|text| parse_condition(&text).unwrap()),
        is_null: label == "missing",
        m: Probability::default(),
        u: Probability::default(),
        frequency: None,
    };
    let comparison = |name: &&str| Comparison {
        name: (*name).to_owned(),
        description: None,
        levels: vec![
            level("missing", Some(format!("{name}_l is null or {name}_r is null"))),
            level("same", Some(format!("{name}_l = {name}_r"))),
            level("alike", Some(format!("levenshtein({name}_l, {name}_r) <= 1"))),
            level("other", None),
        ],
    };
    Model {
        link: LinkType::Dedupe,
        prior: 0.5,
        rules: Vec::new(),
        comparisons: COLUMNS.iter().map(comparison).collect(),
        stop: Stop { iterations: 200, ..Stop::default() },
    }
}

fn proposal(records: &Records, max_pairs: f64) -> Proposal {
    let sampling = Sampling { max_pairs: 300_000, enough: 100, seed: 1 };
    let options = Options { max_pairs, sampling, ..Options::default() };
    propose(records, &model(), &Known::default(), &options).unwrap()
}

/// The share of matches that the rules of each set find, and the pairs they find.
fn truth(records: &Records, sets: &[&[BlockingRule]]) -> Vec<(f64, u64)> {
    let linker = Linker::new(&model(), records, &Known::default(), sets).unwrap();
    let person = records.column("person").unwrap();
    let same = |a: u32, b: u32| person.ids[a as usize] == person.ids[b as usize];
    let n = records.len() as u32;
    let all =
        (0..n).flat_map(|b| (0..b).map(move |a| (a, b))).filter(|(a, b)| same(*a, *b)).count();
    let of_set = |set: usize| {
        let model = Model { rules: sets[set].to_vec(), ..model() };
        let linker = Linker::new(&model, records, &Known::default(), &[]).unwrap();
        let mut filled = model.clone();
        filled.comparisons.iter_mut().for_each(Comparison::fill_defaults);
        let mut found = 0;
        linker
            .predict(&filled, f64::NEG_INFINITY, |edges| {
                found += edges.iter().filter(|edge| same(edge.left, edge.right)).count();
            })
            .unwrap();
        found as f64 / all as f64
    };
    (0..sets.len()).map(|set| (of_set(set), linker.count_pairs(RuleSet(set + 1)))).collect()
}

fn check(records: &Records, max_pairs: f64) -> f64 {
    let found = proposal(records, max_pairs);
    let rules = &found.model.rules;
    assert!(!rules.is_empty());
    let heads: Vec<&[BlockingRule]> = (1..=rules.len()).map(|n| &rules[..n]).collect();
    let singles: Vec<&[BlockingRule]> = rules.iter().map(std::slice::from_ref).collect();
    let (joint, single) = (truth(records, &heads), truth(records, &singles));
    let mut before = 0;
    for (at, chosen) in found.chosen.iter().enumerate() {
        let candidate = &found.candidates[chosen.candidate];
        assert_eq!(candidate.rule, rules[at]);
        let (recall, pairs) = single[at];
        assert_eq!(candidate.pairs, pairs, "{}", candidate.rule);
        assert!((candidate.recall - recall).abs() < 0.05, "{} {recall}", candidate.recall);
        assert_eq!(chosen.added_pairs, joint[at].1 - before);
        before = joint[at].1;
        let error = chosen.cumulative - joint[at].0;
        assert!(error.abs() < 0.05, "{} rules: {} {}", at + 1, chosen.cumulative, joint[at].0);
    }
    assert!(before as f64 <= max_pairs * records.len() as f64);
    joint.last().unwrap().0
}

#[test]
fn estimated_recall_is_near_the_truth_and_pairs_are_exact() {
    let even = records(1200, 1, 12, 0);
    let worn = records(1200, 2, 9, 25);
    let (little, much) = (check(&even, 1.5), check(&even, 30.0));
    assert!(much > 0.97 && little < much, "{little} {much}");
    check(&worn, 1.5);
    check(&worn, 30.0);
}

#[test]
fn the_trained_model_and_the_number_of_matches_are_near_the_truth() {
    let records = records(1200, 3, 12, 0);
    let found = proposal(&records, 20.0);
    assert_eq!(found.untrained, [""; 0]);
    assert!(found.sessions.len() >= 2 && found.session_rules.len() == found.sessions.len());
    let people = records.column("person").unwrap().counts();
    let matches: u32 = people.iter().map(|n| n * (n - 1) / 2).sum();
    assert!((found.matches / f64::from(matches) - 1.0).abs() < 0.1, "{} {matches}", found.matches);
    for comparison in &found.model.comparisons {
        let m = comparison.levels[1].m.value.unwrap();
        assert!((0.68..0.92).contains(&m), "{}: {m}", comparison.name);
    }
}

#[test]
fn a_comparison_that_every_session_closes_is_named() {
    let mut model = model();
    let text = COLUMNS.map(|name| format!("{name}_l = {name}_r")).join(" and ");
    let all = Comparison {
        name: "everything".to_owned(),
        description: None,
        levels: vec![
            Level {
                condition: Some(parse_condition(&text).unwrap()),
                ..model.comparisons[0].levels[1].clone()
            },
            model.comparisons[0].levels[3].clone(),
        ],
    };
    model.comparisons.push(all);
    let found = propose(&records(600, 4, 10, 0), &model, &Known::default(), &Options::default());
    assert_eq!(found.unwrap().untrained, ["everything"]);
}

#[test]
fn neither_threads_nor_missing_columns_pass_unnoticed() {
    let records = records(400, 5, 10, 0);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| proposal(&records, 10.0));
        (found.model, found.candidates, found.chosen, found.matches)
    };
    let one = on(1);
    assert!(one == on(2) && one == on(8));
    let options = Options { columns: vec!["family".to_owned()], ..Options::default() };
    let refusal = propose(&records, &model(), &Known::default(), &options).unwrap_err();
    assert_eq!(refusal.to_string(), "there is no column family");
}
