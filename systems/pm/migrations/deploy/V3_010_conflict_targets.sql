-- Deploy pm:V3_010_conflict_targets to pg
--
-- What ON CONFLICT aims at: a signal is known by its id at its source, an opportunity by its JIRA issue. Without these
-- indexes the application's upserts are errors, so they come before it.
--
-- Built while the tables are in use. CONCURRENTLY cannot run in a transaction, so there is none here. It waits for
-- older transactions without blocking reads or writes, hence the long timeouts.
SET lock_timeout = '5min';
SET statement_timeout = '30min';
SET client_min_messages = 'warning';

\ir refuse_foreign_object.sql
DO $$
BEGIN
  PERFORM
    pg_temp.refuse_foreign_index(
      'idx_signals_external_id', 'signals USING btree (source, external_id) WHERE (external_id IS NOT NULL)'),
    pg_temp.refuse_foreign_index(
      'idx_opportunities_jira_issue_key',
      'opportunities USING btree (jira_issue_key) WHERE (jira_issue_key IS NOT NULL)');
END
$$;

-- A run that failed or was killed leaves an INVALID index behind, which IF NOT EXISTS would take for the real one.
SELECT format('DROP INDEX CONCURRENTLY %I.%I', 'public', made.name)
FROM (VALUES ('idx_signals_external_id'), ('idx_opportunities_jira_issue_key')) AS made (name)
JOIN pg_catalog.pg_index ON indexrelid = to_regclass('public.' || made.name)
WHERE NOT (indisvalid AND indisready)
\gexec

-- Duplicates that are there already make the build fail at its end, with an error that names one value. This finds them
-- before, says how many there are and in which rows, and what to do. "clear" is what makes a row no duplicate any more.
CREATE OR REPLACE FUNCTION pg_temp.refuse_duplicates(table_name text, columns text[], clear text) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  target text := array_to_string(columns, ', ');
  number bigint;
  example text;
  ids text;
BEGIN
  EXECUTE format(
    'SELECT sum(count(*)) OVER (), concat_ws('', '', %1$s), string_agg(id::text, '', '' ORDER BY created_at, id)
     FROM public.%2$I WHERE %3$I IS NOT NULL GROUP BY %1$s HAVING count(*) > 1 ORDER BY min(created_at), %1$s LIMIT 1',
    target, table_name, columns[array_upper(columns, 1)])
  INTO number, example, ids;
  IF number IS NOT NULL THEN
    RAISE EXCEPTION '% rows of % have the same % as another, for example (%) the rows with the id %',
      number, table_name, target, example, ids
      USING
        ERRCODE = 'unique_violation',
        HINT = format(
          'Look at them. To leave it to the oldest of each: '
            'UPDATE public.%1$I AS later SET %2$s WHERE EXISTS (SELECT FROM public.%1$I AS earlier WHERE %3$s '
            'AND (earlier.created_at, earlier.id) < (later.created_at, later.id)); then run again.',
          table_name, clear,
          (SELECT string_agg(format('earlier.%1$I = later.%1$I', name), ' AND ') FROM unnest(columns) AS name)
        );
  END IF;
END
$$;

DO $$
BEGIN
  PERFORM pg_temp.refuse_duplicates('signals', '{source,external_id}', 'external_id = NULL');
  PERFORM pg_temp.refuse_duplicates('opportunities', '{jira_issue_key}',
    'jira_issue_key = NULL, jira_issue_url = NULL, jira_status = NULL, jira_synced_at = NULL');
END
$$;

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS idx_signals_external_id ON public.signals (source, external_id)
  WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS idx_opportunities_jira_issue_key ON public.opportunities (jira_issue_key)
  WHERE jira_issue_key IS NOT NULL;
