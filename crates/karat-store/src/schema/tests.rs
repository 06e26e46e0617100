//! The module as its callers see it.

use super::*;

/// A folder as people write it, with the views first.
const FOLDER: &[(&str, &str)] = &[
    ("01_views.sql", include_str!("../../tests/fixtures/schema/01_views.sql")),
    ("02_policies.sql", include_str!("../../tests/fixtures/schema/02_policies.sql")),
    ("03_tables.sql", include_str!("../../tests/fixtures/schema/03_tables.sql")),
    ("04_types.sql", include_str!("../../tests/fixtures/schema/04_types.sql")),
    ("05_functions.sql", include_str!("../../tests/fixtures/schema/05_functions.sql")),
    ("06_triggers.sql", include_str!("../../tests/fixtures/schema/06_triggers.sql")),
    ("07_schemas.sql", include_str!("../../tests/fixtures/schema/07_schemas.sql")),
    ("08_roles.sql", include_str!("../../tests/fixtures/schema/08_roles.sql")),
    ("09_comments.sql", include_str!("../../tests/fixtures/schema/09_comments.sql")),
    ("10_data.sql", include_str!("../../tests/fixtures/schema/10_data.sql")),
];

fn folder() -> Vec<SourceFile> {
    FOLDER.iter().map(|(path, text)| file(path, text)).collect()
}

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

fn parsed(text: &str) -> Vec<Statement> {
    parse(&[file("a.sql", text)]).expect("valid SQL")
}

fn refused(text: &str) -> String {
    parse(&[file("a.sql", text)]).expect_err("a problem").to_string()
}

/// The objects of a text in the order in which they run.
fn ordered(text: &str) -> Vec<String> {
    let statements = parsed(text);
    let order = order(&statements).expect("no circle");
    order.into_iter().map(|i| statements[i].object.to_string()).collect()
}

fn objects(text: &str) -> Vec<String> {
    parsed(text).iter().map(|s| s.object.to_string()).collect()
}

/// Knuth's 64-bit linear congruential generator.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

#[test]
fn every_shuffle_of_files_and_statements_has_the_same_order() {
    let texts = |statements: &[Statement]| -> Vec<String> {
        let order = order(statements).expect("no circle");
        order.into_iter().map(|i| statements[i].text.clone()).collect()
    };
    let written = parse(&folder()).expect("valid SQL");
    assert_eq!(written.len(), 74);
    let expected = texts(&written);
    let mut random = Lcg(7);
    for _ in 0..200 {
        let mut statements: Vec<String> = written.iter().map(|s| s.text.clone()).collect();
        random.shuffle(&mut statements);
        let cut = random.below(statements.len());
        let (a, b) = statements.split_at(cut);
        let files = [file("a.sql", &(a.join(";\n") + ";")), file("b.sql", &b.join(";"))];
        assert_eq!(texts(&parse(&files).expect("valid SQL")), expected);
    }
}

#[test]
fn each_statement_of_the_folder_comes_after_all_that_it_needs() {
    let statements = parse(&folder()).expect("valid SQL");
    let order = order(&statements).expect("no circle");
    let place = |i: usize| order.iter().position(|o| *o == i).expect("each statement once");
    let edges = edges(&statements);
    for (i, edges) in edges.iter().enumerate() {
        for edge in edges.iter().filter(|edge| edge.hard) {
            assert!(
                place(edge.to) < place(i),
                "{} needs {}",
                statements[i].object,
                statements[edge.to].object
            );
        }
    }
    assert_eq!(edges.iter().flatten().count(), 134);
}

