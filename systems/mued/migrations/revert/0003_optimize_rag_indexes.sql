-- Revert mued:0003_optimize_rag_indexes from pg
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir drop_ours.sql

-- Not CONCURRENTLY: dropping takes no time.
DO $$
BEGIN
  PERFORM pg_temp.drop_our_index(made, '0003_optimize_rag_indexes')
  FROM unnest(ARRAY['idx_ai_dialogue_user_created', 'idx_provenance_expiring', 'idx_rag_metrics_date_unique',
    'idx_plugin_enabled_healthy']) AS made;
END
$$;

COMMENT ON COLUMN public.ai_dialogue_log.citations IS NULL;
COMMENT ON COLUMN public.ai_dialogue_log.latency_ms IS NULL;
COMMENT ON COLUMN public.ai_dialogue_log.token_cost_jpy IS NULL;
COMMENT ON COLUMN public.ai_dialogue_log.citation_rate IS NULL;
COMMENT ON COLUMN public.ai_dialogue_log.relevance_score IS NULL;
COMMENT ON COLUMN public.provenance.content_id IS NULL;
COMMENT ON COLUMN public.provenance.material_id IS NULL;
COMMENT ON COLUMN public.provenance.retention_years IS NULL;
COMMENT ON COLUMN public.provenance.expires_at IS NULL;
COMMENT ON COLUMN public.rag_metrics_history.date IS NULL;
COMMENT ON COLUMN public.rag_metrics_history.citation_rate IS NULL;
COMMENT ON COLUMN public.rag_metrics_history.cost_per_answer IS NULL;
COMMENT ON COLUMN public.rag_metrics_history.slo_compliance IS NULL;
COMMENT ON COLUMN public.plugin_registry.health_status IS NULL;

COMMIT;
