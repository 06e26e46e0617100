-- Who was in an entity at a moment: who joined it until then and had not left it by then. Records
-- that joined before that was kept have been there always.
select source, key
from (select m.source, m.key, m.since, null::timestamptz as until
      from karat.membership m
      where m.id = $1::text::uuid
      union all
      select h.source, h.key, h.since, h.at
      from karat.history h
      where h.entity_id = $1::text::uuid and h.event in ('moved', 'removed')) stay
where coalesce(since, '-infinity') <= $2::text::timestamptz
  and (until is null or until > $2::text::timestamptz)
order by source collate "C", key collate "C"
