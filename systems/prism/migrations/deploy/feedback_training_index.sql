-- Deploy prism:feedback_training_index to pg
--
-- The index for picking the oldest feedback that waits for training, built while the table is in use. CONCURRENTLY
-- cannot run in a transaction, so there is none here. It waits for older transactions without blocking reads or
-- writes, hence the long timeouts.
SET lock_timeout = '5min';
SET statement_timeout = '30min';
SET client_min_messages = 'warning';

-- A run that failed or was killed leaves an INVALID index behind, which IF NOT EXISTS would take for the real one.
SELECT format('DROP INDEX CONCURRENTLY %I.%I', 'public', 'idx_feedback_training')
FROM pg_catalog.pg_index
WHERE indexrelid = to_regclass('public.idx_feedback_training') AND NOT (indisvalid AND indisready)
\gexec

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_feedback_training ON public.ai_feedback (used_in_training, created_at);
