//! People with a known truth, found again: how well, and what must not make a difference.

mod random;

use karat_resolve::Constraints;
use karat_resolve::linkage::model::LinkType;
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{IdOrder, Records, TextColumn};
use karat_resolve::people::{self, Field, Learned, People, Plan, Resolved, Role};
use random::Random;

impl Random {
    /// A name of a few syllables; small numbers are much more frequent than large ones.
    fn name(&mut self, names: usize) -> String {
        let spread = self.below(names) + 1;
        let mut number = self.below(spread) + 7;
        let mut name = String::new();
        while number > 0 {
            name.push_str(
                ["ka", "ro", "mi", "tes", "lun", "ba", "der", "sho", "vi", "wen"][number % 10],
            );
            number /= 10;
        }
        name
    }
}

const COLUMNS: [(Role, &str); 6] = [
    (Role::GivenName, "given"),
    (Role::Surname, "surname"),
    (Role::Date, "born"),
    (Role::Postcode, "postcode"),
    (Role::Place, "town"),
    (Role::Email, "email"),
];

/// A record: id, source, who it is of, and a value or none for each column.
#[derive(Clone)]
struct Record {
    id: String,
    source: u16,
    person: u32,
    values: [Option<String>; 6],
}

/// Records of people, up to `most` of each, with typing errors and missing values.
fn generate(people: u32, most: usize, seed: u64) -> Vec<Record> {
    let mut random = Random(seed);
    let mut records = Vec::new();
    for person in 0..people {
        let town = random.below(80);
        let values = [
            random.name(400),
            random.name(3000),
            format!(
                "{}-{:02}-{:02}",
                1930 + random.below(70),
                1 + random.below(12),
                1 + random.below(28)
            ),
            format!("k{} {}ab", town / 2, random.below(60)),
            format!("town{town}"),
            format!("{}{}@mail", random.name(3000), random.below(90)),
        ];
        for copy in 0..1 + random.below(most) {
            let values = values.clone().map(|value| blur(&mut random, value));
            let id = format!("{:08}", random.below(100_000_000));
            records.push(Record {
                id: format!("{id}-{person}-{copy}"),
                source: copy as u16,
                person,
                values,
            });
        }
    }
    records
}

fn blur(random: &mut Random, mut value: String) -> Option<String> {
    if random.chance(12) {
        return None;
    }
    if random.chance(12) {
        let at = random.below(value.len());
        value.replace_range(at..=at, ["e", "a", "1"][random.below(3)]);
    }
    Some(value)
}

fn table(records: &[Record]) -> Records {
    let mut columns: Vec<TextColumn> = COLUMNS.iter().map(|_| TextColumn::default()).collect();
    let mut ids = Texts::default();
    for record in records {
        ids.push(&record.id);
        let values = record.values.iter().map(Option::as_deref);
        columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
    }
    let names = COLUMNS.iter().map(|(_, name)| (*name).to_owned());
    let columns = names.zip(columns.into_iter().map(TextColumn::finish)).collect();
    let sources = records.iter().map(|record| record.source).collect();
    let source_names = (0..10).map(|_| "all".to_owned()).collect();
    Records::new(ids, sources, source_names, columns, IdOrder::Text)
}

fn plan() -> Plan {
    let mut plan = Plan::new(COLUMNS.map(|(role, name)| Field::new(role, name)).to_vec());
    plan.options.random_pairs = 50_000;
    plan.options.dependence_pairs = 20_000;
    plan
}

fn run(records: &[Record], plan: &Plan, constraints: &Constraints) -> (Learned, Resolved) {
    let records = table(records);
    let people = People::new(&records, plan).expect("the columns are there");
    let learned = people.learn();
    let resolved = people.resolve(&learned, constraints);
    (learned, resolved)
}

fn resolve(records: &[Record], plan: &Plan) -> Resolved {
    run(records, plan, &Constraints::default()).1
}

/// Sorted as `Records` sorts them, so that positions are record numbers.
fn sorted(mut records: Vec<Record>) -> Vec<Record> {
    records.sort_by(|a, b| a.id.cmp(&b.id));
    records
}

/// Pair precision and recall.
fn accuracy(records: &[Record], of: &[u32]) -> (f64, f64) {
    let (mut found, mut true_pairs, mut both) = (0.0, 0.0, 0.0);
    for a in 0..records.len() {
        for b in 0..a {
            let (same, one) = (of[a] == of[b], records[a].person == records[b].person);
            found += f64::from(same);
            true_pairs += f64::from(one);
            both += f64::from(same && one);
        }
    }
    (both / found, both / true_pairs)
}

