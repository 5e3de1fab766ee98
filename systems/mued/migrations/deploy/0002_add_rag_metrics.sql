-- Deploy mued:0002_add_rag_metrics to pg
--
-- What is measured of each dialogue with the AI, where content came from and under which licence, the daily metrics, and
-- the plugins that content comes from.
--
-- ai_dialogue_log may be there already in its base version: then it is extended, and its rows stay. Its comment says
-- which it was, so that reverting goes back to that. It may be in use: its columns come without a look at its rows, and its
-- checks are validated and its indexes built after the COMMIT, where that keeps nobody from reading or writing.
-- squawk-ignore-file prefer-robust-stmts -- what stands after the transaction can run again: it changes nothing then
BEGIN;
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_table.sql
\ir mark_found.sql
\ir build_index.sql
\ir rag_metrics_helpers.sql
DO $$
BEGIN
  PERFORM pg_temp.take_base_version();
  PERFORM pg_temp.refuse_foreign_table('provenance', '0002_add_rag_metrics');
  PERFORM pg_temp.refuse_foreign_table('rag_metrics_history', '0002_add_rag_metrics');
  PERFORM pg_temp.refuse_foreign_table('plugin_registry', '0002_add_rag_metrics');
  PERFORM pg_temp.make_enum('content_type', 'material', 'note', 'audio', 'video', 'web_page');
  PERFORM pg_temp.make_enum('acquisition_method',
    'manual_upload', 'api_import', 'plugin_sync', 'web_scrape', 'ai_generated');
  PERFORM pg_temp.make_enum('license_type',
    'cc0', 'cc_by', 'cc_by_sa', 'cc_by_nc', 'public_domain', 'proprietary', 'unknown');
END
$$;

-- The base version. A dialogue without a user is an anonymous one, as the runbook's own test request is.
CREATE TABLE IF NOT EXISTS public.ai_dialogue_log (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid,
  session_id uuid NOT NULL,
  query text NOT NULL,
  response text NOT NULL,
  model_used text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ai_dialogue_log_pkey PRIMARY KEY (id)
);
DO $$
BEGIN
  IF obj_description('public.ai_dialogue_log'::regclass, 'pg_class') IS NULL THEN
    COMMENT ON TABLE public.ai_dialogue_log IS
      'Dialogues with the AI and what was measured of them. Made by Sqitch change 0002_add_rag_metrics.';
  END IF;
END
$$;

-- NULL is "not measured", as for every dialogue before this change; citations are none then. No row is written: the defaults
-- stand for the rows that are there.
ALTER TABLE public.ai_dialogue_log
  ADD COLUMN IF NOT EXISTS citations jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN IF NOT EXISTS latency_ms bigint,
  ADD COLUMN IF NOT EXISTS token_cost_jpy numeric(12, 4),
  -- Per cent of the answer that is backed by a citation.
  ADD COLUMN IF NOT EXISTS citation_rate numeric(5, 2),
  ADD COLUMN IF NOT EXISTS relevance_score numeric(4, 3),
  ADD COLUMN IF NOT EXISTS retrieved_count bigint,
  ADD COLUMN IF NOT EXISTS retrieval_ms bigint,
  ADD COLUMN IF NOT EXISTS input_tokens bigint,
  ADD COLUMN IF NOT EXISTS output_tokens bigint;
-- NOT VALID looks at no row while the table is locked.
SELECT format('ALTER TABLE public.ai_dialogue_log ADD CONSTRAINT %I CHECK (%s) NOT VALID', check_name, condition)
FROM (
  VALUES ('ai_dialogue_log_citations_check', $check$jsonb_typeof(citations) = 'array'$check$),
    ('ai_dialogue_log_latency_ms_check', 'latency_ms >= 0'),
    ('ai_dialogue_log_token_cost_jpy_check', 'token_cost_jpy >= 0'),
    ('ai_dialogue_log_citation_rate_check', 'citation_rate BETWEEN 0 AND 100'),
    ('ai_dialogue_log_relevance_score_check', 'relevance_score BETWEEN 0 AND 1'),
    ('ai_dialogue_log_retrieved_count_check', 'retrieved_count >= 0'),
    ('ai_dialogue_log_retrieval_ms_check', 'retrieval_ms >= 0'),
    ('ai_dialogue_log_input_tokens_check', 'input_tokens >= 0'),
    ('ai_dialogue_log_output_tokens_check', 'output_tokens >= 0')
) AS wanted (check_name, condition)
WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_constraint WHERE conrelid = 'public.ai_dialogue_log'::regclass AND conname = check_name
)
\gexec

