-- Revert pm:V3_011_neo4j_dead_letter from pg
--
-- The application that uses the table went back before (schema after code). What nobody decided about yet goes back to
-- the backlog, where it came from: it still is not in Neo4j.
-- squawk-ignore-file ban-drop-function, ban-drop-table -- that is what reverting them is
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

DROP FUNCTION IF EXISTS public.cleanup_neo4j_backlog(integer);
DROP FUNCTION IF EXISTS public.move_to_dead_letter(integer);

SELECT to_regclass('public.neo4j_sync_dead_letter') IS NOT NULL AS dead_letter_is_there
\gset
\if :dead_letter_is_there
INSERT INTO public.neo4j_sync_backlog
  (id, operation, entity_type, entity_id, payload, status, retry_count, last_error, created_at)
OVERRIDING SYSTEM VALUE
SELECT backlog_id, operation, entity_type, entity_id, payload, 'failed', retry_count, last_error, queued_at
FROM public.neo4j_sync_dead_letter
WHERE resolved_at IS NULL;

DROP TABLE public.neo4j_sync_dead_letter;
\endif

COMMIT;
