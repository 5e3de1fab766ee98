-- Revert pm:V3_014_named_versions from pg
--
-- Back to the locking of V3_009: an update names the version that it read, or the one that it makes of it.
-- squawk-ignore-file ban-drop-function -- that is what reverting it is
BEGIN;
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

CREATE OR REPLACE FUNCTION public.refuse_stale_version() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  IF NEW.version IS NULL OR NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
    RAISE EXCEPTION 'the row % of % has the version %, but the update is of the version %',
      OLD.id, TG_TABLE_NAME, OLD.version, NEW.version
      USING ERRCODE = 'serialization_failure', HINT = 'Read the row again, and change what it is now.';
  END IF;
  NEW.version := OLD.version + 1;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER refuse_stale_version BEFORE UPDATE ON public.budget_allocations
  FOR EACH ROW EXECUTE FUNCTION public.refuse_stale_version();
CREATE OR REPLACE TRIGGER refuse_stale_version BEFORE UPDATE ON public.opportunities
  FOR EACH ROW EXECUTE FUNCTION public.refuse_stale_version();
DROP TRIGGER IF EXISTS set_version ON public.budget_allocations;
DROP TRIGGER IF EXISTS set_version ON public.opportunities;
DROP FUNCTION IF EXISTS public.set_version();

COMMIT;
