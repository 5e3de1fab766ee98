-- Deploy pm:V3_014_named_versions to pg
--
-- The optimistic locking of V3_009 without the lost update that it lets through. There an update may name the version that
-- it read, or the one that it makes of it: so who made 2 of 1 passes for one who has read 2, and overwrites what somebody else
-- made of 1. Here it names the one that it makes, as "SET version = version + 1 WHERE version = 1" does. An update that
-- names none goes through as before.
BEGIN;
-- Opportunities are in use and stay locked to the COMMIT: see V3_009_budget_allocations.
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_object.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_function('set_version()', 'V3_014_named_versions');
  PERFORM pg_temp.refuse_foreign_trigger('opportunities', 'set_version', 'set_version()');
END
$$;

CREATE OR REPLACE FUNCTION public.refuse_stale_version() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  IF NEW.version IS DISTINCT FROM OLD.version + 1 THEN
    RAISE EXCEPTION 'the row % of % has the version %, but the update makes the version %',
      OLD.id, TG_TABLE_NAME, OLD.version, NEW.version
      USING ERRCODE = 'serialization_failure',
        HINT = 'Read the row again, and change what it is now: an update sets the version after the one that it read.';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION public.set_version() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION public.set_version() IS
  'Counts the changes of a row. Made by Sqitch change V3_014_named_versions.';

-- Triggers fire in the order of their names: an update that names a version is looked at before it is counted.
CREATE OR REPLACE TRIGGER refuse_stale_version BEFORE UPDATE OF version ON public.budget_allocations
  FOR EACH ROW EXECUTE FUNCTION public.refuse_stale_version();
CREATE OR REPLACE TRIGGER set_version BEFORE UPDATE ON public.budget_allocations
  FOR EACH ROW EXECUTE FUNCTION public.set_version();
CREATE OR REPLACE TRIGGER refuse_stale_version BEFORE UPDATE OF version ON public.opportunities
  FOR EACH ROW EXECUTE FUNCTION public.refuse_stale_version();
CREATE OR REPLACE TRIGGER set_version BEFORE UPDATE ON public.opportunities
  FOR EACH ROW EXECUTE FUNCTION public.set_version();

COMMIT;