CREATE TABLE IF NOT EXISTS public.provenance (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  content_id uuid NOT NULL,
  content_type public.content_type NOT NULL,
  -- The content where it is a material: what a foreign key can refer from, since content_id is a material's for one
  -- type of content only.
  material_id uuid GENERATED ALWAYS AS (CASE WHEN content_type = 'material' THEN content_id END) STORED,
  source_uri text NOT NULL,
  license_type public.license_type NOT NULL,
  acquisition_method public.acquisition_method NOT NULL,
  acquired_by uuid,
  -- How long the content may be kept, and when that is over; NULL for ever.
  retention_years bigint,
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT provenance_pkey PRIMARY KEY (id),
  CONSTRAINT provenance_source_uri_check CHECK (source_uri <> ''),
  CONSTRAINT provenance_retention_years_check CHECK (retention_years >= 0)
);
COMMENT ON TABLE public.provenance IS
  'Where content came from and under which licence. Made by Sqitch change 0002_add_rag_metrics.';

CREATE INDEX IF NOT EXISTS idx_provenance_content ON public.provenance (content_type, content_id);
-- In this order the newest of a type are found without sorting.
CREATE INDEX IF NOT EXISTS idx_provenance_type_created ON public.provenance (content_type, created_at);
CREATE INDEX IF NOT EXISTS idx_provenance_material ON public.provenance (material_id);
CREATE INDEX IF NOT EXISTS idx_provenance_acquired_by ON public.provenance (acquired_by);

CREATE TABLE IF NOT EXISTS public.rag_metrics_history (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  date date NOT NULL,
  -- Per cent of the day's answers with at least one citation.
  citation_rate numeric(5, 2),
  citation_count bigint,
  latency_p50_ms bigint,
  latency_p95_ms bigint,
  latency_p99_ms bigint,
  -- JPY.
  cost_per_answer numeric(12, 4),
  total_queries bigint NOT NULL DEFAULT 0,
  slo_compliance jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT rag_metrics_history_pkey PRIMARY KEY (id),
  CONSTRAINT rag_metrics_history_citation_rate_check CHECK (citation_rate BETWEEN 0 AND 100),
  CONSTRAINT rag_metrics_history_counts_check CHECK (total_queries >= 0 AND citation_count >= 0),
  CONSTRAINT rag_metrics_history_measures_check
    CHECK (latency_p50_ms >= 0 AND latency_p95_ms >= 0 AND latency_p99_ms >= 0 AND cost_per_answer >= 0),
  CONSTRAINT rag_metrics_history_slo_compliance_check CHECK (jsonb_typeof(slo_compliance) = 'object')
);
COMMENT ON TABLE public.rag_metrics_history IS
  'RAG metrics of each day and whether they met their objectives. Made by Sqitch change 0002_add_rag_metrics.';

-- The days to look into.
CREATE INDEX IF NOT EXISTS idx_rag_metrics_slo_missed ON public.rag_metrics_history (date)
  WHERE slo_compliance ->> 'overallMet' = 'false';

CREATE TABLE IF NOT EXISTS public.plugin_registry (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  source text NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  configuration jsonb NOT NULL DEFAULT '{}',
  health_status text NOT NULL DEFAULT 'unknown',
  last_health_check_at timestamptz,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT plugin_registry_pkey PRIMARY KEY (id),
  CONSTRAINT plugin_registry_name_check CHECK (name <> '' AND source <> ''),
  CONSTRAINT plugin_registry_configuration_check CHECK (jsonb_typeof(configuration) = 'object'),
  CONSTRAINT plugin_registry_health_status_check
    CHECK (health_status IN ('healthy', 'degraded', 'unhealthy', 'unknown'))
);
COMMENT ON TABLE public.plugin_registry IS
  'Plugins that content comes from, and their health. Made by Sqitch change 0002_add_rag_metrics.';

