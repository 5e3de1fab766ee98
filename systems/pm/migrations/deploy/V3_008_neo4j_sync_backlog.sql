-- Deploy pm:V3_008_neo4j_sync_backlog to pg
--
-- What could not be written to Neo4j, to be tried again; and the circuit breaker, which keeps the application from
-- asking a Neo4j that does not answer.
--
-- The runbook's V3_008 has indexes as well: they are a change of their own (V3_008_indexes), since those on tables that
-- are in use are built concurrently, which no transaction allows.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('neo4j_sync_backlog', 'V3_008_neo4j_sync_backlog');
  PERFORM pg_temp.refuse_foreign_table('neo4j_circuit_breaker', 'V3_008_neo4j_sync_backlog');
END
$$;

-- A row is pending until it is tried first; one that failed waits as failed, so that it never stands in the way of a
-- newer one that is queued meanwhile.
CREATE TABLE IF NOT EXISTS public.neo4j_sync_backlog (
  -- Also the order in which they were queued.
  id bigint GENERATED ALWAYS AS IDENTITY,
  operation text NOT NULL,
  entity_type text NOT NULL,
  entity_id text NOT NULL,
  payload jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'pending',
  retry_count bigint NOT NULL DEFAULT 0,
  last_error text,
  next_retry_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When somebody began to process it.
  claimed_at timestamptz,
  completed_at timestamptz,
  CONSTRAINT neo4j_sync_backlog_pkey PRIMARY KEY (id),
  CONSTRAINT neo4j_sync_backlog_operation_check CHECK (operation IN ('create', 'update', 'delete')),
  CONSTRAINT neo4j_sync_backlog_entity_check CHECK (entity_type ~ '^[a-z][a-z0-9_]*$' AND entity_id <> ''),
  CONSTRAINT neo4j_sync_backlog_payload_check CHECK (jsonb_typeof(payload) = 'object'),
  CONSTRAINT neo4j_sync_backlog_status_check CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
  CONSTRAINT neo4j_sync_backlog_retry_count_check CHECK (retry_count >= 0),
  CONSTRAINT neo4j_sync_backlog_claimed_check CHECK (status <> 'processing' OR claimed_at IS NOT NULL),
  CONSTRAINT neo4j_sync_backlog_completed_check CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
  CONSTRAINT neo4j_sync_backlog_failed_check CHECK (status <> 'failed' OR last_error IS NOT NULL)
);
COMMENT ON TABLE public.neo4j_sync_backlog IS
  'What could not be written to Neo4j. Made by Sqitch change V3_008_neo4j_sync_backlog.';

-- Queueing what is queued already replaces its payload: ON CONFLICT aims at this.
CREATE UNIQUE INDEX IF NOT EXISTS idx_neo4j_backlog_pending
  ON public.neo4j_sync_backlog (operation, entity_type, entity_id) WHERE status = 'pending';
-- What is to be tried next.
CREATE INDEX IF NOT EXISTS idx_neo4j_backlog_due ON public.neo4j_sync_backlog (next_retry_at, id)
  WHERE status IN ('pending', 'failed');
-- What somebody began and perhaps never ended.
CREATE INDEX IF NOT EXISTS idx_neo4j_backlog_processing ON public.neo4j_sync_backlog (claimed_at)
  WHERE status = 'processing';
-- What the cleanup removes.
CREATE INDEX IF NOT EXISTS idx_neo4j_backlog_completed ON public.neo4j_sync_backlog (completed_at)
  WHERE status = 'completed';

-- One row for each thing that may not answer. Closed lets everything through, open nothing until next_attempt_at,
-- half_open a single attempt, which closes or opens it.
CREATE TABLE IF NOT EXISTS public.neo4j_circuit_breaker (
  name text NOT NULL,
  state text NOT NULL DEFAULT 'closed',
  failure_count bigint NOT NULL DEFAULT 0,
  last_error text,
  opened_at timestamptz,
  next_attempt_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT neo4j_circuit_breaker_pkey PRIMARY KEY (name),
  CONSTRAINT neo4j_circuit_breaker_state_check CHECK (state IN ('closed', 'open', 'half_open')),
  CONSTRAINT neo4j_circuit_breaker_failure_count_check CHECK (failure_count >= 0),
  CONSTRAINT neo4j_circuit_breaker_opened_check CHECK ((state = 'closed') = (opened_at IS NULL)),
  CONSTRAINT neo4j_circuit_breaker_next_attempt_check CHECK ((state = 'open') = (next_attempt_at IS NOT NULL))
);
COMMENT ON TABLE public.neo4j_circuit_breaker IS
  'Whether Neo4j is asked at all. Made by Sqitch change V3_008_neo4j_sync_backlog.';

INSERT INTO public.neo4j_circuit_breaker (name) VALUES ('neo4j') ON CONFLICT (name) DO NOTHING;

REVOKE ALL ON public.neo4j_sync_backlog, public.neo4j_circuit_breaker FROM PUBLIC, pm_app, pm_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.neo4j_sync_backlog, public.neo4j_circuit_breaker TO pm_app;
GRANT SELECT ON public.neo4j_sync_backlog, public.neo4j_circuit_breaker TO pm_read_only;

COMMIT;
