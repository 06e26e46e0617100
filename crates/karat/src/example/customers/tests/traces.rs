//! What records of one person, and of one household, have in common.

use std::collections::HashMap;

use super::{Example, Source, digits};

/// Letters and digits only, in small letters.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// Of each record: person, household, and what could be found again.
fn traces(example: &Example) -> Vec<(u64, u64, [String; 4])> {
    let truth = example.truth();
    let columns = [
        ["customer_id", "email", "phone", "address", "last_name", "first_name"],
        ["job_number", "customer_email", "customer_phone", "origin_address", "customer_name", ""],
        ["lead_id", "email_address", "phone_number", "moving_from", "last", "first"],
    ];
    let mut all = Vec::new();
    for (source, [key, email, phone, street, last, first]) in Source::ALL.into_iter().zip(columns) {
        let rows = example.source(source);
        let get = |row: &Vec<String>, name: &str| {
            let at = rows.header.iter().position(|column| column == name);
            at.map_or(String::new(), |at| row[at].clone())
        };
        for row in &rows.rows {
            let (person, household) = truth[&(source.name().to_owned(), get(row, key))];
            let street = get(row, street);
            let house: Vec<&str> = street.split(' ').take(1).collect();
            let name = format!("{} {}", get(row, first), get(row, last));
            let mut words: Vec<String> =
                name.split(' ').map(plain).filter(|word| word.len() > 1).collect();
            words.sort();
            let place = if house[0].is_empty() { String::new() } else { plain(&street) };
            let of = [plain(&get(row, email)), digits(&get(row, phone)), place, words.concat()];
            all.push((person, household, of));
        }
    }
    all
}

#[test]
fn records_of_one_person_share_something_and_households_share_much() {
    let example = Example::first("traces", 20_000, 6);
    let traces = traces(&example);
    let mut people: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut homes: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, (person, household, _)) in traces.iter().enumerate() {
        people.entry(*person).or_default().push(place);
        homes.entry(*household).or_default().push(place);
    }
    let shares = |a: usize, b: usize, what: usize| {
        !traces[a].2[what].is_empty() && traces[a].2[what] == traces[b].2[what]
    };
    let (mut pairs, mut found) = (0, 0);
    for (a, b) in people.values().flat_map(|places| pairs_of(places)) {
        pairs += 1;
        found += usize::from((0..4).any(|what| shares(a, b, what)));
    }
    assert!(pairs > 9000, "{pairs} pairs");
    assert!(found * 100 > pairs * 95 && found < pairs, "{found} of {pairs} pairs share something");
    let mut counts = [0; 4];
    let mut strangers = 0;
    let pairs = homes.values().flat_map(|places| pairs_of(places));
    for (a, b) in pairs.filter(|(a, b)| traces[*a].0 != traces[*b].0) {
        strangers += 1;
        for (what, count) in counts.iter_mut().enumerate() {
            *count += usize::from(shares(a, b, what));
        }
    }
    let [email, phone, street, name] = counts;
    assert!(strangers > 5000, "{strangers} pairs within households");
    assert!(email * 100 > strangers * 4, "{email} of {strangers} share a mailbox");
    assert!(phone * 100 > strangers * 5, "{phone} of {strangers} share a number");
    assert!(street * 100 > strangers * 10, "{street} of {strangers} share a street");
    assert!(name > 30, "{name} pairs are senior and junior");
}

fn pairs_of(places: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    places.iter().enumerate().flat_map(|(at, &a)| places[at + 1..].iter().map(move |&b| (a, b)))
}
