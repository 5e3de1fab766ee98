-- Revert omniops:phase4_validate_foreign_keys from pg
--
-- Changes nothing: PostgreSQL cannot forget that a foreign key holds for all rows, and nothing depends on its being
-- forgotten. A table that is reverted drops its foreign keys.
BEGIN;
COMMIT;
