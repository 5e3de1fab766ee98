-- Revert pm:V3_010_conflict_targets from pg
--
-- Concurrently, so that the tables can be read and written meanwhile: no transaction here. The application went back
-- before: its upserts are errors without these.
SET lock_timeout = '5min';
SET statement_timeout = '30min';
SET client_min_messages = 'warning';

DROP INDEX CONCURRENTLY IF EXISTS public.idx_opportunities_jira_issue_key;
DROP INDEX CONCURRENTLY IF EXISTS public.idx_signals_external_id;
