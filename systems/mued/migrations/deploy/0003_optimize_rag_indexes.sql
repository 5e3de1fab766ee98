-- Deploy mued:0003_optimize_rag_indexes to pg
--
-- Indexes for the queries that are asked most, and descriptions of what the columns hold.
--
-- The indexes are not built CONCURRENTLY, which no transaction allows: the runbook recommends to run its migrations in a
-- single one. Writing waits while they are built, no longer than the timeouts.
-- squawk-ignore-file require-concurrent-index-creation -- for the reason above
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

-- A user's latest dialogues.
CREATE INDEX IF NOT EXISTS idx_ai_dialogue_user_created ON public.ai_dialogue_log (user_id, created_at);
-- What has to be removed or licensed again next.
CREATE INDEX IF NOT EXISTS idx_provenance_expiring ON public.provenance (expires_at) WHERE expires_at IS NOT NULL;
-- One row for each day: with it the batch job can run again for a day.
CREATE UNIQUE INDEX IF NOT EXISTS idx_rag_metrics_date_unique ON public.rag_metrics_history (date);
-- The plugins that can be asked now.
CREATE INDEX IF NOT EXISTS idx_plugin_enabled_healthy ON public.plugin_registry (source)
  WHERE enabled AND health_status = 'healthy';

-- Not on the tables: their comments say which change made them.
COMMENT ON COLUMN public.ai_dialogue_log.citations IS
  'What the answer cites: [{source, sourceType, excerpt, confidence, timestamp}].';
COMMENT ON COLUMN public.ai_dialogue_log.latency_ms IS 'Milliseconds from the question to the whole answer.';
COMMENT ON COLUMN public.ai_dialogue_log.token_cost_jpy IS 'What the model''s provider charges for it, in JPY.';
COMMENT ON COLUMN public.ai_dialogue_log.citation_rate IS 'Per cent of the answer that is backed by a citation.';
COMMENT ON COLUMN public.ai_dialogue_log.relevance_score IS 'Mean relevance of what was retrieved, from 0 to 1.';
COMMENT ON COLUMN public.provenance.content_id IS 'What it is of: the id in the table that content_type stands for.';
COMMENT ON COLUMN public.provenance.material_id IS 'content_id where the content is a material, else NULL.';
COMMENT ON COLUMN public.provenance.retention_years IS 'How many years the content may be kept; NULL for ever.';
COMMENT ON COLUMN public.provenance.expires_at IS 'When the content must be removed or licensed again.';
COMMENT ON COLUMN public.rag_metrics_history.date IS 'The day in the time zone of the batch job.';
COMMENT ON COLUMN public.rag_metrics_history.citation_rate IS 'Per cent of the answers with at least one citation.';
COMMENT ON COLUMN public.rag_metrics_history.cost_per_answer IS 'Mean cost of an answer, in JPY.';
COMMENT ON COLUMN public.rag_metrics_history.slo_compliance IS
  '{citationRateMet, latencyMet, costMet, overallMet}: true, false, or null where nothing was measured.';
COMMENT ON COLUMN public.plugin_registry.health_status IS 'What the last health check found.';
COMMENT ON INDEX public.idx_rag_metrics_date_unique IS 'One row for each day.';

COMMIT;
