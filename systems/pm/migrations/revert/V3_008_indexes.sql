-- Revert pm:V3_008_indexes from pg
--
-- Concurrently, so that the tables can be read and written meanwhile: no transaction here.
SET lock_timeout = '5min';
SET statement_timeout = '30min';
SET client_min_messages = 'warning';

DROP INDEX CONCURRENTLY IF EXISTS public.idx_ai_usage_costs_created;
DROP INDEX CONCURRENTLY IF EXISTS public.idx_opportunity_signals_signal;
DROP INDEX CONCURRENTLY IF EXISTS public.idx_opportunities_status;
DROP INDEX CONCURRENTLY IF EXISTS public.idx_signals_source;
DROP INDEX CONCURRENTLY IF EXISTS public.idx_signals_created;
