-- Revert mued:0002_add_rag_metrics from pg
--
-- The runbook drops these tables when it goes back; it forgets ai_dialogue_log and the enums. An ai_dialogue_log that
-- was there before goes back to its base version, with all its rows, and with the indexes and the trigger of our names that
-- it had; the rights on it stay those that the change gave. A type or function that another made under one of the names
-- stays; the tables are ours, since deploying refuses any other.
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir drop_ours.sql

-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.plugin_registry;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.rag_metrics_history;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.provenance;

DO $$
DECLARE
  described text := coalesce(obj_description(to_regclass('public.ai_dialogue_log'), 'pg_class'), '');
  change text := '0002_add_rag_metrics';
  mark text := format('Extended by Sqitch change %s.', change);
BEGIN
  IF described LIKE '%Made by Sqitch change 0002_add_rag_metrics.' THEN
    DROP TABLE public.ai_dialogue_log;
  ELSIF described LIKE '%' || mark THEN
    PERFORM pg_temp.drop_our_trigger('ai_dialogue_log', 'update_ai_dialogue_log_updated_at', change);
    PERFORM pg_temp.drop_our_index(made, change)
    FROM unnest(ARRAY['idx_ai_dialogue_created_at', 'idx_ai_dialogue_session', 'idx_ai_dialogue_model',
      'idx_ai_dialogue_citations', 'idx_ai_dialogue_uncited']) AS made;
    ALTER TABLE public.ai_dialogue_log
      DROP COLUMN IF EXISTS citations,
      DROP COLUMN IF EXISTS latency_ms,
      DROP COLUMN IF EXISTS token_cost_jpy,
      DROP COLUMN IF EXISTS citation_rate,
      DROP COLUMN IF EXISTS relevance_score,
      DROP COLUMN IF EXISTS retrieved_count,
      DROP COLUMN IF EXISTS retrieval_ms,
      DROP COLUMN IF EXISTS input_tokens,
      DROP COLUMN IF EXISTS output_tokens;
    EXECUTE format('COMMENT ON TABLE public.ai_dialogue_log IS %L', nullif(rtrim(replace(described, mark, '')), ''));
  END IF;
END
$$;

-- Known by their comments.
DO $$
DECLARE
  made text;
  mark text := '%Made by Sqitch change 0002_add_rag_metrics.';
BEGIN
  FOREACH made IN ARRAY ARRAY['content_type', 'acquisition_method', 'license_type'] LOOP
    IF obj_description(to_regtype('public.' || made), 'pg_type') LIKE mark THEN
      EXECUTE format('DROP TYPE public.%I', made);
    END IF;
  END LOOP;
  IF obj_description(to_regprocedure('public.update_updated_at_column()'), 'pg_proc') LIKE mark THEN
    DROP FUNCTION public.update_updated_at_column();
  END IF;
END
$$;

COMMIT;
