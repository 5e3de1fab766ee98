-- Deploy omniops:prediction_analysis to pg
--
-- What is predicted of a customer, or of one conversation of theirs, and what came of it: predictions are only worth
-- something if they are compared with what happened.
--
-- Its foreign keys are a change of their own (phase4_foreign_keys), so that creating the table locks no other.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('prediction_analysis', 'prediction_analysis');
END
$$;

CREATE TABLE IF NOT EXISTS public.prediction_analysis (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  customer_id text NOT NULL,
  conversation_id uuid,
  prediction_type text NOT NULL,
  probability numeric(4, 3) NOT NULL,
  horizon_days bigint NOT NULL DEFAULT 30,
  model text NOT NULL,
  features jsonb NOT NULL DEFAULT '{}',
  outcome boolean,
  created_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  CONSTRAINT prediction_analysis_pkey PRIMARY KEY (id),
  CONSTRAINT prediction_analysis_prediction_type_check
    CHECK (prediction_type IN ('churn', 'escalation', 'resolution', 'satisfaction')),
  CONSTRAINT prediction_analysis_probability_check CHECK (probability BETWEEN 0 AND 1),
  CONSTRAINT prediction_analysis_horizon_days_check CHECK (horizon_days > 0),
  CONSTRAINT prediction_analysis_features_check CHECK (jsonb_typeof(features) = 'object'),
  CONSTRAINT prediction_analysis_resolved_check CHECK ((outcome IS NULL) = (resolved_at IS NULL))
);
COMMENT ON TABLE public.prediction_analysis IS
  'Predictions about customers and what came of them. Made by Sqitch change prediction_analysis.';

CREATE INDEX IF NOT EXISTS idx_predictions_customer
  ON public.prediction_analysis (customer_id, prediction_type, created_at);
CREATE INDEX IF NOT EXISTS idx_predictions_conversation ON public.prediction_analysis (conversation_id)
  WHERE conversation_id IS NOT NULL;
-- What is still to be compared with what happened.
CREATE INDEX IF NOT EXISTS idx_predictions_unresolved ON public.prediction_analysis (created_at) WHERE outcome IS NULL;

DROP POLICY IF EXISTS prediction_analysis_select_own ON public.prediction_analysis;
CREATE POLICY prediction_analysis_select_own ON public.prediction_analysis FOR SELECT TO authenticated
  USING (customer_id IN (SELECT id FROM public.customers WHERE owner_id = (SELECT auth.uid())));
DROP POLICY IF EXISTS prediction_analysis_service ON public.prediction_analysis;
CREATE POLICY prediction_analysis_service ON public.prediction_analysis TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS prediction_analysis_read_only ON public.prediction_analysis;
CREATE POLICY prediction_analysis_read_only ON public.prediction_analysis FOR SELECT TO omniops_read_only USING (true);
-- Only now: row security without policies hides every row from everybody.
ALTER TABLE public.prediction_analysis ENABLE ROW LEVEL SECURITY;

-- Supabase grants everything on a new table to its roles by default.
REVOKE ALL ON public.prediction_analysis FROM PUBLIC, anon, authenticated, service_role, omniops_read_only;
GRANT SELECT ON public.prediction_analysis TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.prediction_analysis TO service_role;
GRANT SELECT ON public.prediction_analysis TO omniops_read_only;

COMMIT;
