-- Included by the verify scripts, after expectations.sql: what a change may leave behind beside tables of its own.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them

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

-- Only these of the roles may call the function, beside its owner; '' is nobody.
CREATE OR REPLACE FUNCTION pg_temp.expect_callers(signature text, expected text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  found text;
BEGIN
  SELECT coalesce(string_agg(role_name, ', ' ORDER BY position), '') INTO found
  FROM unnest(ARRAY['public', 'pm_app', 'pm_read_only']) WITH ORDINALITY AS known (role_name, position)
  WHERE has_function_privilege(role_name, 'public.' || signature, 'EXECUTE');
  PERFORM pg_temp.expect(found = expected,
    format('function %s may be called by "%s", expected "%s"', signature, found, expected));
END
$$;

-- The trigger that keeps a row from being changed by who has not seen its latest version.
CREATE OR REPLACE FUNCTION pg_temp.expect_version_trigger(table_name text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  expected text := format('CREATE TRIGGER refuse_stale_version BEFORE UPDATE ON public.%I '
    'FOR EACH ROW EXECUTE FUNCTION public.refuse_stale_version()', table_name);
  found record;
BEGIN
  SELECT pg_get_triggerdef(oid) AS definition, tgenabled INTO found
  FROM pg_trigger
  WHERE tgrelid = to_regclass('public.' || quote_ident(table_name)) AND tgname = 'refuse_stale_version';
  PERFORM pg_temp.expect(found IS NOT NULL, format('trigger refuse_stale_version is missing on %s', table_name));
  PERFORM pg_temp.expect(found.tgenabled = 'O',
    format('trigger refuse_stale_version on %s is not enabled', table_name));
  PERFORM pg_temp.expect(found.definition = expected,
    format('trigger refuse_stale_version on %s is "%s", expected "%s"', table_name, found.definition, expected));
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
