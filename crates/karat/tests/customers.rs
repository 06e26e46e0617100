//! The customers example, and entities that are recognised by weights: what they get right, and
//! that models can be looked at, taken out and put in.

#[path = "agents_support/mod.rs"]
mod agents_support;

use agents_support::{Project, done};
use karat_testdb::TestDb;
use serde_json::Value as Json;

/// What a command prints as JSON.
fn json(project: &Project, db: &TestDb, arguments: &[&str]) -> Json {
    let all = [&["--format", "json"], arguments].concat();
    let output = project.karat(&db.url(), &all).output().expect("karat can be run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&text).expect("one JSON document")
}

fn run(project: &Project, db: &TestDb, arguments: &[&str]) -> String {
    done(&mut project.karat(&db.url(), arguments))
}

const LABELS: [&str; 4] = ["--labels", "truth/people.csv", "--group", "household"];

#[test]
fn people_of_one_household_stay_apart_and_one_persons_records_meet() {
    let (project, db) = (Project::of("customers", "2500", 3), TestDb::new());
    run(&project, &db, &["run"]);
    let found = json(&project, &db, &[&["evaluate", "customers"], &LABELS[..]].concat());
    let share = |path: &str| found.pointer(path).and_then(Json::as_f64).expect(path);
    assert!(share("/pairs/precision") >= 0.985, "{found:#}");
    assert!(share("/pairs/recall") >= 0.87, "{found:#}");
    assert!(share("/b_cubed/f1") >= 0.97, "{found:#}");
    assert!(share("/groups/share") <= 0.01, "{found:#}");
    assert!(share("/merged_or_reviewed") >= 0.92, "{found:#}");
    assert!(share("/weighed/blocking_recall") >= 0.99, "{found:#}");
    assert!(share("/confidence/entities/calibration_error") <= 0.02, "{found:#}");
    for field in ["first_name", "last_name", "date_of_birth"] {
        let measured = format!("/confidence/fields/{field}/calibration_error");
        assert!(share(&measured) <= 0.08, "{field}: {found:#}");
        assert!(share(&format!("/confidence/fields/{field}/measured")) > 300.0, "{found:#}");
    }
    let again = json(&project, &db, &["run"]);
    assert_eq!(again["changed"], false);
}

#[test]
fn branches_and_states_are_written_in_one_way() {
    let (project, db) = (Project::of("customers", "1500", 3), TestDb::new());
    run(&project, &db, &["run", "deploy", "load"]);
    let written = "with branch (text, known) as (
            select b.branch, k.branch from public.bookings b
            left join public.branches k on k.branch = b.branch where b.branch is not null
            union all
            select l.branch_name, k.branch from public.leads l
            left join public.branches k on k.branch = l.branch_name
            where l.branch_name is not null),
        state (text) as (
            select origin_state from public.bookings union all
            select destination_state from public.bookings union all
            select from_state from public.leads union all
            select state from public.crm_customers)
        select (select count(distinct text) from branch),
               (select count(*) from branch where known is null),
               (select count(*) from state where text !~ '^[A-Z]{2}$'),
               (select count(*) > 1000 from branch), (select count(text) > 1000 from state)";
    assert_eq!(db.sql(written), "8|0|0|t|t");
    let unmapped = json(&project, &db, &["rejects", "unmapped"]);
    assert_eq!(unmapped["unmapped"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_model_is_explained_taken_out_and_put_in_again() {
    let (project, db) = (Project::of("customers", "600", 5), TestDb::new());
    run(&project, &db, &["run"]);
    let records = "select concat(source, ':', key) from karat.membership where id in
         (select id from karat.membership group by id having count(*) > 1 order by id limit 1)
         order by 1 limit 2";
    let records = db.sql(records);
    let pair: Vec<&str> = records.lines().collect();
    let why = json(&project, &db, &["explain", "customers", pair[0], pair[1]]);
    let number = |value: &Json| value.as_f64().expect("a number");
    let parts = why["parts"].as_array().expect("parts").iter();
    let sum: f64 = parts.map(|part| number(&part["weight"]) + number(&part["adjustment"])).sum();
    assert!((sum + number(&why["prior"]) - number(&why["weight"])).abs() < 1e-3, "{why:#}");
    let shown = run(&project, &db, &["explain", "customers", pair[0], pair[1]]);
    assert!(shown.contains("match probability"), "{shown}");

    let golden = "select md5(string_agg(t::text, '' order by customer_id)) from public.customers t";
    let before = db.sql(golden);
    let file = project.root.join("model.json").display().to_string();
    run(&project, &db, &["model", "export", "customers", &file]);
    run(&project, &db, &["model", "import", "customers", &file]);
    let again = json(&project, &db, &["run"]);
    assert_eq!(again["changed"], true, "another model is in force");
    assert_eq!(db.sql(golden), before, "it is the same model");
    assert!(run(&project, &db, &["model", "show", "customers"]).contains("date_of_birth"));
    let refused =
        project.karat(&db.url(), &["model", "import", "customers", "karat.toml"]).output();
    assert_eq!(refused.expect("karat can be run").status.code(), Some(2));
}

/// The golden records and what holds them, as one text.
const ENTITIES: &str = "select md5(string_agg(t::text, '' order by id)) from golden_callers t";

/// Runs in a new database with so much memory; what became of it, and the entities.
fn run_within(project: &Project, memory: &str) -> (Json, String) {
    let text = format!("name = \"callers\"\n[resources]\nmemory = \"{memory}\"\n");
    std::fs::write(project.root.join("karat.toml"), text).expect("the project's file");
    let db = TestDb::new();
    // The estimate depends on the number of threads.
    let mut karat = project.karat(&db.url(), &["run", "--format", "json"]);
    let output = karat.env("RAYON_NUM_THREADS", "2").output().expect("karat can be run");
    let told: Json = serde_json::from_slice(&output.stdout).expect("one JSON document");
    (told, db.sql(ENTITIES))
}

#[test]
fn a_limit_of_memory_spills_and_changes_no_entity() {
    let project = Project::of("customers", "1500", 7);
    with_callers(&project);
    let (wide, expected) = run_within(&project, "16 MiB");
    let memory = &wide["data"]["resolution"][0]["memory"];
    assert_eq!(
        (memory["allowed_bytes"].as_u64(), memory["parts"].as_u64()),
        (Some(16 << 20), Some(1))
    );
    assert_eq!(memory["spilled_bytes"], 0);
    let needed = memory["needed_bytes"].as_u64().expect("an estimate");
    let (tight, found) = run_within(&project, &format!("{} KiB", needed / 1024 + 32));
    let memory = &tight["data"]["resolution"][0]["memory"];
    assert!(memory["parts"].as_u64() > Some(1), "{memory}");
    assert!(memory["spilled_bytes"].as_u64() > Some(0), "{memory}");
    assert_eq!(found, expected, "the same entities");
    let left = std::fs::read_dir(project.root.join(".karat")).expect("the project's folder");
    let left: Vec<_> = left.flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["files"], "nothing but kept files");
    let db = TestDb::new();
    let text = "name = \"callers\"\nresources.memory = \"64 KiB\"\n";
    std::fs::write(project.root.join("karat.toml"), text).expect("the project's file");
    let output = project.karat(&db.url(), &["run"]).output().expect("karat can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("64 KiB allowed") && said.contains("karat.toml"), "{said}");
}

/// Puts an entity that declares comparisons in the place of the example's, whose service levels go
/// with it; the folder of entities.
fn with_callers(project: &Project) -> std::path::PathBuf {
    let entities = project.root.join("entities");
    std::fs::remove_dir_all(project.root.join("objectives")).expect("the example's objectives");
    std::fs::remove_file(entities.join("customers.toml")).expect("the example's entity");
    std::fs::write(entities.join("callers.toml"), CALLERS).expect("an entity");
    entities
}

const CALLERS: &str = r#"
auto = 0.95
review = 0.75
sources = [{ dataset = "customers" }, { dataset = "leads" }]
fields.first = { from = { customers = "first_name", leads = "first" }, clean = ["folded"] }
fields.last = { from = { customers = "last_name", leads = "last" }, clean = ["folded"] }
fields.email = { from = { customers = "email", leads = "email_address" }, clean = ["email"] }
fields.phone = { from = { customers = "phone", leads = "phone_number" }, clean = ["phone"] }
fields.zip = { from = { customers = "zip", leads = "from_zip" }, clean = ["postcode"] }
link = "link_and_dedupe"

[[blocking]]
same = ["email"]

[[blocking]]
same = ["phone"]

[[blocking]]
same = ["last", "zip"]

[[comparisons]]
field = "first"
compare = "NameComparison"

[[comparisons]]
field = "last"
compare = "NameComparison"

[[comparisons]]
field = "email"
compare = "ExactMatch"
term_frequency_adjustments = true

[[comparisons]]
field = "phone"
compare = "LevenshteinAtThresholds"
thresholds = [1]

[[comparisons]]
field = "zip"
compare = "ExactMatch"

[training]
sure = ["l.email = r.email and l.last = r.last"]
recall = 0.6
sessions = [["email"], ["last", "zip"]]
"#;

#[test]
fn declared_comparisons_are_trained_resolved_and_written_for_splink() {
    let (project, db) = (Project::of("customers", "1500", 7), TestDb::new());
    let entities = with_callers(&project);
    let all = run(&project, &db, &["run"]);
    assert!(all.contains("blocking rules find up to"), "{all}");
    let found = json(&project, &db, &[&["evaluate", "callers"], &LABELS[..]].concat());
    let share = |path: &str| found.pointer(path).and_then(Json::as_f64).expect(path);
    assert!(share("/pairs/precision") >= 0.8, "{found:#}");
    assert!(share("/pairs/recall") >= 0.85, "{found:#}");
    let page = project.root.join("report.html").display().to_string();
    run(&project, &db, &[&["evaluate", "callers", "--report", &page], &LABELS[..]].concat());
    let page = std::fs::read_to_string(page).expect("the report");
    assert!(page.contains("Sessions of training") && page.contains("Match weights of the levels"));
    let model = json(&project, &db, &["model", "show", "callers"]);
    let sessions = model.pointer("/weights/sessions").and_then(Json::as_array).expect("sessions");
    assert_eq!(sessions.len(), 2);
    assert_eq!(model.pointer("/weights/untrained"), Some(&Json::Array(vec![])));
    let file = project.root.join("splink.json");
    let path = file.display().to_string();
    run(&project, &db, &["model", "export", "callers", &path, "--splink"]);
    let splink = std::fs::read_to_string(&file).expect("the file");
    assert!(splink.contains("blocking_rules_to_generate_predictions"));
    let from_file = CALLERS.split("link = ").next().expect("the fields");
    let text = format!("model = \"splink.json\"\n{from_file}");
    let before = db.sql("select md5(string_agg(t::text, '' order by id)) from golden_callers t");
    std::fs::write(entities.join("callers.toml"), text).expect("an entity");
    run(&project, &db, &["run"]);
    let after = db.sql("select md5(string_agg(t::text, '' order by id)) from golden_callers t");
    assert_eq!(before, after, "the model from the file is the same");
}
