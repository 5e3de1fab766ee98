-- Number of rows of every table, and of large objects, to compare a restored dump. Extensions' tables are left out; `schemas`, one
-- per line, leaves others out unless it is empty.
-- To plan a SELECT runs functions that the table's owner has put into an index, also for a superuser, who would run them as one.
-- COPY is not planned. It writes on the server, which only a superuser may.
-- It runs in a transaction. The locks of each table are given back, or those of many tables and their indexes would be more than
-- the server has.
SELECT 'SAVEPOINT counting', CASE WHEN copies THEN format('DO %L', format(
    'DECLARE n bigint; BEGIN COPY %I.%I TO ''/dev/null''; GET DIAGNOSTICS n = ROW_COUNT; '
    'PERFORM set_config(''runsheet.rows'', n::text, false); END', n.nspname, c.relname)) END,
  CASE WHEN copies THEN format('SELECT %L, current_setting(''runsheet.rows'')', n.nspname || '.' || c.relname)
    ELSE format('SELECT %L, count(*) FROM ONLY %I.%I', n.nspname || '.' || c.relname, n.nspname, c.relname) END,
  'ROLLBACK TO SAVEPOINT counting', 'RELEASE SAVEPOINT counting'
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
  LATERAL (SELECT current_setting('is_superuser')::boolean) AS login (copies)
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND (:'schemas' = '' OR n.nspname = ANY (string_to_array(:'schemas', E'\n'))) AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname \gexec
SELECT 'large objects', count(*) FROM pg_catalog.pg_largeobject_metadata;
