//! Checks of anomalies day by day: short histories, planted changes, baselines without the tested
//! day and without earlier anomalies, and what is kept.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::Path;
use std::process::Command;

use karat_testdb::TestDb;
use serde_json::Value;

const CHECKS: &str = "
[[checks]]
name = \"rows\"
expect = \"volume_anomaly\"
severity = \"block\"

[[checks]]
name = \"missing\"
expect = \"null_share_anomaly\"
column = \"email\"

[[checks]]
name = \"kinds\"
expect = \"distribution_anomaly\"
column = \"kind\"

[[checks]]
name = \"amounts\"
expect = \"distribution_anomaly\"
column = \"amount\"
history = 5
false_alarms = 0.001
";

struct Project {
    folder: tempfile::TempDir,
    db: TestDb,
}

impl Project {
    fn new() -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap(), db: TestDb::new() };
        project.write("karat.toml", "name = \"t\"\n");
        project.write("checks/sales.toml", CHECKS);
        project
            .db
            .sql("create table sales (id int primary key, email text, kind text, amount numeric)");
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_karat"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("DATABASE_URL", self.db.url())
            .output()
            .unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "karat {}: {said}", arguments.join(" "));
        said
    }

    /// The table as it is on a day: so many rows, of 10 so many without an e-mail and returned.
    fn day(&self, rows: u32, missing: u32, returned: u32) {
        self.db.sql(&format!(
            "truncate sales; insert into sales
             select n, case when n % 10 >= {missing} then 'a@x.org' end,
                    case when n % 10 < {returned} then 'return' else 'sale' end, n % 100
             from generate_series(1, {rows}) n"
        ));
    }

    /// What each check says on a day, and whether it holds.
    fn check(&self, code: i32, day: u32) -> Vec<(String, bool)> {
        let at = format!("2026-01-{day:02}");
        let said = self.ends(code, &["--format", "json", "check", "--as-of", &at]);
        let said: Value = serde_json::from_str(&said).unwrap();
        let results = said["validation_results"][0]["results"].as_array().unwrap().iter();
        let says =
            |one: &Value| one["result"]["observed_value"]["says"].as_str().unwrap().to_owned();
        results.map(|one| (says(one), one["success"] == true)).collect()
    }
}

#[test]
fn what_changes_is_found_and_neither_the_day_nor_anomalies_are_in_its_baseline() {
    let project = Project::new();
    for day in 1..=7 {
        project.day(1000 + day * 7 % 13, 2, 3);
        let found = project.check(0, day);
        let known = day - 1;
        assert_eq!(found[0].0, format!("not enough history: {known} of 7"));
        assert!(found.iter().all(|(_, holds)| *holds), "{found:?}");
        if known < 5 {
            assert_eq!(found[3].0, format!("not enough history: {known} of 5"));
        }
    }
    // A day as ever, looked at twice.
    project.day(1005, 2, 3);
    let once = project.check(0, 8);
    assert!(once[0].0.starts_with("rows 1005, expected 9"), "{once:?}");
    assert_eq!(once[2].0, "2 numbers are as usual");
    assert_eq!(once[3].0, "3 numbers are as usual");
    assert_eq!(project.check(0, 8), once, "a second look changes nothing");
    // Half of the rows, as many again without an e-mail, and returned: four days in a row.
    for day in 9..=12 {
        project.day(500, 4, 6);
        let found = project.check(1, day);
        let holds: Vec<bool> = found.iter().map(|(_, holds)| *holds).collect();
        assert_eq!(holds, [false, false, false, true], "{found:?}");
        assert!(found[0].0.starts_with("rows 500, expected 9"), "{found:?}");
        assert!(found[1].0.starts_with("share of missing values 40.00 %, expected 1"), "{found:?}");
        assert!(found[2].0.starts_with("share of "), "{found:?}");
    }
    let kept = project.db.sql(
        "select \"check\", count(*), count(*) filter (where anomalous) from karat.metric
         group by 1 order by 1",
    );
    assert_eq!(kept, "amounts|13|0\nkinds|13|4\nmissing|13|4\nrows|13|4");
    // What stays for as long as a history takes is what is usual then.
    for day in 13..=15 {
        project.day(500, 4, 6);
        project.check(1, day);
    }
    project.day(500, 4, 6);
    assert!(project.check(0, 16).iter().all(|(_, holds)| *holds));
    let text = project.ends(0, &["check", "--as-of", "2026-01-16"]);
    assert!(text.contains("holds, rows 500, expected 4"), "{text}");
}

