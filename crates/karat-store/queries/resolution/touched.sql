-- Blocks that changed records leave or enter, with their sizes before and after.
insert into karat_touched (digest, before, after)
select x.digest, x.before, x.before + x.delta
from (select d.digest, d.delta,
             coalesce(l.records, (select count(*)
                                  from block_parts b
                                  where b.digest = d.digest)) as before
      from (select u.digest, sum(u.n) as delta
            from (select k.digest, -1::bigint as n
                  from karat_changed c
                  join blocked_records b using (source, key)
                  cross join unnest(b.keys) as k (digest)
                  union all
                  select n.digest, n.n
                  from unnest($2::bigint[], $3::bigint[]) as n (digest, n)) u
            group by u.digest) d
      left join karat.large_block l on l.entity = $1 and l.digest = d.digest) x
