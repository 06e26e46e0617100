set client_min_messages = warning;
set timezone = 'UTC';
set datestyle = 'ISO';
set extra_float_digits = 1;
set standard_conforming_strings = on;
-- Karat's few statements touch whole tables; they sort and hash in memory where they can.
set work_mem = '64MB';
-- Compiling statements of a thousand expressions takes longer than it saves.
set jit = off;
-- A user called karat would otherwise find Karat's own schema first, and put tables there.
select set_config('search_path',
                  coalesce(nullif(regexp_replace(current_setting('search_path'),
                                                 '"?\$user"?,? *', ''), ''), 'public'),
                  false);
