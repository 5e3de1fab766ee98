-- Included by expectations.sql: constraints and foreign keys.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them

-- A CHECK as PostgreSQL prints it in a database that was restored from a dump: with fewer brackets around nested conditions.
CREATE OR REPLACE FUNCTION pg_temp.restored_check(table_name text, definition text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
  copy regclass := pg_temp.copy_columns(table_name);
  printed text;
BEGIN
  PERFORM pg_temp.define(format('constraint %s of %s', definition, table_name),
    format('ALTER TABLE %s ADD CONSTRAINT restored %s', copy, definition));
  printed := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = copy AND conname = 'restored');
  EXECUTE format('DROP TABLE %s', copy);
  RETURN printed;
END
$$;

-- A constraint that holds for all rows; with a definition, which must be the one that PostgreSQL prints.
CREATE OR REPLACE FUNCTION pg_temp.expect_constraint(table_name text, constraint_name text, definition text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found record;
BEGIN
  SELECT convalidated, pg_get_constraintdef(oid) AS definition INTO found
  FROM pg_constraint
  WHERE conrelid = to_regclass('public.' || quote_ident(table_name)) AND conname = constraint_name;
  PERFORM pg_temp.expect(found IS NOT NULL, format('constraint %s is missing on %s', constraint_name, table_name));
  PERFORM pg_temp.expect(found.convalidated,
    format('constraint %1$s on %2$s is not validated: run ALTER TABLE public.%2$s VALIDATE CONSTRAINT %1$s',
      constraint_name, table_name));
  PERFORM pg_temp.expect(
    found.definition = definition
      OR found.definition = CASE WHEN definition LIKE 'CHECK %' THEN pg_temp.restored_check(table_name, definition) END,
    format('constraint %s on %s is "%s", expected "%s"', constraint_name, table_name, found.definition, definition));
END
$$;

-- A foreign key with this definition, whether it holds for all rows or is NOT VALID.
CREATE OR REPLACE FUNCTION pg_temp.expect_foreign_key(table_name text, constraint_name text, definition text)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found text;
BEGIN
  SELECT regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '') INTO found
  FROM pg_constraint
  WHERE conrelid = to_regclass('public.' || quote_ident(table_name)) AND conname = constraint_name;
  PERFORM pg_temp.expect(found IS NOT NULL, format('constraint %s is missing on %s', constraint_name, table_name));
  PERFORM pg_temp.expect(found = definition,
    format('constraint %s on %s is "%s", expected "%s"', constraint_name, table_name, found, definition));
END
$$;
