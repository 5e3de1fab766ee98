-- PRISM's monthly clean-up (runbook: "Clean up old training batches").
--
-- Run by the owner: psql -v ON_ERROR_STOP=1 -v retention_days=365 -f monthly.sql
--   retention_days  a batch is old when its newest row was used in training more than this many days ago
--   batch_size      how many rows one transaction deletes; default 1000
--
-- A batch goes as a whole or stays as a whole. It stays while a model that was trained on it is active, so that a model
-- in use can be explained and trained again. Feedback that was never used in training always stays. Without ml_models
-- (the schema went back) nobody knows which batches are in use, and nothing is deleted.
SET lock_timeout = '5s';
SET statement_timeout = '1h';
SET client_min_messages = 'warning';
\if :{?retention_days}
\else
\set retention_days ''
\endif
\if :{?batch_size}
\else
\set batch_size 1000
\endif
SELECT set_config('prism.retention_days', :'retention_days', false) AS unused,
  set_config('prism.batch_size', :'batch_size', false) AS unused \gset

DO $$
BEGIN
  IF current_setting('prism.retention_days') !~ '^[1-9][0-9]{0,4}$' THEN
    RAISE EXCEPTION 'retention_days is "%", but must be a number of days from 1 to 99999: psql -v retention_days=365',
      current_setting('prism.retention_days');
  END IF;
  IF current_setting('prism.batch_size') !~ '^[1-9][0-9]{0,5}$' THEN
    RAISE EXCEPTION 'batch_size is "%", but must be a number of rows from 1 to 999999',
      current_setting('prism.batch_size');
  END IF;
END
$$;

SELECT to_regclass('public.ai_feedback') IS NOT NULL AND to_regclass('public.ml_models') IS NOT NULL AS is_deployed
\gset
\if :is_deployed

CREATE TEMPORARY TABLE old_batches AS
SELECT training_batch_id
FROM public.ai_feedback
WHERE used_in_training
GROUP BY training_batch_id
HAVING max(trained_at) < now() - make_interval(days => current_setting('prism.retention_days')::integer);

-- In small transactions, so that no lock is held for long. A model that becomes active meanwhile keeps its batch.
DO $$
DECLARE
  removed bigint;
  total bigint := 0;
BEGIN
  LOOP
    DELETE FROM public.ai_feedback
    WHERE id IN (
      SELECT id FROM public.ai_feedback
      JOIN old_batches USING (training_batch_id)
      WHERE used_in_training AND NOT EXISTS (
        SELECT FROM public.ml_models WHERE is_active AND ml_models.training_batch_id = ai_feedback.training_batch_id
      )
      LIMIT current_setting('prism.batch_size')::integer
    );
    GET DIAGNOSTICS removed = ROW_COUNT;
    EXIT WHEN removed = 0;
    total := total + removed;
    COMMIT;
  END LOOP;
  PERFORM set_config('prism.removed', total::text, false);
END
$$;

SELECT current_setting('prism.removed') AS removed, count(*) AS old, count(*) FILTER (WHERE is_kept) AS kept
FROM (
  SELECT EXISTS (
    SELECT FROM public.ai_feedback WHERE ai_feedback.training_batch_id = old_batches.training_batch_id
  ) AS is_kept
  FROM old_batches
) AS batches
\gset
\echo removed :removed rows of ai_feedback
\echo of :old training batches older than :retention_days days :kept stay for active models
\else
\echo removed 0 rows of ai_feedback: ai_feedback or ml_models is not deployed
\endif
