-- Verify pm:V3_008_neo4j_sync_backlog on pg
BEGIN;
\ir expectations.sql
\ir pm_expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('neo4j_sync_backlog',
    'id bigint not null generated always as identity',
    'operation text not null',
    'entity_type text not null',
    'entity_id text not null',
    'payload jsonb not null default ''{}''::jsonb',
    'status text not null default ''pending''::text',
    'retry_count bigint not null default 0',
    'last_error text',
    'next_retry_at timestamp with time zone not null default now()',
    'created_at timestamp with time zone not null default now()',
    'claimed_at timestamp with time zone',
    'completed_at timestamp with time zone');

  PERFORM pg_temp.expect_constraint('neo4j_sync_backlog', 'neo4j_sync_backlog_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('neo4j_sync_backlog', 'neo4j_sync_backlog_operation_check',
    $check$CHECK ((operation = ANY (ARRAY['create'::text, 'update'::text, 'delete'::text])))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_sync_backlog', 'neo4j_sync_backlog_entity_check',
    $check$CHECK (((entity_type ~ '^[a-z][a-z0-9_]*$'::text) AND (entity_id <> ''::text)))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_sync_backlog', 'neo4j_sync_backlog_payload_check',
    $check$CHECK ((jsonb_typeof(payload) = 'object'::text))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_sync_backlog', 'neo4j_sync_backlog_status_check',
    $check$CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'completed'::text, 'failed'::text])))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_sync_backlog', 'neo4j_sync_backlog_retry_count_check',
    'CHECK ((retry_count >= 0))');
  PERFORM pg_temp.expect_constraint('neo4j_sync_backlog', 'neo4j_sync_backlog_claimed_check',
    $check$CHECK (((status <> 'processing'::text) OR (claimed_at IS NOT NULL)))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_sync_backlog', 'neo4j_sync_backlog_completed_check',
    $check$CHECK (((status = 'completed'::text) = (completed_at IS NOT NULL)))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_sync_backlog', 'neo4j_sync_backlog_failed_check',
    $check$CHECK (((status <> 'failed'::text) OR (last_error IS NOT NULL)))$check$);

  PERFORM pg_temp.expect_index('neo4j_sync_backlog', 'idx_neo4j_backlog_completed', '{completed_at}',
    $condition$status = 'completed'::text$condition$);
  PERFORM pg_temp.expect_index('neo4j_sync_backlog', 'idx_neo4j_backlog_due', '{next_retry_at,id}',
    $condition$status = ANY (ARRAY['pending'::text, 'failed'::text])$condition$);
  PERFORM pg_temp.expect_unique_index('neo4j_sync_backlog', 'idx_neo4j_backlog_pending',
    '{operation,entity_type,entity_id}', $condition$status = 'pending'::text$condition$);
  PERFORM pg_temp.expect_index('neo4j_sync_backlog', 'idx_neo4j_backlog_processing', '{claimed_at}',
    $condition$status = 'processing'::text$condition$);

  PERFORM pg_temp.expect_table('neo4j_circuit_breaker',
    'name text not null',
    'state text not null default ''closed''::text',
    'failure_count bigint not null default 0',
    'last_error text',
    'opened_at timestamp with time zone',
    'next_attempt_at timestamp with time zone',
    'updated_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('neo4j_circuit_breaker', 'neo4j_circuit_breaker_pkey', 'PRIMARY KEY (name)');
  PERFORM pg_temp.expect_constraint('neo4j_circuit_breaker', 'neo4j_circuit_breaker_state_check',
    $check$CHECK ((state = ANY (ARRAY['closed'::text, 'open'::text, 'half_open'::text])))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_circuit_breaker', 'neo4j_circuit_breaker_failure_count_check',
    'CHECK ((failure_count >= 0))');
  PERFORM pg_temp.expect_constraint('neo4j_circuit_breaker', 'neo4j_circuit_breaker_opened_check',
    $check$CHECK (((state = 'closed'::text) = (opened_at IS NULL)))$check$);
  PERFORM pg_temp.expect_constraint('neo4j_circuit_breaker', 'neo4j_circuit_breaker_next_attempt_check',
    $check$CHECK (((state = 'open'::text) = (next_attempt_at IS NOT NULL)))$check$);
  PERFORM pg_temp.expect(EXISTS (SELECT FROM public.neo4j_circuit_breaker WHERE name = 'neo4j'),
    'neo4j_circuit_breaker has no row for neo4j');

  PERFORM pg_temp.expect_privileges(made, 'pm_app', 'SELECT, INSERT, UPDATE, DELETE'),
    pg_temp.expect_privileges(made, 'pm_read_only', 'SELECT'),
    pg_temp.expect_privileges(made, 'public', '')
  FROM unnest(ARRAY['neo4j_sync_backlog', 'neo4j_circuit_breaker']) AS made;
END
$$;
ROLLBACK;
