-- Deploy pm:V3_011_neo4j_dead_letter to pg
--
-- What was tried so often that somebody has to look at it; how it gets there from the backlog; and how the backlog is
-- rid of what is done.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
\ir refuse_foreign_object.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('neo4j_sync_dead_letter', 'V3_011_neo4j_dead_letter');
  PERFORM pg_temp.refuse_foreign_function('move_to_dead_letter(integer)', 'V3_011_neo4j_dead_letter');
  PERFORM pg_temp.refuse_foreign_function('cleanup_neo4j_backlog(integer)', 'V3_011_neo4j_dead_letter');
END
$$;

CREATE TABLE IF NOT EXISTS public.neo4j_sync_dead_letter (
  id bigint GENERATED ALWAYS AS IDENTITY,
  -- What it was in the backlog.
  backlog_id bigint NOT NULL,
  operation text NOT NULL,
  entity_type text NOT NULL,
  entity_id text NOT NULL,
  payload jsonb NOT NULL,
  retry_count bigint NOT NULL,
  last_error text NOT NULL,
  queued_at timestamptz NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now(),
  -- What somebody decided about it.
  resolution text,
  resolved_at timestamptz,
  resolved_by uuid,
  CONSTRAINT neo4j_sync_dead_letter_pkey PRIMARY KEY (id),
  CONSTRAINT neo4j_sync_dead_letter_backlog_id_key UNIQUE (backlog_id),
  CONSTRAINT neo4j_sync_dead_letter_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES public.users (id)
    ON DELETE SET NULL,
  CONSTRAINT neo4j_sync_dead_letter_operation_check CHECK (operation IN ('create', 'update', 'delete')),
  CONSTRAINT neo4j_sync_dead_letter_payload_check CHECK (jsonb_typeof(payload) = 'object'),
  CONSTRAINT neo4j_sync_dead_letter_retry_count_check CHECK (retry_count >= 0),
  CONSTRAINT neo4j_sync_dead_letter_resolution_check CHECK (resolution IN ('requeued', 'discarded')),
  CONSTRAINT neo4j_sync_dead_letter_resolved_check CHECK (
    (resolution IS NULL) = (resolved_at IS NULL) AND (resolution IS NOT NULL OR resolved_by IS NULL)
  )
);
COMMENT ON TABLE public.neo4j_sync_dead_letter IS
  'What was tried too often to be written to Neo4j. Made by Sqitch change V3_011_neo4j_dead_letter.';

-- What nobody decided about yet: the runbook warns above 100 of them.
CREATE INDEX IF NOT EXISTS idx_neo4j_dead_letter_unresolved ON public.neo4j_sync_dead_letter (moved_at)
  WHERE resolved_at IS NULL;
CREATE INDEX IF NOT EXISTS idx_neo4j_dead_letter_entity ON public.neo4j_sync_dead_letter (entity_type, entity_id);
CREATE INDEX IF NOT EXISTS idx_neo4j_dead_letter_resolved_by ON public.neo4j_sync_dead_letter (resolved_by)
  WHERE resolved_by IS NOT NULL;

-- One statement: a row is in one of the two tables at any time, and two calls at once do not move it twice.
CREATE OR REPLACE FUNCTION public.move_to_dead_letter(max_retries integer) RETURNS integer
LANGUAGE plpgsql
SET search_path = ''
AS $$
DECLARE
  number integer;
BEGIN
  IF max_retries IS NULL OR max_retries < 1 THEN
    RAISE EXCEPTION 'max_retries must be 1 or more, but is %', max_retries USING ERRCODE = 'invalid_parameter_value';
  END IF;
  WITH exhausted AS (
    DELETE FROM public.neo4j_sync_backlog WHERE status = 'failed' AND retry_count >= max_retries
    RETURNING id, operation, entity_type, entity_id, payload, retry_count, last_error, created_at
  )
  INSERT INTO public.neo4j_sync_dead_letter
    (backlog_id, operation, entity_type, entity_id, payload, retry_count, last_error, queued_at)
  SELECT id, operation, entity_type, entity_id, payload, retry_count, last_error, created_at
  FROM exhausted ORDER BY id;
  GET DIAGNOSTICS number = ROW_COUNT;
  RETURN number;
END
$$;
COMMENT ON FUNCTION public.move_to_dead_letter(integer) IS
  'Moves what failed this often from the backlog. Made by Sqitch change V3_011_neo4j_dead_letter.';

CREATE OR REPLACE FUNCTION public.cleanup_neo4j_backlog(days integer) RETURNS integer
LANGUAGE plpgsql
SET search_path = ''
AS $$
DECLARE
  number integer;
BEGIN
  IF days IS NULL OR days < 0 THEN
    RAISE EXCEPTION 'days must be 0 or more, but is %', days USING ERRCODE = 'invalid_parameter_value';
  END IF;
  DELETE FROM public.neo4j_sync_backlog
  WHERE status = 'completed' AND completed_at < now() - make_interval(days => cleanup_neo4j_backlog.days);
  GET DIAGNOSTICS number = ROW_COUNT;
  RETURN number;
END
$$;
COMMENT ON FUNCTION public.cleanup_neo4j_backlog(integer) IS
  'Removes what was written to Neo4j so many days ago. Made by Sqitch change V3_011_neo4j_dead_letter.';

REVOKE ALL ON public.neo4j_sync_dead_letter FROM PUBLIC, pm_app, pm_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.neo4j_sync_dead_letter TO pm_app;
GRANT SELECT ON public.neo4j_sync_dead_letter TO pm_read_only;
-- PostgreSQL lets everybody call a new function.
REVOKE ALL ON FUNCTION public.move_to_dead_letter(integer), public.cleanup_neo4j_backlog(integer)
  FROM PUBLIC, pm_app, pm_read_only;
GRANT EXECUTE ON FUNCTION public.move_to_dead_letter(integer), public.cleanup_neo4j_backlog(integer) TO pm_app;

COMMIT;
