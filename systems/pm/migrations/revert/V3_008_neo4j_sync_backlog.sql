-- Revert pm:V3_008_neo4j_sync_backlog from pg
--
-- The application that uses the tables went back before (schema after code).
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.neo4j_circuit_breaker;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.neo4j_sync_backlog;

COMMIT;
