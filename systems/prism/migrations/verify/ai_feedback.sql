-- Verify prism:ai_feedback on pg
BEGIN;
\ir expectations.sql

DO $$
BEGIN
  PERFORM pg_temp.expect_table('ai_feedback',
    'id uuid not null default gen_random_uuid()',
    'business_id uuid not null',
    'user_id uuid not null',
    'subject_type text not null',
    'subject_id uuid not null',
    'prediction jsonb not null',
    'correction jsonb not null',
    'ai_confidence numeric(4,3)',
    'model_version text',
    'used_in_training boolean not null default false',
    'training_batch_id uuid',
    'trained_at timestamp with time zone',
    'created_at timestamp with time zone not null default now()');

  PERFORM pg_temp.expect_constraint('ai_feedback', 'ai_feedback_pkey', 'PRIMARY KEY (id)');
  PERFORM pg_temp.expect_constraint('ai_feedback', 'ai_feedback_business_id_fkey',
    'FOREIGN KEY (business_id) REFERENCES public.businesses(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('ai_feedback', 'ai_feedback_user_id_fkey',
    'FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE');
  PERFORM pg_temp.expect_constraint('ai_feedback', 'ai_feedback_subject_type_check',
    $check$CHECK ((subject_type = ANY (ARRAY['transaction'::text, 'invoice'::text, 'business'::text, 'tax_profile'::text])))$check$);
  PERFORM pg_temp.expect_constraint('ai_feedback', 'ai_feedback_ai_confidence_check',
    'CHECK (((ai_confidence >= (0)::numeric) AND (ai_confidence <= (1)::numeric)))');
  PERFORM pg_temp.expect_constraint('ai_feedback', 'ai_feedback_training_check',
    'CHECK (((used_in_training = (training_batch_id IS NOT NULL)) AND (used_in_training = (trained_at IS NOT NULL))))');

  PERFORM pg_temp.expect_index('ai_feedback', 'idx_ai_feedback_business', '{business_id,created_at}');
  PERFORM pg_temp.expect_index('ai_feedback', 'idx_ai_feedback_user', '{user_id,created_at}');
  PERFORM pg_temp.expect_index('ai_feedback', 'idx_ai_feedback_waiting', '{business_id}', 'NOT used_in_training');
  PERFORM pg_temp.expect_index('ai_feedback', 'idx_ai_feedback_training_batch', '{training_batch_id}',
    'used_in_training');

  PERFORM pg_temp.expect_row_security('ai_feedback');
  PERFORM pg_temp.expect_policy('ai_feedback', 'ai_feedback_select_own', 'SELECT', 'authenticated',
    'user_id = (SELECT auth.uid())');
  PERFORM pg_temp.expect_policy('ai_feedback', 'ai_feedback_insert_own', 'INSERT', 'authenticated',
    $condition$user_id = (SELECT auth.uid())
    AND business_id IN (SELECT id FROM public.businesses WHERE owner_id = (SELECT auth.uid()))
    AND NOT used_in_training$condition$);
  PERFORM pg_temp.expect_policy('ai_feedback', 'ai_feedback_service', 'ALL', 'service_role');
  PERFORM pg_temp.expect_policy('ai_feedback', 'ai_feedback_read_only', 'SELECT', 'prism_read_only');
  PERFORM pg_temp.expect_no_other_policy('ai_feedback', ARRAY[
    'ai_feedback_insert_own',
    'ai_feedback_read_only',
    'ai_feedback_select_own',
    'ai_feedback_service'
  ]);
  PERFORM pg_temp.expect_privileges('ai_feedback', 'anon', '');
  PERFORM pg_temp.expect_privileges('ai_feedback', 'authenticated', 'SELECT, INSERT');
  PERFORM pg_temp.expect_privileges('ai_feedback', 'service_role', 'SELECT, INSERT, UPDATE, DELETE');
  PERFORM pg_temp.expect_privileges('ai_feedback', 'prism_read_only', 'SELECT');
END
$$;
ROLLBACK;
