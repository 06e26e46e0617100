//! Runs that follow others: nothing changes where nothing changed, and what changed has exactly
//! its effects.

#[path = "agents_support/mod.rs"]
mod agents_support;
#[path = "agents_support/csv.rs"]
mod csv;
#[path = "agents_support/permute.rs"]
mod permute;
#[path = "agents_support/random.rs"]
mod random;

use agents_support::{Project, done};
use csv::Csv;
use karat_testdb::TestDb;
use permute::permute;
use random::Random;

const SIZE: &str = "300x300";
const AGENTS: &str = "data/new_agents.csv";
const COMPANIES: &str = "data/raw_company_info.csv";

/// A project that was run.
struct Case {
    db: TestDb,
    project: Project,
}

impl Case {
    fn new(seed: u64) -> Case {
        let case = Case { db: TestDb::new(), project: Project::of("agents", SIZE, seed) };
        case.run();
        case
    }

    fn karat(&self, arguments: &[&str]) -> String {
        done(&mut self.project.karat(&self.db.url(), arguments))
    }

    fn run(&self) -> String {
        self.karat(&["run"])
    }

    /// The only row of a query, as its columns.
    fn row(&self, sql: &str) -> Vec<String> {
        let row = self.db.sql(sql);
        assert!(!row.is_empty() && row.lines().count() == 1, "{sql}: {row}");
        row.split('|').map(str::to_owned).collect()
    }

    fn entity(&self, source: &str, key: &str) -> String {
        let sql =
            format!("select id from karat.membership where source = '{source}' and key = '{key}'");
        self.row(&sql).remove(0)
    }

    /// What became of an entity: whether it is retired, and who continues it.
    fn fate(&self, id: &str) -> String {
        self.db.sql(&format!(
            "select retired_at is not null, continued_by from karat.entity where id = '{id}'"
        ))
    }

    /// The history of an entity since it was made.
    fn history(&self, id: &str) -> Vec<String> {
        let rows = self.db.sql(&format!(
            "select concat_ws(' ', event, source, key, other) from karat.history
             where entity_id = '{id}' order by id"
        ));
        rows.lines().map(str::to_owned).collect()
    }

    fn golden(&self, column: &str, id: &str) -> String {
        let sql = format!("select {column} from public.new_unified_agents where agent_id = '{id}'");
        self.db.sql(&sql)
    }

    /// Groups of records, whatever their ids.
    fn partition(&self) -> String {
        self.db.sql(
            "select string_agg(source || ':' || key, ' ' order by source, key) as records
             from karat.membership group by id order by records",
        )
    }

    /// Rows with the transactions that wrote them and their places: a row that was written
    /// again, even with the same values, differs.
    fn rows_as_written(&self, table: &str, condition: &str) -> String {
        let sql = format!(
            "select t.xmin, t.ctid, t::text from {table} t where {condition} order by t.ctid"
        );
        self.db.sql(&sql)
    }
}

const TABLES: &[&str] = &[
    "bronze.company_info_raw",
    "public.new_agents",
    "public.unified_company_member",
    "public.new_unified_agents",
    "public.unified_merge_logs",
    "karat.membership",
    "karat.evidence",
    "karat.entity",
    "karat.history",
    "karat.load",
    "karat.reject",
    "karat.file",
    "karat.object",
    "karat.resolution",
    "karat.deployment",
];

#[test]
fn a_second_run_rewrites_no_row() {
    let case = Case::new(11);
    let written = || TABLES.iter().map(|t| (*t, case.rows_as_written(t, "true")));
    let before: Vec<_> = written().collect();
    assert!(before.iter().filter(|(_, rows)| !rows.is_empty()).count() > 12, "{before:?}");
    for _ in 0..2 {
        let said = case.run();
        assert!(said.contains("everything is up to date"), "{said}");
        for (now, before) in written().zip(&before) {
            assert_eq!(now, *before);
        }
    }
}

/// A record that no evidence touches, and one in an entity of its own.
const LONELY: &str = "(select m.* from karat.membership m
    where (select count(*) from karat.membership o where o.id = m.id) = 1
      and not exists (select 1 from karat.evidence e
                      where (e.source_a, e.key_a) = (m.source, m.key)
                         or (e.source_b, e.key_b) = (m.source, m.key)))";

