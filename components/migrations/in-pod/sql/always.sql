-- Verifies what holds after every change: the tables that are not in _tables are as configured, what the change _change
-- validates is validated, and no index is invalid.
\set _rules `cat new-tables.json`
WITH made AS (
  SELECT c.oid, c.oid::regclass::text AS name, relrowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p') AND relpersistence <> 't' AND nspname NOT IN ('runsheet', 'drizzle', 'supabase_migrations')
    AND relname NOT IN ('flyway_schema_history', '_prisma_migrations') AND c.oid <> ALL (:'_tables'::oid[])
), privilege AS (
  SELECT name, key AS role, regexp_split_to_array(nullif(upper(trim(value)), ''), '\s*,\s*') AS wanted,
    ARRAY(SELECT p FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS p WHERE has_table_privilege(key, oid, p)) AS has
  FROM made, json_each_text(:'_rules'::json -> 'privileges')
), wrong (problem, hint) AS (
  SELECT format('the row security of the new table %s is %s, and migrations.newTables says otherwise', name,
      CASE WHEN relrowsecurity THEN 'enabled' ELSE 'disabled' END),
    format('Let the file %s it: ALTER TABLE %s %1$s ROW LEVEL SECURITY;', CASE WHEN relrowsecurity THEN 'DISABLE' ELSE 'ENABLE' END, name)
  FROM made WHERE relrowsecurity <> (:'_rules'::json ->> 'rowSecurity')::boolean
  UNION ALL
  SELECT format('%s may do "%s" on the new table %s, and migrations.newTables says "%s"', role, array_to_string(has, ', '), name,
      array_to_string(wanted, ', ')),
    'Let the file grant and revoke accordingly.'
  FROM privilege WHERE NOT (has @> coalesce(wanted, '{}') AND has <@ coalesce(wanted, '{}'))
  UNION ALL
  SELECT format('the constraint %s of %s is not validated, though the file validates it', conname, conrelid::regclass),
    format('ALTER TABLE %s VALIDATE CONSTRAINT %I;', conrelid::regclass, conname)
  FROM json_to_recordset(:'_changes') AS c (name text, validated json), json_array_elements_text(validated) AS v, pg_constraint
  WHERE name = :'_change' AND conname = (parse_ident(v))[1] AND NOT convalidated
)
SELECT true AS _wrong, problem, hint FROM wrong UNION ALL SELECT false, '', '' ORDER BY 1 DESC LIMIT 1 \gset
\if :_wrong
\i refuse.sql
\endif
\set _building []
\i invalid-index.sql
