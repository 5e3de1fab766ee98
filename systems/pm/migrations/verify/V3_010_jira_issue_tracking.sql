-- Verify pm:V3_010_jira_issue_tracking on pg
BEGIN;
\ir expectations.sql
\ir pm_expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_column('opportunities', 'jira_issue_key text');
  PERFORM pg_temp.expect_column('opportunities', 'jira_issue_url text');
  PERFORM pg_temp.expect_column('opportunities', 'jira_status text');
  PERFORM pg_temp.expect_column('opportunities', 'jira_synced_at timestamp with time zone');

  PERFORM pg_temp.expect_constraint('opportunities', 'opportunities_jira_issue_key_check',
    $check$CHECK ((jira_issue_key ~ '^[A-Z][A-Z0-9_]*-[1-9][0-9]*$'::text))$check$);
  PERFORM pg_temp.expect_constraint('opportunities', 'opportunities_jira_issue_url_check',
    $check$CHECK ((jira_issue_url ~ '^https?://'::text))$check$);
  PERFORM pg_temp.expect_constraint('opportunities', 'opportunities_jira_check',
    'CHECK (((jira_issue_key IS NOT NULL) OR ((jira_issue_url IS NULL) AND (jira_status IS NULL) AND (jira_synced_at IS NULL))))');
END
$$;
ROLLBACK;
