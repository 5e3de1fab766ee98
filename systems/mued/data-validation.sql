-- MUED's "Phase 2: Data Validation": writes the runbook's test rows, compares what is read back, and leaves nothing.
--
-- Run by the owner: psql -v ON_ERROR_STOP=1 -f data-validation.sql
--
-- All in one transaction that ends in ROLLBACK: the rows are gone also when a check fails or the script is killed,
-- nobody else ever sees them, and there is nothing to clean up. (The runbook's "Phase 5: Cleanup Test Data" would
-- delete the real metrics of the day.) In a transaction now() is when it began, so that created_at = now() are the rows
-- of this run.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

CREATE FUNCTION pg_temp.check_value(what text, value text, expected text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
  IF value IS DISTINCT FROM expected THEN
    RAISE EXCEPTION '% is %, expected %', what, coalesce(value, 'NULL'), expected;
  END IF;
  RETURN format('ok %s = %s', what, value);
END
$$;

-- Step 2.1: Insert Test Data.
INSERT INTO public.users (clerk_id, email, name, role)
VALUES ('test_phase2_001', 'phase2test@example.com', 'Phase 2 Test User', 'student')
ON CONFLICT (clerk_id) DO NOTHING;

INSERT INTO public.ai_dialogue_log (
  user_id, session_id, query, response, model_used, citations, latency_ms, token_cost_jpy, citation_rate
)
VALUES (
  (SELECT id FROM public.users WHERE clerk_id = 'test_phase2_001'),
  gen_random_uuid(),
  'Test query: What is RAG?',
  'Test response: RAG is Retrieval-Augmented Generation...',
  'gpt-4',
  '[{"source": "test_source", "sourceType": "web", "excerpt": "RAG definition", "confidence": 0.95, "timestamp": "2025-10-29T12:00:00Z"}]',
  1200,
  2.50,
  100.0
);

-- The runbook tests no provenance where there is no material; here there is one then.
INSERT INTO public.materials (title)
SELECT 'Phase 2 Test Material' WHERE NOT EXISTS (SELECT FROM public.materials);
INSERT INTO public.provenance (content_id, content_type, source_uri, license_type, acquisition_method)
SELECT id, 'material', 'https://test.example.com/source', 'cc_by', 'manual_upload' FROM public.materials LIMIT 1;

-- The day after the last that is there, so that no real row is in the way: the runbook's query takes the last.
INSERT INTO public.rag_metrics_history (date, citation_rate, latency_p50_ms, cost_per_answer, total_queries)
SELECT greatest(current_date, max(date) + 1), 75.5, 1200, 2.30, 1000 FROM public.rag_metrics_history;

-- Step 2.2: Verify Test Data.
SELECT pg_temp.check_value('test users', count(*)::text, '1') FROM public.users WHERE clerk_id = 'test_phase2_001';

CREATE TEMPORARY TABLE dialogue ON COMMIT DROP AS
SELECT * FROM public.ai_dialogue_log WHERE query LIKE 'Test query:%' AND created_at = now();
SELECT pg_temp.check_value('dialogue: rows', count(*)::text, '1') FROM dialogue;
SELECT pg_temp.check_value('dialogue: citation_count', jsonb_array_length(citations)::text, '1') FROM dialogue;
SELECT pg_temp.check_value('dialogue: latency_ms', latency_ms::text, '1200') FROM dialogue;
SELECT pg_temp.check_value('dialogue: token_cost_jpy', round(token_cost_jpy, 2)::text, '2.50') FROM dialogue;
SELECT pg_temp.check_value('dialogue: citation_rate', citation_rate::text, '100.00') FROM dialogue;

CREATE TEMPORARY TABLE origin ON COMMIT DROP AS
SELECT * FROM public.provenance WHERE source_uri = 'https://test.example.com/source' AND created_at = now();
SELECT pg_temp.check_value('provenance: rows', count(*)::text, '1') FROM origin;
SELECT pg_temp.check_value('provenance: license_type', license_type::text, 'cc_by') FROM origin;
SELECT pg_temp.check_value('provenance: material_id', material_id::text, content_id::text) FROM origin;

CREATE TEMPORARY TABLE metrics ON COMMIT DROP AS
SELECT * FROM public.rag_metrics_history ORDER BY date DESC LIMIT 1;
SELECT pg_temp.check_value('metrics: rows', count(*)::text, '1') FROM metrics WHERE created_at = now();
SELECT pg_temp.check_value('metrics: citation_rate', citation_rate::text, '75.50') FROM metrics;
SELECT pg_temp.check_value('metrics: latency_p50_ms', latency_p50_ms::text, '1200') FROM metrics;
SELECT pg_temp.check_value('metrics: cost_per_answer', round(cost_per_answer, 2)::text, '2.30') FROM metrics;

ROLLBACK;
\echo the data is valid, and nothing of the test is left
