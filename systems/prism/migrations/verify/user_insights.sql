-- Verify prism:user_insights on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('user_insights',
    'id uuid not null default gen_random_uuid()',
    'user_id uuid not null',
    'month date not null',
    'insight_type text not null',
    'title text not null',
    'body text not null',
    'priority text not null default ''medium''::text',
    'details jsonb not null default ''{}''::jsonb',
    'generated_at timestamp with time zone not null default now()',
    'read_at timestamp with time zone',
    'acted_at timestamp with time zone');

  PERFORM pg_temp.expect_constraint('user_insights', 'user_insights_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('user_insights', 'user_insights_user_id_month_insight_type_key',
    'UNIQUE (user_id, month, insight_type)');
  PERFORM pg_temp.expect_constraint('user_insights', 'user_insights_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('user_insights', 'user_insights_month_check',
    'CHECK ((EXTRACT(day FROM month) = (1)::numeric))');
  PERFORM pg_temp.expect_constraint('user_insights', 'user_insights_insight_type_check',
    $check$CHECK ((insight_type ~ '^[a-z][a-z0-9_]*$'::text))$check$);
  PERFORM pg_temp.expect_constraint('user_insights', 'user_insights_priority_check',
    $check$CHECK ((priority = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])))$check$);
  PERFORM pg_temp.expect_constraint('user_insights', 'user_insights_details_check',
    $check$CHECK ((jsonb_typeof(details) = 'object'::text))$check$);
  PERFORM pg_temp.expect_constraint('user_insights', 'user_insights_acted_check',
    'CHECK (((acted_at IS NULL) OR ((read_at IS NOT NULL) AND (acted_at >= read_at))))');

  PERFORM pg_temp.expect_index('user_insights', 'idx_user_insights_month', '{month}');
  PERFORM pg_temp.expect_index('user_insights', 'idx_user_insights_unread', '{user_id}', 'read_at IS NULL');

  PERFORM pg_temp.expect_row_security('user_insights');
  PERFORM pg_temp.expect_policy('user_insights', 'user_insights_select_own', 'SELECT', 'authenticated',
    'user_id = (SELECT auth.uid())');
  PERFORM pg_temp.expect_policy('user_insights', 'user_insights_update_own', 'UPDATE', 'authenticated',
    'user_id = (SELECT auth.uid())');
  PERFORM pg_temp.expect_policy('user_insights', 'user_insights_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('user_insights', 'user_insights_read_only', 'SELECT', 'prism_read_only');
  PERFORM pg_temp.expect_no_other_policy('user_insights', ARRAY[
    'user_insights_read_only',
    'user_insights_select_own',
    'user_insights_service',
    'user_insights_update_own'
  ]);
  PERFORM pg_temp.expect_privileges('user_insights', 'anon', '');
  PERFORM pg_temp.expect_privileges('user_insights', 'authenticated', 'SELECT, UPDATE (read_at, acted_at)');
  PERFORM pg_temp.expect_privileges('user_insights', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('user_insights', 'prism_read_only', 'SELECT');
END
$$;
ROLLBACK;
