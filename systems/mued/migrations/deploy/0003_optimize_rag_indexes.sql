-- Deploy mued:0003_optimize_rag_indexes to pg
--
-- Indexes for the queries that are asked most, and descriptions of what the columns hold.
--
-- The indexes are built after the COMMIT, while the tables are in use.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir mark_found.sql
\ir build_index.sql
DO $$
BEGIN
  -- The first time, since the descriptions below come with it.
  IF col_description('public.ai_dialogue_log'::regclass, (
    SELECT attnum FROM pg_attribute WHERE attrelid = 'public.ai_dialogue_log'::regclass AND attname = 'citations'
  )) IS NULL
  THEN
    PERFORM pg_temp.mark_found_index('idx_ai_dialogue_user_created',
      'CREATE INDEX ON public.ai_dialogue_log USING btree (user_id, created_at)', '0003_optimize_rag_indexes');
  END IF;
END
$$;

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

COMMIT;

-- CONCURRENTLY waits for older transactions without blocking anybody, hence the long timeouts.
SET lock_timeout = '5min';
SET statement_timeout = '30min';
SELECT pg_temp.build_index(kind, index_name, definition)
FROM (
  -- A user's latest dialogues.
  VALUES ('INDEX', 'idx_ai_dialogue_user_created', 'ai_dialogue_log (user_id, created_at)'),
    -- What has to be removed or licensed again next.
    ('INDEX', 'idx_provenance_expiring', 'provenance (expires_at) WHERE expires_at IS NOT NULL'),
    -- One row for each day: with it the batch job can run again for a day.
    ('UNIQUE INDEX', 'idx_rag_metrics_date_unique', 'rag_metrics_history (date)'),
    -- The plugins that can be asked now.
    ('INDEX', 'idx_plugin_enabled_healthy',
      $index$plugin_registry (source) WHERE enabled AND health_status = 'healthy'$index$)
) AS made (kind, index_name, definition)
\gexec
COMMENT ON INDEX public.idx_rag_metrics_date_unique IS 'One row for each day.';