#[test]
fn objects_are_named_as_a_person_names_them() {
    let cases = [
        ("create table new_agents (id int)", "table public.new_agents"),
        ("CREATE TABLE \"My T\".\"X\"\"y\" ()", "table \"My T\".\"X\"\"y\""),
        ("create policy reader on agents using (true)", "policy reader on public.agents"),
        (
            "create function f(a text[], out b int, variadic c text[]) as '' language c",
            "function public.f(text[], text[])",
        ),
        (
            "create function s.f(int4, varchar(3), public.t, \"date\") as '' language c",
            "function s.f(integer, character varying, t, date)",
        ),
        ("create procedure p() as '' language c", "function public.p()"),
        ("create unique index i on s.t (a)", "index s.i on s.t"),
        ("create index on t (a, lower(b), (c + 1))", "index public.t_a_lower_expr_idx on public.t"),
        ("alter table only s.t enable row level security", "row level security on s.t"),
        (
            "alter table t add constraint fk foreign key (a) references u",
            "constraint fk on public.t",
        ),
        ("alter table t owner to me", "owner table public.t"),
        ("alter view s.v owner to me", "owner view s.v"),
        ("grant select, insert on table s.t, u to web", "grant on table s.t, u"),
        ("comment on column t.c is 'x'", "comment on column t.c"),
        (
            "create trigger tr before insert on t for each row execute function f()",
            "trigger tr on public.t",
        ),
        ("create table größe_名前 ()", "table public.größe_名前"),
        (
            "create operator @@@ (leftarg = int, rightarg = text, function = f)",
            "operator public.\"@@@\"(int, text)",
        ),
        ("insert into t values (1)", "data insert into t values(1)"),
    ];
    for (sql, name) in cases {
        assert_eq!(objects(sql), [name], "{sql}");
    }
}

#[test]
fn needs_decide_the_order() {
    let cases: &[(&str, &[&str])] = &[
        // A later kind that an earlier one needs.
        (
            "create function f() returns setof v language sql as 'select * from v'; create view v as select 1 from t; create table t ()",
            &["table public.t", "view public.v", "function public.f()"],
        ),
        (
            "create table t (a int default f()); create function f() returns int language sql as 'select 1 from u'; create table u ()",
            &["table public.u", "function public.f()", "table public.t"],
        ),
        // A common table expression hides the table of its name, but not from itself.
        (
            "create view a as with b as (select 1) select * from b; create view b as select * from a",
            &["view public.a", "view public.b"],
        ),
        (
            "create view a as with b as (select * from b) select * from b; create view b as select 1",
            &["view public.b", "view public.a"],
        ),
        (
            "create view a as with b as (select 1) select 1 union select * from b; create view b as select * from a",
            &["view public.a", "view public.b"],
        ),
        // PL/pgSQL looks names up when it runs, but types when it is created.
        (
            "create function f() returns void language plpgsql as 'begin perform g(); end'; create function g() returns void language plpgsql as 'begin perform f(); end'",
            &["function public.f()", "function public.g()"],
        ),
        (
            "create function a() returns void language plpgsql as 'begin select x into y from z; end'; create table z ()",
            &["table public.z", "function public.a()"],
        ),
        (
            "create function f() returns void language plpgsql as 'declare r t%rowtype; begin end'; create table t (a int check (g())); create function g() returns bool language plpgsql as 'begin perform f(); end'",
            &["function public.g()", "table public.t", "function public.f()"],
        ),
        // A foreign key needs the key.
        (
            "alter table a add constraint x foreign key (b) references b; alter table b add constraint y primary key (id); create table b (id int); create table a (b int)",
            &[
                "table public.a",
                "table public.b",
                "constraint y on public.b",
                "constraint x on public.a",
            ],
        ),
        (
            "alter table a add constraint c foreign key (b) references b (id); create unique index z on b (id); create table b (id int); create table a (b int)",
            &[
                "table public.a",
                "table public.b",
                "index public.z on public.b",
                "constraint c on public.a",
            ],
        ),
        // Grants: wide before narrow, revokes before grants.
        (
            "grant select on t to w; revoke all on t from w; grant all on all tables in schema public to w; create table t ()",
            &["table public.t", "grant on all tables in schema public", "grant on t", "grant on t"],
        ),
        // Overloads that call each other.
        (
            "create function f(int) returns int language sql as 'select f($1, 1)'; create function f(int, int) returns int language sql as 'select f($1, $2, 1)'; create function f(int, int, int) returns int language sql as 'select 1'",
            &[
                "function public.f(integer, integer, integer)",
                "function public.f(integer, integer)",
                "function public.f(integer)",
            ],
        ),
        // A name without schema is the only one there is.
        (
            "create view v as select * from t; create table s.t (); create schema s",
            &["schema s", "table s.t", "view public.v"],
        ),
        // Names fold like PostgreSQL's.
        (
            "create view v as select * from \"T\"; create table \"T\" (); create view a as select * from V",
            &["table public.\"T\"", "view public.v", "view public.a"],
        ),
        // A column that comes with `alter table`.
        (
            "create view v as select x from t; alter table t add column x int default 1; create table t ()",
            &["table public.t", "alter table public.t", "view public.v"],
        ),
        (
            "alter table t alter column id set default nextval('s.q'::regclass); create sequence s.q; create table t (id int); create schema s",
            &["schema s", "sequence s.q", "table public.t", "default on public.t"],
        ),
        // A block that makes a type comes before what has the type.
        (
            "create table t (a e); do $$ begin create type e as enum ('x'); exception when duplicate_object then null; end $$",
            &["data do $$ begin create type e as enum ('x');", "table public.t"],
        ),
        // A table may refer to itself.
        ("create table t (id int primary key, up int references t)", &["table public.t"]),
        (
            "create policy p on t to w using (exists (select 1 from u)); create role w; create table u (); create table t ()",
            &["role w", "table public.t", "table public.u", "policy p on public.t"],
        ),
    ];
    for (sql, names) in cases {
        assert_eq!(ordered(sql), *names, "{sql}");
    }
}

