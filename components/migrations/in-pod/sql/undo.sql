-- Takes the change _change back in a transaction, with its record.
\i lock.sql
SELECT format('undo.%s.sql', id) AS _file FROM json_to_recordset(:'_changes') AS c (name text, id text) WHERE name = :'_change' \gset
BEGIN;
SELECT set_config('lock_timeout', '5s', true), set_config('statement_timeout', '3600s', true),
  set_config('search_path', concat_ws(', ', nullif(:'_home', ''), current_setting('search_path')), true) \g /dev/null
\o /dev/null
\i :_file
\o
RESET SESSION AUTHORIZATION;
RESET ALL;
\i remove.sql
COMMIT;