#[test]
fn categories_can_be_compared_without_being_kept() {
    let project = Project::new();
    project.write("checks/sales.toml", &format!("values = false\n{CHECKS}"));
    project.day(100, 2, 3);
    project.check(0, 1);
    let kept = project.db.sql("select value::text from karat.metric where \"check\" = 'kinds'");
    assert!(kept.contains("70") && !kept.contains("sale"), "{kept}");
}

#[test]
fn another_question_begins_a_history_of_its_own() {
    let project = Project::new();
    project.day(100, 2, 3);
    (1..=8).for_each(|day| drop(project.check(0, day)));
    let asks = |more: &str| {
        let checks =
            CHECKS.replace("\"volume_anomaly\"\n", &format!("\"volume_anomaly\"\n{more}\n"));
        project.write("checks/sales.toml", &checks);
        project.check(0, 9)[0].0.clone()
    };
    assert!(asks("false_alarms = 0.02").starts_with("rows 100, expected"));
    assert_eq!(asks("row_condition = \"kind = 'sale'\""), "not enough history: 0 of 7");
}

#[test]
fn rows_of_loads_are_compared_by_the_day_of_the_load() {
    let project = Project::new();
    project.write(
        "checks/sales.toml",
        "[[checks]]\nexpect = \"volume_anomaly\"\ndataset = \"sales\"\nname = \"rows\"\n",
    );
    project.day(10, 0, 0);
    assert_eq!(project.check(0, 1)[0].0, "there is nothing to compare", "no load yet");
    let load = |day: u32, rows: u32| {
        project.db.sql(&format!(
            "insert into karat.load (id, dataset, origin, sha256, settings, finished_at, read,
                                     inserted, updated, unchanged, duplicate, rejected)
             values ({day}, 'sales', 'f', '', '', '2026-01-{day:02} 08:00Z', {rows}, {rows},
                     0, 0, 0, 0)"
        ));
    };
    for day in 2..=8 {
        load(day, 1000);
        project.check(0, day);
    }
    // The load of the eighth is still the last one on the tenth, and no day of its own.
    assert_eq!(project.check(0, 10)[0].0, "not enough history: 6 of 7");
    load(11, 400);
    let said = project.ends(1, &["check", "--as-of", "2026-01-12", "--fail-on", "warn"]);
    assert!(said.contains("rows 400, expected 921 to 1083"), "{said}");
}

#[test]
fn wrong_arguments_are_refused() {
    let project = Project::new();
    project.write(
        "checks/sales.toml",
        "[[checks]]\nexpect = \"volume_anomaly\"\nfalse_alarms = 1\n\n\
         [[checks]]\nexpect = \"null_share_anomaly\"\ncolumn = \"a\"\nhistory = 2\n\n\
         [[checks]]\nexpect = \"distribution_anomaly\"\ncolumn = \"a\"\nquantiles = [50]\n",
    );
    let said = project.ends(2, &["check"]);
    for what in [
        "checks/sales.toml:3",
        "false_alarms is the share of runs that may be false alarms",
        "checks/sales.toml:8",
        "history is the number of days that a baseline needs",
        "checks/sales.toml:13",
        "quantiles are shares between 0 and 1",
    ] {
        assert!(said.contains(what), "{what}\n{said}");
    }
}
