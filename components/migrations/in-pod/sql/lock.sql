-- Takes the lock of Runsheet's runs, and the one of the tool, until the session ends. A session that waits in
-- pg_advisory_lock would hold up another's CREATE INDEX CONCURRENTLY: this one asks, and sleeps in between.
\i state.sql
SELECT set_config('runsheet.locks', concat_ws(',', '7229384512', nullif(:'_lock', '')), false) \g /dev/null
DO $$
DECLARE
  wanted bigint;
  deadline timestamptz := clock_timestamp() + interval '60 s';
BEGIN
  FOREACH wanted IN ARRAY string_to_array(current_setting('runsheet.locks'), ',')::bigint[] LOOP
    WHILE NOT pg_try_advisory_lock(wanted) LOOP
      IF clock_timestamp() > deadline THEN
        RAISE EXCEPTION 'another run has been applying changes to this database for 60 s'
          USING HINT = 'Wait until it has ended, then run up again.';
      END IF;
      COMMIT;
      PERFORM pg_sleep(0.5);
    END LOOP;
  END LOOP;
END $$;
\i state.sql
