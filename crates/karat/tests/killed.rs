//! A resolution that is killed at any instant, while records change and people read.

#[path = "agents_support/mod.rs"]
mod agents_support;
#[path = "agents_support/random.rs"]
mod random;
#[path = "agents_support/state.rs"]
mod state;

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use agents_support::{Project, done};
use karat_testdb::TestDb;
use random::Random;
use state::{assert_same, assert_tidy, state};

const KILLS: usize = 200;
const READERS: usize = 4;
/// Resolutions that look at all records among those that look at the changed ones.
const WHOLE_EACH: usize = 10;
/// A resolution is let end after so many kills, and compared with one of everything.
const COMPARED_EACH: usize = 40;

/// What is published must belong together at every moment.
const READ: &str = "do $$ begin
    while not exists (select 1 from ended) loop
        if exists (select 1 from karat.membership m
                   left join public.new_unified_agents g on g.agent_id = m.id
                   where g.agent_id is null)
           or exists (select 1 from public.new_unified_agents g
                      where not exists (select 1 from karat.membership m where m.id = g.agent_id))
           or exists (select 1 from karat.membership m
                      join karat.entity e on e.id = m.id where e.retired_at is not null)
           or exists (select 1 from karat.membership group by entity, source, key
                      having count(*) > 1) then
            raise exception 'a reader saw half an entity';
        end if;
        perform pg_sleep(0.05);
    end loop;
end $$";

/// A few records of members come, change and go.
fn change(db: &TestDb, seed: usize) {
    db.sql(&format!(
        "update public.unified_company_member set email_normalized = array['k{seed}@example.org']
         where id in (select id from public.unified_company_member
                      order by hashtextextended(id::text, {seed}) limit 3);
         update public.unified_company_member m
         set member_name = a.full_name, team_id = a.team_id
         from (select full_name, team_id from public.new_agents
               order by hashtextextended(full_name, {seed}) limit 1) a
         where m.id in (select id from public.unified_company_member
                        order by hashtextextended(id::text, {seed} + 1000) limit 2);
         delete from public.unified_company_member
         where {seed} % 3 = 0 and id in (select id from public.unified_company_member
                                         order by hashtextextended(id::text, {seed} + 2000) limit 1);"
    ));
}

#[test]
fn killed_at_200_instants_nobody_sees_half_an_entity_and_the_end_is_the_same() {
    let (db, project) = (TestDb::new(), Project::of("agents", "300x300", 9));
    done(&mut project.karat(&db.url(), &["run"]));
    db.sql("create table ended (it_has boolean)");
    let readers: Vec<Child> = (0..READERS).map(|_| read(&db)).collect();
    let since = Instant::now();
    change(&db, 0);
    done(&mut project.karat(&db.url(), &["resolve", "agents"]));
    let lasts = since.elapsed();
    let mut random = Random(20_261_121);
    let (mut kills, mut turn) = (0, 0);
    while kills < KILLS {
        turn += 1;
        change(&db, turn);
        let whole: &[&str] = if turn % WHOLE_EACH == 0 { &["--full"] } else { &[] };
        let resolve = [&["resolve", "agents"], whole].concat();
        let instant = lasts * random.below(1000) as u32 / 1000;
        if is_killed_after(project.karat(&db.url(), &resolve), instant) {
            kills += 1;
            if kills % COMPARED_EACH == 0 {
                compare(&db, &project, kills);
            }
        }
    }
    db.sql("insert into ended values (true)");
    for reader in readers {
        let output = reader.wait_with_output().expect("it ended");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// What a last resolution of changes leaves must be what one of everything leaves.
fn compare(db: &TestDb, project: &Project, kills: usize) {
    done(&mut project.karat(&db.url(), &["resolve", "agents"]));
    assert_tidy(db, &format!("after {kills} kills"));
    let found = state(db);
    done(&mut project.karat(&db.url(), &["resolve", "agents", "--full"]));
    assert_same(&found, &state(db), &format!("after {kills} kills"));
}

fn is_killed_after(mut resolve: Command, instant: Duration) -> bool {
    let mut resolve =
        resolve.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("karat starts");
    sleep(instant);
    resolve.kill().expect("an unreaped child can be killed");
    let ended = resolve.wait().expect("a child can be waited for");
    assert!(ended.code().is_none_or(|code| code == 0), "{ended}");
    !ended.success()
}

fn read(db: &TestDb) -> Child {
    let mut psql = Command::new(karat_store::local::psql(None).expect("a psql"));
    psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", READ, &db.url()]);
    let psql = psql.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    psql.spawn().expect("psql starts")
}
