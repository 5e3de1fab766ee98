-- Verify omniops:prediction_analysis on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('prediction_analysis',
    'id uuid not null default gen_random_uuid()',
    'customer_id text not null',
    'conversation_id uuid',
    'prediction_type text not null',
    'probability numeric(4,3) not null',
    'horizon_days bigint not null default 30',
    'model text not null',
    'features jsonb not null default ''{}''::jsonb',
    'outcome boolean',
    'created_at timestamp with time zone not null default now()',
    'resolved_at timestamp with time zone');

  PERFORM pg_temp.expect_constraint('prediction_analysis', 'prediction_analysis_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('prediction_analysis', 'prediction_analysis_prediction_type_check',
    $check$CHECK ((prediction_type = ANY (ARRAY['churn'::text, 'escalation'::text, 'resolution'::text, 'satisfaction'::text])))$check$);
  PERFORM pg_temp.expect_constraint('prediction_analysis', 'prediction_analysis_probability_check',
    'CHECK (((probability >= (0)::numeric) AND (probability <= (1)::numeric)))');
  PERFORM pg_temp.expect_constraint('prediction_analysis', 'prediction_analysis_horizon_days_check',
    'CHECK ((horizon_days > 0))');
  PERFORM pg_temp.expect_constraint('prediction_analysis', 'prediction_analysis_features_check',
    $check$CHECK ((jsonb_typeof(features) = 'object'::text))$check$);
  PERFORM pg_temp.expect_constraint('prediction_analysis', 'prediction_analysis_resolved_check',
    'CHECK (((outcome IS NULL) = (resolved_at IS NULL)))');

  PERFORM pg_temp.expect_index('prediction_analysis', 'idx_predictions_customer',
    '{customer_id,prediction_type,created_at}');
  PERFORM pg_temp.expect_index('prediction_analysis', 'idx_predictions_conversation', '{conversation_id}',
    'conversation_id IS NOT NULL');
  PERFORM pg_temp.expect_index('prediction_analysis', 'idx_predictions_unresolved', '{created_at}', 'outcome IS NULL');

  PERFORM pg_temp.expect_row_security('prediction_analysis');
  PERFORM pg_temp.expect_policy('prediction_analysis', 'prediction_analysis_select_own', 'SELECT', 'authenticated',
    'customer_id IN (SELECT id FROM public.customers WHERE owner_id = (SELECT auth.uid()))');
  PERFORM pg_temp.expect_policy('prediction_analysis', 'prediction_analysis_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('prediction_analysis', 'prediction_analysis_read_only', 'SELECT', 'omniops_read_only');
  PERFORM pg_temp.expect_no_other_policy('prediction_analysis', ARRAY[
    'prediction_analysis_read_only',
    'prediction_analysis_select_own',
    'prediction_analysis_service'
  ]);
  PERFORM pg_temp.expect_privileges('prediction_analysis', 'anon', '');
  PERFORM pg_temp.expect_privileges('prediction_analysis', 'authenticated', 'SELECT');
  PERFORM pg_temp.expect_privileges('prediction_analysis', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('prediction_analysis', 'omniops_read_only', 'SELECT');
END
$$;
ROLLBACK;
