//! `karat objectives`: figures beside SQL written by hand, error budgets and trends over days,
//! verdicts and exit codes, and the service levels of the customers example.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "agents_support/mod.rs"]
mod agents_support;

use std::path::Path;
use std::process::Command;

use karat_testdb::TestDb;
use serde_json::Value;

const TODAY: &str = "2026-02-20T00:00:00Z";

/// What a command prints as JSON, and its exit code.
fn json(command: &mut Command) -> (i32, Value) {
    let output = command.output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let found = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"));
    (output.status.code().unwrap_or(-1), found)
}

/// An objective of what `karat objectives --format json` says.
fn objective<'a>(found: &'a Value, name: &str) -> &'a Value {
    let files = found["files"].as_array().unwrap().iter();
    let mut all = files.flat_map(|file| file["objectives"].as_array().unwrap());
    all.find(|one| one["objective"] == name).unwrap_or_else(|| panic!("{name} in {found:#}"))
}

/// How each figure of the example is counted, by hand.
const BY_HAND: &[(&str, &str)] = &[
    (
        "email_is_there",
        "select sum(good)::float8 / sum(n) from (
           select count(*) as n, count(*) filter (where HAS(email) or HAS(secondary_email)) as good from crm_customers
           union all select count(*), count(*) filter (where HAS(customer_email)) from bookings
           union all select count(*), count(*) filter (where HAS(email_address)) from leads) x",
    ),
    (
        "phone_is_there",
        "select sum(good)::float8 / sum(n) from (
           select count(*) as n, count(*) filter (where HAS(phone) or HAS(secondary_phone)) as good from crm_customers
           union all select count(*), count(*) filter (where HAS(customer_phone)) from bookings
           union all select count(*), count(*) filter (where HAS(phone_number)) from leads) x",
    ),
    (
        "address_is_there",
        "select avg(case when HAS(a) then 1.0 else 0.0 end)::float8 from (
           select address as a from crm_customers union all select origin_address from bookings
           union all select moving_from from leads) x",
    ),
    (
        "golden_email_is_there",
        "select count(*) filter (where cardinality(emails) > 0)::float8 / count(*) from customers",
    ),
    (
        "golden_phone_is_there",
        "select count(*) filter (where phone_numbers <> '{}')::float8 / count(*) from customers",
    ),
    (
        "golden_address_is_there",
        "select count(address)::float8 / count(*) from customers",
    ),
    (
        "email_is_well_formed",
        r"select count(*) filter (where v ~* '^[a-z0-9._+-]+@([a-z0-9-]+\.)+[a-z]{2,}$'
                                    and v !~ '\.\.|^\.|\.@|@\.|-\.|\.-|@-')::float8 / count(*)
          from (select email as v from crm_customers union all select secondary_email from crm_customers
                union all select customer_email from bookings union all select email_address from leads) x
          where HAS(v)",
    ),
    (
        "phone_is_well_formed",
        r"select count(*) filter (where left(v, 1) = '+' and length(v) between 8 and 16
                                    and translate(substr(v, 2), '0123456789', '') = '')::float8 / count(*)
          from (select phone as v from crm_customers union all select secondary_phone from crm_customers
                union all select customer_phone from bookings union all select phone_number from leads) x
          where HAS(v)",
    ),
    (
        "golden_email_is_well_formed",
        "select count(*) filter (where v like '%_@_%.__%' and v = lower(v) and v not like '% %')::float8 / count(*)
         from customers, unnest(emails) v",
    ),
    (
        "golden_phone_is_well_formed",
        "select count(*) filter (where v like '+1__________')::float8 / count(*) from customers, unnest(phone_numbers) v",
    ),
    (
        "branch_is_standard",
        "select count(*) filter (where v in ('Austin', 'Dallas', 'Denver', 'Phoenix', 'Atlanta', 'Tampa',
                                             'Charlotte', 'Columbus'))::float8 / count(*)
         from (select branch as v from bookings union all select branch_name from leads) x where HAS(v)",
    ),
    (
        "state_is_standard",
        "select count(*) filter (where length(v) = 2 and v = upper(v))::float8 / count(*)
         from (select state as v from crm_customers union all select origin_state from bookings
               union all select destination_state from bookings union all select from_state from leads) x
         where HAS(v)",
    ),
    (
        "golden_state_is_standard",
        "select count(*) filter (where length(state) = 2)::float8 / count(state) from customers",
    ),
    (
        "records_are_recent",
        "select (extract(epoch from '2026-02-20'::timestamptz - max(v)) / 86400)::float8 from (
           select max(updated_at_utc) as v from crm_customers union all select max(created_at_utc) from bookings
           union all select max(lead_date) from leads) x",
    ),
    (
        "customers_are_unique",
        "select (select count(distinct id)::float8 from REVIEWED) / (select count(*) from customers)
              + (select sum(n - people)::float8 / sum(n) from (
                   select count(*) as n, count(distinct id) as people from karat.membership group by source) x)",
    ),
    (
        "golden_customers_are_unique",
        "select (select count(distinct id)::float8 from REVIEWED) / (select count(*) from customers)",
    ),
];

