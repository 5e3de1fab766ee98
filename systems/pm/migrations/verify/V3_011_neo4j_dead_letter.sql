-- Verify pm:V3_011_neo4j_dead_letter on pg
BEGIN;
\ir expectations.sql
\ir pm_expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('neo4j_sync_dead_letter',
    'id bigint not null generated always as identity',
    'backlog_id bigint not null',
    'operation text not null',
    'entity_type text not null',
    'entity_id text not null',
    'payload jsonb not null',
    'retry_count bigint not null',
    'last_error text not null',
    'queued_at timestamp with time zone not null',
    'moved_at timestamp with time zone not null default now()',
    'resolution text',
    'resolved_at timestamp with time zone',
    'resolved_by uuid');

  PERFORM pg_temp.expect_constraint('neo4j_sync_dead_letter', 'neo4j_sync_dead_letter_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('neo4j_sync_dead_letter', 'neo4j_sync_dead_letter_backlog_id_key',
    'UNIQUE (backlog_id)');
  PERFORM pg_temp.expect_constraint('neo4j_sync_dead_letter', 'neo4j_sync_dead_letter_resolved_by_fkey',
    'FOREIGN KEY (resolved_by) REFERENCES public.users(id) ON DELETE SET NULL');
  PERFORM pg_temp.expect_constraint('neo4j_sync_dead_letter', 'neo4j_sync_dead_letter_operation_check',
    $check$CHECK ((operation = ANY (ARRAY['create'::text, 'update'::text, 'delete'::text])))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_sync_dead_letter', 'neo4j_sync_dead_letter_payload_check',
    $check$CHECK ((jsonb_typeof(payload) = 'object'::text))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_sync_dead_letter', 'neo4j_sync_dead_letter_retry_count_check',
    'CHECK ((retry_count >= 0))');
  PERFORM pg_temp.expect_constraint('neo4j_sync_dead_letter', 'neo4j_sync_dead_letter_resolution_check',
    $check$CHECK ((resolution = ANY (ARRAY['requeued'::text, 'discarded'::text])))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_sync_dead_letter', 'neo4j_sync_dead_letter_resolved_check',
    'CHECK ((((resolution IS NULL) = (resolved_at IS NULL)) AND ((resolution IS NOT NULL) OR (resolved_by IS NULL))))');

  PERFORM pg_temp.expect_index('neo4j_sync_dead_letter', 'idx_neo4j_dead_letter_entity', '{entity_type,entity_id}');
  PERFORM pg_temp.expect_index('neo4j_sync_dead_letter', 'idx_neo4j_dead_letter_resolved_by', '{resolved_by}',
    'resolved_by IS NOT NULL');
  PERFORM pg_temp.expect_index('neo4j_sync_dead_letter', 'idx_neo4j_dead_letter_unresolved', '{moved_at}',
    'resolved_at IS NULL');

  PERFORM pg_temp.expect_privileges('neo4j_sync_dead_letter', 'pm_app', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('neo4j_sync_dead_letter', 'pm_read_only', 'SELECT');
  PERFORM pg_temp.expect_privileges('neo4j_sync_dead_letter', 'public', '');
END
$$;

DO $$
BEGIN
  PERFORM pg_temp.expect_function('move_to_dead_letter(integer)', 'integer', 'caller', $body$
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
$body$);
  PERFORM pg_temp.expect_callers('move_to_dead_letter(integer)', 'pm_app');

  PERFORM pg_temp.expect_function('cleanup_neo4j_backlog(integer)', 'integer', 'caller', $body$
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
$body$);
  PERFORM pg_temp.expect_callers('cleanup_neo4j_backlog(integer)', 'pm_app');
END
$$;
ROLLBACK;
