//! What the sensors example's sheets have to say, from what is true of each reading.

use std::collections::BTreeMap;
use std::path::Path;

/// A reading as the generator knows it.
pub struct Truth {
    pub track: String,
    pub station: String,
    pub day: String,
    pub code: String,
    pub result: String,
    /// What is wrong with it, if anything.
    pub fault: String,
}

/// Fields of the lines of a CSV file without quotes.
pub fn lines(text: &str) -> Vec<Vec<String>> {
    let fields = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().map(fields).collect()
}

/// All readings, of the file that says so.
pub fn truth(path: &Path) -> Vec<Truth> {
    let mut rows = lines(&std::fs::read_to_string(path).expect("the truth"));
    rows.remove(0);
    let truth = |row: Vec<String>| {
        let [track, station, day, code, result, fault] = row.try_into().expect("six fields");
        Truth { track, station, day, code, result, fault }
    };
    rows.into_iter().map(truth).collect()
}

/// The column of the analysts' sheet for a code of the laboratory.
fn column(code: &str) -> String {
    let number: u32 = code.trim_start_matches("Data ").parse().expect("a code");
    let column = match number {
        11 | 12 | 17..=24 => number + 1,
        same => same,
    };
    format!("Data {column}")
}

/// A decimal without zeros at its end.
fn plain(text: &str) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    }
}

/// The sheet of a station has its readings in their places, and nothing else.
pub fn is_true(sheet: &str, truth: &[Truth], station: &str) {
    let mut expected: BTreeMap<(&str, String), String> = BTreeMap::new();
    for reading in truth.iter().filter(|reading| reading.station == station) {
        let cell = (reading.day.as_str(), column(&reading.code));
        let before = expected.insert(cell, plain(&reading.result));
        assert_eq!(before, None, "{} {}", reading.track, reading.fault);
    }
    let rows = lines(sheet);
    let wanted: Vec<String> = (1..=25).map(|n| format!("Data {n}")).collect();
    assert_eq!(rows[0][..2], ["Station", "Dates"]);
    assert_eq!(rows[0][2..], wanted, "the template's columns in its order");
    let mut found = BTreeMap::new();
    for row in &rows[1..] {
        assert_eq!(row[0], station);
        for (name, value) in rows[0].iter().zip(row).skip(2).filter(|(_, v)| !v.is_empty()) {
            found.insert((row[1].as_str(), name.clone()), value.clone());
        }
    }
    assert_eq!(found, expected);
    let zeros = found.values().filter(|value| *value == "0").count();
    assert!(zeros > 0, "zeros that are zeros stay");
    let days: Vec<&String> = rows[1..].iter().map(|row| &row[1]).collect();
    assert!(days.is_sorted() && days.len() == if station == "CT" { 90 } else { 67 });
}
