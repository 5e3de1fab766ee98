-- Included by the verify scripts, after expectations.sql: who may call functions, and the trigger of the versions.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them

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