#[test]
fn people_are_found_again() {
    let records = sorted(generate(900, 5, 1));
    let (learned, resolved) = run(&records, &plan(), &Constraints::default());
    let (precision, recall) = accuracy(&records, &resolved.of);
    let f1 = 2.0 * precision * recall / (precision + recall);
    assert!(f1 > 0.97, "precision {precision}, recall {recall}");
    let share_kept = learned.name.m[1];
    assert!(share_kept > 0.75, "most words of names are unharmed: {share_kept}");
    let alone =
        |record: usize| resolved.of.iter().filter(|of| **of == resolved.of[record]).count() == 1;
    for record in 0..records.len() {
        assert_eq!(resolved.weights[record].is_nan(), alone(record));
    }
}

#[test]
fn the_order_of_rows_makes_no_difference() {
    let records = generate(300, 4, 2);
    let expected = run(&records, &plan(), &Constraints::default());
    let mut random = Random(3);
    for _ in 0..2 {
        let order = random.permutation(records.len());
        let shuffled: Vec<Record> = order.iter().map(|at| records[*at].clone()).collect();
        let found = run(&shuffled, &plan(), &Constraints::default());
        same(&expected, &found);
    }
}

#[test]
fn the_number_of_threads_makes_no_difference() {
    let records = generate(300, 4, 4);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let work = || run(&records, &plan(), &Constraints::default());
        pool.expect("threads can be started").install(work)
    };
    let one = on(1);
    [2, 8].iter().for_each(|threads| same(&one, &on(*threads)));
}

/// Asserts that two results are the same to the bit.
fn same(a: &(Learned, Resolved), b: &(Learned, Resolved)) {
    assert_eq!(a.0, b.0);
    let bits = |weights: &[f32]| weights.iter().map(|w| w.to_bits()).collect::<Vec<_>>();
    assert_eq!((&a.1.of, bits(&a.1.weights)), (&b.1.of, bits(&b.1.weights)));
    assert_eq!(a.1.review, b.1.review);
}

#[test]
fn decisions_are_obeyed_even_through_chains() {
    let records = sorted(generate(200, 5, 5));
    let free = resolve(&records, &plan()).of;
    let mut constraints = Constraints::default();
    let mut random = Random(6);
    for _ in 0..40 {
        let a = random.below(records.len());
        let partners: Vec<usize> =
            (0..records.len()).filter(|b| *b != a && free[*b] == free[a]).collect();
        if let Some(b) = partners.first() {
            constraints.cannot.push((a as u32, *b as u32));
        }
        let b = random.below(records.len());
        if a != b {
            constraints.must.push((b as u32, a as u32));
        }
    }
    let resolved = run(&records, &plan(), &constraints).1;
    assert!(constraints.cannot.len() > 20, "there is something to keep apart");
    for (a, b) in &constraints.cannot {
        assert_ne!(
            resolved.of[*a as usize], resolved.of[*b as usize],
            "{a} and {b} were kept apart"
        );
        let shown = |pair: &&(u32, u32, f64)| {
            (pair.0, pair.1) == (resolved.of[*a as usize], resolved.of[*b as usize])
        };
        assert_eq!(resolved.review.iter().find(shown), None, "what is decided is not asked again");
    }
    for (a, b) in &constraints.must {
        let contradicted = resolved.contradictions.contains(&(*a.min(b), *a.max(b)));
        assert_ne!(resolved.of[*a as usize] == resolved.of[*b as usize], contradicted);
    }
}

#[test]
fn a_decision_against_another_is_reported() {
    let records = sorted(generate(30, 3, 7));
    let constraints =
        Constraints { must: vec![(0, 1), (1, 2)], cannot: vec![(0, 2)], distinct: Vec::new() };
    let resolved = run(&records, &plan(), &constraints).1;
    assert_eq!(resolved.contradictions, [(1, 2)]);
    assert_eq!((resolved.of[1], resolved.of[2] == resolved.of[0]), (0, false));
}

#[test]
fn a_source_that_lists_everything_once_is_believed() {
    let records = sorted(generate(300, 4, 8));
    let distinct = Constraints { distinct: vec![true; 10], ..Constraints::default() };
    let of = run(&records, &plan(), &distinct).1.of;
    let linked = {
        let plan = Plan { link: LinkType::Link, distinct: vec![true; 10], ..plan() };
        resolve(&records, &plan).of
    };
    for a in 0..records.len() {
        for b in 0..a {
            if records[a].source == records[b].source {
                assert_ne!(of[a], of[b]);
                assert_ne!(linked[a], linked[b]);
            }
        }
    }
    let (precision, recall) = accuracy(&records, &linked);
    assert!(precision > 0.97 && recall > 0.95, "precision {precision}, recall {recall}");
}

