-- Runs the file of the change _change, verifies what it did, and records it. What its queries return is not shown.
SELECT format('change.%s.sql', id) AS _file, outside AS _outside, CASE WHEN outside THEN '0' ELSE '5s' END AS _patience
FROM json_to_recordset(:'_changes') AS c (name text, id text, outside boolean) WHERE name = :'_change' \gset
\if :_has
\i upgrade.sql
\else
\i create.sql
\i registry.sql
\endif
SELECT coalesce(array_agg(oid), '{}') AS _tables FROM pg_class WHERE relkind IN ('r', 'p') \gset
SELECT set_config('lock_timeout', :'_patience', false), set_config('statement_timeout', '3600s', false),
  set_config('search_path', concat_ws(', ', nullif(:'_home', ''), current_setting('search_path')), false) \g /dev/null
SELECT extract(epoch FROM clock_timestamp()) AS _started \gset
\o /dev/null
\i :_file
\o
RESET SESSION AUTHORIZATION;
RESET ALL;
\i always.sql
\i verify.sql
\if :_outside
BEGIN;
\i record.sql
DELETE FROM runsheet.unfinished WHERE change = :'_change';
COMMIT;
\else
\i record.sql
\endif
