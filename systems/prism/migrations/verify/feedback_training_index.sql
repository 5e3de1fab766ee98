-- Verify prism:feedback_training_index on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_index('ai_feedback', 'idx_feedback_training', '{used_in_training,created_at}');
END
$$;
ROLLBACK;
