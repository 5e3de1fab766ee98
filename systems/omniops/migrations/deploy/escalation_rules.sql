-- Deploy omniops:escalation_rules to pg
--
-- When a customer's conversations are escalated, and where that is announced. Customers keep their own rules.
--
-- Its foreign keys are a change of their own (phase4_foreign_keys), so that creating the table locks no other.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('escalation_rules', 'escalation_rules');
END
$$;

CREATE TABLE IF NOT EXISTS public.escalation_rules (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  customer_id text NOT NULL,
  name text NOT NULL,
  trigger_type text NOT NULL DEFAULT 'sentiment',
  threshold numeric(4, 3),
  channel text NOT NULL DEFAULT 'slack',
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT escalation_rules_pkey PRIMARY KEY (id),
  CONSTRAINT escalation_rules_customer_id_name_key UNIQUE (customer_id, name),
  CONSTRAINT escalation_rules_name_check CHECK (name <> ''),
  CONSTRAINT escalation_rules_trigger_type_check CHECK (trigger_type IN ('sentiment', 'prediction', 'manual')),
  -- Without one the application's own holds: ESCALATION_SENTIMENT_THRESHOLD.
  CONSTRAINT escalation_rules_threshold_check CHECK (threshold BETWEEN 0 AND 1),
  CONSTRAINT escalation_rules_channel_check CHECK (channel IN ('slack', 'email', 'pagerduty'))
);
COMMENT ON TABLE public.escalation_rules IS
  'Rules for escalating conversations. Made by Sqitch change escalation_rules.';

CREATE INDEX IF NOT EXISTS idx_escalation_rules_enabled ON public.escalation_rules (customer_id, trigger_type)
  WHERE enabled;

DROP POLICY IF EXISTS escalation_rules_own ON public.escalation_rules;
CREATE POLICY escalation_rules_own ON public.escalation_rules TO authenticated
  USING (customer_id IN (SELECT id FROM public.customers WHERE owner_id = (SELECT auth.uid())))
  WITH CHECK (customer_id IN (SELECT id FROM public.customers WHERE owner_id = (SELECT auth.uid())));
DROP POLICY IF EXISTS escalation_rules_service ON public.escalation_rules;
CREATE POLICY escalation_rules_service ON public.escalation_rules TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS escalation_rules_read_only ON public.escalation_rules;
CREATE POLICY escalation_rules_read_only ON public.escalation_rules FOR SELECT TO omniops_read_only USING (true);
-- Only now: row security without policies hides every row from everybody.
ALTER TABLE public.escalation_rules ENABLE ROW LEVEL SECURITY;

-- Supabase grants everything on a new table to its roles by default.
REVOKE ALL ON public.escalation_rules FROM PUBLIC, anon, authenticated, service_role, omniops_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.escalation_rules TO authenticated, service_role;
GRANT SELECT ON public.escalation_rules TO omniops_read_only;

COMMIT;