#[test]
fn a_circle_is_told_with_its_way_and_a_way_out() {
    let text = "create table a (b int references b);\ncreate table b (c int references c);\n\ncreate table c (a int references a);\ncreate table d (a int references a);";
    let problem = order(&parsed(text)).expect_err("a circle");
    assert_eq!(
        problem.to_string(),
        "statements need each other: table public.a (a.sql:1) -> table public.b (a.sql:2) -> \
         table public.c (a.sql:4) -> table public.a (a.sql:1)\n  at a.sql:1\n  \
         1 | create table a (b int references b)\n  \
         hint: move one of the foreign keys into `alter table .. add constraint`"
    );
}

#[test]
fn every_syntax_error_is_told_with_line_and_caret() {
    let files = [
        file("a.sql", "create table a (id int);\ncreate tabel b (id int);\nselect 1 frm t where;"),
        file("b.sql", "create table ok ();\ncreate table c (a int,);"),
    ];
    let problems = parse(&files).expect_err("syntax errors");
    let places: Vec<String> =
        problems.0.iter().filter_map(|p| p.place.as_ref()).map(ToString::to_string).collect();
    assert_eq!(places, ["a.sql:2:1", "a.sql:3:13", "b.sql:2:22"]);
    assert_eq!(
        problems.0[0].to_string(),
        "syntax error: expected command, found create\n  at a.sql:2:1\n  \
         2 | create tabel b (id int);\n    | ^"
    );
}

#[test]
fn what_does_not_belong_into_a_schema_folder_is_refused_with_a_hint() {
    let cases = [
        ("drop table t;", "schema/migrations"),
        ("drop policy if exists p on t; create policy q on t using (true);", "schema/migrations"),
        (
            "drop function if exists f(int); create function f(text) returns int language c as '';",
            "schema/migrations",
        ),
        ("drop table if exists t; create table t ();", "schema/migrations"),
        ("begin; create table t (); commit;", "its own transaction"),
        ("\\i other.sql\ncreate table t ();", "is read anyway"),
        ("copy t from stdin;\n1\t'\n\\.\ncreate table u ();", "data file"),
        ("set search_path = app, public;", "schema.name"),
        ("set role other;", "owner to"),
        ("create schema s create table t ();", "on its own"),
        ("create table t (a text default :'x');", "psql and templates"),
    ];
    for (sql, hint) in cases {
        let told = refused(sql);
        assert!(told.contains("hint: ") && told.contains(hint), "{sql}: {told}");
    }
}