/// Who is who in the edit of both files; everybody in a team of their own.
struct Cast {
    teams: Vec<String>,
    /// One person in both files whom only the address holds together.
    split: (String, String),
    /// Two people of one team who become namesakes.
    twins: (String, String),
    gone: String,
    company: String,
}

impl Cast {
    fn find(case: &Case) -> Cast {
        let mut teams: Vec<String> = Vec::new();
        let mut pick = |sql: String| {
            let sql = format!(
                "select * from ({sql}) x where team_id <> all ('{{{}}}') order by 1, 2 limit 1",
                teams.join(",")
            );
            let row = case.row(&sql);
            teams.push(row[2].clone());
            (row[0].clone(), row[1].clone())
        };
        let split = pick(
            "select e.key_a, e.key_b, a.team_id
             from karat.evidence e
             join public.new_agents a on a.supabase_uuid::text = e.key_a
             join karat.membership m on (m.source, m.key) = ('agents', e.key_a)
             where (e.verdict, e.source_a, e.source_b) = ('merged', 'agents', 'members')
               and 'same e-mail' = any (e.tiers)
               and not e.tiers && '{same phone,same name,same words}'
               and (select count(*) from karat.membership o where o.id = m.id) = 2"
                .to_owned(),
        );
        let twins = pick(format!(
            "select a.key, m.key, p.team_id
             from {LONELY} a
             join public.new_agents p on p.supabase_uuid::text = a.key and a.source = 'agents'
             join public.unified_company_member q using (team_id)
             join {LONELY} m on m.source = 'members'
                            and m.key = q.research_uuid || ':' || q.source_position
             where q.email_normalized = '{{}}'"
        ));
        let gone = pick(format!(
            "select a.key, 'x', p.team_id
             from {LONELY} a
             join public.new_agents p on p.supabase_uuid::text = a.key and a.source = 'agents'"
        ));
        let company = pick(
            "select research_uuid::text, 'x', team_id from public.unified_company_member
             group by research_uuid, team_id having count(*) > 2"
                .to_owned(),
        );
        Cast { teams, split, twins, gone: gone.0, company: company.0 }
    }
}

const NEWCOMER: &str = "00000000-0000-4000-8000-00000000cafe";

/// Changes an agent's address, adds one, removes one; gives a member another's name, removes a
/// company.
fn edit(case: &Case, cast: &Cast) {
    let mut agents = Csv::read(&case.project.root.join(AGENTS));
    let (name, clean, raw) =
        (agents.column("full_name"), agents.column("email_clean"), agents.column("email"));
    let (phone, digits) = (agents.column("phone"), agents.column("phone_digits"));
    let moved = agents.row(&cast.split.0);
    moved[clean] = r#"["moved@new.example"]"#.to_owned();
    moved[raw] = moved[clean].clone();
    let twin = agents.row(&cast.twins.0)[name].clone();
    let mut newcomer = agents.row(&cast.gone).clone();
    newcomer[0] = NEWCOMER.to_owned();
    newcomer[name] = "Zebulon Quixworth".to_owned();
    newcomer[clean] = r#"["zebulon@new.example"]"#.to_owned();
    newcomer[raw] = newcomer[clean].clone();
    newcomer[phone] = "[]".to_owned();
    newcomer[digits] = "[]".to_owned();
    agents.rows.retain(|row| row[0] != cast.gone);
    agents.rows.push(newcomer);
    agents.write(&case.project.root.join(AGENTS));

    let mut companies = Csv::read(&case.project.root.join(COMPANIES));
    companies.rows.retain(|row| row[0] != cast.company);
    let column = companies.column("team_members");
    let (company, position) = cast.twins.1.split_once(':').expect("a key of two parts");
    let list = &mut companies.row(company)[column];
    let mut members: serde_json::Value = serde_json::from_str(list).expect("a list of members");
    let position: usize = position.parse().expect("a number");
    members[position - 1]["name"] = twin.into();
    *list = members.to_string();
    companies.write(&case.project.root.join(COMPANIES));
}

