-- Deploy omniops:escalation_events to pg
--
-- Conversations that a rule escalated, and how far they are since. A rule escalates a message once, however often the
-- message is looked at.
--
-- Its foreign keys are a change of their own (phase4_foreign_keys), so that creating the table locks no other.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('escalation_events', 'escalation_events');
END
$$;

CREATE TABLE IF NOT EXISTS public.escalation_events (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  rule_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  message_id uuid NOT NULL,
  score numeric(4, 3),
  reason text NOT NULL,
  status text NOT NULL DEFAULT 'open',
  notified_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  acknowledged_at timestamptz,
  resolved_at timestamptz,
  CONSTRAINT escalation_events_pkey PRIMARY KEY (id),
  CONSTRAINT escalation_events_rule_id_message_id_key UNIQUE (rule_id, message_id),
  CONSTRAINT escalation_events_score_check CHECK (score BETWEEN 0 AND 1),
  CONSTRAINT escalation_events_status_check CHECK (status IN ('open', 'acknowledged', 'resolved')),
  CONSTRAINT escalation_events_acknowledged_check CHECK (status <> 'acknowledged' OR acknowledged_at IS NOT NULL),
  CONSTRAINT escalation_events_resolved_check CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
COMMENT ON TABLE public.escalation_events IS
  'Conversations that were escalated. Made by Sqitch change escalation_events.';

CREATE INDEX IF NOT EXISTS idx_escalation_events_conversation
  ON public.escalation_events (conversation_id, created_at);
-- A message that is deleted takes its events along.
CREATE INDEX IF NOT EXISTS idx_escalation_events_message ON public.escalation_events (message_id);
CREATE INDEX IF NOT EXISTS idx_escalation_events_open ON public.escalation_events (created_at)
  WHERE status <> 'resolved';

DROP POLICY IF EXISTS escalation_events_select_own ON public.escalation_events;
CREATE POLICY escalation_events_select_own ON public.escalation_events FOR SELECT TO authenticated
  USING (
    conversation_id IN (
      SELECT conversations.id FROM public.conversations
      JOIN public.customers ON customers.id = conversations.customer_id
      WHERE customers.owner_id = (SELECT auth.uid())
    )
  );
DROP POLICY IF EXISTS escalation_events_service ON public.escalation_events;
CREATE POLICY escalation_events_service ON public.escalation_events TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS escalation_events_read_only ON public.escalation_events;
CREATE POLICY escalation_events_read_only ON public.escalation_events FOR SELECT TO omniops_read_only USING (true);
-- Only now: row security without policies hides every row from everybody.
ALTER TABLE public.escalation_events ENABLE ROW LEVEL SECURITY;

-- Supabase grants everything on a new table to its roles by default.
REVOKE ALL ON public.escalation_events FROM PUBLIC, anon, authenticated, service_role, omniops_read_only;
GRANT SELECT ON public.escalation_events TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.escalation_events TO service_role;
GRANT SELECT ON public.escalation_events TO omniops_read_only;

COMMIT;
