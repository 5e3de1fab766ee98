-- Revert pm:V3_009_budget_allocations from pg
--
-- The application that uses the tables went back before (schema after code).
--
-- Opportunities keep all that they had before; their versions go. The function goes last: it is what the triggers call.
-- squawk-ignore-file ban-drop-column, ban-drop-function, ban-drop-table -- that is what reverting them is
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

DROP TABLE IF EXISTS public.budget_allocations;

-- As short as when they came: opportunities are in use.
SET LOCAL lock_timeout = '2s';
DROP TRIGGER IF EXISTS refuse_stale_version ON public.opportunities;
ALTER TABLE public.opportunities DROP COLUMN IF EXISTS version;
DROP FUNCTION IF EXISTS public.refuse_stale_version();

COMMIT;
