-- Revert pm:V3_013_user_features from pg
--
-- The application that uses the tables went back before (schema after code).
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.feedback_tickets;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.user_activity_log;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.report_runs;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.report_schedules;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.custom_dashboards;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.saved_filters;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.notification_preferences;
-- squawk-ignore ban-drop-table
DROP TABLE IF EXISTS public.user_preferences;

COMMIT;
