//! Everything that a finished run leaves in the database, as comparable text.

use karat_testdb::TestDb;

/// Tables, and their columns that differ between equal runs: clocks, random ids, run numbers.
const TABLES: &[(&str, &str)] = &[
    ("bronze.company_info_raw", "{}"),
    ("public.new_agents", "{}"),
    ("public.unified_company_member", "{id,created_at}"),
    ("public.new_unified_agents", "{created_at,last_updated}"),
    ("karat.membership", "{since,run}"),
    ("karat.evidence", "{}"),
    ("karat.entity", "{created_at,run}"),
    ("karat.history", "{id,at,run,since,since_run}"),
    ("karat.reject", "{}"),
    ("karat.load", "{run,started_at,finished_at}"),
    ("karat.file", "{stored_at}"),
    ("karat.object", "{deployment,deployed_at}"),
];

/// Every row of every table as JSON, sorted by table and row.
pub fn state(db: &TestDb) -> Vec<String> {
    let rows = TABLES.iter().map(|(table, without)| {
        format!(
            "select '{table} ' || (to_jsonb(t) - '{without}'::text[])::text as row from {table} t"
        )
    });
    let rows: Vec<String> = rows.collect();
    let sql =
        format!("select row from ({}) rows order by row collate \"C\"", rows.join(" union all "));
    db.sql(&sql).lines().map(str::to_owned).collect()
}

/// Fails with the first rows that only one side has.
pub fn assert_same(found: &[String], expected: &[String], when: &str) {
    let only = |a: &[String], b: &[String]| a.iter().find(|row| !b.contains(row)).cloned();
    if found != expected {
        let (new, gone) = (only(found, expected), only(expected, found));
        panic!(
            "{} rows instead of {}, {when}\nnew: {new:?}\ngone: {gone:?}",
            found.len(),
            expected.len()
        );
    }
}

/// What killed and waiting runs might leave behind.
const LITTER: &[(&str, &str)] = &[
    ("stages", "pg_class where relname like 'stage%' and relkind = 'r'"),
    ("open runs", "karat.run where status = 'running'"),
    ("open steps", "karat.step where status = 'running'"),
    ("open deployments", "karat.deployment where status = 'running'"),
    ("open logs", "public.unified_merge_logs where status = 'running'"),
    (
        "unbalanced books",
        "karat.load where read <> inserted + updated + unchanged + duplicate + rejected",
    ),
    (
        "rejects that the books do not know",
        "karat.load l where rejected <> (select count(*) from karat.reject r where r.load = l.id)",
    ),
    (
        "rows that came by no load",
        "public.unified_company_member m
         where not exists (select 1 from karat.load l where l.id = m.karat_load)",
    ),
];

/// Fails if any of it is there.
pub fn assert_tidy(db: &TestDb, when: &str) {
    let counts = LITTER.iter().map(|(what, from)| format!("(select '{what}' from {from} limit 1)"));
    let counts: Vec<String> = counts.collect();
    assert_eq!(db.sql(&counts.join(" union all ")), "", "{when}");
}
