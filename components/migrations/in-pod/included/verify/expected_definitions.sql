-- Included by expectations.sql: enums, functions and materialized views.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them

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
