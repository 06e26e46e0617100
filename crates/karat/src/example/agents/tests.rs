//! What the generated files must look like: the shape of the data they stand for.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::{FIRST, Size, Written, generate};

/// A generated example in a folder that goes away.
struct Example {
    dir: PathBuf,
    written: Written,
}

impl Example {
    fn new(name: &str, size: Size, seed: u64) -> Example {
        let dir = std::env::temp_dir().join(format!("karat-agents-{}-{name}", std::process::id()));
        let written = generate(&dir, size, seed, FIRST).unwrap();
        Example { dir, written }
    }

    fn bytes(&self, file: &str) -> Vec<u8> {
        fs::read(self.dir.join(file)).unwrap()
    }

    fn rows(&self, file: &str) -> Rows {
        Rows::read(&String::from_utf8(self.bytes(file)).unwrap())
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
        let mut letters = text.trim_start_matches('\u{feff}').chars().peekable();
        while let Some(c) = letters.next() {
            let row = rows.last_mut().unwrap();
            let field = row.last_mut().unwrap();
            match c {
                '"' if quoted && letters.peek() == Some(&'"') => {
                    field.push('"');
                    letters.next();
                }
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(String::new()),
                '\r' if !quoted => {}
                '\n' if !quoted => rows.push(vec![String::new()]),
                c => field.push(c),
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
}

fn missing(value: &str) -> bool {
    value.is_empty() || value == "null"
}

#[track_caller]
fn about(what: &str, is: usize, should: usize, per_cent: usize) {
    let off = is.abs_diff(should);
    assert!(off * 100 <= should * per_cent, "{what}: {is}, should be about {should}");
}

fn distinct(values: &[&str]) -> usize {
    values.iter().collect::<HashSet<_>>().len()
}

const FILES: [&str; 4] =
    ["data/new_agents.csv", "data/raw_company_info.csv", "truth/truth.csv", "truth/pairs.csv"];

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let size = Size { agents: 700, members: 600 };
    let (a, b) = (Example::new("same-a", size, 5), Example::new("same-b", size, 5));
    let c = Example::new("same-c", size, 6);
    for file in FILES {
        assert_eq!(a.bytes(file), b.bytes(file), "{file}");
        assert_ne!(a.bytes(file), c.bytes(file), "{file}");
    }
}

#[test]
fn the_agents_file_is_a_spreadsheet_export_with_the_columns_in_order() {
    let example = Example::new("header", Size { agents: 100, members: 100 }, 1);
    let text = String::from_utf8(example.bytes("data/new_agents.csv")).unwrap();
    let header = "\u{feff}supabase_uuid,full_name,first_name,last_name,email_clean,email,\
        phone_digits,phone,team_id,social_links,facebook,instagram,social_score,brokerage,crm,\
        updated_at\r\n";
    assert!(text.starts_with(header));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[test]
fn the_agents_columns_miss_as_much_as_they_should() {
    let example = Example::new("missing", Size::default(), 1);
    let agents = example.rows("data/new_agents.csv");
    for (column, should) in [
        ("first_name", 128),
        ("last_name", 161),
        ("email_clean", 1752),
        ("phone_digits", 1753),
        ("phone", 1062),
        ("social_links", 1825),
        ("facebook", 3093),
        ("instagram", 3863),
        ("social_score", 3254),
        ("brokerage", 3197),
        ("crm", 2685),
    ] {
        let is = agents.column(column).into_iter().filter(|value| missing(value)).count();
        about(column, is, should, 4);
    }
    let email = agents.column("email");
    let count = |value: &str| email.iter().filter(|&&email| email == value).count();
    about("null", count("null"), 200, 2);
    about("[\"\"]", count("[\"\"]"), 485, 2);
    about("[null]", count("[null]"), 418, 2);
    let neither = agents.column("email_clean").into_iter().zip(agents.column("phone_digits"));
    let neither = neither.filter(|(email, phone)| missing(email) && missing(phone)).count();
    about("neither", neither, 1689, 1);
}

#[test]
fn the_agents_names_are_as_odd_as_they_should_be() {
    let example = Example::new("names", Size::default(), 2);
    let agents = example.rows("data/new_agents.csv");
    let names = agents.column("full_name");
    let count = |odd: fn(&str) -> bool| names.iter().filter(|name| odd(name)).count();
    about("one word", count(|name| !name.contains(' ')), 36, 10);
    about("capitals", count(|n| n.to_uppercase() == n && n.contains(' ')), 27, 10);
    about("decorated", count(|name| name.contains([',', '"', '(', '&'])), 54, 5);
    about("digits", count(|name| name.contains(|c: char| c.is_ascii_digit())), 3, 0);
    about("accented", count(|name| !name.is_ascii()), 75, 5);
    assert!(count(|name| name.contains(['ı', 'İ', 'ş', 'ğ'])) > 25);
    assert_eq!(count(|name| name.trim() != name || name.contains("  ")), 0);
    about("distinct names", distinct(&names), 4975, 1);
    about("distinct first names", distinct(&agents.column("first_name")), 2122, 25);
    about("distinct surnames", distinct(&agents.column("last_name")), 3617, 20);
    let parts = agents.column("first_name").into_iter().zip(agents.column("last_name"));
    let differ = names.iter().zip(parts).filter(|(n, (a, b))| **n != format!("{a} {b}")).count();
    about("parts differ from the whole", differ, 324, 10);
    let mut seen = HashMap::new();
    for key in names.iter().zip(agents.column("team_id")) {
        *seen.entry((key.0.to_lowercase(), key.1)).or_insert(0) += 1;
    }
    assert_eq!(seen.values().filter(|&&count| count > 1).count(), 7);
}

fn strings(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn contacts_are_shared_and_written_as_they_should_be() {
    let example = Example::new("contacts", Size::default(), 3);
    let agents = example.rows("data/new_agents.csv");
    let mut uses: HashMap<String, usize> = HashMap::new();
    let mut lengths = HashMap::new();
    let mut total = 0;
    for digits in agents.column("phone_digits").into_iter().filter(|digits| !missing(digits)) {
        let digits = strings(digits);
        *lengths.entry(digits.len()).or_insert(0) += 1;
        total += digits.len();
        for number in digits.into_iter().collect::<HashSet<_>>() {
            *uses.entry(number).or_insert(0) += 1;
        }
    }
    about("numbers", total, 3547, 1);
    about("distinct numbers", uses.len(), 3232, 1);
    about("worst number", uses.values().copied().max().unwrap(), 28, 4);
    about("shared numbers", uses.values().filter(|&&count| count > 1).count(), 83, 5);
    about("uses", uses.values().filter(|&&count| count > 1).sum(), 343, 5);
    about("two numbers", lengths[&2], 252, 1);
    assert_eq!((lengths[&3], lengths[&4]), (21, 2));
    about("11 digits", uses.keys().filter(|number| number.len() == 11).count(), 12, 25);
    assert_eq!(uses.keys().filter(|number| number.len() == 7).count(), 1);
    let raw = agents.column("phone");
    let glued = |raw: &&&str| raw.len() == 24 && raw[2..22].bytes().all(|b| b.is_ascii_digit());
    about("glued pairs", raw.iter().filter(glued).count(), 114, 1);
    about("stray quotes", raw.iter().filter(|raw| raw.contains("\\\"")).count(), 150, 1);
    let clean = agents.column("email_clean");
    let emails: Vec<_> =
        clean.into_iter().filter(|email| !missing(email)).flat_map(strings).collect();
    assert!(emails.iter().all(|email| *email == email.to_lowercase() && email.contains('@')));
    about("addresses", emails.len(), 3249, 1);
    about("distinct addresses", emails.iter().collect::<HashSet<_>>().len(), 3241, 1);
}

#[test]
fn every_address_and_number_is_reserved_for_examples() {
    let example = Example::new("reserved", Size { agents: 2000, members: 2000 }, 4);
    let agents = example.rows("data/new_agents.csv");
    let found = agents.column("email_clean").into_iter().filter(|email| !missing(email));
    for email in found.flat_map(strings) {
        let domain = email.split('@').nth(1).unwrap();
        let reserved = ["example.com", "example.org", "example.net"].contains(&domain);
        assert!(reserved || domain.ends_with(".example"), "{email}");
    }
    let found = agents.column("phone_digits").into_iter().filter(|digits| !missing(digits));
    for number in found.flat_map(strings) {
        assert!(number.contains("555"), "{number}");
    }
}

#[test]
fn json_columns_are_json_and_have_all_their_shapes() {
    let example = Example::new("json", Size::default(), 5);
    let agents = example.rows("data/new_agents.csv");
    for column in ["email", "email_clean", "phone", "phone_digits", "social_links", "crm"] {
        for value in agents.column(column).into_iter().filter(|value| !missing(value)) {
            assert!(serde_json::from_str::<Value>(value).is_ok(), "{column}: {value}");
        }
    }
    let links = agents.column("social_links");
    let shapes: HashSet<Vec<String>> = links
        .iter()
        .filter(|value| !missing(value))
        .map(|value| {
            let object: Value = serde_json::from_str(value).unwrap();
            object.as_object().unwrap().keys().cloned().collect()
        })
        .collect();
    assert_eq!(shapes.len(), 35);
    about("empty links", links.iter().filter(|&&value| value == "{}").count(), 1083, 1);
    let crm = agents.column("crm");
    about("not found", crm.iter().filter(|crm| crm.contains("Not Found")).count(), 1479, 1);
    about("crm", distinct(&crm), 65, 20);
    assert_eq!(distinct(&agents.column("social_score")), 12);
    assert!(agents.column("brokerage").iter().any(|brokerage| brokerage.contains('\u{2019}')));
    let stamps = agents.column("updated_at");
    about("stamps", distinct(&stamps), 136, 5);
    assert_eq!(stamps.iter().min(), Some(&"2025-11-13 11:01:15.227+00"));
    assert_eq!(stamps.iter().max(), Some(&"2026-02-10 20:11:07.966467+00"));
}

/// Keys and names of the members a reader would find, and how many elements it must refuse.
fn found_members(companies: &Rows) -> (HashSet<String>, usize) {
    let mut found = HashSet::new();
    let mut refused = 0;
    let keys = companies.column("research_uuid");
    for (key, list) in keys.into_iter().zip(companies.column("team_members")) {
        let list = serde_json::from_str(list).unwrap_or(Value::Null);
        let Value::Array(elements) = list else {
            refused += 1;
            continue;
        };
        for (place, element) in elements.iter().enumerate() {
            let name = element.get("name").and_then(Value::as_str).unwrap_or_default();
            if name.trim().is_empty() {
                refused += 1;
            } else {
                found.insert(format!("{key}:{}", place + 1));
            }
        }
    }
    (found, refused)
}

#[test]
fn the_truth_has_each_record_once_and_no_other() {
    for (agents, members) in
        [(5000, 5000), (20, 20), (300, 1000), (1000, 10), (1, 1), (0, 7), (5, 0)]
    {
        let name = format!("truth-{agents}-{members}");
        let example = Example::new(&name, Size { agents, members }, 6);
        let truth = example.rows("truth/truth.csv");
        let mut known: HashMap<&str, HashSet<String>> = HashMap::new();
        for (source, key) in truth.column("source").into_iter().zip(truth.column("key")) {
            assert!(
                known.entry(source).or_default().insert(key.to_owned()),
                "{key} is there twice"
            );
        }
        let file = example.rows("data/new_agents.csv");
        let keys: HashSet<String> =
            file.column("supabase_uuid").into_iter().map(str::to_owned).collect();
        assert_eq!(keys, known.remove("agents").unwrap_or_default());
        let (found, refused) = found_members(&example.rows("data/raw_company_info.csv"));
        assert_eq!(found, known.remove("members").unwrap_or_default());
        assert_eq!((keys.len(), found.len()), (agents, members));
        assert!(refused > 40 || members < 5000, "{refused} elements that are no records");
    }
}

#[test]
fn the_pairs_are_those_of_the_truth() {
    let example = Example::new("pairs", Size::default(), 7);
    let truth = example.rows("truth/truth.csv");
    let keys = truth.column("key");
    let person: HashMap<&str, &str> = keys.into_iter().zip(truth.column("person_id")).collect();
    let pairs = example.rows("truth/pairs.csv");
    for (agent, member) in pairs.column("agent_key").into_iter().zip(pairs.column("member_key")) {
        assert_eq!(person[agent], person[member]);
    }
    let agents: HashSet<&str> = example
        .rows("data/new_agents.csv")
        .column("supabase_uuid")
        .into_iter()
        .map(|key| person[key])
        .collect();
    let sources = truth.column("source").into_iter().zip(truth.column("person_id"));
    let members = sources.filter(|(source, id)| *source == "members" && agents.contains(id));
    assert_eq!(members.count(), pairs.rows.len());
    let [email, phone, name, typo, other] = example.written.pairs;
    assert_eq!(email + phone + name + typo + other, pairs.rows.len());
    about("pairs", pairs.rows.len(), 3000, 1);
    assert!(email > 900 && phone > 300 && name > 700 && typo > 120 && other > 40);
}

#[test]
fn the_companies_file_has_the_quirks_of_a_website() {
    let example = Example::new("quirks", Size::default(), 8);
    let companies = example.rows("data/raw_company_info.csv");
    let text = String::from_utf8(example.bytes("data/raw_company_info.csv")).unwrap();
    for quirk in [
        "[email protected]",
        "N/A",
        "fax 555-123-4567",
        " x1",
        " ext. ",
        "info@",
        "office@",
        "\"\"name\"\":\"\"\"\"",
        ",null,",
        "https://www.",
        ",www.",
        "+1 ",
        "1212",
        ", Realtor",
        "(R)",
        "Jr.",
        "MBA",
    ] {
        assert!(text.contains(quirk), "nothing like {quirk}");
    }
    let lists = companies.column("team_members");
    let starts = |with: &str| lists.iter().filter(|list| list.starts_with(with)).count();
    assert!(starts("{") > 1 && starts("\"") > 1);
    assert!(lists.iter().any(|list| list.is_empty()));
    let teams = companies.column("team_id");
    let twice = teams.len() - distinct(&teams);
    assert!((15..80).contains(&twice), "{twice} companies researched twice");
}

#[test]
fn more_agents_mean_larger_teams() {
    let largest = |agents: usize| {
        let name = format!("large-{agents}");
        let example = Example::new(&name, Size { agents, members: 100 }, 9);
        let rows = example.rows("data/new_agents.csv");
        let mut sizes: HashMap<String, usize> = HashMap::new();
        for team in rows.column("team_id") {
            *sizes.entry(team.to_owned()).or_insert(0) += 1;
        }
        (sizes.len(), sizes.into_values().max().unwrap())
    };
    assert_eq!(largest(5000), (721, 539));
    assert_eq!(largest(20_000), (721, 2156));
}

#[test]
fn follow_ups_change_the_rows_that_they_tell_of_and_no_other() {
    let size = Size { agents: 1500, members: 1500 };
    let example = Example::new("follow", size, 4);
    let lines = |example: &Example, file: &str| {
        let text = String::from_utf8(example.bytes(file)).unwrap();
        text.lines().map(str::to_owned).collect::<HashSet<String>>()
    };
    let mut before = lines(&example, "data/new_agents.csv");
    let pages = example.bytes("data/raw_company_info.csv");
    for batch in 2..=5 {
        generate(&example.dir, size, 4, batch).unwrap();
        let after = lines(&example, "data/new_agents.csv");
        let told = example.rows("truth/followups.csv");
        let of_batch = |b: &&&str| **b == batch.to_string();
        let cases = told.column("batch").iter().filter(of_batch).count();
        assert!(cases >= 3, "batch {batch}: {cases}");
        let (gone, new) = (before.difference(&after).count(), after.difference(&before).count());
        assert!(
            gone.max(new) <= cases && gone + new >= cases,
            "batch {batch}: {gone} {new} {cases}"
        );
        assert_eq!(example.bytes("data/raw_company_info.csv"), pages);
        let known = example.rows("truth/truth.csv").rows.len();
        assert_eq!(known, after.len() - 1 + example.written.members);
        before = after;
    }
    let script = String::from_utf8(example.bytes("decisions.sh")).unwrap();
    assert!(script.contains("review refuse agents agents:") && script.contains(" accept "));
}
