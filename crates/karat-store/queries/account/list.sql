select a.id, a.name, a.role, a.created_by, a.disabled_at is not null as is_disabled,
       coalesce(a.locked_until > now(), false) as is_locked,
       to_char(a.created_at at time zone 'UTC', 'YYYY-MM-DD') as created,
       (select to_char(max(s.seen_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
        from karat.session s where s.account = a.id) as seen
from karat.account a
order by lower(a.name)
