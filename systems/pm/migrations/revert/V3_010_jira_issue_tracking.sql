-- Revert pm:V3_010_jira_issue_tracking from pg
--
-- Opportunities keep all that they had before. The constraints go with the columns.
-- squawk-ignore-file ban-drop-column -- that is what reverting them is
BEGIN;
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '60s';
SET LOCAL client_min_messages = 'warning';

ALTER TABLE public.opportunities
  DROP COLUMN IF EXISTS jira_issue_key,
  DROP COLUMN IF EXISTS jira_issue_url,
  DROP COLUMN IF EXISTS jira_status,
  DROP COLUMN IF EXISTS jira_synced_at;

COMMIT;