#[test]
fn a_higher_threshold_only_splits() {
    let records = sorted(generate(500, 5, 9));
    let data = table(&records);
    let mut before: Option<Resolved> = None;
    let learned = people::learn(&data, &plan()).expect("the columns are there");
    for auto in [0.4, 0.5, 0.9, 0.99, 0.999, 0.999_99, 0.999_999_9] {
        let mut plan = plan();
        plan.options.auto = auto;
        let found = people::resolve(&data, &plan, &learned, &Constraints::default())
            .expect("the columns are there");
        for (a, b, probability) in &found.review {
            assert!(found.of[*a as usize] == *a && found.of[*b as usize] == *b && a < b);
            assert!((1.0 / 3.0..auto).contains(probability), "{probability}");
        }
        if let Some(before) = &before {
            let splits = |r: usize| before.of[found.of[r] as usize] == before.of[r];
            assert!((0..records.len()).all(splits), "{auto} merges what a lower one does not");
        }
        before = Some(found);
    }
}

#[test]
fn people_who_are_all_different_stay_so() {
    let records = generate(2000, 1, 10);
    let of = resolve(&records, &plan()).of;
    let merged = of.iter().enumerate().filter(|(record, of)| *record as u32 != **of).count();
    assert!(merged <= 4, "{merged} of 2000 people were lost");
}

#[test]
fn nothing_is_found_in_nothing() {
    let none = run(&[], &plan(), &Constraints::default());
    assert_eq!((none.1.of.len(), none.0.rounds), (0, 0));
    let one = generate(1, 1, 11);
    assert_eq!(resolve(&one, &plan()).of, [0]);
    let mut empty = generate(50, 3, 12);
    empty.iter_mut().for_each(|record| record.values = Default::default());
    let of = resolve(&empty, &plan()).of;
    assert!(of.iter().enumerate().all(|(record, of)| record as u32 == *of));
}

#[test]
fn a_missing_column_is_named() {
    let records = table(&generate(3, 1, 13));
    let plan = Plan::new(vec![Field::new(Role::Surname, "family")]);
    let refusal = people::learn(&records, &plan).expect_err("there is no such column");
    assert_eq!(refusal.to_string(), "field family: there is no column family");
}

#[test]
fn an_explanation_adds_up_and_has_no_direction() {
    let records = sorted(generate(200, 4, 14));
    let data = table(&records);
    let plan = plan();
    let people = People::new(&data, &plan).expect("the columns are there");
    let learned = people.learn();
    for a in 0..40 {
        for b in a + 1..40 {
            let explained = people.explain(&learned, a, b);
            let parts = explained.parts.iter().map(|part| part.weight + part.adjustment);
            let sum = explained.prior + parts.sum::<f64>();
            assert!((sum - explained.total).abs() < 1e-3, "{explained:?}");
            for part in &explained.parts {
                let missing = part.values.iter().any(|v| v.left.is_none() || v.right.is_none());
                assert_eq!(missing, part.gamma == Some(-1));
                assert!(!missing || part.weight == 0.0);
                let has_no_level = ["name", "household"].contains(&part.comparison.as_str());
                assert!(part.adjustment <= 0.0 && (part.gamma.is_some() || has_no_level));
            }
            assert_eq!(people.explain(&learned, b, a).total, explained.total);
        }
    }
}

#[test]
fn a_record_weighs_against_itself_what_its_explanation_says() {
    let mut records = sorted(generate(200, 4, 14));
    // The last says nothing but where it is from, as others do.
    let last = records.len() - 1;
    let town = records.iter().find_map(|record| record.values[4].clone());
    records[last].values = [None, None, None, None, town, None];
    let data = table(&records);
    let plan = plan();
    let people = People::new(&data, &plan).expect("the columns are there");
    let learned = people.learn();
    let weights = people.self_weights(&learned);
    assert_eq!(weights.len(), records.len());
    for (record, weight) in (0..).zip(&weights) {
        assert_eq!(f64::from(*weight), people.explain(&learned, record, record).total);
    }
    assert!(weights[..last].iter().all(|weight| weights[last] < *weight), "{weights:?}");
    assert_eq!(people.names_relate(0, 0), Some(people::RELATION_NAMES[3]));
    assert_eq!(people.names_relate(0, last as u32), None);
    assert_eq!(people.blocking(), learned.blocking);
}

#[test]
fn blocks_that_are_too_large_are_reported() {
    let mut records = generate(400, 1, 15);
    records.iter_mut().for_each(|record| record.values[2] = Some("1980-01-01".to_owned()));
    let mut plan = plan();
    plan.options.largest_block = 10;
    let reports = run(&records, &plan, &Constraints::default()).0.blocking;
    let dates = reports.iter().find(|report| report.rule == "born").expect("dates are a rule");
    assert_eq!((dates.split, dates.dropped > 0, dates.dropped_pairs > 0), (1, true, true));
}
