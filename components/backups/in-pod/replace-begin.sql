-- First part of a restore into a database that is there, in one transaction: locks the tables of `schemas` (one per line), takes
-- the login's default privileges back, disables its event triggers, and drops everything in the schemas but for what extensions
-- made and what event triggers call.
-- `patience`: time for the locks in seconds. Sessions that hold them are ended as far as the login may do that.
SELECT set_config(name, '0', true) FROM pg_settings
WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout');
SET LOCAL row_security = off;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = '';
SELECT set_config('runsheet.patience', :'patience', true);
\set transaction `echo "$WORK/transaction"`
\o :transaction
SELECT pg_current_xact_id();
\o /dev/null

CREATE TEMP TABLE runsheet_replaced ON COMMIT DROP AS
SELECT d.classid, d.objid, (pg_identify_object(d.classid, d.objid, 0)).*
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_namespace n ON d.refclassid = 'pg_catalog.pg_namespace'::regclass AND d.refobjid = n.oid
WHERE n.nspname = ANY (string_to_array(:'schemas', E'\n'))
  -- An extension is not in the dump of a schema, and those of the administrator are nobody else's to drop.
  AND d.classid NOT IN ('pg_catalog.pg_default_acl'::regclass, 'pg_catalog.pg_extension'::regclass)
  -- A publication of all of a schema's tables, since PostgreSQL 15, stays with the schema.
  AND d.classid IS DISTINCT FROM to_regclass('pg_catalog.pg_publication_namespace')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND evtfoid = d.objid)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.objsubid = 0
    AND e.deptype IN ('e', 'i'));

DO $$
DECLARE
  tables text := (SELECT string_agg(identity, ', ') FROM pg_temp.runsheet_replaced WHERE type = 'table');
  patience int := current_setting('runsheet.patience');
  until timestamptz := clock_timestamp() + make_interval(secs => patience);
  session record;
  holders text;
BEGIN
  IF tables IS NULL THEN RETURN; END IF;
  LOOP
    BEGIN
      -- Longer than PostgreSQL takes to make its own maintenance give way.
      SET LOCAL lock_timeout = '3s';
      EXECUTE 'LOCK TABLE ' || tables || ' IN ACCESS EXCLUSIVE MODE';
      SET LOCAL lock_timeout = 0;
      RETURN;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      PERFORM pg_stat_clear_snapshot();
      holders := NULL;
      FOR session IN
        SELECT DISTINCT a.pid, format('session %s of %s (%s, %s since %s)', a.pid, a.usename, a.application_name, a.state, a.state_change) AS about
        FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid JOIN pg_temp.runsheet_replaced r ON r.objid = l.relation
        WHERE l.granted AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
          AND r.classid = 'pg_catalog.pg_class'::regclass AND l.pid <> pg_backend_pid()
      LOOP
        BEGIN
          PERFORM pg_terminate_backend(session.pid);
        EXCEPTION WHEN insufficient_privilege THEN
          holders := concat_ws(', ', holders, session.about);
        END;
      END LOOP;
      IF clock_timestamp() > until THEN
        RAISE EXCEPTION 'the tables could not be locked within % s: %', patience, coalesce(holders, 'sessions that were ended came again');
      END IF;
    END;
  END LOOP;
END
$$;

\i :here/default-privileges.sql
:without_default_privileges

-- One that switches row security on for new tables would do that to tables that had it off.
SELECT concat(string_agg(format('ALTER EVENT TRIGGER %I DISABLE; ', evtname), '')) AS without_event_triggers,
  concat(string_agg(format('ALTER EVENT TRIGGER %I ENABLE%s; ', evtname, CASE evtenabled WHEN 'A' THEN ' ALWAYS' WHEN 'R' THEN ' REPLICA' END),
    '')) AS event_triggers
FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D' AND pg_has_role(evtowner, 'USAGE')
\gset
:without_event_triggers

DO $$
DECLARE
  found record;
BEGIN
  FOR found IN SELECT type, identity FROM pg_temp.runsheet_replaced LOOP
    EXECUTE format('DROP %s IF EXISTS %s CASCADE', replace(found.type, 'statistics object', 'statistics'), found.identity);
  END LOOP;
END
$$;
SELECT count(lo_unlink(oid)) FROM pg_catalog.pg_largeobject_metadata WHERE pg_has_role(lomowner, 'USAGE');
