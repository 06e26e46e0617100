//! The sensors example: what its outputs are, compared with what is true and was computed in
//! another way.

#[path = "agents_support/mod.rs"]
mod agents_support;
#[path = "support/readings.rs"]
mod readings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use agents_support::{Project, done};
use karat_testdb::TestDb;
use readings::{Truth, lines};
use serde_json::Value as Json;

/// An example that was run, and a folder with its outputs.
struct Run {
    project: Project,
    db: TestDb,
    out: PathBuf,
}

impl Run {
    fn new() -> Run {
        let (project, db) = (Project::of("sensors", "2000", 3), TestDb::new());
        let out = project.root.join("out");
        let run = Run { project, db, out };
        run.karat(&["run"]);
        run.get();
        run
    }

    fn karat(&self, arguments: &[&str]) -> String {
        done(&mut self.project.karat(&self.db.url(), arguments))
    }

    /// What a command says that ends with an exit code.
    fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.project.karat(&self.db.url(), arguments).output().expect("karat runs");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).expect("text");
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }

    fn get(&self) {
        self.karat(&["outputs", "get", "--to", &self.out.display().to_string()]);
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.out.join(name)).expect(name)
    }

    fn change(&self, path: &str, from: &str, to: &str) {
        let path = self.project.root.join(path);
        let text = std::fs::read_to_string(&path).expect("a file of the example");
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replace(from, to)).expect("the file can be written");
    }
}

fn truth(run: &Run) -> Vec<Truth> {
    readings::truth(&run.project.root.join("truth/readings.csv"))
}

#[test]
fn the_sheets_have_the_readings_that_are_true_and_nothing_else() {
    let run = Run::new();
    let truth = truth(&run);
    for station in ["CT", "TUS"] {
        readings::is_true(&run.file(&format!("{station}_Analysis.csv")), &truth, station);
    }
}

#[test]
fn rows_that_are_no_readings_are_rejected_and_missing_results_stay_missing() {
    let run = Run::new();
    let truth = truth(&run);
    let of = |fault: &str| -> Vec<&str> {
        let with = truth.iter().filter(|r| r.fault == fault);
        with.map(|reading| reading.track.as_str()).collect()
    };
    let in_database = |condition: &str| {
        let sql = format!(
            "select coalesce(string_agg(track_id, ',' order by track_id collate \"C\"), '') \
             from public.readings where {condition}"
        );
        run.db.sql(&sql)
    };
    let sorted = |mut tracks: Vec<&str>| {
        tracks.sort_unstable();
        tracks.join(",")
    };
    assert!(!of("rejected").is_empty() && !of("missing").is_empty());
    let rejected = run.db.sql("select count(*) from karat.reject");
    assert_eq!(rejected, of("rejected").len().to_string());
    assert_eq!(in_database("result is null"), sorted(of("missing")));
    assert_eq!(in_database("result = 0"), sorted(of("zero")));
    let kept = truth.iter().filter(|r| r.fault != "rejected").count();
    assert_eq!(run.db.sql("select count(*) from public.readings"), kept.to_string());
    let flags = run
        .db
        .sql("select count(*) from public.readings where ccode = 'CAL' and pcode <> 'Data 17'");
    assert_eq!(flags, "0");
}

#[test]
fn outliers_are_those_of_each_parameter() {
    let run = Run::new();
    let mut by_code: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for reading in truth(&run).into_iter().filter(|r| r.fault != "rejected") {
        if let Ok(result) = reading.result.parse() {
            by_code.entry(reading.code).or_default().push(result);
        }
    }
    let mut expected = 0;
    for values in by_code.values() {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
        expected += values.iter().filter(|v| (*v - mean).abs() > 3.0 * variance.sqrt()).count();
    }
    assert!(expected > 9, "the check is violated");
    let found = run.db.sql(
        "select unexpected, verdict from karat.check_result where \"check\" = 'outliers_of_a_parameter'",
    );
    assert_eq!(found, format!("{expected}|violated"));
}

