//! `karat detect` and `karat load` of files that nobody named: what is said, what is loaded, what
//! is asked and refused, and what is remembered.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod support;

use insta::assert_snapshot;
use karat_testdb::TestDb;
use support::World;

const PROJECT: [(&str, &str); 5] = [
    ("karat.toml", "name = \"air\"\n"),
    (
        "datasets/readings.toml",
        "files = \"in/readings/*.csv\"\nkey = [\"station_id\", \"date_time\"]\n\n\
         [detect]\npatterns = [\"*readings*\"]\n\n\
         [columns.station_id]\naliases = [\"site\"]\npatterns = [\"*station*\"]\n\n\
         [columns.date_time]\ntype = \"timestamp\"\n\n\
         [columns.result]\ntype = \"numeric\"\nrequired = true\naliases = [\"value\"]\n\n\
         [columns.unit]\n",
    ),
    (
        "datasets/stations.toml",
        "files = \"in/stations/*.csv\"\nkey = [\"station_id\"]\n\n\
         [columns.station_id]\n[columns.name]\n[columns.latitude]\ntype = \"double\"\n",
    ),
    ("schema/readings.sql", READINGS),
    ("schema/stations.sql", STATIONS),
];

const READINGS: &str = "create table public.readings (station_id text, date_time timestamptz, \
    result numeric, unit text, primary key (station_id, date_time));\n";
const STATIONS: &str =
    "create table public.stations (station_id text primary key, name text, latitude float8);\n";

/// A header of its own over rows of readings; in `spoilt` of them the result is a remark.
fn readings(header: &str, spoilt: usize) -> String {
    let row = |n: usize| {
        let result = if n < spoilt { "see page 2".to_owned() } else { format!("{n}.5") };
        format!("ST-{n},2024-03-{:02} 10:00,{result},ug/m3\n", 1 + n)
    };
    format!("{header}\n{}", (0..20).map(row).collect::<String>())
}

const PLAIN: &str = "station_id,date_time,result,unit";
const LEDGER: &str = "Date,Region,Rep,Total\n2024-01-02,East,Ann,12.50\n2024-01-03,West,Bob,7.25\n";

fn files(world: &World) {
    world.write(&PROJECT);
    world.write(&[
        ("inbox/march.csv", &readings("\u{feff}Station ID,DATE_TIME,Value,Unit", 0)),
        ("inbox/april.csv", &readings("Station ID,date_time,result,Unit of result", 0)),
        ("inbox/odd.csv", &readings(PLAIN, 16)),
        ("inbox/short.csv", "station_id,date_time,unit\nST-1,2024-03-01 10:00,ug/m3\n"),
        ("inbox/ledger.csv", LEDGER),
        ("inbox/twice.csv", &readings("station_id,date_time,result,value", 0)),
    ]);
}

#[test]
fn the_dataset_of_a_file_is_told_with_its_evidence_and_without_a_database() {
    let world = World::new();
    files(&world);
    let mut shown = String::new();
    for file in ["march", "april", "odd", "short", "ledger", "twice"] {
        shown += &world.run(&["detect", &format!("inbox/{file}.csv")]);
    }
    shown += &world.run(&["detect", "inbox/march.csv", "inbox/ledger.csv", "--all"]);
    shown += &world.run(&["detect", "inbox/ledger.csv", "--format", "json"]);
    shown += &world.run(&["detect", "inbox/nothing.csv"]);
    assert_snapshot!("detect", shown);
    assert!(!world.path(".karat").exists(), "no database is made to look at a file");
}

#[test]
fn files_are_loaded_as_what_they_are_recognised_as() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    files(&world);
    let mut shown = world.run(&["deploy"]);
    for file in ["march", "april", "odd", "short", "ledger", "twice"] {
        shown += &world.run(&["load", &format!("inbox/{file}.csv")]);
    }
    shown += &world.run(&["load", "inbox/ledger.csv", "inbox/short.csv"]);
    // A twin that the name of a file alone tells apart.
    let copies = PROJECT[1].1.replace("in/readings", "in/copies").replace("[detect]", "");
    let copies = copies.replace("patterns = [\"*readings*\"]", "");
    world.write(&[("datasets/copies.toml", &copies)]);
    world.write(&[("inbox/june readings.csv", &readings(PLAIN, 0).replace("2024-03", "2024-06"))]);
    shown += &world.run(&["load", "inbox/june readings.csv"]);
    assert_snapshot!("load_detected", shown);
    assert_eq!(db.sql("select count(*), min(result) from public.readings"), "40|0.5");
}

#[test]
fn a_choice_is_remembered_for_the_header_until_it_is_forgotten() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    world.write(&PROJECT);
    let named = |name: &str, from: u32| {
        let row = |n: u32| format!("P{n},Place {n},2{}.5,x,y,z,w\n", n % 10);
        let rows: String = (from..from + 5).map(row).collect();
        (format!("inbox/{name}.csv"), format!("station_id,title,lat,a,b,c,d\n{rows}"))
    };
    let loose = "files = \"in/places/*.csv\"\nkey = [\"station_id\"]\n";
    world.write(&[("datasets/places.toml", loose)]);
    for (path, text) in [named("first", 1), named("second", 11), named("third", 21)] {
        world.write(&[(&path, &text)]);
    }
    let mut shown = world.run(&["load", "inbox/first.csv"]);
    shown += &world.run(&["load", "inbox/first.csv", "--dataset", "places"]);
    shown += &world.run(&["detect", "inbox/second.csv"]);
    shown += &world.run(&["load", "inbox/second.csv"]);
    shown += &world.run(&["detect", "inbox/second.csv", "--forget"]);
    shown += &world.run(&["load", "inbox/third.csv"]);
    assert_snapshot!("load_chosen", shown);
    assert_eq!(db.sql("select count(*) from public.places"), "10");
    assert_eq!(db.sql("select count(*) from karat.detection"), "0");
}

#[test]
fn what_detection_knows_by_itself_is_not_kept_as_a_choice() {
    let db = TestDb::new();
    let world = World::with_database(&db);
    files(&world);
    world.run(&["deploy"]);
    let shown = world.run(&["load", "inbox/march.csv", "--dataset", "readings"]);
    assert!(shown.contains("exit 0"), "{shown}");
    assert_eq!(db.sql("select count(*) from karat.detection"), "0");
}

#[test]
fn a_wrong_declaration_is_refused_with_its_line() {
    let world = World::new();
    world.write(&PROJECT);
    let mut shown = String::new();
    for lines in [
        "[detect]\nenable = false\n",
        "[detect]\npatterns = 3\n",
        "[columns.a]\naliases = [\"x\"]\n[columns.b]\naliases = [\"X \"]\n",
        "[columns.a]\naliases = [\"b\"]\n[columns.b]\n",
        "[columns.a]\naliases = [\"??\"]\n",
        "[columns.a]\nhash = [\"b\"]\naliases = [\"x\"]\n[columns.b]\n",
    ] {
        let text = format!("files = \"in/stations/*.csv\"\n{lines}");
        world.write(&[("datasets/stations.toml", &text)]);
        shown += &world.run(&["detect", "inbox/march.csv"]);
    }
    assert_snapshot!("detect_declared_wrong", shown);
}
