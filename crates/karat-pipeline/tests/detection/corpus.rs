//! The corpus: a project with datasets that are alike, and files with the answers that a person
//! would give.

use std::collections::BTreeMap;

use karat_pipeline::detect::Band;

use super::generate::*;

/// A file with its label.
pub struct Labelled {
    /// Its name, which says nothing unless the case is about it.
    pub name: &'static str,
    pub bytes: Vec<u8>,
    /// The dataset that it truly is of.
    pub truth: Option<&'static str>,
    pub expected: Expected,
}

/// What detection has to say: a dataset, or `-`, and the band.
pub struct Expected {
    pub dataset: &'static str,
    pub band: Band,
}

pub const PROJECT: [(&str, &str); 14] = [
    ("karat.toml", "name = \"corpus\"\n"),
    (
        "datasets/readings.toml",
        "files = \"in/readings/*.csv\"\nkey = [\"station_id\", \"date_time\", \"pcode\"]\n\
         [detect]\npatterns = [\"*readings*\"]\n[columns]\n\
         station_id = { header = \"Station_ID\", aliases = [\"site\", \"station no\"], patterns = [\"*station*\"] }\n\
         date_time = { header = \"Date_Time\", type = \"timestamp\", aliases = [\"timestamp\"], patterns = [\"*date*\"] }\n\
         pcode = { header = \"PCode\", aliases = [\"parameter\"], patterns = [\"*parameter*\"] }\n\
         result = { header = \"Result\", type = \"numeric\", required = true, aliases = [\"value\"], patterns = [\"*result*\"] }\n\
         unit = { header = \"Unit\" }\nflag = { header = \"Flag\" }\n",
    ),
    (
        "datasets/stations.toml",
        "files = \"in/stations/*.csv\"\nkey = [\"station_id\"]\n[columns]\nstation_id = {}\nname = {}\n\
         latitude = { type = \"double\", required = true, aliases = [\"lat\"] }\n\
         longitude = { type = \"double\", required = true, aliases = [\"lon\", \"lng\"] }\n\
         opened = { type = \"date\" }\n",
    ),
    (
        "datasets/customers.toml",
        "files = \"in/customers/*.csv\"\nkey = [\"customer_id\"]\nnull = [\"none\"]\n[columns]\n\
         customer_id = { aliases = [\"client no\"] }\nfull_name = { aliases = [\"name\"] }\n\
         email = { clean = [\"email_address\"], aliases = [\"e-mail\", \"mail\"] }\n\
         phone = { clean = [\"phone\"], aliases = [\"telephone\"] }\ncity = {}\n\
         created = { type = \"date\" }\n",
    ),
    (
        "datasets/orders.toml",
        "files = \"in/orders/*.csv\"\nkey = [\"order_id\"]\n[columns]\norder_id = {}\n\
         customer_id = { required = true }\norder_date = { type = \"date\", required = true }\n\
         amount = { type = \"numeric\", required = true }\nstatus = {}\n",
    ),
    (
        "datasets/products.toml",
        "files = \"in/products/*.csv\"\nkey = [\"sku\"]\n[columns]\nsku = {}\ntitle = {}\n\
         price = { type = \"numeric\", required = true }\nstock = { type = \"integer\" }\n",
    ),
    (
        "datasets/invoices.toml",
        "files = \"in/invoices/*.csv\"\nkey = [\"number\"]\n[columns]\n\
         number = { header = \"Rechnungsnummer\" }\n\
         day = { header = \"Rechnungsdatum\", type = \"date\", clean = [\"date_day_first\"], required = true }\n\
         total = { header = \"Betrag\", type = \"numeric\", clean = [\"number_comma\"], required = true }\n\
         customer = { header = \"Kunde\" }\n",
    ),
    (
        "datasets/staff.toml",
        "files = \"in/staff/*.csv\"\nkey = [\"employee_id\"]\n[columns]\nemployee_id = {}\n\
         name = { required = true }\nemail = { clean = [\"email_address\"] }\n\
         hired = { type = \"date\", required = true }\nsalary = { type = \"integer\" }\n",
    ),
    // What the table is, is said in its schema file alone.
    ("datasets/devices.toml", "files = \"in/devices/*.csv\"\nkey = [\"serial\"]\n"),
    (
        "schema/devices.sql",
        "create table public.devices (serial text primary key, model text not null, firmware text,\n\
         installed_on date not null, battery numeric(5, 2), seen_at timestamptz default now());",
    ),
    // Twins: only types tell them apart.
    (
        "datasets/meters_daily.toml",
        "files = \"in/daily/*.csv\"\nkey = [\"meter\", \"at\"]\n[columns]\nmeter = {}\n\
         at = { type = \"date\" }\nvalue = { type = \"integer\" }\n",
    ),
    (
        "datasets/meters_raw.toml",
        "files = \"in/raw/*.csv\"\nkey = [\"meter\", \"at\"]\n[columns]\nmeter = {}\n\
         at = { type = \"timestamp\" }\nvalue = { type = \"numeric\" }\n",
    ),
    (
        "datasets/survey_scores.toml",
        "files = \"in/scores/*.csv\"\nkey = [\"respondent\", \"question\"]\n[columns]\nrespondent = {}\n\
         question = {}\nanswer = { type = \"integer\", required = true }\n",
    ),
    (
        "datasets/survey_texts.toml",
        "files = \"in/texts/*.csv\"\nkey = [\"respondent\", \"question\"]\n[columns]\nrespondent = {}\n\
         question = {}\nanswer = { required = true }\n",
    ),
];

