-- Verify pm:V3_010_conflict_targets on pg
BEGIN;
\ir expectations.sql
\ir pm_expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_unique_index('signals', 'idx_signals_external_id', '{source,external_id}',
    'external_id IS NOT NULL');
  PERFORM pg_temp.expect_unique_index('opportunities', 'idx_opportunities_jira_issue_key', '{jira_issue_key}',
    'jira_issue_key IS NOT NULL');
END
$$;
ROLLBACK;
