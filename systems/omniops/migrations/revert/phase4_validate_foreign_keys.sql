-- Revert omniops:phase4_validate_foreign_keys from pg
--
-- Changes nothing: PostgreSQL cannot forget that a foreign key holds for all rows, and nothing depends on its being
-- forgotten. Reverting phase4_foreign_keys drops the foreign keys themselves.
BEGIN;
COMMIT;
