-- Verify omniops:conversation_insights on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('conversation_insights',
    'id uuid not null default gen_random_uuid()',
    'conversation_id uuid not null',
    'insight_type text not null',
    'title text not null',
    'summary text not null',
    'confidence numeric(4,3)',
    'model text not null',
    -- The extension may be in a schema of its own, as on Supabase.
    format('embedding %s.vector(1536)', (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'vector')),
    'extracted_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('conversation_insights', 'conversation_insights_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('conversation_insights', 'conversation_insights_conversation_id_insight_type_key',
    'UNIQUE (conversation_id, insight_type)');
  PERFORM pg_temp.expect_constraint('conversation_insights', 'conversation_insights_insight_type_check',
    $check$CHECK ((insight_type = ANY (ARRAY['topic'::text, 'question'::text, 'complaint'::text, 'product_gap'::text, 'praise'::text])))$check$);
  PERFORM pg_temp.expect_constraint('conversation_insights', 'conversation_insights_title_check',
    $check$CHECK ((title <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('conversation_insights', 'conversation_insights_confidence_check',
    'CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric)))');

  PERFORM pg_temp.expect_index('conversation_insights', 'idx_insights_type', '{insight_type,extracted_at}');
  PERFORM pg_temp.expect_index('conversation_insights', 'idx_insights_embedding', '{embedding vector_cosine_ops}', '', 'hnsw');

  PERFORM pg_temp.expect_row_security('conversation_insights');
  PERFORM pg_temp.expect_policy('conversation_insights', 'conversation_insights_select_own', 'SELECT', 'authenticated',
    $condition$conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )$condition$);
  PERFORM pg_temp.expect_policy('conversation_insights', 'conversation_insights_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('conversation_insights', 'conversation_insights_read_only', 'SELECT',
    'omniops_read_only');
  PERFORM pg_temp.expect_no_other_policy('conversation_insights', ARRAY[
    'conversation_insights_read_only',
    'conversation_insights_select_own',
    'conversation_insights_service'
  ]);
  PERFORM pg_temp.expect_privileges('conversation_insights', 'anon', '');
  PERFORM pg_temp.expect_privileges('conversation_insights', 'authenticated', 'SELECT');
  PERFORM pg_temp.expect_privileges('conversation_insights', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('conversation_insights', 'omniops_read_only', 'SELECT');
END
$$;
ROLLBACK;
