-- The webhooks that have not ended, with what became of the last message to each.
select w.id, w.url, w.events, w.made_by,
       to_char(w.made_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as made_at,
       j.id as job, j.state, j.error
from karat.webhook w
left join lateral (select j.id, j.state, j.error
                   from karat.job j
                   where j.kind = 'webhook' and j.args -> 'webhook' = to_jsonb(w.id)
                   order by j.id desc
                   limit 1) j on true
where w.ended_at is null
order by w.id
