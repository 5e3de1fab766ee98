-- Included by the verify scripts: what a change must have left behind, each as a function that raises an error naming
-- what is missing. They live in the session's temporary schema, in a transaction that is rolled back.
--
-- The names in messages are without their schema: everything a change makes is in public.
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL search_path = '';
-- The error alone, without the line of the function that raised it.
\set VERBOSITY terse

CREATE OR REPLACE FUNCTION pg_temp.expect(is_so boolean, otherwise text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  IF is_so IS NOT TRUE THEN
    RAISE EXCEPTION '%', otherwise;
  END IF;
END
$$;

-- The table with exactly these columns, each as "name type [not null] [generated] [default expression]".
CREATE OR REPLACE FUNCTION pg_temp.expect_table(table_name text, VARIADIC expected text[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found text[];
  difference text;
BEGIN
  PERFORM pg_temp.expect(
    EXISTS (
      SELECT FROM pg_class
      WHERE oid = to_regclass('public.' || quote_ident(table_name)) AND relkind IN ('r', 'p')
    ),
    format('table %s is missing', table_name)
  );
  SELECT array_agg(
    concat_ws(
      ' ',
      attname,
      format_type(atttypid, atttypmod),
      CASE WHEN attnotnull THEN 'not null' END,
      CASE WHEN attgenerated <> '' THEN 'generated' ELSE 'default ' || pg_get_expr(adbin, adrelid) END
    )
    ORDER BY attnum
  )
  INTO found
  FROM pg_attribute
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid = to_regclass('public.' || quote_ident(table_name)) AND attnum > 0 AND NOT attisdropped;

  SELECT string_agg(format('expected "%s"', line), ', ') INTO difference
  FROM unnest(expected) AS line WHERE line <> ALL (coalesce(found, '{}'));
  PERFORM pg_temp.expect(difference IS NULL, format('columns of %s differ: %s; it has "%s"', table_name, difference,
    array_to_string(found, '", "')));

  SELECT string_agg(format('"%s"', line), ', ') INTO difference
  FROM unnest(found) AS line WHERE line <> ALL (expected);
  PERFORM pg_temp.expect(difference IS NULL, format('columns of %s differ: it also has %s', table_name, difference));
END
$$;

-- A column of a table that is not the change's own, as "name type [not null] [default expression]": the table may have
-- others, before and after.
CREATE OR REPLACE FUNCTION pg_temp.expect_column(table_name text, expected text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  column_name text := split_part(expected, ' ', 1);
  found text;
BEGIN
  SELECT concat_ws(
    ' ',
    attname,
    format_type(atttypid, atttypmod),
    CASE WHEN attnotnull THEN 'not null' END,
    'default ' || pg_get_expr(adbin, adrelid)
  )
  INTO found
  FROM pg_attribute
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid = to_regclass('public.' || quote_ident(table_name)) AND attname = column_name AND NOT attisdropped;
  PERFORM pg_temp.expect(found IS NOT NULL, format('column %s of %s is missing', column_name, table_name));
  PERFORM pg_temp.expect(found = expected,
    format('column %s of %s is "%s", expected "%s"', column_name, table_name, found, expected));
END
$$;

-- A CHECK as PostgreSQL prints it in a database that was restored from a dump: with fewer brackets around nested conditions.
CREATE OR REPLACE FUNCTION pg_temp.restored_check(table_name text, definition text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
  restored text;
BEGIN
  EXECUTE format('CREATE TEMPORARY TABLE restored_check (LIKE public.%I)', table_name);
  EXECUTE format('ALTER TABLE pg_temp.restored_check ADD CONSTRAINT restored %s', definition);
  SELECT pg_get_constraintdef(oid) INTO restored
  FROM pg_constraint WHERE conrelid = 'pg_temp.restored_check'::regclass AND conname = 'restored';
  DROP TABLE pg_temp.restored_check;
  RETURN restored;
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

-- An index that the planner may use, on exactly these columns, with exactly this condition or none.
CREATE OR REPLACE FUNCTION pg_temp.expect_index(table_name text, index_name text, columns text[], condition text DEFAULT '')
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  index pg_index;
  found_columns text[];
  found_condition text;
BEGIN
  SELECT * INTO index FROM pg_index
  WHERE indrelid = to_regclass('public.' || quote_ident(table_name))
    AND indexrelid = to_regclass('public.' || quote_ident(index_name));
  PERFORM pg_temp.expect(index.indexrelid IS NOT NULL, format('index %s is missing on %s', index_name, table_name));
  PERFORM pg_temp.expect(index.indisvalid AND index.indisready AND index.indislive,
    format('index %1$s on %2$s is INVALID: run DROP INDEX CONCURRENTLY public.%1$s, then deploy again',
      index_name, table_name));
  SELECT array_agg(pg_get_indexdef(index.indexrelid, position::integer, true) ORDER BY position) INTO found_columns
  FROM generate_series(1, index.indnatts) AS position;
  PERFORM pg_temp.expect(found_columns = columns, format('index %s on %s is on (%s), expected (%s)', index_name,
    table_name, array_to_string(found_columns, ', '), array_to_string(columns, ', ')));
  found_condition := coalesce(pg_get_expr(index.indpred, index.indrelid, true), '');
  PERFORM pg_temp.expect(found_condition = condition, format('index %s on %s has the condition "%s", expected "%s"',
    index_name, table_name, found_condition, condition));
END
$$;

-- As expect_index, and no two rows may be the same in these columns.
CREATE OR REPLACE FUNCTION pg_temp.expect_unique_index(
  table_name text, index_name text, columns text[], condition text DEFAULT ''
)
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM pg_temp.expect_index(table_name, index_name, columns, condition);
  PERFORM pg_temp.expect(
    (SELECT indisunique FROM pg_index WHERE indexrelid = to_regclass('public.' || quote_ident(index_name))),
    format('index %s on %s is not UNIQUE', index_name, table_name)
  );
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.expect_row_security(table_name text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM pg_temp.expect(
    (SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass('public.' || quote_ident(table_name))),
    format('row security is off on %s', table_name)
  );
END
$$;

-- A policy for this role and command. Its condition must be the word "true", or name what is in "restricted_by".
CREATE OR REPLACE FUNCTION pg_temp.expect_policy(
  table_name text, policy_name text, command text, role_name text, restricted_by text DEFAULT 'true'
)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found pg_policies;
  condition text;
BEGIN
  SELECT * INTO found FROM pg_policies
  WHERE schemaname = 'public' AND tablename = table_name AND policyname = policy_name;
  PERFORM pg_temp.expect(found.policyname IS NOT NULL, format('policy %s is missing on %s', policy_name, table_name));
  PERFORM pg_temp.expect(
    found.permissive = 'PERMISSIVE' AND found.cmd = command AND found.roles = ARRAY[role_name]::name[],
    format('policy %s on %s is %s for %s to %s, expected PERMISSIVE for %s to %s', policy_name, table_name,
      found.permissive, found.cmd, array_to_string(found.roles, ', '), command, role_name)
  );
  FOREACH condition IN ARRAY array_remove(ARRAY[found.qual, found.with_check], NULL) LOOP
    PERFORM pg_temp.expect(
      CASE WHEN restricted_by = 'true' THEN condition = 'true' ELSE position(restricted_by IN condition) > 0 END,
      format('policy %s on %s has the condition "%s", expected %s', policy_name, table_name, condition, restricted_by)
    );
  END LOOP;
END
$$;

-- No policy but these: policies add up, so one that somebody put there by hand may open the table.
CREATE OR REPLACE FUNCTION pg_temp.expect_no_other_policy(table_name text, expected text[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  others text;
BEGIN
  SELECT string_agg(policyname, ', ' ORDER BY policyname) INTO others
  FROM pg_policies
  WHERE schemaname = 'public' AND tablename = table_name AND policyname <> ALL (expected);
  PERFORM pg_temp.expect(others IS NULL, format('%s has policies that nobody expected: %s', table_name, others));
END
$$;

-- What the role may do to the whole table is exactly this, in the order of the list below; '' is nothing.
CREATE OR REPLACE FUNCTION pg_temp.expect_privileges(table_name text, role_name text, expected text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found text;
BEGIN
  SELECT coalesce(string_agg(privilege, ', ' ORDER BY position), '') INTO found
  FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
    WITH ORDINALITY AS known (privilege, position)
  WHERE has_table_privilege(role_name, format('public.%I', table_name), privilege);
  PERFORM pg_temp.expect(found = expected,
    format('%s may do "%s" on %s, expected "%s"', role_name, found, table_name, expected));
END
$$;

-- An enum with exactly these labels, in this order.
CREATE OR REPLACE FUNCTION pg_temp.expect_enum(type_name text, expected text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found text;
BEGIN
  SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) INTO found
  FROM pg_enum WHERE enumtypid = to_regtype('public.' || quote_ident(type_name));
  PERFORM pg_temp.expect(found IS NOT NULL, format('enum %s is missing', type_name));
  PERFORM pg_temp.expect(found = expected, format('enum %s has "%s", expected "%s"', type_name, found, expected));
END
$$;

-- A function in plpgsql with this result and body, spaces aside, which runs with the rights of its "caller" or "owner"
-- and finds only what it names by its schema.
CREATE OR REPLACE FUNCTION pg_temp.expect_function(signature text, result text, rights text, body text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found record;
  kind text;
BEGIN
  SELECT prosrc, proconfig, format('%s in %s with the rights of its %s', prorettype::regtype, lanname,
    CASE WHEN prosecdef THEN 'owner' ELSE 'caller' END) AS kind
  INTO found
  FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
  WHERE pg_proc.oid = to_regprocedure('public.' || signature);
  PERFORM pg_temp.expect(found.prosrc IS NOT NULL, format('function %s is missing', signature));
  kind := format('%s in plpgsql with the rights of its %s', result, rights);
  PERFORM pg_temp.expect(found.kind = kind, format('function %s is %s, expected %s', signature, found.kind, kind));
  PERFORM pg_temp.expect(found.proconfig = ARRAY['search_path=""'],
    format('function %s has the settings "%s", expected "search_path="""', signature,
      array_to_string(found.proconfig, '", "')));
  PERFORM pg_temp.expect(
    regexp_replace(btrim(found.prosrc, E' \n'), '\s+', ' ', 'g') = regexp_replace(btrim(body, E' \n'), '\s+', ' ', 'g'),
    format('function %s does something else: %s', signature, regexp_replace(found.prosrc, '\s+', ' ', 'g')));
END
$$;

-- A materialized view that is filled, and that asks what the temporary view of the name "expected_..." asks. PostgreSQL
-- prints a view's query in another way in each version: so the two are compared as this one prints them.
CREATE OR REPLACE FUNCTION pg_temp.expect_materialized_view(view_name text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  view regclass := to_regclass('public.' || quote_ident(view_name));
BEGIN
  PERFORM pg_temp.expect(EXISTS (SELECT FROM pg_class WHERE oid = view AND relkind = 'm'),
    format('materialized view %s is missing', view_name));
  PERFORM pg_temp.expect(
    pg_get_viewdef(view) = pg_get_viewdef(to_regclass('pg_temp.' || quote_ident('expected_' || view_name))),
    format('materialized view %s is "%s"', view_name, regexp_replace(pg_get_viewdef(view), '\s+', ' ', 'g')));
  PERFORM pg_temp.expect((SELECT relispopulated FROM pg_class WHERE oid = view),
    format('materialized view %1$s was never filled: run REFRESH MATERIALIZED VIEW public.%1$s', view_name));
END
$$;
