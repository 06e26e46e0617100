//! Writes the workbook, the loggers' file and what is true.

use std::fs;
use std::io::{self, Result};
use std::path::Path;

use karat_record::calendar::civil;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::readings::{BEGIN, Fault, Reading, digits, of_workbook};

/// The columns of the laboratory's sheet.
const COLUMNS: [&str; 17] = [
    "Station_ID",
    "Date_Time",
    "PCode",
    "LEW_Pct",
    "Depth_M",
    "Agency",
    "CCode",
    "LCode",
    "SCode",
    "QCode",
    "RCode",
    "Result",
    "Validated",
    "Create_Update",
    "Owner",
    "Track_ID",
    "Selected_By",
];

/// What the loggers call some of them.
const ALIASES: [(&str, &str); 5] = [
    ("Station_ID", "Site"),
    ("Date_Time", "Day"),
    ("PCode", "Parameter"),
    ("Result", "Reading"),
    ("Track_ID", "Sample ID"),
];

/// Writes all files below the folder of the project.
pub fn write(dir: &Path, readings: &[Reading]) -> Result<()> {
    fs::create_dir_all(dir.join("data"))?;
    fs::create_dir_all(dir.join("truth"))?;
    let lab: Vec<&Reading> = readings.iter().filter(|r| of_workbook(r)).collect();
    let sent: Vec<&Reading> = readings.iter().filter(|r| !of_workbook(r)).collect();
    workbook(&dir.join("data/raw_data.xlsx"), &lab).map_err(io::Error::other)?;
    fs::write(dir.join("data/telemetry.csv"), telemetry(&sent))?;
    fs::write(dir.join("truth/readings.csv"), truth(readings))
}

fn workbook(path: &Path, readings: &[&Reading]) -> std::result::Result<(), XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2021, 4, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let notes = book.add_worksheet().set_name("Notes")?;
    notes.write_string(0, 0, "Readings of the first quarter. Data 17 is calculated.")?;
    let sheet = book.add_worksheet().set_name("Raw Data")?;
    for (at, name) in COLUMNS.iter().enumerate() {
        sheet.write_string(0, at as u16, *name)?;
    }
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (at, reading) in readings.iter().enumerate() {
        let row = at as u32 + 1;
        for (column, text) in fields(reading).iter().enumerate() {
            cell(sheet, (row, column as u16), (COLUMNS[column], text), &day)?;
        }
    }
    book.save(path)
}

fn cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    (name, text): (&str, &str),
    day: &Format,
) -> std::result::Result<(), XlsxError> {
    match name {
        "Date_Time" | "Create_Update" => {
            let date = ExcelDateTime::parse_from_str(text)?;
            sheet.write_datetime_with_format(row, column, &date, day)?;
        }
        "Result" | "Validated" => match text.parse::<f64>() {
            Ok(number) => drop(sheet.write_number(row, column, number)?),
            Err(_) => drop(sheet.write_string(row, column, text)?),
        },
        // A cell that was typed in and emptied again.
        _ if text.is_empty() => drop(sheet.write_blank(row, column, &Format::new().set_bold())?),
        _ => drop(sheet.write_string(row, column, text)?),
    }
    Ok(())
}

/// What a row says, column by column.
fn fields(reading: &Reading) -> [String; 17] {
    let text = |is_so: bool, text: &str| if is_so { text.to_owned() } else { String::new() };
    let result = match reading.fault {
        Fault::Word => "ERR".to_owned(),
        _ => digits(reading),
    };
    let when = match reading.fault {
        Fault::Day => "2021-02-30".to_owned(),
        _ => date(reading.day),
    };
    [
        reading.station.clone(),
        when,
        format!("Data {}", reading.code),
        String::new(),
        String::new(),
        String::new(),
        text(reading.code == 17, "CAL"),
        text(reading.is_low, "<NU"),
        String::new(),
        String::new(),
        String::new(),
        result,
        u8::from(reading.validated).to_string(),
        date(BEGIN + 90),
        text(reading.has_owner, "DPE"),
        reading.track.clone(),
        String::new(),
    ]
}

/// As spreadsheet programs write it: with a byte order mark, lines ended by CRLF.
fn telemetry(readings: &[&Reading]) -> String {
    let alias = |name: &str| {
        let found = ALIASES.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| name.to_owned(), |(_, alias)| (*alias).to_owned())
    };
    let mut text = format!("\u{feff}{}\r\n", COLUMNS.map(alias).join(","));
    for reading in readings {
        text += &fields(reading).join(",");
        text += "\r\n";
    }
    text
}

fn truth(readings: &[Reading]) -> String {
    let mut text = "track_id,station_id,day,pcode,result,fault\n".to_owned();
    for reading in readings {
        let (station, day) = (&reading.station, date(reading.day));
        let (code, result) = (reading.code, digits(reading));
        let fault = reading.fault.name();
        text += &format!("{},{station},{day},Data {code},{result},{fault}\n", reading.track);
    }
    text
}

fn date(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}
