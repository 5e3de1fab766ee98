-- Revert prism:invoice_validations from pg
--
-- The runbook drops this table when it goes back. The services that use it went back before (schema after code).
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.invoice_validations;

COMMIT;
