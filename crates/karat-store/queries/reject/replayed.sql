-- What a replay did with rejects: row $2[i] of load $1 is the reject of load $3[i], line $4[i].
update karat.reject r
set replayed_by = $1,
    replayed_line = given.row,
    superseded_by = null,
    state = case
        when exists (select 1 from karat.reject n where n.load = $1 and n.line = given.row)
        then 'repeated'
        else 'replayed'
    end
from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as given (row, load, line)
where r.load = given.load
  and r.line = given.line
  and r.state in ('open', 'superseded')