/// All files.
pub fn files() -> Vec<Labelled> {
    let parts = [of_readings(), of_lists(), of_twins(), of_trade(), of_nothing()];
    parts.into_iter().flatten().collect()
}

/// A table of each dataset.
pub fn tables() -> [(&'static str, Table); 12] {
    const FEW: u64 = 20;
    [
        ("readings", readings(FEW, 3)),
        ("stations", stations(FEW)),
        ("customers", customers(FEW)),
        ("orders", orders(FEW)),
        ("products", products(FEW)),
        ("invoices", renamed(invoices(FEW), str::to_lowercase)),
        ("staff", staff(FEW)),
        ("devices", devices(FEW)),
        ("meters_daily", meters_daily(FEW)),
        ("meters_raw", meters_raw(FEW)),
        ("survey_scores", survey_scores(FEW)),
        ("survey_texts", survey_texts(FEW)),
    ]
}

/// The sentence of the page with the figures.
pub fn figures(counts: &BTreeMap<&str, usize>, of: usize) -> String {
    let count = |kind: &str| counts.get(kind).copied().unwrap_or(0);
    let (right, wrong, asked) = (count("right"), count("wrong"), count("asked, of a dataset"));
    let share = |part: usize, of: usize| 100.0 * part as f64 / of as f64;
    format!(
        "{of} files: {right} are answered without asking and {wrong} of them wrongly (precision {:.0} %); \
         that is {:.0} % of the {} files that are of a dataset",
        share(right, right + wrong),
        share(right, right + asked),
        right + asked,
    )
}

fn file(name: &'static str, table: Table, of: &'static str, band: Band) -> Labelled {
    bytes(name, csv(&table, ',').into_bytes(), of, band)
}

fn bytes(name: &'static str, bytes: Vec<u8>, of: &'static str, band: Band) -> Labelled {
    let expected = Expected { dataset: of, band };
    Labelled { name, bytes, truth: (of != "-").then_some(of), expected }
}

/// A file of a dataset that detection must not name.
fn unnamed(name: &'static str, table: Table, truth: &'static str) -> Labelled {
    let labelled = file(name, table, "-", Band::VeryLow);
    Labelled { truth: Some(truth), ..labelled }
}

const ROWS: u64 = 60;

use Band::{High, Low, Medium, VeryLow};

fn of_readings() -> Vec<Labelled> {
    let all = || readings(ROWS, 1);
    let bom = |table: &Table, delimiter| format!("\u{feff}{}", csv(table, delimiter)).into_bytes();
    let aliases = "site,timestamp,parameter,value,unit,flag";
    let patterns = "Monitoring station,Sampling date,Parameter code,Result measured,unit,flag";
    let marked = |name: &str| format!("\"{name}\"");
    let remarks = || lists("remarks,operator", ROWS);
    vec![
        file("a01.csv", all(), "readings", High),
        file("a02.csv", renamed(all(), str::to_uppercase), "readings", High),
        bytes("a03.csv", bom(&all(), ','), "readings", High),
        file("a04.csv", renamed(all(), |n| n.replace('_', " ")), "readings", High),
        file(
            "a05.csv",
            headed(all(), "stationId,dateTime,pCode,result,unit,flag"),
            "readings",
            High,
        ),
        file("a06.csv", headed(all(), aliases), "readings", High),
        bytes(
            "a07.csv",
            bom(&headed(all(), "Site,Time-Stamp,Parameter,VALUE,Unit,Flag"), ','),
            "readings",
            High,
        ),
        bytes(
            "a08.csv",
            bom(&renamed(headed(all(), aliases), str::to_uppercase), ';'),
            "readings",
            High,
        ),
        file("a09.csv", only(all(), &[3, 5, 1, 0, 2, 4]), "readings", High),
        file("a10.csv", with(all(), remarks()), "readings", High),
        file("a11.csv", only(all(), &[0, 1, 2, 3]), "readings", High),
        file("a12.csv", only(all(), &[0, 1, 2, 3, 4]), "readings", High),
        file("a13.csv", only(all(), &[0, 1, 3, 4, 5]), "readings", Low),
        file("a14.csv", only(all(), &[0, 1, 4, 5]), "readings", Low),
        file("a15.csv", all()[..1].to_vec(), "readings", High),
        unnamed("a16.csv", only(all(), &[0, 1, 2, 3])[1..].to_vec(), "readings"),
        file("a17.csv", spoilt(all(), 3, 1, "see sheet 2"), "readings", Low),
        file("a18.csv", spoilt(all(), 3, 10, "<0.5"), "readings", High),
        file("a19.csv", headed(all(), patterns), "readings", Medium),
        file(
            "a20.csv",
            headed(all(), "Station_ID,Date_Time,PCode,Result measured,unit,flag"),
            "readings",
            Medium,
        ),
        file("a21.csv", readings(5000, 2), "readings", High),
        bytes("a22.tsv", csv(&all(), '\t').into_bytes(), "readings", High),
        bytes("a23.jsonl", json_lines(&all()).into_bytes(), "readings", High),
        bytes("a24.csv", csv(&renamed(all(), marked), ',').into_bytes(), "readings", High),
        // Two headers for one column: the load would refuse it.
        file("a25.csv", with(all(), lists("site", ROWS)), "readings", Low),
    ]
}

impl Labelled {
    fn of(self, truth: Option<&'static str>) -> Labelled {
        Labelled { truth, ..self }
    }
}

fn of_lists() -> Vec<Labelled> {
    let people = || customers(ROWS);
    let more = |header: &'static str| lists(header, ROWS);
    vec![
        file("b01.csv", stations(ROWS), "stations", High),
        file("b02.csv", headed(stations(ROWS), "Station ID,Name,LAT,Lng,Opened"), "stations", High),
        file("b03.csv", only(stations(ROWS), &[0, 2, 3]), "stations", High),
        unnamed("b04.csv", only(stations(ROWS), &[0, 1, 4]), "stations"),
        file("b05.csv", people(), "customers", High),
        file(
            "b06.csv",
            headed(people(), "Client No.,Name,E-Mail,Telephone,City,Created"),
            "customers",
            High,
        ),
        file("b07.csv", only(people(), &[4, 3, 2, 1, 0]), "customers", High),
        file("b08.csv", spoilt(people(), 2, 3, "none"), "customers", High),
        file("b09.csv", with(people(), more("score,segment")), "customers", High),
        file("b10.csv", only(people(), &[0, 1, 2]), "customers", High),
        // The key is not there.
        file("b11.csv", only(people(), &[1, 2, 3, 4, 5]), "customers", Low),
        file(
            "b12.csv",
            headed(people(), "customer_id,full_name,phone,email,city,created"),
            "customers",
            Low,
        ),
        file("b13.csv", staff(ROWS), "staff", High),
        file(
            "b14.csv",
            renamed(staff(ROWS), |n| n.replace('_', "-").to_uppercase()),
            "staff",
            High,
        ),
        file("b15.csv", only(staff(ROWS), &[0, 1, 3]), "staff", High),
        file("b16.csv", devices(ROWS), "devices", High),
        file(
            "b17.csv",
            headed(devices(ROWS), "Serial,Model,Firmware,Installed On,Battery"),
            "devices",
            High,
        ),
        file("b18.csv", only(devices(ROWS), &[0, 1, 3]), "devices", High),
        file("b19.csv", only(devices(ROWS), &[0, 2, 3, 4]), "devices", Low),
        bytes("b20.csv", csv(&people(), '|').into_bytes(), "customers", High),
    ]
}

fn of_twins() -> Vec<Labelled> {
    vec![
        file("c01.csv", meters_raw(ROWS), "meters_raw", High),
        file("c02.csv", meters_daily(ROWS), "meters_daily", High),
        file("c03.csv", renamed(meters_raw(ROWS), str::to_uppercase), "meters_raw", High),
        file("c04.csv", survey_scores(ROWS), "survey_scores", High),
        file("c05.csv", survey_texts(ROWS), "survey_texts", High),
        file("c06.csv", only(survey_scores(ROWS), &[2, 1, 0]), "survey_scores", High),
        // Without rows nobody can tell.
        file("c07.csv", meters_raw(0), "meters_daily", Low).of(None),
        file("c08.csv", survey_texts(0), "survey_scores", Low).of(None),
    ]
}

fn of_trade() -> Vec<Labelled> {
    vec![
        file("d01.csv", orders(ROWS), "orders", High),
        file("d02.csv", renamed(orders(ROWS), |n| n.replace('_', "")), "orders", High),
        file("d03.csv", with(orders(ROWS), lists("note", ROWS)), "orders", High),
        file("d04.csv", only(orders(ROWS), &[0, 2, 3, 4]), "orders", Low),
        file("d05.csv", products(ROWS), "products", High),
        file("d06.csv", renamed(products(ROWS), str::to_uppercase), "products", High),
        file("d07.csv", only(products(ROWS), &[0, 1, 3]), "products", Low),
        bytes("d08.csv", csv(&invoices(ROWS), ';').into_bytes(), "invoices", High),
        // Dates and amounts as others write them are not what is declared.
        file(
            "d09.csv",
            headed(products(ROWS), "Rechnungsnummer,Rechnungsdatum,Betrag,Kunde"),
            "invoices",
            Low,
        )
        .of(None),
    ]
}

fn of_nothing() -> Vec<Labelled> {
    let of = |name, table| file(name, table, "-", VeryLow);
    vec![
        of("e01.csv", sales_ledger(ROWS)),
        of("e02.csv", agent_list(ROWS)),
        of("readings.csv", sales_ledger(ROWS)),
        of("e04.csv", lists("Validated,Invalid,Results,Stationary", ROWS)),
        of("e05.csv", lists("code,name", ROWS)),
        of("e06.csv", numbers("x,y,z", ROWS)),
        of("e07.csv", lists("name,email,phone", ROWS)),
        // Customers without their key, for all that a person can say.
        file("e08.csv", only(agent_list(ROWS), &[1, 2, 3]), "customers", Low).of(None),
        of("e09.csv", lists("key,value", ROWS)),
        of("e10.csv", lists("date,holiday", ROWS)),
        of("e11.csv", sales_ledger(ROWS)[1..].to_vec()),
        of("e12.csv", lists("title,author,year,publisher", ROWS)),
        of("e13.csv", numbers("latitude,longitude,altitude,speed", ROWS)),
        of("e14.csv", lists("id,name,description,status,type", ROWS)),
    ]
}
