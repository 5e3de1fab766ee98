-- Revert omniops:phase4_foreign_keys from pg
--
-- Changes nothing: this change comes after all tables, so that going back to any of them would take the foreign keys of
-- those that stay, and orphans could be written. A table that is reverted drops its own. Deploying the change again
-- adds what is missing.
BEGIN;
COMMIT;
