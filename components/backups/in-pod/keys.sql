-- Foreign keys from tables in `schemas` (one per line) to tables elsewhere, whose rows are not in the dump.
-- `part`: entry (in the dump's table of contents), key (SQL that restores it) or stand_in (SQL for rows that it can refer to in a
-- scratch server).
-- A row elsewhere may have been deleted since the dump. A restore then first does what the key would have done (ON DELETE). If
-- that concerned more than half of the rows, what they refer to was not deleted but is lost: the restore fails.
SET search_path = '';
SELECT :"part" FROM (
  SELECT format('FK CONSTRAINT %s %s %s', nspname, relname, conname) AS entry,
    CASE WHEN confdeltype IN ('c', 'n') AND has_table_privilege(confrelid, 'SELECT') THEN
      format($key$DO $do$
DECLARE gone bigint; kept bigint;
BEGIN
  %1$s WHERE %2$s AND NOT EXISTS (SELECT FROM %3$s AS r WHERE %4$s);
  GET DIAGNOSTICS gone = ROW_COUNT;
  SELECT count(*) INTO kept FROM %5$s AS t WHERE %2$s;
  IF gone > kept THEN
    RAISE EXCEPTION '%%', concat(gone, ' of ', gone + kept, ' rows of ', %6$L, ' refer to rows of ', %7$L,
      ' that are not there: bring those back first');
  ELSIF gone > 0 THEN
    PERFORM set_config('runsheet.said', concat(current_setting('runsheet.said', true), %8$L, gone, ' rows of ', %6$L,
      ', whose row of ', %7$L, E' was deleted since the dump\n'), true);
  END IF;
END
$do$;
$key$, CASE confdeltype WHEN 'c' THEN format('DELETE FROM %s AS t', source) ELSE format('UPDATE %s AS t SET %s', source, emptied) END,
        present, confrelid::regclass, equal, source, conrelid::regclass::text, confrelid::regclass::text,
        CASE confdeltype WHEN 'c' THEN 'deleted ' ELSE format('emptied %s in ', emptied_columns) END)
      ELSE '' END || format('ALTER TABLE %s ADD CONSTRAINT %I %s;', source, conname, pg_get_constraintdef(oid)) AS key,
    format('CREATE SCHEMA IF NOT EXISTS %s; CREATE TABLE IF NOT EXISTS %s (%s, PRIMARY KEY (%s));', target_schema,
      confrelid::regclass, typed, target_columns)
      || format(' SELECT pg_temp.take_stand_ins(%L);', confrelid::regclass)
      || format(' INSERT INTO %s (%s) SELECT DISTINCT %s FROM %s AS t WHERE %s ON CONFLICT DO NOTHING;', confrelid::regclass,
        target_columns, columns, source, present) AS stand_in
  FROM (
    SELECT k.*, n.nspname, c.relname, CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || conrelid::regclass AS source,
      (SELECT relnamespace::regnamespace FROM pg_catalog.pg_class WHERE oid = confrelid) AS target_schema, pairs.*
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
      SELECT string_agg(quote_ident(a.attname), ', ') AS columns, string_agg(quote_ident(b.attname), ', ') AS target_columns,
        string_agg(format('%I %s', b.attname, format_type(b.atttypid, b.atttypmod)), ', ') AS typed,
        string_agg(format('t.%I IS NOT NULL', a.attname), ' AND ') AS present,
        string_agg(format('r.%I OPERATOR(%s.%s) t.%I', b.attname, o.oprnamespace::regnamespace, o.oprname, a.attname), ' AND ') AS equal,
        string_agg(format('%I = NULL', a.attname), ', ') FILTER (WHERE empties) AS emptied,
        string_agg(quote_ident(a.attname), ', ') FILTER (WHERE empties) AS emptied_columns
      FROM unnest(conkey, confkey, conpfeqop) AS pair (own, other, operator)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = conrelid AND a.attnum = own
      JOIN pg_catalog.pg_attribute b ON b.attrelid = confrelid AND b.attnum = other
      JOIN pg_catalog.pg_operator o ON o.oid = operator
      -- ON DELETE SET NULL (...), since PostgreSQL 15, names its columns.
      CROSS JOIN LATERAL (SELECT coalesce(nullif(to_jsonb(k) -> 'confdelsetcols', 'null') @> to_jsonb(own), true)) AS e (empties)
    ) AS pairs
    WHERE contype = 'f' AND conparentid = 0 AND convalidated AND n.nspname = ANY (string_to_array(:'schemas', E'\n'))
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace m ON m.oid = t.relnamespace
        WHERE t.oid = confrelid AND m.nspname = ANY (string_to_array(:'schemas', E'\n')))
  ) AS keys
) AS parts ORDER BY entry;
