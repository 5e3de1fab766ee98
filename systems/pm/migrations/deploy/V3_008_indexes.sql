-- Deploy pm:V3_008_indexes to pg
--
-- Indexes on the tables that were there before, for what the API asks most, built while the tables are in use.
-- CONCURRENTLY cannot run in a transaction, so there is none here. It waits for older transactions without blocking
-- reads or writes, hence the long timeouts.
SET lock_timeout = '5min';
SET statement_timeout = '30min';
SET client_min_messages = 'warning';

\ir refuse_foreign_object.sql
DO $$
BEGIN
  PERFORM
    pg_temp.refuse_foreign_index('idx_signals_created', 'signals USING btree (created_at, id)'),
    pg_temp.refuse_foreign_index('idx_signals_source', 'signals USING btree (source, created_at)'),
    pg_temp.refuse_foreign_index('idx_opportunities_status', 'opportunities USING btree (status, created_at)'),
    pg_temp.refuse_foreign_index('idx_opportunity_signals_signal', 'opportunity_signals USING btree (signal_id)'),
    pg_temp.refuse_foreign_index('idx_ai_usage_costs_created', 'ai_usage_costs USING btree (created_at)');
END
$$;

-- A run that failed or was killed leaves an INVALID index behind, which IF NOT EXISTS would take for the real one.
SELECT format('DROP INDEX CONCURRENTLY %I.%I', 'public', made.name)
FROM (
  VALUES ('idx_signals_created'), ('idx_signals_source'), ('idx_opportunities_status'),
    ('idx_opportunity_signals_signal'), ('idx_ai_usage_costs_created')
) AS made (name)
JOIN pg_catalog.pg_index ON indexrelid = to_regclass('public.' || made.name)
WHERE NOT (indisvalid AND indisready)
\gexec

-- The latest signals, page by page, of all sources and of one.
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_signals_created ON public.signals (created_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_signals_source ON public.signals (source, created_at);
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_opportunities_status ON public.opportunities (status, created_at);
-- The opportunities that a signal speaks for: the primary key finds only the other way round.
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_opportunity_signals_signal ON public.opportunity_signals (signal_id);
-- What the AI cost in a budget's period.
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_ai_usage_costs_created ON public.ai_usage_costs (created_at);
