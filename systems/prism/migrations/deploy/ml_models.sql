-- Deploy prism:ml_models to pg
--
-- The registry of model versions: what each was trained on, how well it does, and whether it is in use.
--
-- A/B testing: several versions of one type may be active at once. Each gets traffic in proportion to its
-- traffic_weight among the active ones of its type, so that no rule has to hold across rows while they are changed one
-- by one: weights 9 and 1 send one request in ten to the second.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_table('ml_models', 'ml_models');
END
$$;

CREATE TABLE IF NOT EXISTS public.ml_models (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  model_type text NOT NULL,
  version text NOT NULL,
  is_active boolean NOT NULL DEFAULT false,
  traffic_weight numeric(6, 2) NOT NULL DEFAULT 1,
  -- The batch of ai_feedback that it was trained on; NULL for one that came from elsewhere.
  training_batch_id uuid,
  training_samples bigint NOT NULL DEFAULT 0,
  accuracy numeric(5, 4),
  precision_score numeric(5, 4),
  recall_score numeric(5, 4),
  f1_score numeric(5, 4),
  -- What else was measured, by name.
  metrics jsonb NOT NULL DEFAULT '{}',
  trained_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ml_models_pkey PRIMARY KEY (id),
  CONSTRAINT ml_models_model_type_version_key UNIQUE (model_type, version),
  CONSTRAINT ml_models_model_type_check CHECK (model_type ~ '^[a-z][a-z0-9_]*$'),
  CONSTRAINT ml_models_version_check CHECK (version <> ''),
  CONSTRAINT ml_models_traffic_weight_check CHECK (traffic_weight > 0),
  CONSTRAINT ml_models_training_samples_check CHECK (training_samples >= 0),
  CONSTRAINT ml_models_scores_check CHECK (
    accuracy BETWEEN 0 AND 1
    AND precision_score BETWEEN 0 AND 1
    AND recall_score BETWEEN 0 AND 1
    AND f1_score BETWEEN 0 AND 1
  ),
  CONSTRAINT ml_models_metrics_check CHECK (jsonb_typeof(metrics) = 'object')
);
COMMENT ON TABLE public.ml_models IS 'Model versions and their metrics. Made by Sqitch change ml_models.';

CREATE INDEX IF NOT EXISTS idx_ml_models_active ON public.ml_models (model_type) WHERE is_active;
CREATE INDEX IF NOT EXISTS idx_ml_models_training_batch ON public.ml_models (training_batch_id);

-- No user's data, but Supabase serves every table without row security to anyone with the public key.
ALTER TABLE public.ml_models ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ml_models_service ON public.ml_models;
CREATE POLICY ml_models_service ON public.ml_models TO service_role USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS ml_models_read_only ON public.ml_models;
CREATE POLICY ml_models_read_only ON public.ml_models FOR SELECT TO prism_read_only USING (true);

REVOKE ALL ON public.ml_models FROM PUBLIC, anon, authenticated, service_role, prism_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.ml_models TO service_role;
GRANT SELECT ON public.ml_models TO prism_read_only;

COMMIT;
