-- Verify pm:V3_014_named_versions on pg
BEGIN;
\ir expectations.sql
\ir pm_expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_function('refuse_stale_version()', 'trigger', 'caller', $body$
BEGIN
  IF NEW.version IS DISTINCT FROM OLD.version + 1 THEN
    RAISE EXCEPTION 'the row % of % has the version %, but the update makes the version %',
      OLD.id, TG_TABLE_NAME, OLD.version, NEW.version
      USING ERRCODE = 'serialization_failure',
        HINT = 'Read the row again, and change what it is now: an update sets the version after the one that it read.';
  END IF;
  RETURN NEW;
END
$body$);
  PERFORM pg_temp.expect_function('set_version()', 'trigger', 'caller', $body$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END
$body$);
  PERFORM pg_temp.expect_trigger(versioned, 'refuse_stale_version', 'BEFORE UPDATE OF version'),
    pg_temp.expect_trigger(versioned, 'set_version', 'BEFORE UPDATE')
  FROM unnest(ARRAY['budget_allocations', 'opportunities']) AS versioned;
END
$$;
ROLLBACK;
