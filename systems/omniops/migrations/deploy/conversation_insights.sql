-- Deploy omniops:conversation_insights to pg
--
-- What is learned from conversations every six hours (INSIGHTS_EXTRACTION_SCHEDULE), with an embedding by which
-- insights like one are found.
--
-- Its foreign keys are a change of their own (phase4_foreign_keys), so that creating the table locks no other.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('conversation_insights', 'conversation_insights');
END
$$;

CREATE TABLE IF NOT EXISTS public.conversation_insights (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL,
  insight_type text NOT NULL,
  title text NOT NULL,
  summary text NOT NULL,
  confidence numeric(4, 3),
  model text NOT NULL,
  -- As long as those of OpenAI's text-embedding-3-small.
  embedding vector(1536),
  extracted_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT conversation_insights_pkey PRIMARY KEY (id),
  CONSTRAINT conversation_insights_conversation_id_insight_type_key UNIQUE (conversation_id, insight_type),
  CONSTRAINT conversation_insights_insight_type_check
    CHECK (insight_type IN ('topic', 'question', 'complaint', 'product_gap', 'praise')),
  CONSTRAINT conversation_insights_title_check CHECK (title <> ''),
  CONSTRAINT conversation_insights_confidence_check CHECK (confidence BETWEEN 0 AND 1)
);
COMMENT ON TABLE public.conversation_insights IS
  'What is learned from conversations. Made by Sqitch change conversation_insights.';

CREATE INDEX IF NOT EXISTS idx_insights_type ON public.conversation_insights (insight_type, extracted_at);
CREATE INDEX IF NOT EXISTS idx_insights_embedding ON public.conversation_insights
  USING hnsw (embedding vector_cosine_ops);

DROP POLICY IF EXISTS conversation_insights_select_own ON public.conversation_insights;
CREATE POLICY conversation_insights_select_own ON public.conversation_insights FOR SELECT TO authenticated
  USING (
    conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )
  );
DROP POLICY IF EXISTS conversation_insights_service ON public.conversation_insights;
CREATE POLICY conversation_insights_service ON public.conversation_insights TO service_role
  USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS conversation_insights_read_only ON public.conversation_insights;
CREATE POLICY conversation_insights_read_only ON public.conversation_insights FOR SELECT TO omniops_read_only
  USING (true);
-- Only now: row security without policies hides every row from everybody.
ALTER TABLE public.conversation_insights ENABLE ROW LEVEL SECURITY;

-- Supabase grants everything on a new table to its roles by default.
REVOKE ALL ON public.conversation_insights FROM PUBLIC, anon, authenticated, service_role, omniops_read_only;
GRANT SELECT ON public.conversation_insights TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.conversation_insights TO service_role;
GRANT SELECT ON public.conversation_insights TO omniops_read_only;

COMMIT;
