-- Number of rows of every table, and of large objects, to compare a restored dump. Extensions' tables are left out; `schemas`, one
-- per line, leaves others out unless it is empty.
SELECT format('SELECT %L, count(*) FROM ONLY %I.%I', n.nspname || '.' || c.relname, n.nspname, c.relname)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND (:'schemas' = '' OR n.nspname = ANY (string_to_array(:'schemas', E'\n'))) AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname \gexec
SELECT 'large objects', count(*) FROM pg_catalog.pg_largeobject_metadata;