/// Rows that the edit must leave alone, as they were written.
fn untouched(case: &Case, cast: &Cast) -> Vec<String> {
    let elsewhere = format!("<> all ('{{{}}}')", cast.teams.join(","));
    let company = cast.twins.1.split(':').next().expect("a key of two parts");
    let records = format!(
        "(t.source, t.key) in (
           select 'agents', supabase_uuid::text from public.new_agents where team_id {elsewhere}
           union all
           select 'members', research_uuid || ':' || source_position
           from public.unified_company_member where team_id {elsewhere})"
    );
    let agents =
        format!("t.supabase_uuid <> all ('{{{},{},{NEWCOMER}}}')", cast.split.0, cast.gone);
    vec![
        case.rows_as_written("karat.membership", &records),
        case.rows_as_written("public.new_unified_agents", &format!("t.source_team_id {elsewhere}")),
        case.rows_as_written("public.new_agents", &agents),
        case.rows_as_written(
            "bronze.company_info_raw",
            &format!("t.research_uuid <> all ('{{{company},{}}}')", cast.company),
        ),
        case.rows_as_written(
            "public.unified_company_member",
            &format!(
                "t.research_uuid <> '{}' and t.research_uuid || ':' || t.source_position <> '{}'",
                cast.company, cast.twins.1
            ),
        ),
    ]
}

/// The books of the last load of a dataset, and how many rows its table had before and has now.
fn books(case: &Case, dataset: &str) -> String {
    case.row(&format!(
        "select read - rejected, inserted, updated, unchanged, duplicate, removed from karat.load
         where dataset = '{dataset}' order by id desc limit 1"
    ))
    .join(" ")
}

#[test]
fn edited_files_have_exactly_their_effects() {
    let case = Case::new(12);
    let cast = Cast::find(&case);
    let count = |table: &str| -> usize {
        case.row(&format!("select count(*) from {table}"))[0].parse().expect("a number")
    };
    let sizes = || {
        let tables =
            ["public.new_agents", "bronze.company_info_raw", "public.unified_company_member"];
        tables.map(count)
    };
    let (agents, companies, members) = sizes().into();
    let lost: usize = case.row(&format!(
        "select count(*) from public.unified_company_member where research_uuid = '{}'",
        cast.company
    ))[0]
        .parse()
        .expect("a number");
    let before = untouched(&case, &cast);
    let partition = case.partition();
    let saved =
        [AGENTS, COMPANIES].map(|f| std::fs::read(case.project.root.join(f)).expect("it is there"));
    let person = case.entity("agents", &cast.split.0);
    let twin = case.entity("agents", &cast.twins.0);
    let namesake = case.entity("members", &cast.twins.1);
    let gone = case.entity("agents", &cast.gone);
    assert_eq!(person, case.entity("members", &cast.split.1));

    edit(&case, &cast);
    case.run();

    assert_eq!(books(&case, "agents"), format!("{agents} 1 1 {} 0 1", agents - 2));
    assert_eq!(books(&case, "companies"), format!("{} 0 1 {} 0 1", companies - 1, companies - 2));
    // Their rows went with the company's own, by its foreign key.
    let left = members - lost;
    assert_eq!(books(&case, "members"), format!("{left} 0 1 {} 0 0", left - 1));
    assert_eq!(sizes(), [agents, companies - 1, left]);
    for (now, before) in untouched(&case, &cast).iter().zip(&before) {
        assert!(!before.is_empty());
        assert_eq!(now, before, "rows that nobody edited");
    }

    // Split: the agent keeps the id.
    assert_eq!(case.entity("agents", &cast.split.0), person);
    let parted = case.entity("members", &cast.split.1);
    assert_ne!(parted, person);
    assert_eq!(case.history(&person), [format!("moved members {} {parted}", cast.split.1)]);
    assert_eq!((case.fate(&person), case.fate(&parted)), ("f|".to_owned(), "f|".to_owned()));
    assert!(case.golden("emails", &person).contains("moved@new.example"));
    assert_eq!(case.golden("confidence_score", &parted), "0");

    // Merged: one id goes on.
    let kept = &case.entity("agents", &cast.twins.0);
    let ended = if *kept == twin { &namesake } else { &twin };
    assert!([&twin, &namesake].contains(&kept));
    assert_eq!(&case.entity("members", &cast.twins.1), kept);
    assert_eq!(case.fate(ended), format!("t|{kept}"));
    assert_eq!(case.history(ended).len(), 2, "{:?}", case.history(ended));
    assert_eq!(case.history(ended)[1], format!("retired {kept}"));
    assert_eq!(case.golden("confidence_score", kept), "80");
    assert_eq!(case.golden("agent_id", ended), "");

    // Gone, and new.
    assert_eq!(case.fate(&gone), "t|");
    assert_eq!(
        case.history(&gone),
        [format!("removed agents {}", cast.gone), "retired".to_owned()]
    );
    assert_eq!(case.golden("agent_id", &gone), "");
    let newcomer = case.entity("agents", NEWCOMER);
    assert_eq!(case.golden("emails", &newcomer), "{zebulon@new.example}");
    let of_company = format!(
        "select count(*) from karat.history where event = 'removed' and key like '{}:%'",
        cast.company
    );
    assert_eq!(case.db.sql(&of_company), lost.to_string());

    // And back again.
    for (file, bytes) in [AGENTS, COMPANIES].iter().zip(saved) {
        std::fs::write(case.project.root.join(file), bytes).expect("it can be written");
    }
    case.run();
    assert_eq!(case.partition(), partition);
    assert_eq!(case.entity("agents", &cast.gone), gone, "an agent who is back is the same one");
    assert_eq!(case.fate(&gone), "f|");
    assert_eq!(case.history(&gone).last().map(String::as_str), Some("revived"));
    assert!(case.run().contains("everything is up to date"));
}

