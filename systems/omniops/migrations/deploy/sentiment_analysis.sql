-- Deploy omniops:sentiment_analysis to pg
--
-- What customers feel in a message, one row for each: also the record of the jobs that analyse them. A row is pending
-- until it is completed or failed, so that a job that Redis loses can be queued again from here.
--
-- Its foreign keys are a change of their own (phase4_foreign_keys), so that creating the table locks no other.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('sentiment_analysis', 'sentiment_analysis');
END
$$;

CREATE TABLE IF NOT EXISTS public.sentiment_analysis (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL,
  message_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  attempts bigint NOT NULL DEFAULT 0,
  error text,
  score numeric(4, 3),
  label text,
  confidence numeric(4, 3),
  model text,
  source text NOT NULL DEFAULT 'live',
  latency_ms bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  CONSTRAINT sentiment_analysis_pkey PRIMARY KEY (id),
  CONSTRAINT sentiment_analysis_message_id_key UNIQUE (message_id),
  CONSTRAINT sentiment_analysis_status_check CHECK (status IN ('pending', 'completed', 'failed')),
  CONSTRAINT sentiment_analysis_attempts_check CHECK (attempts >= 0),
  CONSTRAINT sentiment_analysis_score_check CHECK (score BETWEEN 0 AND 1),
  CONSTRAINT sentiment_analysis_label_check CHECK (label IN ('negative', 'neutral', 'positive')),
  CONSTRAINT sentiment_analysis_confidence_check CHECK (confidence BETWEEN 0 AND 1),
  CONSTRAINT sentiment_analysis_source_check CHECK (source IN ('live', 'backfill')),
  CONSTRAINT sentiment_analysis_latency_ms_check CHECK (latency_ms >= 0),
  -- One that is completed has its result, and no other has one.
  CONSTRAINT sentiment_analysis_completed_check CHECK (
    (status = 'completed') = (completed_at IS NOT NULL) AND (status = 'completed') = (score IS NOT NULL)
    AND (status = 'completed') = (label IS NOT NULL) AND (status = 'completed') = (model IS NOT NULL)
  ),
  CONSTRAINT sentiment_analysis_failed_check CHECK (status <> 'failed' OR error IS NOT NULL)
);
COMMENT ON TABLE public.sentiment_analysis IS
  'What customers feel in their messages. Made by Sqitch change sentiment_analysis.';

CREATE INDEX IF NOT EXISTS idx_sentiment_conversation ON public.sentiment_analysis (conversation_id, created_at);
-- What requeue-failed-jobs looks for: few rows among many.
CREATE INDEX IF NOT EXISTS idx_sentiment_unfinished ON public.sentiment_analysis (created_at, id)
  WHERE status <> 'completed';
-- What was analysed today, for the daily cost.
CREATE INDEX IF NOT EXISTS idx_sentiment_completed ON public.sentiment_analysis (completed_at);

DROP POLICY IF EXISTS sentiment_analysis_select_own ON public.sentiment_analysis;
CREATE POLICY sentiment_analysis_select_own ON public.sentiment_analysis FOR SELECT TO authenticated
  USING (
    conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )
  );
DROP POLICY IF EXISTS sentiment_analysis_service ON public.sentiment_analysis;
CREATE POLICY sentiment_analysis_service ON public.sentiment_analysis TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS sentiment_analysis_read_only ON public.sentiment_analysis;
CREATE POLICY sentiment_analysis_read_only ON public.sentiment_analysis FOR SELECT TO omniops_read_only USING (true);
-- Only now: row security without policies hides every row from everybody.
ALTER TABLE public.sentiment_analysis ENABLE ROW LEVEL SECURITY;

-- Supabase grants everything on a new table to its roles by default.
REVOKE ALL ON public.sentiment_analysis FROM PUBLIC, anon, authenticated, service_role, omniops_read_only;
GRANT SELECT ON public.sentiment_analysis TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.sentiment_analysis TO service_role;
GRANT SELECT ON public.sentiment_analysis TO omniops_read_only;

COMMIT;
