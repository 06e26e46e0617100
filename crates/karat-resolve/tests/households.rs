//! People who live together, move, and are called by short names: who they are told apart from,
//! and who they are found to be.

mod random;

use std::collections::HashMap;

use karat_resolve::Constraints;
use karat_resolve::linkage::{Records, TextColumn};
use karat_resolve::people::{self, Field, Plan, Role};
use random::Random;

const COLUMNS: [(Role, &str); 7] = [
    (Role::FullName, "name"),
    (Role::Date, "born"),
    (Role::Email, "email"),
    (Role::Phone, "phone"),
    (Role::Address, "street"),
    (Role::Place, "city"),
    (Role::Postcode, "zip"),
];

/// Given names, and what their bearers are called.
const GIVEN: [(&str, &str); 16] = [
    ("william", "bill"),
    ("robert", "bob"),
    ("margaret", "peggy"),
    ("elizabeth", "betty"),
    ("edward", "ted"),
    ("anthony", "tony"),
    ("andrew", "drew"),
    ("benjamin", "ben"),
    ("catherine", "kate"),
    ("charles", "chuck"),
    ("daniel", "dan"),
    ("virginia", "ginny"),
    ("victoria", "vicky"),
    ("walter", "wally"),
    ("zachary", "zach"),
    ("penelope", "penny"),
];

/// A record: who it is of, in which household, what it is an example of, and its values.
struct Record {
    person: usize,
    household: usize,
    moved: bool,
    short: bool,
    values: [Option<String>; 7],
}

fn surname(random: &mut Random) -> String {
    let syllables =
        ["kar", "lo", "min", "tes", "lun", "bar", "der", "sho", "vin", "wen", "ax", "ul"];
    (0..3).map(|_| syllables[random.below(syllables.len())]).collect()
}

/// Street, city, postcode and landline.
fn home(random: &mut Random) -> [String; 4] {
    let city = random.below(40);
    [
        format!("{} {} street", 1 + random.below(900), surname(random)),
        format!("city{city}"),
        format!("{}{:03}", 10 + city, random.below(1000)),
        format!("555{:07}", random.below(10_000_000)),
    ]
}

/// A person's birthday and own mailbox.
fn self_of(random: &mut Random) -> [String; 2] {
    let (year, month, day) = (30 + random.below(70), 1 + random.below(12), 1 + random.below(28));
    let user = [random.below(100_000), random.below(100_000)];
    [format!("19{year}-{month:02}-{day:02}"), format!("q{}x{}@mail.example", user[0], user[1])]
}

/// Couples with one surname, one home, one landline and often one mailbox, of whom each has a few
/// records, some from another home.
fn generate(couples: usize, seed: u64) -> Vec<Record> {
    let mut random = Random(seed);
    let mut records = Vec::new();
    for household in 0..couples {
        let (family, homes) = (surname(&mut random), [home(&mut random), home(&mut random)]);
        let shares_mailbox = random.chance(25);
        let mailbox = format!("the{family}s@mail.example");
        let given = random.permutation(GIVEN.len());
        for (at, given) in given.into_iter().take(2).enumerate() {
            let [born, own] = self_of(&mut random);
            for _ in 0..1 + random.below(3) {
                let (moved, short) = (random.chance(20), random.chance(20));
                let [street, city, zip, phone] = homes[usize::from(moved)].clone();
                let name = if short { GIVEN[given].1 } else { GIVEN[given].0 };
                let email = if shares_mailbox && random.chance(60) { &mailbox } else { &own };
                let mut some = |percent, text: &str| (!random.chance(percent)).then(|| text.into());
                records.push(Record {
                    person: 2 * household + at,
                    household,
                    moved,
                    short,
                    values: [
                        Some(format!("{name} {family}")),
                        some(10, &born),
                        some(10, email),
                        some(15, &phone),
                        some(5, &street),
                        some(5, &city),
                        some(5, &zip),
                    ],
                });
            }
        }
    }
    records
}

fn resolve(records: &[Record]) -> Vec<u32> {
    let column = |at: usize| {
        let mut column = TextColumn::default();
        records.iter().for_each(|record| column.push(record.values[at].as_deref()));
        (COLUMNS[at].1.to_owned(), column.finish())
    };
    let table = Records {
        sources: vec![0; records.len()],
        source_names: vec!["all".to_owned()],
        columns: (0..COLUMNS.len()).map(column).collect(),
        ..Records::default()
    };
    let mut plan = Plan::new(COLUMNS.map(|(role, name)| Field::new(role, name)).to_vec());
    plan.options.auto = 0.95;
    plan.options.random_pairs = 100_000;
    plan.options.dependence_pairs = 20_000;
    let learned = people::learn(&table, &plan).expect("the columns are there");
    people::resolve(&table, &plan, &learned, &Constraints::default())
        .expect("the model is of these fields")
        .of
}

/// The share of some pairs of a household that are merged.
fn merged(records: &[Record], of: &[u32], counts: impl Fn(&Record, &Record) -> bool) -> f64 {
    let mut households: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, record) in records.iter().enumerate() {
        households.entry(record.household).or_default().push(at);
    }
    let (mut all, mut one) = (0_u32, 0_u32);
    for household in households.values() {
        for (at, a) in household.iter().enumerate() {
            for b in &household[at + 1..] {
                let counted = counts(&records[*a], &records[*b]);
                all += u32::from(counted);
                one += u32::from(counted && of[*a] == of[*b]);
            }
        }
    }
    assert!(all > 100, "there are such pairs");
    f64::from(one) / f64::from(all)
}

#[test]
fn couples_are_told_apart_and_their_records_found() {
    let records = generate(700, 1);
    let of = resolve(&records);
    let couples = merged(&records, &of, |a, b| a.person != b.person);
    assert!(couples < 0.01, "{couples} of the pairs of two people are merged");
    let same = |a: &Record, b: &Record| a.person == b.person;
    let found = [
        merged(&records, &of, same),
        merged(&records, &of, |a, b| same(a, b) && a.moved != b.moved),
        merged(&records, &of, |a, b| same(a, b) && a.short != b.short),
    ];
    assert!(found[0] > 0.9, "of one person: {found:?}");
    assert!(found[1] > 0.7, "of one who moved: {found:?}");
    assert!(found[2] > 0.8, "of one called otherwise: {found:?}");
}
