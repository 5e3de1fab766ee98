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

-- Runs a statement with a definition of ours, in which what is an extension's needs no schema: it may be in any.
CREATE OR REPLACE FUNCTION pg_temp.define(what text, statement text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  extensions text := (SELECT string_agg(DISTINCT quote_ident(nspname), ', ')
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace);
BEGIN
  PERFORM set_config('search_path', coalesce(extensions, ''), true);
  EXECUTE statement;
  PERFORM set_config('search_path', '', true);
EXCEPTION
  -- Such as a column that is not there.
  WHEN syntax_error_or_access_rule_violation THEN
    RAISE EXCEPTION '% is not as expected: %', what, SQLERRM;
END
$$;

\ir expected_columns.sql
\ir expected_constraints.sql
\ir expected_indexes.sql
\ir expected_access.sql
\ir expected_definitions.sql
