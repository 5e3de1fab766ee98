-- Included by expectations.sql: indexes.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them

-- An index as CREATE INDEX has it, without its name, its table and its storage parameters.
CREATE OR REPLACE FUNCTION pg_temp.printed_index(index regclass) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
  definition text := pg_get_indexdef(index);
BEGIN
  IF (SELECT reloptions IS NOT NULL FROM pg_class WHERE oid = index) THEN
    definition := regexp_replace(definition, ' WITH \([^()]*\)', '');
  END IF;
  RETURN CASE WHEN definition LIKE 'CREATE UNIQUE %' THEN 'UNIQUE ' ELSE '' END
    || substr(definition, strpos(definition, ' USING ') + 1);
END
$$;

-- What an index of ours is printed as: now, and in a database that was restored from a dump.
CREATE OR REPLACE FUNCTION pg_temp.printed_as(what text, table_name text, is_unique boolean, definition text) RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
  copy regclass := pg_temp.copy_columns(table_name);
  kind text := CASE WHEN is_unique THEN 'UNIQUE INDEX' ELSE 'INDEX' END;
  printed text[];
BEGIN
  PERFORM pg_temp.define(what, format('CREATE %s expected ON %s %s', kind, copy, definition));
  printed := ARRAY[pg_temp.printed_index(to_regclass('pg_temp.expected'))];
  EXECUTE format('CREATE %s restored ON %s %s', kind, copy, regexp_replace(printed[1], '^UNIQUE ', ''));
  printed := printed || pg_temp.printed_index(to_regclass('pg_temp.restored'));
  EXECUTE format('DROP TABLE %s', copy);
  RETURN printed;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.expect_printed_index(
  table_name text, index_name text, is_unique boolean, definition text
)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  index pg_index;
  found text;
  printed text[];
BEGIN
  SELECT * INTO index FROM pg_index
  WHERE indrelid = to_regclass('public.' || quote_ident(table_name))
    AND indexrelid = to_regclass('public.' || quote_ident(index_name));
  PERFORM pg_temp.expect(index.indexrelid IS NOT NULL, format('index %s is missing on %s', index_name, table_name));
  PERFORM pg_temp.expect(index.indisvalid AND index.indisready AND index.indislive,
    format('index %1$s on %2$s is INVALID: run DROP INDEX CONCURRENTLY public.%1$s, then deploy again',
      index_name, table_name));
  found := pg_temp.printed_index(index.indexrelid);
  printed := pg_temp.printed_as(format('index %s on %s', index_name, table_name), table_name, is_unique, definition);
  PERFORM pg_temp.expect(found = ANY (printed),
    format('index %s on %s is "%s", expected "%s"', index_name, table_name, found, printed[1]));
END
$$;

-- An index that the planner may use, on exactly these columns, each as CREATE INDEX has it (with its operator class and
-- order, where they are not the usual ones), with exactly this condition or none, and of this access method. It is not unique.
CREATE OR REPLACE FUNCTION pg_temp.expect_index(
  table_name text, index_name text, columns text[], condition text DEFAULT '', method text DEFAULT 'btree'
)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM pg_temp.expect_printed_index(table_name, index_name, false,
    format('USING %s (%s)', method, array_to_string(columns, ', ')) || coalesce(' WHERE ' || nullif(condition, ''), ''));
END
$$;

-- The same, and no two rows may be the same in these columns.
CREATE OR REPLACE FUNCTION pg_temp.expect_unique_index(
  table_name text, index_name text, columns text[], condition text DEFAULT ''
)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM pg_temp.expect_printed_index(table_name, index_name, true,
    format('USING btree (%s)', array_to_string(columns, ', ')) || coalesce(' WHERE ' || nullif(condition, ''), ''));
END
$$;