/// What becomes of each service level; the messy ones are violated.
const VERDICTS: &str = "
sla.email_is_there violated
sla.phone_is_there violated
sla.address_is_there violated
sla.golden_email_is_there violated
sla.golden_phone_is_there violated
sla.golden_address_is_there violated
sla.email_is_well_formed met
sla.phone_is_well_formed violated
sla.golden_email_is_well_formed met
sla.golden_phone_is_well_formed met
sla.branch_is_standard met
sla.state_is_standard met
sla.golden_state_is_standard met
sla.records_are_recent met
sla.loads_are_recent violated
sla.customers_are_unique violated
sla.golden_customers_are_unique violated
";

/// The entities of pairs that wait for a decision.
const REVIEWED: &str = "(
    select unnest(array[a.id, b.id]) as id from karat.evidence e, karat.membership a, karat.membership b
    where e.verdict = 'review' and (a.source, a.key) = (e.source_a, e.key_a)
      and (b.source, b.key) = (e.source_b, e.key_b) and a.id <> b.id) r";

/// `HAS(x)` as SQL: the example's lists know no other placeholders than these.
fn by_hand(sql: &str) -> String {
    let mut sql = sql.replace("REVIEWED", REVIEWED);
    while let Some((before, rest)) = sql.split_once("HAS(") {
        let (x, after) = rest.split_once(')').unwrap();
        let has = format!(
            "({x} is not null and lower({x}) not in ('none', 'n/a', 'no email', '000-000-0000', \
             '(000) 000-0000', '0000000000', '999-999-9999') and {x} !~* '^(test|none|noemail|name)@')"
        );
        sql = format!("{before}{has}{after}");
    }
    sql
}

#[test]
fn the_service_levels_of_the_example_are_what_sql_by_hand_counts() {
    let (project, db) = (agents_support::Project::of("customers", "1200", 4), TestDb::new());
    let url = db.url();
    let run = agents_support::done(&mut project.karat(&url, &["run"]));
    assert!(run.contains("measure  sla") && run.contains("violated (warn), data team"), "{run}");
    let report = std::fs::read_to_string(project.root.join("logs/deployment_report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let reported = report["data_pipeline"]["objectives"][0]["objectives"].as_array().unwrap();
    assert_eq!(reported.len(), 17);

    let arguments = ["--format", "json", "objectives", "--as-of", TODAY];
    let (code, found) = json(&mut project.karat(&url, &arguments));
    assert_eq!(code, 0, "nothing blocks");
    for (name, sql) in BY_HAND {
        let figure: f64 = db.sql(&by_hand(sql)).parse().unwrap();
        let found = &objective(&found, &format!("sla.{name}"))["actual"];
        assert_eq!(found.as_f64(), Some(figure), "{name}");
    }
    // What is messy shows as violated, and what was mended as met.
    let all = found["files"][0]["objectives"].as_array().unwrap().iter();
    let verdicts: Vec<String> = all
        .map(|one| {
            format!("{} {}", one["objective"].as_str().unwrap(), one["verdict"].as_str().unwrap())
        })
        .collect();
    assert_eq!(verdicts.join("\n"), VERDICTS.trim());
    // Loads were made after that day; today they are fresh.
    let (_, now) =
        json(&mut project.karat(&url, &["--format", "json", "objectives", "sla.loads_are_recent"]));
    let loads = objective(&now, "sla.loads_are_recent");
    assert_eq!(
        (&loads["verdict"], loads["parts"].as_array().unwrap().len()),
        (&Value::from("met"), 3)
    );
    // The printed statements are plain SQL, and as many as tables, loads and kinds of duplicates.
    let sql =
        agents_support::done(&mut project.karat(&url, &["objectives", "--sql", "--as-of", TODAY]));
    let statements: Vec<&str> = sql.split(";\n").filter(|s| !s.trim().is_empty()).collect();
    assert_eq!(statements.len(), 4 + 3 + 3, "{sql}");
    statements.iter().for_each(|statement| drop(db.sql(statement)));
}

/// A project with its database.
struct Project {
    folder: tempfile::TempDir,
    db: TestDb,
}

const PEOPLE: &str = "
    create table people (id int primary key, email text, seen date);
    insert into people select n, case when n > 2 then 'p' || n || '@example.com' end, '2026-01-01'
    from generate_series(1, 20) n";

impl Project {
    fn new(objectives: &str) -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap(), db: TestDb::new() };
        project.write("karat.toml", "name = \"t\"\n");
        project.write("objectives/sla.toml", objectives);
        project.db.sql(PEOPLE);
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut karat = Command::new(env!("CARGO_BIN_EXE_karat"));
        karat.args(arguments).current_dir(self.folder.path()).env_clear();
        karat.env("PATH", std::env::var("PATH").unwrap_or_default());
        karat.env("DATABASE_URL", self.db.url());
        karat
    }

    fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(code), "karat {}: {said}", arguments.join(" "));
        said
    }

    /// An objective on a day.
    fn on(&self, day: &str, name: &str) -> Value {
        let arguments = ["--format", "json", "objectives", "--fail-on", "never", "--as-of", day];
        objective(&json(&mut self.command(&arguments)).1, name).clone()
    }
}

