-- Included by the verify scripts, after expectations.sql: who may call functions, and triggers.
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

-- A trigger that calls the function of its own name for each row.
CREATE OR REPLACE FUNCTION pg_temp.expect_trigger(table_name text, trigger_name text, fires text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  expected text := format('CREATE TRIGGER %1$I %2$s ON public.%3$I FOR EACH ROW EXECUTE FUNCTION public.%1$I()',
    trigger_name, fires, table_name);
  found record;
BEGIN
  SELECT pg_get_triggerdef(oid) AS definition, tgenabled INTO found
  FROM pg_trigger WHERE tgrelid = to_regclass('public.' || quote_ident(table_name)) AND tgname = trigger_name;
  PERFORM pg_temp.expect(found IS NOT NULL, format('trigger %s is missing on %s', trigger_name, table_name));
  -- One that is for replicas does not fire here.
  PERFORM pg_temp.expect(found.tgenabled IN ('O', 'A'),
    format('trigger %s on %s is not enabled', trigger_name, table_name));
  PERFORM pg_temp.expect(found.definition = expected,
    format('trigger %s on %s is "%s", expected "%s"', trigger_name, table_name, found.definition, expected));
END
$$;