#[test]
fn an_aggregate_of_several_readings_is_that_of_the_truth() {
    let run = Run::new();
    let pivot = "kind = \"pivot\"\ndataset = \"readings\"\nrows = [\"station_id\", \"date_time\"]\n\
                 columns = \"pcode\"\nvalue = \"result\"\naggregate = \"mean\"\n";
    std::fs::write(run.project.root.join("outputs/all.toml"), pivot).expect("an output");
    let mut cells: BTreeMap<(String, String, String), Vec<f64>> = BTreeMap::new();
    for reading in truth(&run).into_iter().filter(|r| r.fault != "rejected") {
        let values = cells.entry((reading.station, reading.day, reading.code)).or_default();
        values.extend(reading.result.parse::<f64>().ok());
    }
    assert!(cells.values().any(|values| values.len() == 3), "read three times");
    type Of = fn(&[f64]) -> f64;
    let median: Of = |values| {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
    };
    let aggregates: [(&str, Of); 7] = [
        ("mean", |values| values.iter().sum::<f64>() / values.len() as f64),
        ("median", median),
        ("sum", |values| values.iter().sum()),
        ("first", |values| values[0]),
        ("min", |values| values.iter().copied().fold(f64::INFINITY, f64::min)),
        ("max", |values| values.iter().copied().fold(0.0, f64::max)),
        ("count", |values| values.len() as f64),
    ];
    for (name, of) in aggregates {
        let out = run.out.display().to_string();
        run.karat(&["outputs", "build", "all", "--agg", name, "--to", &out]);
        let rows = lines(&run.file("all.csv"));
        let mut compared = 0;
        for row in &rows[1..] {
            for (code, shown) in rows[0].iter().zip(row).skip(2) {
                let cell = (row[0].clone(), row[1].clone(), code.clone());
                match cells.get(&cell) {
                    None => assert_eq!(shown, "", "{cell:?}"),
                    Some(values) if values.is_empty() && name != "count" => assert_eq!(shown, ""),
                    Some(values) => {
                        let shown: f64 = shown.parse().expect("a number");
                        assert!((shown - of(values)).abs() < 1e-9, "{name} {cell:?}: {shown}");
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 1000, "{compared}");
    }
    let refused = run.ends(2, &["outputs", "build", "--agg", "average"]);
    assert!(refused.contains("average") && refused.contains("median"), "{refused}");
}

#[test]
fn lineage_is_verified_by_karat_and_by_a_script_that_knows_nothing_of_it() {
    let run = Run::new();
    let told: Json = serde_json::from_str(&run.karat(&["outputs", "verify", "--format", "json"]))
        .expect("one JSON document");
    let readings =
        truth(&run).iter().filter(|r| matches!(r.station.as_str(), "CT" | "TUS")).count();
    assert_eq!(told["verified"]["rows"], readings);
    assert_eq!(told["verified"]["cells"], readings);
    let script = |out: &Path| {
        let inputs = run.project.root.join(".karat/files");
        let mut python = Command::new("python3");
        python.arg(run.project.root.join("verify_lineage.py")).arg(out).arg(inputs);
        python.output().expect("python3 can be run")
    };
    let sound = script(&run.out);
    let said = String::from_utf8_lossy(&sound.stdout).into_owned();
    assert!(sound.status.success(), "{}", String::from_utf8_lossy(&sound.stderr));
    assert!(said.contains(&format!("{readings} rows and {readings} cells")), "{said}");
    // A record that somebody has changed in the table is no longer what its file says.
    run.db.sql("update public.readings set result = result + 1 where track_id = 'CT-00001'");
    run.karat(&["outputs", "build", "--to", &run.out.display().to_string()]);
    let refused = run.ends(1, &["outputs", "verify"]);
    assert!(refused.contains("says something else than its hash"), "{refused}");
    assert!(!script(&run.out).status.success());
}

#[test]
fn what_a_template_and_the_data_do_not_share_is_refused_by_name_or_reported() {
    let run = Run::new();
    run.change("outputs/analysis.toml", "\"Data 24\" = \"Data 25\"\n", "");
    let refused = run.ends(2, &["run", "outputs"]);
    assert!(refused.contains("no code fills Data 25"), "{refused}");
    assert!(!refused.contains("there is no pivot"), "it is told once: {refused}");
    run.change("outputs/analysis.toml", "blank = [", "blank = [\"Data 25\", ");
    let refused = run.ends(1, &["run", "outputs"]);
    assert!(refused.contains("takes Data 24"), "{refused}");
    assert!(refused.contains("outputs/analysis.toml"), "{refused}");
    let before = run.file("CT_Analysis.csv");
    run.get();
    assert_eq!(run.file("CT_Analysis.csv"), before, "the last good one stays");
    run.change("outputs/analysis.toml", "\"refuse\"", "\"report\"");
    let told = run.karat(&["run", "outputs"]);
    assert!(told.contains("CT_Analysis.csv: no column takes Data 24"), "{told}");
    run.get();
    assert!(run.file("manifest.json").contains("no column takes Data 24"));
    let rows = lines(&run.file("CT_Analysis.csv"));
    assert!(rows[1..].iter().all(|row| row[26].is_empty()), "never by its name");
}

#[test]
fn a_second_run_makes_nothing_and_a_kept_file_that_was_spoilt_is_named() {
    let run = Run::new();
    let listed = run.karat(&["outputs", "list"]);
    let again = run.karat(&["run"]);
    assert!(again.contains("nothing to do"), "{again}");
    assert_eq!(run.karat(&["outputs", "list"]), listed);
    let sha256 = run.db.sql("select sha256 from karat.output where name = 'CT_Analysis.csv'");
    let kept = run.project.root.join(".karat/outputs").join(&sha256[..2]).join(&sha256);
    let text = std::fs::read_to_string(&kept).expect("the kept file");
    std::fs::write(&kept, text.replacen('1', "2", 1)).expect("the file can be spoilt");
    let found = run.ends(1, &["outputs", "verify"]);
    assert!(found.contains("CT_Analysis.csv was changed after it was made"), "{found}");
    let refused = run.ends(1, &["outputs", "get", "CT_Analysis.csv", "--to", "-"]);
    assert!(refused.contains("was changed"), "{refused}");
    run.karat(&["outputs", "build"]);
    run.karat(&["outputs", "verify"]);
}

#[test]
fn the_dashboard_asks_nothing_of_a_network_and_shows_each_station() {
    let run = Run::new();
    let page = run.file("dashboard.html");
    for request in ["http:", "https:", "src=", "<script", "@import", "url("] {
        let rest = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(!rest.contains(request), "{request}");
    }
    for station in ["CT", "TUS", "BRK", "HOL", "N/3"] {
        assert!(page.contains(&format!("<h2>{station}</h2>")), "{station}");
    }
    let charts = page.matches("<figure>").count();
    assert_eq!(page.matches("<details>").count(), charts, "each chart has its table");
    assert!(page.contains("2021-01-11") && charts >= 20, "{charts}");
}

#[test]
fn a_page_without_data_says_so_and_a_foreign_file_is_nobody_s() {
    let run = Run::new();
    run.change("outputs/analysis.toml", "\"CT\", \"TUS\"", "\"NOWHERE\"");
    run.change("outputs/dashboard.toml", "\"analysis\", \"stations\"", "\"analysis\"");
    let told = run.karat(&["run", "outputs"]);
    assert!(told.contains("NOWHERE_Analysis.csv has no rows"), "{told}");
    run.get();
    let page = run.file("dashboard.html");
    assert!(page.contains("There is no data") && !page.contains("<figure>"));
    assert_eq!(run.file("NOWHERE_Analysis.csv").lines().count(), 1, "its header");
    let listed = run.karat(&["outputs", "list"]);
    assert!(!listed.contains("CT_Analysis.csv"), "{listed}");
    let sales = run.project.root.join("sales.csv");
    let rows =
        "order_id,order_date,region,revenue\n1,2024-01-01,North,17.50\n2,2024-01-02,South,3\n";
    std::fs::write(&sales, rows).expect("a file of sales");
    run.ends(1, &["detect", &sales.display().to_string()]);
}

#[test]
fn a_link_is_printed_for_one_file_and_for_a_week_at_most() {
    let run = Run::new();
    let base = "https://data.example.org/";
    let link = run.karat(&["outputs", "link", "CT_Analysis.csv", "--base", base]);
    let id = run.db.sql("select id from karat.output where name = 'CT_Analysis.csv'");
    assert!(link.starts_with(&format!("https://data.example.org/d/{id}?exp=")), "{link}");
    assert!(link.contains("&disp=attachment&sig="), "{link}");
    assert!(run.ends(2, &["outputs", "link", "analysis"]).contains("several files"));
    run.ends(2, &["outputs", "link", "CT_Analysis.csv", "--for", "604801"]);
    assert!(run.karat(&["outputs", "revoke"]).contains("links of 1 keys are good no more"));
}
