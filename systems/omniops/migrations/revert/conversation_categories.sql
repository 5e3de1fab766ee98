-- Revert omniops:conversation_categories from pg
--
-- The application that uses the table went back before (schema after code).
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.conversation_categories;

COMMIT;
