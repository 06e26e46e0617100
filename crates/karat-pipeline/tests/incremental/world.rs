//! A project with two sources, lived through.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use karat_pipeline::context::Context;
use karat_pipeline::project::{Project, Request};
use karat_pipeline::resolve::{Effort, Summary, resolve};
use karat_record::{Quiet, Result};
use karat_store::{Address, Session, own};
use karat_testdb::TestDb;
use tokio::runtime::Runtime;

use crate::history::{Event, FIELDS, History, VALUES};

pub struct World {
    _folder: tempfile::TempDir,
    db: TestDb,
    address: Address,
    project: Project,
    runtime: Runtime,
    entity: &'static str,
}

const DATASET: &str = "files = \"none.csv\"\nkey = [\"id\"]\nmode = \"merge\"\n[columns]\nid = {}\nfirst = {}\n\
                       last = {}\nborn = {}\ncity = {}\nteam = {}\n";

const FIELDS_OF_ENTITIES: &str = "
[fields.first]
from = { crm = \"first\", web = \"first\" }
[fields.last]
from = { crm = \"last\", web = \"last\" }
[fields.born]
from = { crm = \"born\", web = \"born\" }
[fields.city]
from = { crm = \"city\", web = \"city\" }
";

const PEOPLE: &str = "
model = \"models/people.json\"
auto = 0.9
review = 0.3
largest_block = 6
[[sources]]
dataset = \"crm\"
[[sources]]
dataset = \"web\"
distinct = true
";

const TEAMS: &str = "
scope = { crm = \"team\", web = \"team\" }
auto = 80
[[sources]]
dataset = \"crm\"
[[sources]]
dataset = \"web\"
distinct = true
[[tiers]]
name = \"born\"
score = 100
when = [{ same = \"born\" }]
confirm = [{ similar = \"last\", at_least = 0.8 }]
[[tiers]]
name = \"name\"
score = 90
when = [{ same = \"last\" }, { similar = \"first\", at_least = 0.8 }]
denied_by = [\"born\"]
[[tiers]]
name = \"city\"
score = 60
when = [{ same = \"city\" }, { same = \"first\" }]
";

/// A model with what a part could get wrong: term frequencies, rules beyond equal keys, a block
/// that is soon too large.
fn model() -> String {
    let exact = |field: &str, m: f64, u: f64| {
        format!(
            r#"{{"sql_condition": "\"{field}_l\" = \"{field}_r\"", "label_for_charts": "same",
            "m_probability": {m}, "u_probability": {u},
            "tf_adjustment_column": "{field}", "tf_adjustment_weight": 1.0}}"#
        )
    };
    let null = |field: &str| {
        format!(
            r#"{{"sql_condition": "\"{field}_l\" IS NULL OR \"{field}_r\" IS NULL",
            "label_for_charts": "missing", "is_null_level": true}}"#
        )
    };
    let near = |field: &str, m: f64, u: f64| {
        format!(
            r#"{{"sql_condition": "jaro_winkler_similarity(\"{field}_l\", \"{field}_r\") >= 0.8",
            "label_for_charts": "near", "m_probability": {m}, "u_probability": {u}}}"#
        )
    };
    let other = |m: f64, u: f64| {
        format!(
            r#"{{"sql_condition": "ELSE", "label_for_charts": "other", "m_probability": {m},
            "u_probability": {u}}}"#
        )
    };
    let comparison = |field: &str| {
        format!(
            r#"{{"output_column_name": "{field}", "comparison_levels": [{}, {}, {}, {}]}}"#,
            null(field),
            exact(field, 0.7, 0.1),
            near(field, 0.2, 0.1),
            other(0.1, 0.8)
        )
    };
    let rules = [
        r#"l.last = r.last"#,
        r#"l.born = r.born"#,
        r#"l.city = r.city and jaro_winkler_similarity(l.first, r.first) > 0.5"#,
        r#"substr(l.first, 1, 1) = substr(r.first, 1, 1) and l.city = r.city"#,
    ];
    let rules: Vec<String> = rules
        .iter()
        .map(|rule| format!(r#"{{"blocking_rule": "{rule}", "sql_dialect": "duckdb"}}"#))
        .collect();
    format!(
        r#"{{"link_type": "link_and_dedupe", "probability_two_random_records_match": 0.05,
        "sql_dialect": "duckdb", "unique_id_column_name": "unique_id",
        "source_dataset_column_name": "source_dataset",
        "em_convergence": 0.0001, "max_iterations": 25,
        "blocking_rules_to_generate_predictions": [{}], "comparisons": [{}]}}"#,
        rules.join(", "),
        ["first", "last", "born"].map(comparison).join(", ")
    )
}

impl World {
    pub fn new(entity: &'static str) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let people = format!("{PEOPLE}{FIELDS_OF_ENTITIES}");
        let teams = format!("{TEAMS}{FIELDS_OF_ENTITIES}");
        let model = model();
        for (path, text) in [
            ("karat.toml", "name = \"law\"\n"),
            ("datasets/crm.toml", DATASET),
            ("datasets/web.toml", DATASET),
            ("entities/people.toml", people.as_str()),
            ("entities/teams.toml", teams.as_str()),
            ("models/people.json", model.as_str()),
        ] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        let db = TestDb::new();
        let request = Request {
            root: folder.path().to_owned(),
            database_url: Some(db.url()),
            ..Request::default()
        };
        let project = Project::open(&request).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let address = Address::parse(&db.url()).expect("an address");
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime");
        let prepared: Result<()> =
            runtime.block_on(async { own::prepare(&Session::open(&address).await?).await });
        prepared.unwrap_or_else(|problem| panic!("{problem}"));
        for table in ["crm", "web"] {
            let columns: Vec<String> = FIELDS.iter().map(|f| format!("{f} text")).collect();
            let columns = columns.join(", ");
            db.sql(&format!("create table {table} (id text primary key, {columns})"));
        }
        World { _folder: folder, db, address, project, runtime, entity }
    }

    /// Lives through a history, and then resolves everything: that has to change nothing. The
    /// number of resolutions of a part; else what is wrong.
    pub fn live(&mut self, history: &History) -> std::result::Result<usize, String> {
        self.db.sql(
            "truncate crm, web; delete from karat.decision; delete from karat.override; \
             delete from karat.model",
        );
        self.resolve(Effort::Everything, None);
        let mut statements = String::new();
        let mut parts = 0;
        for event in &history.0 {
            match event {
                Event::Resolve | Event::Kill { .. } => {
                    self.say(&mut statements);
                    let after = match event {
                        Event::Kill { after } => Some(*after),
                        _ => None,
                    };
                    let done = self.resolve(Effort::Changes, after);
                    parts += usize::from(done.is_some_and(|summary| summary.part.is_some()));
                }
                event => self.write(event, &mut statements),
            }
        }
        self.say(&mut statements);
        self.lawful()?;
        Ok(parts)
    }

    /// Resolves what changed, and then everything: that has to change nothing.
    pub fn lawful(&self) -> std::result::Result<(), String> {
        let last = self.resolve(Effort::Changes, None).expect("it was not broken off");
        self.conserved()?;
        let before = self.state();
        let all = self.resolve(Effort::Everything, None).expect("it was not broken off");
        let after = self.state();
        if before != after {
            return Err(differences(&before, &after));
        }
        let said = |summary: &Summary| {
            let Summary { records, entities, merged, reviews, in_review, .. } = summary;
            let numbers = (*records, *entities, *merged, *reviews, *in_review);
            (numbers, summary.confidence.clone())
        };
        match last.unchanged || said(&last) == said(&all) {
            true => Ok(()),
            false => Err(format!("numbers: {:?}, not {:?}", said(&last), said(&all))),
        }
    }

    /// Runs a statement.
    pub fn sql(&self, sql: &str) {
        self.db.sql(sql);
    }

    /// The address of the database.
    pub fn url(&self) -> String {
        self.db.url()
    }

    fn say(&self, statements: &mut String) {
        if !statements.is_empty() {
            self.db.sql(statements);
            statements.clear();
        }
    }

    fn write(&self, event: &Event, out: &mut String) {
        let text = |field: usize, value: usize| match VALUES[field][value] {
            "" => "null".to_owned(),
            text => format!("'{text}'"),
        };
        let entity = self.entity;
        let done = match event {
            Event::Insert { table, key, values } => {
                let values: Vec<String> =
                    values.iter().enumerate().map(|(f, v)| text(f, *v)).collect();
                let values = values.join(", ");
                let set: Vec<String> =
                    FIELDS.iter().map(|f| format!("{f} = excluded.{f}")).collect();
                writeln!(
                    out,
                    "insert into {table} values ('{key}', {values}) on conflict (id) do update set {};",
                    set.join(", ")
                )
            }
            Event::Update { table, key, field, value } => writeln!(
                out,
                "update {table} set {} = {} where id = '{key}';",
                FIELDS[*field],
                text(*field, *value)
            ),
            Event::Delete { table, key } => {
                writeln!(out, "delete from {table} where id = '{key}';")
            }
            Event::Decide { a, b, .. } if a == b => Ok(()),
            Event::Decide { a, b, same } => {
                let (a, b) = if a < b { (a, b) } else { (b, a) };
                let verdict = if *same { "same" } else { "different" };
                writeln!(
                    out,
                    "insert into karat.decision (entity, source_a, key_a, source_b, key_b, \
                     verdict, decided_by) values ('{entity}', '{}', '{}', '{}', '{}', \
                     '{verdict}', 'test');",
                    a.0, a.1, b.0, b.1
                )
            }
            Event::Undo { table, key } => writeln!(
                out,
                "update karat.decision set undone_at = now() where undone_at is null and \
                 ((source_a, key_a) = ('{table}', '{key}') or \
                 (source_b, key_b) = ('{table}', '{key}'));"
            ),
            Event::Tamper { row, remove: true } => writeln!(
                out,
                "delete from golden_{entity} where id = (select id from golden_{entity} order by id \
                 offset {row} limit 1);"
            ),
            Event::Tamper { row, remove: false } => writeln!(
                out,
                "update golden_{entity} set last = 'tampered' where id = (select id from golden_{entity} \
                 order by id offset {row} limit 1);"
            ),
            Event::Say { row, is_retired, field, value } => {
                let of = match is_retired {
                    false => format!("golden_{entity}"),
                    true => format!(
                        "karat.entity where entity = '{entity}' and continued_by is not null"
                    ),
                };
                writeln!(
                    out,
                    "insert into karat.override (entity, entity_id, field, \"values\", decided_by) \
                     select '{entity}', id, '{}', array['said {value}'], 'test' from {of} \
                     order by id offset {row} limit 1;",
                    FIELDS[*field]
                )
            }
            Event::Unsay { nth } => writeln!(
                out,
                "update karat.override set undone_at = now() where id = (select id from \
                 karat.override where undone_at is null order by id desc offset {nth} limit 1);"
            ),
            Event::Resolve | Event::Kill { .. } => Ok(()),
        };
        done.expect("a string takes all");
    }

    /// Resolves; none where that was broken off.
    pub fn resolve(&self, effort: Effort, kill_after: Option<u64>) -> Option<Summary> {
        let context = Context {
            project: &self.project,
            address: &self.address,
            reporter: Arc::new(Quiet),
            run: None,
        };
        let entity = self.project.entities.iter().find(|e| e.name == self.entity);
        let resolved = resolve(&context, entity.expect("it is declared"), effort);
        let done = self.runtime.block_on(async {
            match kill_after {
                None => Some(resolved.await),
                Some(after) => {
                    tokio::time::timeout(Duration::from_micros(after), resolved).await.ok()
                }
            }
        });
        done.map(|done| done.unwrap_or_else(|problem| panic!("{problem:?}")))
    }

    /// Each record is in exactly one entity, each id leads to an entity of today or to nothing
    /// that is left, whom a person told apart is apart, and golden fields are what a person says.
    fn conserved(&self) -> std::result::Result<(), String> {
        let entity = self.entity;
        let wrong = self.db.sql(&format!(
            "select 'record without an entity: ' || r.source || ' ' || r.id
             from (select 'crm' as source, id from crm union all select 'web', id from web) r
             where not exists (select 1 from karat.membership m where m.entity = '{entity}'
                               and m.source = r.source and m.key = r.id)
             union all
             select 'entity of a record that is gone: ' || m.source || ' ' || m.key
             from karat.membership m where m.entity = '{entity}'
             and not exists (select 1 from crm where m.source = 'crm' and id = m.key
                             union all
                             select 1 from web where m.source = 'web' and id = m.key)
             union all
             select 'not published: ' || m.id from karat.membership m where m.entity = '{entity}'
             and not exists (select 1 from golden_{entity} g where g.id = m.id)
             union all
             select 'published without records: ' || g.id from golden_{entity} g
             where not exists (select 1 from karat.membership m where m.id = g.id)
             union all
             select 'not on record as living: ' || m.id from karat.membership m
             join karat.entity e on e.id = m.id
             where m.entity = '{entity}' and e.retired_at is not null
             union all
             select 'leads nowhere: ' || e.id from karat.entity e
             where e.entity = '{entity}' and e.retired_at is not null
             and e.continued_by is not null
             and not exists (select 1 from karat.entity n where n.id = e.continued_by)
             union all
             select 'said and not so: ' || o.id || ' ' || o.field
             from karat.override_in_force o
             join golden_{entity} g on g.id = o.home
             where o.entity = '{entity}' and to_jsonb(g) ->> o.field is distinct from o.values[1]
             and not exists (select 1 from karat.override_in_force later
                             where later.home = o.home and later.field = o.field
                             and later.id > o.id)
             union all
             select 'told apart and together: ' || d.key_a || ' ' || d.key_b
             from karat.decision d
             join karat.membership a on a.entity = d.entity and a.source = d.source_a
                                    and a.key = d.key_a
             join karat.membership b on b.entity = d.entity and b.source = d.source_b
                                    and b.key = d.key_b
             where d.entity = '{entity}' and d.undone_at is null and d.verdict = 'different'
             and a.id = b.id
             and not exists (select 1 from karat.decision later
                             where later.undone_at is null and later.id > d.id
                             and later.entity = d.entity
                             and later.source_a = d.source_a and later.key_a = d.key_a
                             and later.source_b = d.source_b and later.key_b = d.key_b)"
        ));
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// All that a resolution leaves.
    fn state(&self) -> String {
        let entity = self.entity;
        self.db.sql(&format!(
            "select m.source, m.key, m.id, m.score, m.tier, m.weight from karat.membership m
             where m.entity = '{entity}' order by 1, 2;
             select v.* from karat.evidence v where v.entity = '{entity}' order by 2, 3, 4, 5;
             select g.* from golden_{entity} g order by id;
             select 'block', b.* from karat.blocked_{entity} b order by 2, 3;
             select 'parts', b.* from karat.blocks_{entity} b order by 2, 3;
             select 'large', l.* from karat.large_block l where l.entity = '{entity}' order by 3"
        ))
    }
}

/// The lines of two texts that the other lacks.
fn differences(before: &str, after: &str) -> String {
    let mut out = String::new();
    for (sign, lines, others) in [('-', before, after), ('+', after, before)] {
        for line in lines.lines().filter(|line| !others.lines().any(|other| other == *line)) {
            writeln!(out, "{sign} {line}").expect("a string takes all");
        }
    }
    out
}