CREATE UNIQUE INDEX IF NOT EXISTS idx_plugin_name ON public.plugin_registry (name);
CREATE INDEX IF NOT EXISTS idx_plugin_source ON public.plugin_registry (source);

-- A function of this name is common: one that is there already is used as it is, and stays when this is reverted.
SELECT to_regprocedure('public.update_updated_at_column()') IS NULL AS is_missing
\gset
\if :is_missing
CREATE FUNCTION public.update_updated_at_column() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION public.update_updated_at_column() IS
  'Notes when a row was changed. Made by Sqitch change 0002_add_rag_metrics.';
\endif

CREATE OR REPLACE TRIGGER update_ai_dialogue_log_updated_at BEFORE UPDATE ON public.ai_dialogue_log
  FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();
CREATE OR REPLACE TRIGGER update_provenance_updated_at BEFORE UPDATE ON public.provenance
  FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();
CREATE OR REPLACE TRIGGER update_plugin_registry_updated_at BEFORE UPDATE ON public.plugin_registry
  FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

INSERT INTO public.plugin_registry (name, source, enabled)
VALUES ('Note.com Integration', 'note', true), ('Local Materials', 'local', true)
ON CONFLICT (name) DO NOTHING;

REVOKE ALL ON public.ai_dialogue_log, public.provenance, public.rag_metrics_history, public.plugin_registry
  FROM PUBLIC, mued_app, mued_read_only;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON public.ai_dialogue_log, public.provenance, public.rag_metrics_history, public.plugin_registry TO mued_app;
GRANT SELECT
  ON public.ai_dialogue_log, public.provenance, public.rag_metrics_history, public.plugin_registry TO mued_read_only;

COMMIT;

-- Reads all rows once, and blocks neither reading nor writing meanwhile.
SET lock_timeout = '5s';
SET statement_timeout = '30min';
ALTER TABLE public.ai_dialogue_log
  VALIDATE CONSTRAINT ai_dialogue_log_citations_check,
  VALIDATE CONSTRAINT ai_dialogue_log_latency_ms_check,
  VALIDATE CONSTRAINT ai_dialogue_log_token_cost_jpy_check,
  VALIDATE CONSTRAINT ai_dialogue_log_citation_rate_check,
  VALIDATE CONSTRAINT ai_dialogue_log_relevance_score_check,
  VALIDATE CONSTRAINT ai_dialogue_log_retrieved_count_check,
  VALIDATE CONSTRAINT ai_dialogue_log_retrieval_ms_check,
  VALIDATE CONSTRAINT ai_dialogue_log_input_tokens_check,
  VALIDATE CONSTRAINT ai_dialogue_log_output_tokens_check;

-- CONCURRENTLY waits for older transactions without blocking anybody, hence the long timeout.
SET lock_timeout = '5min';
SELECT pg_temp.build_index(kind, index_name, definition)
FROM (
  VALUES ('INDEX', 'idx_ai_dialogue_created_at', 'ai_dialogue_log (created_at)'),
    ('INDEX', 'idx_ai_dialogue_session', 'ai_dialogue_log (session_id, created_at)'),
    ('INDEX', 'idx_ai_dialogue_model', 'ai_dialogue_log (model_used, created_at)'),
    -- Which dialogues cite a source.
    ('INDEX', 'idx_ai_dialogue_citations', 'ai_dialogue_log USING gin (citations jsonb_path_ops)'),
    -- The answers without a citation: what lowers the citation rate.
    ('INDEX', 'idx_ai_dialogue_uncited', $index$ai_dialogue_log (created_at) WHERE citations = '[]'$index$)
) AS made (kind, index_name, definition)
\gexec