#[test]
fn what_pg_dump_writes_around_a_schema_is_ignored() {
    let text = "\\restrict k3y\n\nSET statement_timeout = 0;\nSET check_function_bodies = false;\n\
                SELECT pg_catalog.set_config('search_path', '', false);\n\
                CREATE VIEW public.v AS\nSELECT\n    NULL::integer AS id;\n\
                CREATE OR REPLACE VIEW public.v AS SELECT 1 AS id;\n\\unrestrict k3y\n";
    let statements = parsed(text);
    assert_eq!(statements.len(), 1);
    assert_eq!(
        (statements[0].line, statements[0].object.to_string().as_str()),
        (9, "view public.v")
    );
}

#[test]
fn a_drop_ahead_of_its_create_says_nothing() {
    let text = "drop policy if exists \"p q\" on t; create policy \"p q\" on public.t using (true);\n\
                drop trigger if exists x on t cascade; create trigger x before insert on t execute function f();\n\
                drop view if exists v, s.w; create view v as select 1; create view s.w as select 1;\n\
                drop function if exists f(); create function f() returns trigger language c as '';";
    assert_eq!(parsed(text).len(), 5);
}

#[test]
fn two_statements_about_one_object_are_told_with_both_places() {
    let cases = [
        ("create table t ();\ncreate table public.t (a int);", "table public.t is declared twice"),
        (
            "create table t ();\ncreate view t as select 1;",
            "view public.t has the name of table public.t",
        ),
        (
            "create function f(int) returns int language c as '';\ncreate function f(a int4) returns int language c as '';",
            "function public.f(integer) is declared twice",
        ),
        (
            "create policy p on t using (true);\ncreate policy p on public.t using (false);",
            "policy p on public.t is declared twice",
        ),
    ];
    for (sql, what) in cases {
        let told = refused(sql);
        assert!(
            told.starts_with(what) && told.contains("a.sql:2") && told.contains("a.sql:1;"),
            "{told}"
        );
    }
}

#[test]
fn statements_about_one_object_that_can_stand_together_do() {
    let cases = [
        ("create schema if not exists s; create schema s; create schema if not exists s", 1),
        ("create extension if not exists x; create extension if not exists x with schema s", 1),
        ("grant select on t to a; grant select on t to b; grant select on t to a;", 2),
        ("comment on column t.a is 'x'; comment on column t.b is 'x'", 2),
        (
            "create function f(int) returns int language c as ''; create function f(text) returns int language c as ''",
            2,
        ),
        ("alter table t add primary key (a); alter table t add unique (b)", 2),
        ("create policy p on t using (true); create policy p on u using (true)", 2),
    ];
    for (sql, count) in cases {
        assert_eq!(parsed(sql).len(), count, "{sql}");
    }
}

#[test]
fn semicolons_in_strings_bodies_and_comments_end_nothing() {
    let text = "\u{feff}-- a; b\r\n/* ; /* ; */ ; */ create table a (x text default ';''; ');\r\n\
                create function f() returns text language plpgsql as $b$ begin; $$ ; $$ 'it; end $b$;\r\n\
                select ';', E'\\';', \"a;b\", $é$;$é$ from a -- ;\r\n;;\r\n";
    let statements = parsed(text);
    let lines: Vec<u64> = statements.iter().map(|s| s.line).collect();
    assert_eq!(lines, [2, 3, 4]);
    assert_eq!(statements[0].text, "create table a (x text default ';''; ')");
    assert!(statements[1].text.ends_with("end $b$"));
    assert!(statements[2].text.ends_with("from a"));
    for statement in &statements {
        assert_eq!(text[statement.range.clone()], statement.text);
    }
}