const OBJECTIVES: &str = "
table = \"public.people\"
window = 10

[[objectives]]
name = \"email\"
dimension = \"completeness\"
column = \"email\"
target = 0.8

[[objectives]]
name = \"seen\"
dimension = \"timeliness\"
column = \"seen\"
target = 2
budget = 0.5
owner = \"ops\"
";

#[test]
fn budgets_and_trends_are_of_the_last_run_of_each_day_of_the_window() {
    let project = Project::new(OBJECTIVES);
    let first = project.on("2026-01-02", "sla.email");
    assert_eq!((first["actual"].as_f64(), &first["trend"]), (Some(0.9), &Value::Null));
    // 2 of 20 are missing where 4 may be.
    let spent = |found: &Value| (found["budget"]["spent"].as_f64().unwrap() * 1e6).round() / 1e6;
    assert_eq!(spent(&first), 0.5);
    // Two runs on the next day: the last one counts.
    project.db.sql("update people set email = null");
    assert_eq!(spent(&project.on("2026-01-03", "sla.email")), 2.75);
    project
        .db
        .sql("update people set email = 'n/a'; update people set email = 'x@y.org' where id > 5");
    let third = project.on("2026-01-03T12:00:00Z", "sla.email");
    assert_eq!((third["actual"].as_f64(), third["trend"].as_f64()), (Some(0.75), Some(0.75)));
    assert_eq!((spent(&third), &third["budget"]["days"]), (0.875, &Value::from(2)));
    assert_eq!(third["verdict"], "violated");
    assert_eq!(third["earlier"].as_array().map(Vec::len), Some(2));
    // By hand, from what is kept.
    let kept = project.db.sql(
        "select round((avg(bad) / 0.2)::numeric, 6) from (
           select distinct on ((at at time zone 'UTC')::date) bad from karat.objective_result
           where objective = 'email' order by (at at time zone 'UTC')::date, run desc) x",
    );
    assert_eq!(kept, "0.875000");
    // A run that looks back sees nothing of later days; ten days on, the first is out of the window.
    assert_eq!(project.on("2026-01-02", "sla.email")["budget"]["days"], 1);
    let later = project.on("2026-01-12", "sla.email");
    assert_eq!((&later["budget"]["days"], spent(&later)), (&Value::from(2), 1.25));
    // Days late spend as days: the third at noon, and the twelfth, of which one may be.
    let seen = project.on("2026-01-12", "sla.seen");
    assert_eq!((seen["actual"].as_f64(), &seen["verdict"]), (Some(11.0), &Value::from("violated")));
    assert_eq!(spent(&seen), 2.0);
}

