//! What the generated files must look like.

mod traces;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use super::chances::{Chance, ODDS, Source};
use super::dice::Tally;
use super::places::{AREAS, CITIES, state_name};
use super::rows::columns;
use super::{Batch, Wanted, Written, written};

/// A generated example in a folder that goes away.
struct Example {
    dir: PathBuf,
    written: Written,
    tally: Tally,
}

impl Example {
    fn new(name: &str, records: usize, seed: u64, batch: Batch) -> Example {
        let name = format!("karat-customers-{}-{name}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        let (written, tally) = written(&dir, Wanted { records, batch }, seed).unwrap();
        Example { dir, written, tally }
    }

    fn first(name: &str, records: usize, seed: u64) -> Example {
        Example::new(name, records, seed, Batch::First)
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.dir.join(file)).unwrap()
    }

    fn rows(&self, file: &str) -> Rows {
        Rows::read(&self.text(file))
    }

    fn source(&self, source: Source) -> Rows {
        self.rows(&format!("data/{}.csv", source.name()))
    }

    /// Each record's person and household.
    fn truth(&self) -> HashMap<(String, String), (u64, u64)> {
        let number = |text: &String| text.parse().unwrap();
        let rows = self.rows("truth/people.csv").rows.into_iter();
        rows.map(|row| ((row[0].clone(), row[1].clone()), (number(&row[2]), number(&row[3]))))
            .collect()
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// A CSV file, read.
struct Rows {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    fn read(text: &str) -> Rows {
        let mut rows = vec![vec![String::new()]];
        let mut quoted = false;
        for c in text.trim_start_matches('\u{feff}').chars() {
            let row = rows.last_mut().unwrap();
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(String::new()),
                '\r' if !quoted => {}
                '\n' if !quoted => rows.push(vec![String::new()]),
                c => row.last_mut().unwrap().push(c),
            }
        }
        assert_eq!(rows.pop(), Some(vec![String::new()]), "the file ends with a line end");
        let header = rows.remove(0);
        assert!(rows.iter().all(|row| row.len() == header.len()));
        Rows { header, rows }
    }

    fn column(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|column| column == name).unwrap();
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    fn count(&self, column: &str, is: impl Fn(&str) -> bool) -> usize {
        self.column(column).into_iter().filter(|value| is(value)).count()
    }
}

const KEYS: [(Source, &str); 3] = [
    (Source::Customers, "customer_id"),
    (Source::Bookings, "job_number"),
    (Source::Leads, "lead_id"),
];

const FILES: [&str; 6] = [
    "data/customers.csv",
    "data/bookings.csv",
    "data/leads.csv",
    "data/branches.csv",
    "truth/people.csv",
    "truth/faults.csv",
];

/// `count` of `of` is a share of `share`, to within three standard errors.
#[track_caller]
fn within_three_errors(what: &str, count: usize, of: usize, share: f64) {
    let (is, of) = (count as f64, of as f64);
    let error = (of * share * (1.0 - share)).sqrt();
    let (should, most) = (of * share, 3.0 * error);
    assert!((is - should).abs() <= most, "{what}: {is} of {of}, should be {should:.0}±{most:.0}");
}

/// FNV-1a of all files, one after the other.
fn fingerprint(example: &Example) -> u64 {
    let bytes = FILES.iter().flat_map(|file| example.text(file).into_bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_every_machine_and_another_seed_others() {
    let (a, b) = (Example::first("same-a", 1000, 5), Example::first("same-b", 1000, 5));
    let c = Example::first("same-c", 1000, 6);
    for file in FILES {
        assert_eq!(a.text(file), b.text(file), "{file}");
        assert!(a.text(file) != c.text(file) || file == "data/branches.csv", "{file}");
    }
    // Whoever changes the generator on purpose changes this number too.
    assert_eq!(fingerprint(&a), FINGERPRINT, "{:#x}", fingerprint(&a));
}

const FINGERPRINT: u64 = 0x3124_00dd_b01e_7f85;

#[test]
fn files_have_their_declared_columns_and_no_others() {
    let example = Example::first("columns", 300, 1);
    for source in Source::ALL {
        assert_eq!(example.source(source).header, columns(source));
    }
    assert_eq!(example.rows("data/branches.csv").header, ["alias", "branch"]);
    assert_eq!(example.rows("truth/people.csv").header, super::TRUTH);
    assert_eq!(example.rows("truth/faults.csv").header, ["source", "key", "fault"]);
    let customers = example.text("data/customers.csv");
    assert!(customers.starts_with('\u{feff}'));
    assert_eq!(customers.matches('\n').count(), customers.matches("\r\n").count());
    let mut files: Vec<String> = ["data", "truth"]
        .iter()
        .flat_map(|dir| fs::read_dir(example.dir.join(dir)).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let all = ["bookings.csv", "branches.csv", "customers.csv", "faults.csv", "leads.csv"];
    assert_eq!(files, [all.as_slice(), &["people.csv"]].concat());
}

#[test]
fn every_record_has_one_row_of_truth_whatever_the_size() {
    for records in [0, 1, 7, 3000] {
        let example = Example::first(&format!("truth-{records}"), records, 2);
        let truth = example.truth();
        assert_eq!(truth.len(), example.rows("truth/people.csv").rows.len(), "a key comes twice");
        let mut keys = HashSet::new();
        for (source, key) in KEYS {
            let rows = example.source(source);
            let found = rows.column(key).into_iter();
            keys.extend(found.map(|key| (source.name().to_owned(), key.to_owned())));
        }
        assert_eq!(keys.len(), records);
        assert!(keys == truth.keys().cloned().collect());
        for fault in example.rows("truth/faults.csv").rows {
            assert!(keys.contains(&(fault[0].clone(), fault[1].clone())));
            assert!(ODDS.iter().any(|odds| odds.fault && odds.name == fault[2]), "{fault:?}");
        }
        let Written { customers, bookings, leads, people, households } = example.written;
        assert_eq!(customers + bookings + leads, records);
        let distinct = |of: fn(&(u64, u64)) -> u64| truth.values().map(of).collect::<HashSet<_>>();
        assert_eq!(people, distinct(|(person, _)| *person).len());
        assert_eq!(households, distinct(|(_, household)| *household).len());
    }
}

#[test]
fn every_rate_of_the_table_holds_at_20_000_records() {
    let example = Example::first("rates", 20_000, 3);
    let Tally { asked, happened } = &example.tally;
    for (place, odds) in ODDS.iter().enumerate() {
        let mut cases = 0;
        for source in Source::ALL {
            let (asked, happened) =
                (asked[place][source as usize], happened[place][source as usize]);
            let share = odds.per_mille[source as usize] as f64 / 1000.0;
            let what = format!("{} in {}", odds.name, source.name());
            within_three_errors(&what, happened as usize, asked as usize, share);
            cases += asked;
        }
        let later = ["removed", "changed", "contradicted", "came_back"].contains(&odds.name);
        assert!(later || cases > 20, "{}: {cases} cases", odds.name);
    }
    let names: HashSet<&str> = ODDS.iter().map(|odds| odds.name).collect();
    assert_eq!(names.len(), ODDS.len());
}

#[test]
fn people_leave_1_7_records_and_a_third_of_them_live_with_others() {
    let example = Example::first("shares", 20_000, 4);
    let truth = example.truth();
    let mut records: HashMap<u64, f64> = HashMap::new();
    let mut homes: HashMap<u64, HashSet<u64>> = HashMap::new();
    for (person, household) in truth.values() {
        *records.entry(*person).or_default() += 1.0;
        homes.entry(*household).or_default().insert(*person);
    }
    let people = records.len() as f64;
    let mean = 20_000.0 / people;
    let variance = records.values().map(|n| (n - mean).powi(2)).sum::<f64>() / people;
    let error = (variance / people).sqrt();
    assert!((mean - 1.70).abs() < 3.0 * error, "{mean} records");
    let several: Vec<usize> = homes.values().map(HashSet::len).filter(|&size| size > 1).collect();
    let share = ODDS[Chance::Household as usize].per_mille[0] as f64 / 1000.0;
    within_three_errors("households of several", several.len(), homes.len(), share);
    assert!(several.iter().all(|&size| size <= 5));
    // People of one household come together, so the error is that of so many households.
    let inside = several.iter().sum::<usize>() as f64;
    assert!((inside / people - 0.35).abs() < 3.0 * (0.35 * 0.65 * 3.5 / people).sqrt(), "{inside}");
}

#[test]
fn the_files_miss_and_misspell_as_much_as_the_table_says() {
    let example = Example::first("files", 20_000, 5);
    let [customers, bookings, leads] = Source::ALL.map(|source| example.source(source));
    let rate = |chance: Chance, source: Source| {
        ODDS[chance as usize].per_mille[source as usize] as f64 / 1000.0
    };
    let there = 1.0 - rate(Chance::OnlyName, Source::Leads);
    let empty = 1.0 - there * (1.0 - rate(Chance::NoPhone, Source::Leads));
    let count = leads.count("phone_number", str::is_empty);
    within_three_errors("leads without number", count, leads.rows.len(), empty);
    let empty = 1.0 - there * (1.0 - rate(Chance::NoStreet, Source::Leads));
    let count = leads.count("moving_from", str::is_empty);
    within_three_errors("leads without street", count, leads.rows.len(), empty);
    let born = rate(Chance::ShowsBorn, Source::Bookings);
    let count = bookings.count("customer_dob", |value| !value.is_empty());
    within_three_errors("bookings with birthday", count, bookings.rows.len(), born);
    let count = bookings.count("customer_name", |name| name.contains(", "));
    let last_first = rate(Chance::LastFirst, Source::Bookings);
    within_three_errors("surname first", count, bookings.rows.len(), last_first);
    // Whoever has any mailbox has a line; the others are missing besides those left out.
    let none = 0.03 * 0.75;
    let left_out = rate(Chance::NoEmail, Source::Customers);
    let missing = none + (1.0 - none) * left_out;
    let count = customers.count("email", str::is_empty);
    let share = count as f64 / customers.rows.len() as f64;
    assert!((share - missing).abs() < 0.01, "{share} of customers without address");
    let capitals = customers
        .count("last_name", |name| name.len() > 2 && name.chars().all(|c| !c.is_ascii_lowercase()));
    let share = rate(Chance::Capitals, Source::Customers);
    within_three_errors("capitals", capitals, customers.rows.len(), share);
}

/// The last ten digits.
fn digits(text: &str) -> String {
    let digits: String =
        text.split('x').next().unwrap().chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(10)..].to_owned()
}

#[test]
fn no_mailbox_and_no_number_can_be_anybodys() {
    let example = Example::first("nobody", 20_000, 7);
    let clean = example.rows("truth/faults.csv");
    let typed: HashSet<(&str, &str)> = clean
        .rows
        .iter()
        .filter(|row| row[2] == "email_typo")
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .collect();
    let mut seen = 0;
    for (source, key, columns) in [
        (Source::Customers, "customer_id", ["email", "phone"]),
        (Source::Bookings, "job_number", ["customer_email", "customer_phone"]),
        (Source::Leads, "lead_id", ["email_address", "phone_number"]),
    ] {
        let rows = example.source(source);
        let both = rows.column(columns[0]).into_iter().zip(rows.column(columns[1]));
        for (key, (email, phone)) in rows.column(key).into_iter().zip(both) {
            let domain = email.to_lowercase().split('@').nth(1).unwrap_or_default().to_owned();
            let reserved = ["example.com", "example.org", "example.net"].contains(&&*domain)
                || domain.ends_with(".example");
            let placeholder = ["", "test.com", "none.com"].contains(&&*domain);
            assert!(reserved || placeholder || typed.contains(&(source.name(), key)), "{email}");
            let phone = digits(phone);
            if phone.len() == 10 && !phone.starts_with("000") && !phone.starts_with("999") {
                assert_eq!(&phone[3..6], "555");
                assert!(AREAS.contains(&phone[..3].parse().unwrap()));
                seen += 1;
            }
        }
    }
    assert!(seen > 15_000);
}

#[test]
fn postcodes_are_the_citys_and_states_are_known() {
    let example = Example::first("places", 5000, 8);
    let leads = example.source(Source::Leads);
    let places = leads.column("from_city").into_iter().zip(leads.column("from_state"));
    for ((city, state), zip) in places.zip(leads.column("from_zip")) {
        let Some(known) = CITIES.iter().find(|known| known.name.eq_ignore_ascii_case(city)) else {
            assert_eq!((city, state), ("", ""));
            continue;
        };
        assert!(state == known.state || state == state_name(known.state), "{city}: {state}");
        let fits = zip.is_empty() || zip.starts_with(&format!("{:03}", known.zip));
        assert!(fits || zip.bytes().any(|b| b.is_ascii_alphabetic()), "{city}: {zip}");
    }
    let known = example.rows("data/branches.csv");
    let known: HashSet<&str> = known.column("alias").into_iter().collect();
    assert!(leads.column("branch_name").iter().all(|branch| known.contains(branch)));
}

#[test]
fn a_month_later_records_are_new_changed_gone_and_contradictory() {
    let first = Example::first("month-1", 5000, 9);
    let second = Example::new("month-2", 5000, 9, Batch::Second);
    let by_key = |example: &Example, source: Source| {
        let mut rows: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for row in example.source(source).rows {
            rows.entry(row[0].clone()).or_default().push(row);
        }
        rows
    };
    for source in Source::ALL {
        let (old, new) = (by_key(&first, source), by_key(&second, source));
        let gone = old.keys().filter(|key| !new.contains_key(*key)).count();
        let come = new.keys().filter(|key| !old.contains_key(*key)).count();
        let twice = new.values().filter(|rows| rows.len() == 2 && rows[0] != rows[1]).count();
        let changed = old.iter().filter(|(key, rows)| new.get(*key).is_some_and(|n| n != *rows));
        let name = source.name();
        assert_eq!(gone > 0, source == Source::Customers, "{name}: {gone} gone");
        assert!(come > 30 && twice > 0 && changed.count() > 50, "{name}: {come} {twice}");
    }
    let (before, after) = (first.truth(), second.truth());
    assert!(before.iter().all(|(key, who)| after.get(key).is_none_or(|now| now == who)));
    let keys: usize = Source::ALL.map(|source| by_key(&second, source).len()).iter().sum();
    assert_eq!(after.len(), keys);
    let files = second.written.customers + second.written.bookings + second.written.leads;
    assert!(files > keys, "some keys come twice");
}
