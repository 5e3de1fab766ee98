-- Deploy omniops:response_suggestions to pg
--
-- Answers that are suggested to an agent for a customer's message, and what the agent did with them.
--
-- Its foreign keys are a change of their own (phase4_foreign_keys), so that creating the table locks no other.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('response_suggestions', 'response_suggestions');
END
$$;

CREATE TABLE IF NOT EXISTS public.response_suggestions (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL,
  message_id uuid NOT NULL,
  rank bigint NOT NULL DEFAULT 1,
  content text NOT NULL,
  confidence numeric(4, 3) NOT NULL,
  model text NOT NULL,
  status text NOT NULL DEFAULT 'offered',
  latency_ms bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  decided_at timestamptz,
  CONSTRAINT response_suggestions_pkey PRIMARY KEY (id),
  -- Generating the suggestions of a message again replaces them.
  CONSTRAINT response_suggestions_message_id_rank_key UNIQUE (message_id, rank),
  CONSTRAINT response_suggestions_rank_check CHECK (rank BETWEEN 1 AND 10),
  CONSTRAINT response_suggestions_content_check CHECK (content <> ''),
  CONSTRAINT response_suggestions_confidence_check CHECK (confidence BETWEEN 0 AND 1),
  CONSTRAINT response_suggestions_status_check CHECK (status IN ('offered', 'accepted', 'edited', 'dismissed')),
  CONSTRAINT response_suggestions_latency_ms_check CHECK (latency_ms >= 0),
  CONSTRAINT response_suggestions_decided_check CHECK ((status = 'offered') = (decided_at IS NULL))
);
COMMENT ON TABLE public.response_suggestions IS
  'Suggested answers to messages. Made by Sqitch change response_suggestions.';

CREATE INDEX IF NOT EXISTS idx_suggestions_conversation ON public.response_suggestions (conversation_id, created_at);
-- Finds suggestions like one: by trigrams, for which the runbook enables pg_trgm.
CREATE INDEX IF NOT EXISTS idx_suggestions_content ON public.response_suggestions USING gin (content gin_trgm_ops);

DROP POLICY IF EXISTS response_suggestions_select_own ON public.response_suggestions;
CREATE POLICY response_suggestions_select_own ON public.response_suggestions FOR SELECT TO authenticated
  USING (
    conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )
  );
DROP POLICY IF EXISTS response_suggestions_service ON public.response_suggestions;
CREATE POLICY response_suggestions_service ON public.response_suggestions TO service_role
  USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS response_suggestions_read_only ON public.response_suggestions;
CREATE POLICY response_suggestions_read_only ON public.response_suggestions FOR SELECT TO omniops_read_only
  USING (true);
-- Only now: row security without policies hides every row from everybody.
ALTER TABLE public.response_suggestions ENABLE ROW LEVEL SECURITY;

-- Supabase grants everything on a new table to its roles by default.
REVOKE ALL ON public.response_suggestions FROM PUBLIC, anon, authenticated, service_role, omniops_read_only;
GRANT SELECT ON public.response_suggestions TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.response_suggestions TO service_role;
GRANT SELECT ON public.response_suggestions TO omniops_read_only;

COMMIT;
