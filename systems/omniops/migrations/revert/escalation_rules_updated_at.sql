-- Revert omniops:escalation_rules_updated_at from pg
--
-- Changes nothing: a table that stays keeps its trigger. Reverting escalation_rules drops both, and the function.
BEGIN;
COMMIT;
