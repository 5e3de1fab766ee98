-- Every table of the database, or of `schemas` (one per line) unless that is empty, by schema and name, except for those that an
-- extension creates.
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND (:'schemas' = '' OR n.nspname = ANY (string_to_array(:'schemas', E'\n'))) AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');