#[test]
fn refused_pairs_part_and_come_back_with_their_ids() {
    let case = Case::new(13);
    let pairs = case.db.sql(
        "select e.key_a, e.key_b, m.id from karat.evidence e
         join karat.membership m on (m.source, m.key) = ('agents', e.key_a)
         where (e.verdict, e.source_a, e.source_b) = ('merged', 'agents', 'members')
           and (select count(*) from karat.membership o where o.id = m.id) = 2
         order by 1 limit 12",
    );
    let pairs: Vec<Vec<&str>> = pairs.lines().map(|l| l.split('|').collect()).collect();
    assert_eq!(pairs.len(), 12);
    let (partition, membership) = (case.partition(), case.db.sql(MEMBERSHIP));
    let decide = |verb: &str, turned: bool| {
        for pair in &pairs {
            let (a, b) = (format!("agents:{}", pair[0]), format!("members:{}", pair[1]));
            let (a, b) = if turned { (b, a) } else { (a, b) };
            case.karat(&["review", verb, "agents", &a, &b]);
        }
    };
    decide("refuse", false);
    let said = case.run();
    assert!(!said.contains("contradict"), "{said}");
    for pair in &pairs {
        let ids = (case.entity("agents", pair[0]), case.entity("members", pair[1]));
        assert_ne!(ids.0, ids.1, "{pair:?}");
        assert_eq!(ids.0, pair[2], "the agent goes on");
        assert_eq!(case.golden("full_name", &ids.1).lines().count(), 1);
    }
    assert!(case.run().contains("everything is up to date"));
    decide("undo", true);
    case.run();
    assert_eq!(case.partition(), partition);
    let wrong: Vec<_> =
        pairs.iter().filter(|pair| case.entity("agents", pair[0]) != pair[2]).collect();
    assert_eq!(wrong, Vec::<&Vec<&str>>::new(), "undone decisions leave other ids than before");
    assert_eq!(case.db.sql(MEMBERSHIP), membership);
    let undone =
        ["agents", &format!("agents:{}", pairs[0][0]), &format!("members:{}", pairs[0][1])];
    let again = [&["review", "undo"], &undone[..]].concat();
    let output = case.project.karat(&case.db.url(), &again).output().expect("karat can be run");
    assert_eq!(output.status.code(), Some(2), "there is nothing left to undo");
}

const MEMBERSHIP: &str = "select source, key, id, score, tier from karat.membership order by 1, 2";

