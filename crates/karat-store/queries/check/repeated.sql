-- Of the rows of a key that tells no rows apart, the first stays.
delete from karat_failing n
using (
    select "check", key, min(place) as place
    from karat_failing
    group by "check", key
    having count(*) > 1
) f
where n."check" = f."check" and n.key = f.key and n.place > f.place
