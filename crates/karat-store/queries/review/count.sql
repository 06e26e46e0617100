-- How many pairs nobody decided, and how many somebody was unsure about.
select karat.to_review($1::text) as waiting,
       (select count(*)
        from karat.decided d
        where d.decision = 'unsure' and ($1 is null or d.entity = $1)) as unsure
