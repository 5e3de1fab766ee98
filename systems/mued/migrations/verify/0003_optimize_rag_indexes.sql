-- Verify mued:0003_optimize_rag_indexes on pg
BEGIN;
\ir expectations.sql

DO $$
DECLARE
  described bigint;
BEGIN
  -- Step 1.6: the four indexes by name.
  PERFORM pg_temp.expect_index('ai_dialogue_log', 'idx_ai_dialogue_user_created', '{user_id,created_at}');
  PERFORM pg_temp.expect_index('plugin_registry', 'idx_plugin_enabled_healthy', '{source}',
    $condition$enabled AND health_status = 'healthy'::text$condition$);
  PERFORM pg_temp.expect_index('provenance', 'idx_provenance_expiring', '{expires_at}', 'expires_at IS NOT NULL');
  PERFORM pg_temp.expect_unique_index('rag_metrics_history', 'idx_rag_metrics_date_unique', '{date}');

  -- Step 1.5: "COMMENT (x11+)".
  SELECT count(*) INTO described
  FROM pg_attribute
  WHERE attrelid IN ('public.ai_dialogue_log'::regclass, 'public.provenance'::regclass,
      'public.rag_metrics_history'::regclass, 'public.plugin_registry'::regclass)
    AND attnum > 0 AND col_description(attrelid, attnum) IS NOT NULL;
  PERFORM pg_temp.expect(described >= 11,
    format('%s columns of the RAG tables have a comment, expected 11 or more', described));
END
$$;
ROLLBACK;
