-- Revert mued:0005_validate_foreign_keys from pg
--
-- Nothing: a key that was validated stays so, and what was set aside can come back only without the keys, when 0004 is
-- reverted.
BEGIN;
COMMIT;
