-- Whether a job is due now or within so many seconds.
select exists (select
               from karat.job
               where state = 'available'
                 and ($1::text[] is null or queue = any($1))
                 and kind = any($2))
    or exists (select
               from karat.job
               where state in ('scheduled', 'retryable')
                 and run_at < statement_timestamp() + $3::float8 * interval '1 second'
                 and ($1::text[] is null or queue = any($1))
                 and kind = any($2))
