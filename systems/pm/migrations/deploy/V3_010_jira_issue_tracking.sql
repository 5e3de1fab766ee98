-- Deploy pm:V3_010_jira_issue_tracking to pg
--
-- Which JIRA issue an opportunity became, and what was last heard of it. What ON CONFLICT aims at is a change of its
-- own (V3_010_conflict_targets), since it is built concurrently.
-- squawk-ignore-file prefer-robust-stmts -- what stands after the transaction can run again: it changes nothing then
BEGIN;
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';
\ir refuse_foreign_object.sql
DO $$
BEGIN
  PERFORM pg_temp.refuse_foreign_column('opportunities', added, 'V3_010_jira_issue_tracking')
  FROM unnest(ARRAY['jira_issue_key', 'jira_issue_url', 'jira_status', 'jira_synced_at']) AS added;
END
$$;

-- All or none of this is there, since it comes in one transaction.
SELECT count(*) = 0 AS columns_are_missing FROM pg_catalog.pg_attribute
WHERE attrelid = 'public.opportunities'::regclass AND attname = 'jira_issue_key'
\gset
\if :columns_are_missing
-- The constraints NOT VALID, which looks at no row while the table is locked.
ALTER TABLE public.opportunities
  ADD COLUMN jira_issue_key text,
  ADD COLUMN jira_issue_url text,
  ADD COLUMN jira_status text,
  ADD COLUMN jira_synced_at timestamptz,
  ADD CONSTRAINT opportunities_jira_issue_key_check CHECK (jira_issue_key ~ '^[A-Z][A-Z0-9_]*-[1-9][0-9]*$') NOT VALID,
  ADD CONSTRAINT opportunities_jira_issue_url_check CHECK (jira_issue_url ~ '^https?://') NOT VALID,
  ADD CONSTRAINT opportunities_jira_check CHECK (
    jira_issue_key IS NOT NULL OR (jira_issue_url IS NULL AND jira_status IS NULL AND jira_synced_at IS NULL)
  ) NOT VALID;
COMMENT ON COLUMN public.opportunities.jira_issue_key IS
  'The JIRA issue that it became. Made by Sqitch change V3_010_jira_issue_tracking.';
COMMENT ON COLUMN public.opportunities.jira_issue_url IS
  'Where the issue is to be seen. Made by Sqitch change V3_010_jira_issue_tracking.';
COMMENT ON COLUMN public.opportunities.jira_status IS
  'The issue''s status when it was last asked for. Made by Sqitch change V3_010_jira_issue_tracking.';
COMMENT ON COLUMN public.opportunities.jira_synced_at IS
  'When JIRA was last asked. Made by Sqitch change V3_010_jira_issue_tracking.';
\endif

COMMIT;

-- Reads all rows, and blocks neither reading nor writing meanwhile.
SET lock_timeout = '5s';
SET statement_timeout = '30min';
ALTER TABLE public.opportunities VALIDATE CONSTRAINT opportunities_jira_issue_key_check;
ALTER TABLE public.opportunities VALIDATE CONSTRAINT opportunities_jira_issue_url_check;
ALTER TABLE public.opportunities VALIDATE CONSTRAINT opportunities_jira_check;
