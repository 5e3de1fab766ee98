-- Revert pm:V3_012_observability from pg
--
-- The application that uses the tables went back before (schema after code).
-- squawk-ignore-file ban-drop-function, ban-drop-table, ban-drop-view -- that is what reverting them is
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

DROP FUNCTION IF EXISTS public.refresh_observability_views();
DROP MATERIALIZED VIEW IF EXISTS public.error_summary;
DROP MATERIALIZED VIEW IF EXISTS public.performance_metrics_hourly;

DROP TABLE IF EXISTS public.tracing_spans;
DROP TABLE IF EXISTS public.error_occurrences;
DROP TABLE IF EXISTS public.error_aggregation;
DROP TABLE IF EXISTS public.performance_metrics;

COMMIT;
