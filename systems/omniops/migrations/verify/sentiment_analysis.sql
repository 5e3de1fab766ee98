-- Verify omniops:sentiment_analysis on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('sentiment_analysis',
    'id uuid not null default gen_random_uuid()',
    'conversation_id uuid not null',
    'message_id uuid not null',
    'status text not null default ''pending''::text',
    'attempts bigint not null default 0',
    'error text',
    'score numeric(4,3)',
    'label text',
    'confidence numeric(4,3)',
    'model text',
    'source text not null default ''live''::text',
    'latency_ms bigint',
    'created_at timestamp with time zone not null default now()',
    'completed_at timestamp with time zone');

  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_message_id_key', 'UNIQUE (message_id)');
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_status_check',
    $check$CHECK ((status = ANY (ARRAY['pending'::text, 'completed'::text, 'failed'::text])))$check$);
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_attempts_check',
    'CHECK ((attempts >= 0))');
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_score_check',
    'CHECK (((score >= (0)::numeric) AND (score <= (1)::numeric)))');
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_label_check',
    $check$CHECK ((label = ANY (ARRAY['negative'::text, 'neutral'::text, 'positive'::text])))$check$);
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_confidence_check',
    'CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric)))');
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_source_check',
    $check$CHECK ((source = ANY (ARRAY['live'::text, 'backfill'::text])))$check$);
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_latency_ms_check',
    'CHECK ((latency_ms >= 0))');
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_completed_check',
    $check$CHECK ((((status = 'completed'::text) = (completed_at IS NOT NULL)) AND ((status = 'completed'::text) = (score IS NOT NULL)) AND ((status = 'completed'::text) = (label IS NOT NULL)) AND ((status = 'completed'::text) = (model IS NOT NULL))))$check$);
  PERFORM pg_temp.expect_constraint('sentiment_analysis', 'sentiment_analysis_failed_check',
    $check$CHECK (((status <> 'failed'::text) OR (error IS NOT NULL)))$check$);

  PERFORM pg_temp.expect_index('sentiment_analysis', 'idx_sentiment_conversation', '{conversation_id,created_at}');
  PERFORM pg_temp.expect_index('sentiment_analysis', 'idx_sentiment_unfinished', '{created_at,id}',
    'status <> ''completed''::text');
  PERFORM pg_temp.expect_index('sentiment_analysis', 'idx_sentiment_completed', '{completed_at}');

  PERFORM pg_temp.expect_row_security('sentiment_analysis');
  PERFORM pg_temp.expect_policy('sentiment_analysis', 'sentiment_analysis_select_own', 'SELECT', 'authenticated',
    $condition$conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )$condition$);
  PERFORM pg_temp.expect_policy('sentiment_analysis', 'sentiment_analysis_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('sentiment_analysis', 'sentiment_analysis_read_only', 'SELECT', 'omniops_read_only');
  PERFORM pg_temp.expect_no_other_policy('sentiment_analysis', ARRAY[
    'sentiment_analysis_read_only',
    'sentiment_analysis_select_own',
    'sentiment_analysis_service'
  ]);
  PERFORM pg_temp.expect_privileges('sentiment_analysis', 'anon', '');
  PERFORM pg_temp.expect_privileges('sentiment_analysis', 'authenticated', 'SELECT');
  PERFORM pg_temp.expect_privileges('sentiment_analysis', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('sentiment_analysis', 'omniops_read_only', 'SELECT');
END
$$;
ROLLBACK;
