-- Revert prism:feedback_training_index from pg
--
-- Changes nothing: the runbook keeps ai_feedback ("should be kept for data preservation"), and a table that stays keeps
-- its indexes. Deploying the change again takes the index as it is.
BEGIN;
COMMIT;
