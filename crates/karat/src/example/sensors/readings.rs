//! What was measured, where and when, and what went wrong with it.

use crate::example::random::Random;

/// Days since 1970-01-01 of 2021-01-01, on which the readings begin, and their number.
pub const BEGIN: i64 = 18_628;
pub const DAYS: i64 = 90;

/// Zeros that are zeros, among the readings of the workbook.
const ZEROS: usize = 18;

/// One reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which reading it is: unique.
    pub track: String,
    pub station: String,
    /// Since 1970-01-01.
    pub day: i64,
    /// From 1 to 24, without 13.
    pub code: u8,
    /// In thousandths; none where nothing was measured.
    pub result: Option<i64>,
    pub validated: bool,
    /// Below what the method can tell from nothing.
    pub is_low: bool,
    pub has_owner: bool,
    pub fault: Fault,
}

/// What is unusual about a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// It is zero, and nothing else.
    Zero,
    /// The logger froze: there is no result.
    Missing,
    /// The logger sent twenty times what there was.
    Spike,
    /// The logger wrote a word where the result stands.
    Word,
    /// The logger wrote a day that does not exist.
    Day,
}

impl Fault {
    /// Its name among what is true.
    pub fn name(self) -> &'static str {
        match self {
            Fault::None => "",
            Fault::Zero => "zero",
            Fault::Missing => "missing",
            Fault::Spike => "spike",
            Fault::Word | Fault::Day => "rejected",
        }
    }

    /// Whether its row cannot be a reading.
    pub fn is_broken(self) -> bool {
        matches!(self, Fault::Word | Fault::Day)
    }
}

/// All readings, station by station: those of the workbook first.
pub fn readings(wanted: usize, seed: u64) -> Vec<Reading> {
    let mut all = Vec::new();
    for (number, name) in ["CT", "TUS", "BRK", "HOL", "N/3"].into_iter().enumerate() {
        all.extend(station(number, name, seed));
    }
    let mut number = 5;
    while all.len() < wanted {
        all.extend(station(number, &format!("S{number:05}"), seed));
        number += 1;
    }
    let lab = all.iter().filter(|reading| of_workbook(reading)).count();
    let mut places: Vec<usize> = (0..lab).collect();
    Random::new(seed, 1 << 40).shuffle(&mut places);
    for place in places.into_iter().take(ZEROS) {
        all[place].result = Some(0);
        all[place].fault = Fault::Zero;
    }
    all
}

/// Whether the laboratory's workbook has it, rather than the loggers' file.
pub fn of_workbook(reading: &Reading) -> bool {
    matches!(reading.station.as_str(), "CT" | "TUS")
}

fn station(number: usize, name: &str, seed: u64) -> Vec<Reading> {
    let mut random = Random::new(seed, number as u64);
    let is_lab = number < 2;
    let factor = random.between(700, 1300) as i64;
    // One gauge began later, and was out of order for four days.
    let first = if name == "TUS" { 19 } else { 0 };
    let gaps: Vec<i64> = if name == "TUS" { vec![31, 32, 47, 60] } else { Vec::new() };
    let mut readings = Vec::new();
    for day in (first..DAYS).filter(|day| !gaps.contains(day)) {
        for code in (1..=24_u8).filter(|code| *code != 13 && is_due(*code, day)) {
            // One gauge is read three times where it counts.
            let times = if name == "BRK" && code % 4 == 2 { 3 } else { 1 };
            for _ in 0..times {
                let track = format!("{name}-{:05}", readings.len() + 1).replace('/', "");
                let mut reading = Reading {
                    track,
                    station: name.to_owned(),
                    day: BEGIN + day,
                    code,
                    result: Some(value(&mut random, factor, code, day)),
                    validated: random.chance(810),
                    is_low: code % 3 == 2 && random.chance(900),
                    has_owner: random.chance(600),
                    fault: Fault::None,
                };
                if !is_lab {
                    spoil(&mut reading, &mut random);
                }
                readings.push(reading);
            }
        }
    }
    readings
}

/// Whether a code is measured that day: two each day, the others once a week.
fn is_due(code: u8, day: i64) -> bool {
    code == 1 || code == 6 || day.rem_euclid(7) == i64::from(code % 5) && day < 89
}

/// What a code reads about, in thousandths.
const BASES: [i64; 7] = [1_411, 12_050, 250_000, 612, 45_200, 7_130, 520_000];

/// Places that the method of a code can tell behind the point.
fn places(code: u8) -> usize {
    match BASES[usize::from(code % 7)] {
        0..2_000 => 3,
        2_000..20_000 => 2,
        20_000..300_000 => 1,
        _ => 0,
    }
}

/// What a code reads that day, from 0 to 700, in thousandths.
fn value(random: &mut Random, factor: i64, code: u8, day: i64) -> i64 {
    let base = BASES[usize::from(code % 7)];
    let season = 1000 + 2 * (45 - (day - 45).abs());
    let noise = random.between(900, 1100) as i64;
    let thousandths = base * factor / 1000 * season / 1000 * noise / 1000;
    let step = [1000, 100, 10, 1][places(code)];
    (thousandths / step * step).clamp(step, 700_000)
}

fn spoil(reading: &mut Reading, random: &mut Random) {
    reading.fault = match random.below(1000) {
        0..30 => Fault::Missing,
        30..38 => Fault::Spike,
        38..42 => Fault::Word,
        42..44 => Fault::Day,
        _ => Fault::None,
    };
    reading.result = match reading.fault {
        Fault::Missing => None,
        Fault::Spike => reading.result.map(|result| result * 20),
        _ => reading.result,
    };
}

/// Thousandths as digits, with as many places as its code has.
pub fn digits(reading: &Reading) -> String {
    let Some(result) = reading.result else { return String::new() };
    let text = format!("{}.{:03}", result / 1000, result % 1000);
    text[..text.len() - 3 + places(reading.code)].trim_end_matches('.').to_owned()
}