#[test]
fn rows_changed_in_the_database_are_noticed() {
    let case = Case::new(14);
    let agent =
        case.row(&format!("select key, id from {LONELY} x where source = 'agents' limit 1"));
    case.db.sql(&format!(
        "update public.new_agents set full_name = 'Zebulon Quixworth'
         where supabase_uuid = '{}'",
        agent[0]
    ));
    let said = case.run();
    assert!(said.contains("done in"), "{said}");
    assert_eq!(case.golden("full_name", &agent[1]), "Zebulon Quixworth");
    assert_eq!(case.db.sql("select count(*) from karat.load"), "3", "no file was loaded again");

    let member =
        case.row(&format!("select key, id from {LONELY} x where source = 'members' limit 1"));
    let (company, position) = member[0].split_once(':').expect("a key of two parts");
    let there = format!("research_uuid = '{company}' and source_position = {position}");
    case.db.sql(&format!(
        "update public.unified_company_member set member_name = 'Xanthe Quux' where {there}"
    ));
    case.run();
    assert_eq!(case.golden("full_name", &member[1]), "Xanthe Quux");

    // In the landed data: the members are made again, and with them what was changed above.
    case.db.sql(&format!(
        "update bronze.company_info_raw
         set team_members = jsonb_set(team_members, '{{{},name}}', '\"Ulla Quux\"')
         where research_uuid = '{company}'",
        position.parse::<usize>().expect("a number") - 1
    ));
    case.run();
    assert_eq!(case.golden("full_name", &member[1]), "Ulla Quux");

    // In the golden table: what Karat knows is put back.
    case.db.sql(&format!(
        "update public.new_unified_agents set full_name = 'Nobody' where agent_id = '{}';
         delete from public.new_unified_agents where agent_id = '{}'",
        member[1], agent[1]
    ));
    case.run();
    assert_eq!(case.golden("full_name", &member[1]), "Ulla Quux");
    assert_eq!(case.golden("full_name", &agent[1]), "Zebulon Quixworth");
    case.db.sql(&format!("delete from public.new_agents where supabase_uuid = '{}'", agent[0]));
    case.run();
    assert_eq!(case.fate(&agent[1]), "t|");
    assert!(case.run().contains("everything is up to date"));
}

/// What does not depend on the order of rows: everything but the rows' numbers.
const ORDERLESS: &[&str] = &[
    MEMBERSHIP,
    "select to_jsonb(e)::text as row from karat.evidence e order by row",
    "select (to_jsonb(g) - '{created_at,last_updated,source_metadata}'::text[])::text,
            g.source_metadata -> 'fields',
            (select jsonb_agg(r - 'row' order by place)
             from jsonb_array_elements(g.source_metadata -> 'records')
                  with ordinality r (r, place))
     from public.new_unified_agents g order by agent_id",
    "select (to_jsonb(a) - 'karat_row')::text as row from public.new_agents a order by row",
    "select (to_jsonb(c) - 'karat_row')::text as row from bronze.company_info_raw c order by row",
    "select (to_jsonb(m) - '{id,created_at,karat_row}'::text[])::text as row
     from public.unified_company_member m order by row",
    "select id, dataset, read, inserted, updated, unchanged, duplicate, rejected, removed,
            (select jsonb_agg(f order by f) from jsonb_array_elements(findings) f)
     from karat.load order by id",
    "select load, \"column\", rule, message, raw from karat.reject where load = 3 order by 1, 5, 3",
];

#[test]
fn the_order_of_rows_makes_no_difference() {
    let case = Case::new(15);
    let read = |db: &TestDb| ORDERLESS.iter().map(|sql| db.sql(sql)).collect::<Vec<_>>();
    let expected = read(&case.db);
    assert!(expected.iter().all(|rows| !rows.is_empty()));
    let mut random = Random(15);
    let original = [AGENTS, COMPANIES].map(|file| Csv::read(&case.project.root.join(file)));
    for shuffle in 0..10 {
        for (file, csv) in [AGENTS, COMPANIES].iter().zip(&original) {
            let mut rows = csv.rows.clone();
            permute(&mut rows, &mut random);
            Csv { header: csv.header.clone(), rows }.write(&case.project.root.join(file));
        }
        let db = TestDb::new();
        done(&mut case.project.karat(&db.url(), &["run"]));
        for ((sql, now), expected) in ORDERLESS.iter().zip(read(&db)).zip(&expected) {
            let differing = now.lines().zip(expected.lines()).find(|(now, then)| now != then);
            assert_eq!(differing, None, "shuffle {shuffle}: {sql}");
            assert_eq!(now.lines().count(), expected.lines().count(), "shuffle {shuffle}: {sql}");
        }
    }
}
