-- Revert prism:user_tax_profiles_updated_at from pg
--
-- Changes nothing: a table that stays keeps its trigger. Reverting user_tax_profiles drops both, and the function.
BEGIN;
COMMIT;
