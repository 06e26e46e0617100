insert into karat.detection as d (header, dataset, headers, command)
values ($1, $2, $3, $4)
on conflict (header, dataset) do update
set times = d.times + 1, chosen_at = clock_timestamp(), command = excluded.command
