-- Verify omniops:response_suggestions on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('response_suggestions',
    'id uuid not null default gen_random_uuid()',
    'conversation_id uuid not null',
    'message_id uuid not null',
    'rank bigint not null default 1',
    'content text not null',
    'confidence numeric(4,3) not null',
    'model text not null',
    'status text not null default ''offered''::text',
    'latency_ms bigint',
    'created_at timestamp with time zone not null default now()',
    'decided_at timestamp with time zone');

  PERFORM pg_temp.expect_constraint('response_suggestions', 'response_suggestions_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('response_suggestions', 'response_suggestions_message_id_rank_key',
    'UNIQUE (message_id, rank)');
  PERFORM pg_temp.expect_constraint('response_suggestions', 'response_suggestions_rank_check',
    'CHECK (((rank >= 1) AND (rank <= 10)))');
  PERFORM pg_temp.expect_constraint('response_suggestions', 'response_suggestions_content_check',
    $check$CHECK ((content <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('response_suggestions', 'response_suggestions_confidence_check',
    'CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric)))');
  PERFORM pg_temp.expect_constraint('response_suggestions', 'response_suggestions_status_check',
    $check$CHECK ((status = ANY (ARRAY['offered'::text, 'accepted'::text, 'edited'::text, 'dismissed'::text])))$check$);
  PERFORM pg_temp.expect_constraint('response_suggestions', 'response_suggestions_latency_ms_check',
    'CHECK ((latency_ms >= 0))');
  PERFORM pg_temp.expect_constraint('response_suggestions', 'response_suggestions_decided_check',
    $check$CHECK (((status = 'offered'::text) = (decided_at IS NULL)))$check$);

  PERFORM pg_temp.expect_index('response_suggestions', 'idx_suggestions_conversation', '{conversation_id,created_at}');
  PERFORM pg_temp.expect_index('response_suggestions', 'idx_suggestions_content', '{content gin_trgm_ops}', '', 'gin');

  PERFORM pg_temp.expect_row_security('response_suggestions');
  PERFORM pg_temp.expect_policy('response_suggestions', 'response_suggestions_select_own', 'SELECT', 'authenticated',
    $condition$conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )$condition$);
  PERFORM pg_temp.expect_policy('response_suggestions', 'response_suggestions_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('response_suggestions', 'response_suggestions_read_only', 'SELECT',
    'omniops_read_only');
  PERFORM pg_temp.expect_no_other_policy('response_suggestions', ARRAY[
    'response_suggestions_read_only',
    'response_suggestions_select_own',
    'response_suggestions_service'
  ]);
  PERFORM pg_temp.expect_privileges('response_suggestions', 'anon', '');
  PERFORM pg_temp.expect_privileges('response_suggestions', 'authenticated', 'SELECT');
  PERFORM pg_temp.expect_privileges('response_suggestions', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('response_suggestions', 'omniops_read_only', 'SELECT');
END
$$;
ROLLBACK;
