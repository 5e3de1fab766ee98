-- Verify omniops:escalation_events on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('escalation_events',
    'id uuid not null default gen_random_uuid()',
    'rule_id uuid not null',
    'conversation_id uuid not null',
    'message_id uuid not null',
    'score numeric(4,3)',
    'reason text not null',
    'status text not null default ''open''::text',
    'notified_at timestamp with time zone',
    'created_at timestamp with time zone not null default now()',
    'acknowledged_at timestamp with time zone',
    'resolved_at timestamp with time zone');

  PERFORM pg_temp.expect_constraint('escalation_events', 'escalation_events_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('escalation_events', 'escalation_events_rule_id_message_id_key',
    'UNIQUE (rule_id, message_id)');
  PERFORM pg_temp.expect_constraint('escalation_events', 'escalation_events_score_check',
    'CHECK (((score >= (0)::numeric) AND (score <= (1)::numeric)))');
  PERFORM pg_temp.expect_constraint('escalation_events', 'escalation_events_status_check',
    $check$CHECK ((status = ANY (ARRAY['open'::text, 'acknowledged'::text, 'resolved'::text])))$check$);
  PERFORM pg_temp.expect_constraint('escalation_events', 'escalation_events_acknowledged_check',
    $check$CHECK (((status <> 'acknowledged'::text) OR (acknowledged_at IS NOT NULL)))$check$);
  PERFORM pg_temp.expect_constraint('escalation_events', 'escalation_events_resolved_check',
    $check$CHECK (((status = 'resolved'::text) = (resolved_at IS NOT NULL)))$check$);

  PERFORM pg_temp.expect_index('escalation_events', 'idx_escalation_events_conversation',
    '{conversation_id,created_at}');
  PERFORM pg_temp.expect_index('escalation_events', 'idx_escalation_events_message', '{message_id}');
  PERFORM pg_temp.expect_index('escalation_events', 'idx_escalation_events_open', '{created_at}',
    'status <> ''resolved''::text');

  PERFORM pg_temp.expect_row_security('escalation_events');
  PERFORM pg_temp.expect_policy('escalation_events', 'escalation_events_select_own', 'SELECT', 'authenticated',
    $condition$conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )$condition$);
  PERFORM pg_temp.expect_policy('escalation_events', 'escalation_events_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('escalation_events', 'escalation_events_read_only', 'SELECT', 'omniops_read_only');
  PERFORM pg_temp.expect_no_other_policy('escalation_events', ARRAY[
    'escalation_events_read_only',
    'escalation_events_select_own',
    'escalation_events_service'
  ]);
  PERFORM pg_temp.expect_privileges('escalation_events', 'anon', '');
  PERFORM pg_temp.expect_privileges('escalation_events', 'authenticated', 'SELECT');
  PERFORM pg_temp.expect_privileges('escalation_events', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('escalation_events', 'omniops_read_only', 'SELECT');
END
$$;
ROLLBACK;
