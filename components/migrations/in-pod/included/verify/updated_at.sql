-- Included by the verify scripts, after expectations.sql: the trigger that notes in updated_at when a row is changed.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them

-- The trigger, and the function of the same name that it calls.
CREATE OR REPLACE FUNCTION pg_temp.expect_updated_at(table_name text, trigger_name text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  expected text := format('CREATE TRIGGER %1$I BEFORE UPDATE ON public.%2$I '
    'FOR EACH ROW EXECUTE FUNCTION public.%1$I()', trigger_name, table_name);
  found record;
BEGIN
  PERFORM pg_temp.expect_function(format('%I()', trigger_name), 'trigger', 'caller',
    'BEGIN NEW.updated_at := now(); RETURN NEW; END');
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
