//! Many who read and write while an entity is resolved again and again.

use std::process::{Child, Command, Stdio};

use karat_pipeline::resolve::Effort;

use crate::world::World;

const READERS: u64 = 40;
const WRITERS: u64 = 10;

/// Resolutions meanwhile; every third is broken off at some instant, if it lasts so long.
const RESOLUTIONS: u64 = 30;

/// What a reader sees of entities, membership and golden rows must belong together, each time.
const READ: &str = "do $$ begin
    while not exists (select 1 from ended) loop
        if exists (select 1 from golden_people g
                   where (select count(*) from karat.membership m where m.id = g.id)
                         <> jsonb_array_length(g.origin -> 'records'))
           or exists (select 1 from karat.membership m where m.entity = 'people'
                      and not exists (select 1 from golden_people g where g.id = m.id))
           or exists (select 1 from karat.membership m join karat.entity e on e.id = m.id
                      where e.retired_at is not null) then
            raise exception 'a reader saw half an entity';
        end if;
        perform pg_sleep(0.2);
    end loop;
end $$";

/// A writer of its own keys: records come, change and go, each change committed by itself.
const WRITE: &str = "do $$ begin
    perform setseed({seed} / 100.0);
    for turn in 1..1000000 loop
        exit when exists (select 1 from ended);
        insert into crm (id, first, last, born, city, team)
        values ('w{seed}-' || (turn % 9), (array['Ann', 'Anna', 'Bob'])[1 + floor(random() * 3)],
                (array['Smith', 'Smyth', 'Jones'])[1 + floor(random() * 3)],
                (array['1980-01-02', '1991-07-07'])[1 + floor(random() * 2)],
                (array['Austin', 'Boston', null])[1 + floor(random() * 3)], null)
        on conflict (id) do update set first = excluded.first, born = excluded.born;
        commit;
        delete from crm where id = 'w{seed}-' || ((turn * 5) % 9) and random() < 0.3;
        commit;
        perform pg_sleep(0.1);
    end loop;
end $$";

/// Somebody who changes golden rows by hand, while they are published.
const MEDDLE: &str = "do $$ begin
    for turn in 1..1000000 loop
        exit when exists (select 1 from ended);
        update golden_people set last = 'by hand ' || turn
        where id = (select id from golden_people order by md5(id::text || turn) limit 1);
        commit;
        perform pg_sleep(0.5);
    end loop;
end $$";

#[test]
fn fifty_at_once_never_see_half_an_entity() {
    let world = World::new("people");
    world.sql("create table ended (it_has boolean)");
    world.resolve(Effort::Everything, None);
    let mut crowd = Crowd { world: &world, sessions: Vec::new() };
    (0..READERS).for_each(|_| crowd.add(READ));
    (1..=WRITERS).for_each(|seed| crowd.add(&WRITE.replace("{seed}", &seed.to_string())));
    crowd.add(MEDDLE);
    let mut parts = 0;
    for turn in 0..RESOLUTIONS {
        let kill_after = (turn % 3 == 2).then_some(turn * 7919 % 40_000);
        let done = world.resolve(Effort::Changes, kill_after);
        parts += u64::from(done.is_some_and(|summary| summary.part.is_some()));
    }
    for session in crowd.end() {
        let output = session.wait_with_output().expect("it ended");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(parts > 5, "only {parts} resolutions were of a part");
    world.lawful().unwrap_or_else(|wrong| panic!("{wrong}"));
}

/// Sessions of others; they end with it.
struct Crowd<'a> {
    world: &'a World,
    sessions: Vec<Child>,
}

impl Crowd<'_> {
    fn add(&mut self, sql: &str) {
        self.sessions.push(self.world.start(sql));
    }

    /// Tells all to end.
    fn end(mut self) -> Vec<Child> {
        std::mem::take(&mut self.sessions)
    }
}

impl Drop for Crowd<'_> {
    fn drop(&mut self) {
        self.world.sql("insert into ended values (true)");
    }
}

impl World {
    /// Starts a session of somebody else.
    fn start(&self, sql: &str) -> Child {
        let program = karat_store::local::psql(None).expect("a psql");
        let mut command = Command::new(program);
        command.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.url()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().expect("psql starts")
    }
}
