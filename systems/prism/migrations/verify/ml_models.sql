-- Verify prism:ml_models on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('ml_models',
    'id uuid not null default gen_random_uuid()',
    'model_type text not null',
    'version text not null',
    'is_active boolean not null default false',
    'traffic_weight numeric(6,2) not null default 1',
    'training_batch_id uuid',
    'training_samples bigint not null default 0',
    'accuracy numeric(5,4)',
    'precision_score numeric(5,4)',
    'recall_score numeric(5,4)',
    'f1_score numeric(5,4)',
    'metrics jsonb not null default ''{}''::jsonb',
    'trained_at timestamp with time zone not null default now()',
    'created_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('ml_models', 'ml_models_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('ml_models', 'ml_models_model_type_version_key', 'UNIQUE (model_type, version)');
  PERFORM pg_temp.expect_constraint('ml_models', 'ml_models_model_type_check',
    $check$CHECK ((model_type ~ '^[a-z][a-z0-9_]*$'::text))$check$);
  PERFORM pg_temp.expect_constraint('ml_models', 'ml_models_version_check',
    $check$CHECK ((version <> ''::text))$check$);
  PERFORM pg_temp.expect_constraint('ml_models', 'ml_models_traffic_weight_check',
    'CHECK ((traffic_weight > (0)::numeric))');
  PERFORM pg_temp.expect_constraint('ml_models', 'ml_models_training_samples_check',
    'CHECK ((training_samples >= 0))');
  PERFORM pg_temp.expect_constraint('ml_models', 'ml_models_scores_check',
    'CHECK ((((accuracy >= (0)::numeric) AND (accuracy <= (1)::numeric)) AND ((precision_score >= (0)::numeric) AND (precision_score <= (1)::numeric)) AND ((recall_score >= (0)::numeric) AND (recall_score <= (1)::numeric)) AND ((f1_score >= (0)::numeric) AND (f1_score <= (1)::numeric))))');
  PERFORM pg_temp.expect_constraint('ml_models', 'ml_models_metrics_check',
    $check$CHECK ((jsonb_typeof(metrics) = 'object'::text))$check$);

  PERFORM pg_temp.expect_index('ml_models', 'idx_ml_models_active', '{model_type}', 'is_active');
  PERFORM pg_temp.expect_index('ml_models', 'idx_ml_models_training_batch', '{training_batch_id}');

  PERFORM pg_temp.expect_row_security('ml_models');
  PERFORM pg_temp.expect_policy('ml_models', 'ml_models_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('ml_models', 'ml_models_read_only', 'SELECT', 'prism_read_only');
  PERFORM pg_temp.expect_no_other_policy('ml_models', ARRAY[
    'ml_models_read_only',
    'ml_models_service'
  ]);
  PERFORM pg_temp.expect_privileges('ml_models', 'anon', '');
  PERFORM pg_temp.expect_privileges('ml_models', 'authenticated', '');
  PERFORM pg_temp.expect_privileges('ml_models', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('ml_models', 'prism_read_only', 'SELECT');
END
$$;
ROLLBACK;
