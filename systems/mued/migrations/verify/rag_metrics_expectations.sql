-- Included by verify/0002_add_rag_metrics.sql, after expectations.sql: the triggers that note when a row is changed.
-- squawk-ignore-file require-lock-timeout, require-statement-timeout -- expectations.sql sets them

-- A trigger that notes in updated_at when a row is changed.
CREATE OR REPLACE FUNCTION pg_temp.expect_update_trigger(table_name text, trigger_name text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  expected text := format('CREATE TRIGGER %I BEFORE UPDATE ON public.%I '
    'FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column()', trigger_name, table_name);
  found record;
BEGIN
  SELECT pg_get_triggerdef(oid) AS definition, tgenabled INTO found
  FROM pg_trigger WHERE tgrelid = to_regclass('public.' || quote_ident(table_name)) AND tgname = trigger_name;
  PERFORM pg_temp.expect(found IS NOT NULL, format('trigger %s is missing on %s', trigger_name, table_name));
  -- One that is for replicas does not fire here.
  PERFORM pg_temp.expect(found.tgenabled IN ('O', 'A'), format('trigger %s on %s is disabled', trigger_name, table_name));
  PERFORM pg_temp.expect(found.definition = expected,
    format('trigger %s on %s is "%s", expected "%s"', trigger_name, table_name, found.definition, expected));
END
$$;

-- What the function of the triggers does, tried on a table of its own: it may be one that was there before.
CREATE TEMPORARY TABLE changed (updated_at timestamptz) ON COMMIT DROP;
CREATE TRIGGER changed BEFORE UPDATE ON pg_temp.changed
  FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();
INSERT INTO pg_temp.changed VALUES ('-infinity');
UPDATE pg_temp.changed SET updated_at = '-infinity';
DO $$
BEGIN
  PERFORM pg_temp.expect((SELECT updated_at > '-infinity' FROM pg_temp.changed),
    'function update_updated_at_column() does not set updated_at');
END
$$;