#[test]
fn a_fingerprint_ignores_layout_and_nothing_else() {
    let print = |sql: &str| parsed(sql)[0].fingerprint.clone();
    let same = [
        ("create table t (a int);", "CREATE  TABLE T\n( -- x\n A INT /* y */ )"),
        ("select a::text", "select a :: TEXT"),
    ];
    let other = [
        ("select 'a'", "select 'A'"),
        ("select \"a\"", "select \"A\""),
        ("do $$ begin end $$", "do $$ BEGIN end $$"),
        ("do $$ begin end $$", "do $$ begin  end $$"),
        ("select 1 @- 2", "select 1 @ -2"),
        ("select ab", "select a b"),
        ("select E'a'", "select 'a'"),
    ];
    for (a, b) in same {
        assert_eq!(print(a), print(b), "{a} and {b}");
    }
    for (a, b) in other {
        assert_ne!(print(a), print(b), "{a} and {b}");
    }
    assert_eq!(print("select 1").len(), 64);
}

#[test]
fn what_cannot_run_in_a_transaction_is_known() {
    let cases = [
        ("create index concurrently i on t (a)", false),
        ("create index i on t (concurrently_made)", true),
        ("drop index concurrently i", false),
        ("reindex (verbose, concurrently) table t", false),
        ("reindex table t", true),
        ("vacuum t", false),
        ("create database d", false),
        ("alter system set work_mem = '1MB'", false),
        ("alter table t detach partition p concurrently", false),
        ("comment on table t is 'create index concurrently'", true),
    ];
    for (sql, transactional) in cases {
        let statements = split(&file("a.sql", sql)).expect("valid SQL");
        assert_eq!(statements[0].transactional, transactional, "{sql}");
    }
}

#[test]
fn a_migration_splits_as_it_is_written() {
    let text = "set lock_timeout = '1s'; drop view v; begin; update t set a = 1; commit;";
    let statements = split(&file("a.sql", text)).expect("valid SQL");
    let objects: Vec<String> = statements.iter().map(|s| s.object.to_string()).collect();
    assert_eq!(
        objects,
        [
            "setting set lock_timeout = '1s'",
            "drop drop view v",
            "transaction begin",
            "data update t set a = 1",
            "transaction commit"
        ]
    );
}

#[test]
fn a_table_tells_its_columns_and_where_its_name_stands() {
    let text = "-- x\ncreate table if not exists s.\"T\" (id bigint primary key, n numeric( 10, 2 ) not null default 0, check (n > 0), tags text [])";
    let statement = &parsed(text)[0];
    let name = statement.name_range.clone().expect("a name");
    assert_eq!(&statement.text[name], "s.\"T\"");
    let columns: Vec<(&str, &str, &str)> = statement
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.type_text.as_str(), c.text.as_str()))
        .collect();
    assert_eq!(
        columns,
        [
            ("id", "bigint", "id bigint primary key"),
            ("n", "numeric( 10, 2 )", "n numeric( 10, 2 ) not null default 0"),
            ("tags", "text []", "tags text []"),
        ]
    );
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let deep = format!("select {}1{}", "(".repeat(3000), ")".repeat(3000));
    let long = format!("select {}", vec!["a"; 10_000].join(" || "));
    for sql in [deep, long] {
        assert_eq!(parsed(&sql).len(), 1);
    }
}

#[test]
fn no_broken_text_breaks_the_parser() {
    let mut random = Lcg(11);
    let whole: String = FOLDER.iter().map(|(_, text)| *text).collect();
    let chars: Vec<char> = whole.chars().collect();
    for _ in 0..150 {
        let start = random.below(chars.len());
        let mut text: Vec<char> = chars[start..].iter().take(400).copied().collect();
        for _ in 0..5 {
            let (at, from) = (random.below(text.len()), random.below(chars.len()));
            text[at] = chars[from];
        }
        let text: String = text.into_iter().collect();
        if let Ok(statements) = parse(&[file("a.sql", &text)]) {
            let _ = order(&statements);
        }
    }
}
