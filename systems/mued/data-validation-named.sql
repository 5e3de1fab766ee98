-- MUED's "Phase 2: Data Validation" on a schema of the team's own, which has what the checklist names and may lack what
-- data-validation.sql also knows of: nothing is asked of provenance where there is no material, as in the checklist.
--
-- Run by the owner: psql -v ON_ERROR_STOP=1 -f data-validation-named.sql
--
-- All in one transaction that ends in ROLLBACK. In a transaction now() is when it began, so that created_at = now() are
-- the rows of this run.
\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

-- Step 2.1: Insert Test Data.
INSERT INTO public.users (clerk_id, email, name, role)
VALUES ('test_phase2_001', 'phase2test@example.com', 'Phase 2 Test User', 'student') ON CONFLICT (clerk_id) DO NOTHING;
INSERT INTO public.ai_dialogue_log (
  user_id, session_id, query, response, model_used, citations, latency_ms, token_cost_jpy, citation_rate
)
SELECT id, gen_random_uuid(), 'Test query: What is RAG?', 'Test response', 'gpt-4',
  '[{"source": "test_source", "sourceType": "web", "excerpt": "RAG definition", "confidence": 0.95}]', 1200, 2.50, 100.0
FROM public.users WHERE clerk_id = 'test_phase2_001';
INSERT INTO public.provenance (content_id, content_type, source_uri, license_type, acquisition_method)
SELECT id, 'material', 'https://test.example.com/source', 'cc_by', 'manual_upload' FROM public.materials LIMIT 1;
-- The day after the last that is there, so that no real row is in the way: the checklist's query takes the last.
INSERT INTO public.rag_metrics_history (date, citation_rate, latency_p50_ms, cost_per_answer, total_queries)
SELECT greatest(current_date, (max(date) + interval '1 day')::date), 75.5, 1200, 2.30, 1000
FROM public.rag_metrics_history;

-- Step 2.2: Verify Test Data. Numbers are compared as the checklist writes them.
CREATE TEMPORARY TABLE found (what text, value text, expected text) ON COMMIT DROP;
INSERT INTO found
SELECT 'dialogue: citation_count, latency_ms, token_cost_jpy, citation_rate',
  (
    SELECT format('%s, %s, %s, %s', jsonb_array_length(citations), latency_ms, round(token_cost_jpy::numeric, 2),
      round(citation_rate::numeric, 2))
    FROM public.ai_dialogue_log WHERE query = 'Test query: What is RAG?' AND created_at = now()
  ),
  '1, 1200, 2.50, 100.00'
UNION ALL
SELECT 'provenance: license_type',
  (
    SELECT license_type::text FROM public.provenance
    WHERE source_uri = 'https://test.example.com/source' AND created_at = now()
  ),
  (SELECT 'cc_by' FROM public.materials LIMIT 1)
UNION ALL
SELECT 'metrics: citation_rate, latency_p50_ms, cost_per_answer',
  (
    SELECT format('%s, %s, %s', round(citation_rate::numeric, 2), latency_p50_ms, round(cost_per_answer::numeric, 2))
    FROM public.rag_metrics_history ORDER BY date DESC LIMIT 1
  ),
  '75.50, 1200, 2.30';

DO $$
DECLARE
  wrong text;
BEGIN
  SELECT string_agg(format('%s is %s, expected %s', what, coalesce(value, 'NULL'), coalesce(expected, 'NULL')), '; ')
  INTO wrong FROM found WHERE value IS DISTINCT FROM expected;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION '%', wrong;
  END IF;
END
$$;
SELECT format('ok %s = %s', what, coalesce(value, 'not tested: there is no material')) FROM found;

ROLLBACK;
\echo the data is valid, and nothing of the test is left