#[test]
fn exit_codes_are_those_of_checks_and_a_run_ends_with_what_blocks() {
    let project = Project::new(OBJECTIVES);
    let late = ["objectives", "--as-of", "2026-01-11"];
    let said = project.ends(0, &late);
    assert!(said.contains("≤ 2 days  10 days"), "{said}");
    assert!(said.contains("violated (warn), ops"), "{said}");
    assert!(said.contains("1 of 2 objectives are met, compliance 50.0 %"), "{said}");
    project.ends(1, &[&late[..], &["--fail-on", "warn"]].concat());
    project.ends(0, &[&late[..], &["sla.email", "--fail-on", "warn"]].concat());
    let said = project.ends(2, &["objectives", "sla.emial"]);
    assert!(said.contains("did you mean sla.email?"), "{said}");
    project
        .write("objectives/sla.toml", &OBJECTIVES.replace("owner", "severity = \"block\"\nowner"));
    project.ends(1, &late);
    let said = project.ends(1, &["run", "--as-of", "2026-01-11"]);
    assert!(said.contains("an objective that blocks is violated: sla.seen"), "{said}");
    let ended = project.db.sql("select status from karat.run order by id desc limit 1");
    assert_eq!(ended, "failed");
    project.ends(0, &["run", "--as-of", "2026-01-02"]);
    // As much has to be met as the file says: of four results of the window, three are.
    project.write("objectives/sla.toml", &format!("compliance = 0.95\n{OBJECTIVES}"));
    let said = project.ends(1, &late);
    assert!(said.contains("compliance 75.0 %, BELOW 95.0 %"), "{said}");
    project.ends(0, &["objectives", "--as-of", "2026-01-02"]);
}

#[test]
fn what_cannot_be_measured_is_an_error_of_its_own_and_nothing_is_no_violation() {
    let project = Project::new(&format!(
        "{OBJECTIVES}\n[[objectives]]\nname = \"gone\"\ndimension = \"completeness\"\n\
         column = \"gone\"\ntarget = 0.5\n\n[[objectives]]\nname = \"form\"\n\
         dimension = \"accuracy\"\ncolumn = \"email\"\nformat = \"email\"\ntarget = 1\n\
         placeholders = [\"...\", \"p*\"]\n"
    ));
    let said = project.ends(0, &["objectives", "--as-of", "2026-01-02"]);
    assert!(said.contains("cannot be measured (warn): column t.gone does not exist"), "{said}");
    assert!(said.contains("nothing to judge"), "{said}");
    assert!(said.contains("2 of 4 objectives are met, compliance 66.6 %"), "{said}");
    project.db.sql("drop table people");
    let said = project.ends(2, &["objectives"]);
    assert!(said.contains("there is no table public.people for an objective"), "{said}");
}

#[test]
fn wrong_declarations_are_refused_with_file_and_line() {
    let project = Project::new(
        "[[objectives]]\nname = \"a\"\ndimension = \"tidiness\"\ntarget = 1\n\n\
         [[objectives]]\nname = \"b\"\ndimension = \"uniqueness\"\nentity = \"none\"\ntarget = 0\n\n\
         [[objectives]]\nname = \"c\"\ndimension = \"accuracy\"\ntable = \"t\"\ncolumn = \"x\"\ntarget = 1\n\n\
         [[objectives]]\nname = \"d\"\ndimension = \"consistency\"\ncolumn = \"x\"\nfile = \"no.txt\"\ntarget = 2\n\n\
         [[objectives]]\nname = \"e\"\ndimension = \"timeliness\"\ndatasets = [\"no\"]\n\n\
         [[objectives]]\nname = \"e\"\ndimension = \"completeness\"\ntable = \"t\"\ncolumn = \"x\"\ntarget = 1\nof = \"x\"\n",
    );
    let said = project.ends(2, &["objectives"]);
    for what in [
        "objectives/sla.toml:3",
        "objectives.dimension cannot be \"tidiness\"",
        "no share of duplicates is below 0",
        "objectives.format is missing",
        "the file no.txt cannot be read",
        "objectives.target cannot be 2",
        "objectives.target is missing",
        "unknown key objectives.of",
    ] {
        assert!(said.contains(what), "{what}\n{said}");
    }
    assert!(said.contains("8 problems"), "nothing is said twice: {said}");
    let right = OBJECTIVES.replace("name = \"seen\"", "name = \"email\"");
    project.write("objectives/sla.toml", &right);
    assert!(project.ends(2, &["objectives"]).contains("two objectives are named email"));
    project.write(
        "objectives/sla.toml",
        "[[objectives]]\nname = \"e\"\ndimension = \"timeliness\"\ndatasets = [\"no\"]\ntarget = 1\n",
    );
    let said = project.ends(2, &["objectives"]);
    assert!(said.contains("objective e: there is no dataset \"no\""), "{said}");
}
