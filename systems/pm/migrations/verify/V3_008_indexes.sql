-- Verify pm:V3_008_indexes on pg
--
-- The runbook's "Check indexes created", each by its name: the runbook looks for indexes that are called after their
-- migration, of which there are none.
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_index('signals', 'idx_signals_created', '{created_at,id}');
  PERFORM pg_temp.expect_index('signals', 'idx_signals_source', '{source,created_at}');
  PERFORM pg_temp.expect_index('opportunities', 'idx_opportunities_status', '{status,created_at}');
  PERFORM pg_temp.expect_index('opportunity_signals', 'idx_opportunity_signals_signal', '{signal_id}');
  PERFORM pg_temp.expect_index('ai_usage_costs', 'idx_ai_usage_costs_created', '{created_at}');
END
$$;
ROLLBACK;
