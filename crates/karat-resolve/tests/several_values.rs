//! Records that have several values of a field: any two of them can tell who they are of.

mod random;

use karat_resolve::Constraints;
use karat_resolve::condition::Value;
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{Column, IdOrder, Records};
use karat_resolve::people::{Field, Learned, People, Plan, Resolved, Role};
use random::Random;

const COLUMNS: [(Role, &str); 4] = [
    (Role::FullName, "name"),
    (Role::Date, "born"),
    (Role::Email, "email"),
    (Role::Phone, "phone"),
];

/// A record: id, who it is of, and a value for each column.
#[derive(Clone)]
struct Record {
    id: String,
    person: u32,
    values: [Value; 4],
}

fn text(text: String) -> Value {
    Value::Text(text.into())
}

/// Two records of each person. The first has two addresses and telephones, in any order, of which
/// the second has one; birthdays are often missing.
fn generate(people: u32, seed: u64) -> Vec<Record> {
    let mut random = Random(seed);
    let mut records = Vec::new();
    for person in 0..people {
        let name = format!("given{} family{}", random.below(12), random.below(30));
        let born = format!("19{}-{:02}-11", 30 + random.below(70), 1 + random.below(12));
        let mut two = |what: &str| {
            let mut one = || text(format!("{:07}{what}", random.below(10_000_000)));
            let pair = [one(), one()];
            (pair.to_vec(), pair[random.below(2)].clone())
        };
        let ((emails, email), (phones, phone)) = (two("@mail.example"), two("55"));
        let mut born = || if random.chance(50) { Value::Null } else { text(born.clone()) };
        let values = [
            [text(name.clone()), born(), Value::List(emails), Value::List(phones)],
            [text(name), born(), email, phone],
        ];
        for (copy, values) in values.into_iter().enumerate() {
            let id = format!("{:06}-{person}-{copy}", random.below(1_000_000));
            records.push(Record { id, person, values });
        }
    }
    records
}

fn run(records: &[Record]) -> (Learned, Resolved) {
    let mut ids = Texts::default();
    records.iter().for_each(|record| ids.push(&record.id));
    let column = |at: usize| {
        let values: Vec<Value> = records.iter().map(|record| record.values[at].clone()).collect();
        (COLUMNS[at].1.to_owned(), Column::of_values(&values))
    };
    let columns = (0..COLUMNS.len()).map(column).collect();
    let sources = vec![0; records.len()];
    let records = Records::new(ids, sources, vec!["all".to_owned()], columns, IdOrder::Text);
    let mut plan = Plan::new(COLUMNS.map(|(role, name)| Field::new(role, name)).to_vec());
    plan.options.random_pairs = 20_000;
    plan.options.dependence_pairs = 5_000;
    let people = People::new(&records, &plan).expect("the columns are there");
    let learned = people.learn();
    for a in 0..6 {
        for b in 0..6 {
            let (one, other) = (people.explain(&learned, a, b), people.explain(&learned, b, a));
            assert_eq!((one.total, one.parts.len()), (other.total, other.parts.len()));
        }
    }
    let resolved = people.resolve(&learned, &Constraints::default());
    (learned, resolved)
}

fn sorted(mut records: Vec<Record>) -> Vec<Record> {
    records.sort_by(|a, b| a.id.cmp(&b.id));
    records
}

fn same(a: &(Learned, Resolved), b: &(Learned, Resolved)) {
    assert_eq!(a.0, b.0);
    let bits = |weights: &[f32]| weights.iter().map(|w| w.to_bits()).collect::<Vec<_>>();
    assert_eq!((&a.1.of, bits(&a.1.weights)), (&b.1.of, bits(&b.1.weights)));
}

/// The share of people whose two records are one.
fn found(records: &[Record], of: &[u32]) -> f64 {
    let mut clusters: Vec<(u32, u32)> =
        records.iter().zip(of).map(|(record, of)| (record.person, *of)).collect();
    clusters.sort_unstable();
    let whole = clusters.chunks(2).filter(|pair| pair[0] == pair[1]).count();
    whole as f64 / (records.len() / 2) as f64
}

#[test]
fn what_is_second_in_one_record_finds_what_is_first_in_another() {
    let records = sorted(generate(400, 1));
    let with_all = found(&records, &run(&records).1.of);
    assert!(with_all > 0.99, "{with_all}");
    let mut first = records.clone();
    for value in first.iter_mut().flat_map(|record| &mut record.values) {
        if let Value::List(items) = value {
            *value = items[0].clone();
        }
    }
    let with_first = found(&first, &run(&first).1.of);
    assert!(with_first < 0.9, "the second values are needed: {with_first}");
}

#[test]
fn neither_the_order_of_rows_nor_of_elements_makes_a_difference() {
    let records = generate(150, 2);
    let expected = run(&records);
    let mut random = Random(3);
    let mut shuffled: Vec<Record> =
        random.permutation(records.len()).iter().map(|at| records[*at].clone()).collect();
    for value in shuffled.iter_mut().flat_map(|record| &mut record.values) {
        if let Value::List(items) = value {
            items.reverse();
        }
    }
    same(&expected, &run(&shuffled));
}

#[test]
fn a_list_of_one_is_that_one() {
    let mut single = generate(150, 4);
    for value in single.iter_mut().flat_map(|record| &mut record.values) {
        if let Value::List(items) = value {
            *value = items[0].clone();
        }
    }
    let expected = run(&single);
    for record in &mut single {
        for value in &mut record.values[1..] {
            let items = [value.clone(), value.clone(), Value::Null];
            *value = if *value == Value::Null { Value::Null } else { Value::List(items.to_vec()) };
        }
    }
    same(&expected, &run(&single));
}
